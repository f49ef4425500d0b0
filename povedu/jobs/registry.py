"""Kinds of job and their schedules, declared by decorators in any app's ``tasks.py``.

First ``@job("students.reconcile", action="students.reconciliation.run", title=_("名册比对"))`` on
``def reconcile(job: JobHandle) -> dict[str, Any]``; above it, where it is due by itself,
``@every(hours=1)`` or ``@daily_at(2, 30)``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from povedu.jobs.handle import JobHandle

Work = Callable[["JobHandle"], dict[str, Any] | None]
GaveUp = Callable[[Mapping[str, Any], str, str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its work, the policy action its owner needs, and what people call it.

    ``atomic`` runs the whole work in one transaction together with the job's own "done": the two
    are seen together or not at all, whatever is killed in between. ``gave_up`` puts back what
    asking for the work had marked: it gets the job's params, the error's code and sentence (both
    "" where somebody cancelled), in the transaction that ends the job without success.
    """

    name: str
    work: Work
    action: str
    title: object
    atomic: bool = False
    gave_up: GaveUp | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a kind is due: every so many minutes, or daily at a local time."""

    kind: str
    minutes: int = 0
    hour: int = 0
    minute: int = 0

    def due(self, now: datetime) -> datetime:
        """Return the latest instant at or before ``now`` at which the kind was due."""
        if self.minutes:
            step = self.minutes * 60
            return datetime.fromtimestamp(int(now.timestamp()) // step * step, tz=now.tzinfo)
        local = timezone.localtime(now)
        today = local.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        return today if today <= local else today - timedelta(days=1)

    def key(self, now: datetime) -> str:
        """Return the name of the current period, equal for every scheduler."""
        return f"{self.kind}@{timezone.localtime(self.due(now)):%Y%m%dT%H%M}"


_kinds: dict[str, Kind] = {}
_schedules: dict[str, Schedule] = {}


def job(
    name: str,
    *,
    action: str,
    title: object = "",
    atomic: bool = False,
    gave_up: GaveUp | None = None,
) -> Callable[[Work], Work]:
    """Declare a function as the work of a kind of job.

    ``name`` is ``app.verb`` and stored in job rows, so it is never renamed; ``action`` is the
    policy action that the owner must still hold when the work starts.
    """

    def declare(work: Work) -> Work:
        known = _kinds.get(name)
        if known is not None and known.work.__qualname__ != work.__qualname__:
            raise ValueError(f"kind of job declared twice: {name}")
        _kinds[name] = Kind(name, work, action, title, atomic, gave_up)
        return work

    return declare


def every(*, minutes: int = 0, hours: int = 0) -> Callable[[Work], Work]:
    """Declare that a kind runs each so many minutes or hours; stands above ``@job``."""
    return _scheduled(minutes=minutes + 60 * hours)


def daily_at(hour: int, minute: int = 0) -> Callable[[Work], Work]:
    """Declare that a kind runs once a day, or at the next start of a machine that was off then."""
    return _scheduled(hour=hour, minute=minute)


def _scheduled(*, minutes: int = 0, hour: int = 0, minute: int = 0) -> Callable[[Work], Work]:
    def declare(work: Work) -> Work:
        kind = next(kind for kind in _kinds.values() if kind.work is work)
        _schedules[kind.name] = Schedule(kind.name, minutes, hour, minute)
        return work

    return declare


def kind_of(name: str) -> Kind | None:
    """Return a kind by name, None where no installed app declares it."""
    return _kinds.get(name)


def title_of(name: str) -> str:
    """Return what people call a kind of job."""
    kind = _kinds.get(name)
    return str(kind.title or name) if kind else name


def kinds() -> dict[str, Kind]:
    """Return every declared kind."""
    return dict(_kinds)


def schedules() -> list[Schedule]:
    """Return every declared schedule."""
    return list(_schedules.values())
