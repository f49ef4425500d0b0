"""The life of a hardship that registers confer: what to begin, to move back and to end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple


class Conferred(NamedTuple):
    """What a register's row gives a student from the snapshot's day on."""

    student: int
    category: str
    source: str
    entry: int
    stated: str
    as_of: date
    risk_removed: bool


class Held(NamedTuple):
    """A hardship on record; ``by_register`` where a row of a register began it."""

    pk: int
    student: int
    category: str
    source: str
    starts_on: date
    ends_on: date | None
    by_register: bool
    risk_removed_on: date | None


@dataclass(slots=True)
class Plan:
    """What brings the record into line with the registers; each list keyed by the held row."""

    begin: list[tuple[Conferred, date | None]] = field(default_factory=list)
    move_back: list[tuple[int, date]] = field(default_factory=list)
    end: list[tuple[int, date]] = field(default_factory=list)
    risk_removed: list[tuple[int, date]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Return whether the record is other than the registers have it."""
        return bool(self.begin or self.move_back or self.end or self.risk_removed)


Key = tuple[int, str, str]


def plan(conferred: Iterable[Conferred], held: Iterable[Held], as_of: Mapping[str, date]) -> Plan:
    """Compare what the run's snapshots confer with what is on record.

    1. A conferred hardship that a held period covers on the snapshot's day needs nothing.
    2. One that a later period follows moves that period's start back.
    3. Otherwise it begins on the snapshot's day.
    4. A held period begun by a register before that day, which its snapshot no longer confers,
       ends on the day. Periods that began after it belong to a newer snapshot and stay.
    The same plan on its own result is empty. ``as_of`` gives each compared register's day.
    """
    periods: dict[Key, list[Held]] = defaultdict(list)
    for kept in held:
        periods[kept.student, kept.category, kept.source].append(kept)
    result = Plan()
    wanted: set[Key] = set()
    for one in sorted(conferred):
        key = (one.student, one.category, one.source)
        if key not in wanted:
            wanted.add(key)
            _bring_about(one, periods.get(key, []), result)
    for key, ones in periods.items():
        day = as_of.get(key[2])
        if key not in wanted and day is not None:
            _end(ones, day, result)
    return result


def _bring_about(one: Conferred, periods: list[Held], result: Plan) -> None:
    covering = [
        p for p in periods if p.starts_on <= one.as_of and (not p.ends_on or p.ends_on > one.as_of)
    ]
    later = sorted((p for p in periods if p.starts_on > one.as_of), key=lambda p: p.starts_on)
    if covering:
        if one.risk_removed and covering[0].risk_removed_on is None:
            result.risk_removed.append((covering[0].pk, one.as_of))
    elif later and later[0].by_register:
        result.move_back.append((later[0].pk, one.as_of))
    else:
        result.begin.append((one, later[0].starts_on if later else None))


def _end(periods: list[Held], day: date, result: Plan) -> None:
    for one in periods:
        if one.by_register and one.ends_on is None and one.starts_on <= day:
            result.end.append((one.pk, max(day, one.starts_on + timedelta(days=1))))
