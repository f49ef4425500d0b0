"""What taking an applied batch back would do: reversed, kept because used since, blocked by money.

People count subjects (a pupil, a project); a subject is taken back whole or not at all.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from povedu.audit.selectors import named_since
from povedu.intake.choices import BatchState
from povedu.intake.kinds import IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportWrite
from povedu.protected import seal, unseal
from povedu.writes import Touched, Writes, images

REVERSED, KEPT, BLOCKED = "reversed", "kept", "blocked"
UNDO_LABELS = {
    REVERSED: _("恢复原状"),
    KEPT: _("保留：之后已被修改或使用"),
    BLOCKED: _("保留：已发放资金"),
}
_CONTEXT = "intake.write"
_IMAGES_PER_ROW = 5000
_MANY = 200  # ranges: beyond these, keys are compared in chunks instead
Subject = tuple[str, int]
# (label of a model, keys, instant) -> keys with money behind them, since that instant if given
PaidCheck = Callable[[str, Collection[int], datetime | None], set[int]]
_paid_checks: list[PaidCheck] = []


def blocks_undo(check: PaidCheck) -> PaidCheck:
    """Declare who knows about money behind rows; called in an app's ``ready``."""
    if check not in _paid_checks:
        _paid_checks.append(check)
    return check


# --- keeping --------------------------------------------------------------------------------------


def writes_of(writes: Writes) -> Iterator[tuple[str, list[list[int]], bytes]]:
    """Yield (label, created ranges, sealed images) to be stored, in the order of first writes."""
    for label, touched in writes.of.items():
        if touched.created or touched.spans:
            spans = [[span[0], span[-1]] for span in touched.spans]
            yield label, sorted(ranges_of(touched.created) + spans), b""
        for part in ("changed", "deleted"):
            items = list(getattr(touched, part).items())
            for start in range(0, len(items), _IMAGES_PER_ROW):
                body = {part: dict(items[start : start + _IMAGES_PER_ROW])}
                packed = zlib.compress(json.dumps(body, ensure_ascii=False).encode())
                yield label, [], seal(packed, context=_CONTEXT)


def kept_writes(batch: ImportBatch) -> dict[str, Touched]:
    """Return what a batch wrote, by model label in the order of the first write."""
    found: dict[str, Touched] = {}
    for row in ImportWrite.objects.filter(batch=batch).order_by("position"):
        touched = found.setdefault(row.model, Touched())
        for first, last in row.created:
            touched.created.update(range(first, last + 1))
        if row.images:
            body = json.loads(zlib.decompress(unseal(bytes(row.images), context=_CONTEXT)))
            for part, rows in body.items():
                getattr(touched, part).update({int(key): image for key, image in rows.items()})
    return found


def ranges_of(keys: Iterable[int]) -> list[list[int]]:
    """Return keys as [first, last] pairs."""
    found: list[list[int]] = []
    for key in sorted(keys):
        if found and found[-1][1] == key - 1:
            found[-1][1] = key
        else:
            found.append([key, key])
    return found


# --- judging --------------------------------------------------------------------------------------


@dataclass
class Plan:
    """Per subject what becomes of it; ``writes`` are what is to be taken back."""

    writes: dict[str, Touched]
    subjects: dict[str, dict[int, Subject]] = field(default_factory=dict)
    kept: set[Subject] = field(default_factory=set)
    blocked: set[Subject] = field(default_factory=set)

    def bucket(self, label: str, key: int) -> str:
        """Return what becomes of a row."""
        subject = self.subjects[label][key]
        if subject in self.blocked:
            return BLOCKED
        return KEPT if subject in self.kept else REVERSED

    def reversed(self) -> Writes:
        """Return the part of the writes that is taken back."""
        found = Writes()
        for label, touched in self.writes.items():
            back = {key for key in self.subjects[label] if self.bucket(label, key) == REVERSED}
            found.of[label] = Touched(
                touched.created & back,
                {key: one for key, one in touched.changed.items() if key in back},
                {key: one for key, one in touched.deleted.items() if key in back},
            )
        return found

    def counts(self, kind: IntakeKind) -> dict[str, int]:
        """Return the subjects per bucket; of the kind's own model where it names one."""
        every = {one for subjects in self.subjects.values() for one in subjects.values()}
        if kind.subject:
            every = {one for one in every if one[0] == kind.subject}
        said = Counter(
            BLOCKED if one in self.blocked else KEPT if one in self.kept else REVERSED
            for one in every
        )
        return {name: said[name] for name in (REVERSED, KEPT, BLOCKED)}


def plan_of(batch: ImportBatch) -> Plan:
    """Return what taking a batch back would do now.

    1. A row whose fields no longer hold what the batch wrote, whose version has moved on, or which
       the audit trail names since, keeps its subject.
    2. So does an entered row that something outside the batch points at.
    3. Money behind a subject blocks it.
    4. A subject that is kept keeps what it points at.
    """
    kind = kind_of(batch.kind)
    plan = Plan(kept_writes(batch))
    for label, touched in plan.writes.items():
        plan.subjects[label] = _subjects(label, touched, kind)
    for label, touched in plan.writes.items():
        model = apps.get_model(label)
        used = _edited(model, touched, restored_since(batch, label))
        used |= _audited(label, touched, batch)
        used |= _pointed_at(model, touched, plan)
        plan.kept |= {plan.subjects[label][key] for key in used}
    _keep_pointed_at(plan)
    _block_paid(plan, batch)
    return plan


def _keys(touched: Touched) -> set[int]:
    return touched.created | touched.changed.keys() | touched.deleted.keys()


def _subjects(label: str, touched: Touched, kind: IntakeKind) -> dict[int, Subject]:
    """Return whom each row is about: the pupil of an enrolment, else the row itself."""
    model = apps.get_model(label)
    found: dict[int, Subject] = {key: (label, key) for key in _keys(touched)}
    link = _link(model, kind.subject)
    if link is None:
        return found
    for key, image in touched.deleted.items():
        found[key] = (kind.subject, image[link])
    for rows in _chosen(model, "pk", found.keys()):
        found.update({key: (kind.subject, to) for key, to in rows.values_list("pk", link) if to})
    return found


def _link(model: type[models.Model], subject: str) -> str | None:
    """Return the column by which a model points at the subject's model."""
    if not subject or model._meta.label == subject:
        return None
    for one in model._meta.concrete_fields:
        if one.is_relation and one.related_model._meta.label == subject:  # type: ignore[union-attr]  # no generic relations here
            return str(one.attname)
    return None


def _chosen(
    model: type[models.Model], name: str, keys: Collection[int]
) -> "Iterator[models.QuerySet[Any]]":
    """Yield querysets that together hold the rows whose column is among keys."""
    ranges = ranges_of(keys)
    if len(ranges) <= _MANY:
        for start in range(0, len(ranges), 50):
            wanted = Q()
            for first, last in ranges[start : start + 50]:
                wanted |= Q(**{f"{name}__gte": first, f"{name}__lte": last})
            yield model._base_manager.filter(wanted)
        return
    every = sorted(keys)
    for start in range(0, len(every), 5000):
        yield model._base_manager.filter(**{f"{name}__in": every[start : start + 5000]})


def restored_since(batch: ImportBatch, label: str) -> Counter[int]:
    """Return by key how often later batches have changed a row and were taken back again."""
    found: Counter[int] = Counter()
    others = ImportBatch.objects.filter(state=BatchState.UNDONE, writes__model=label)
    for other in others.exclude(pk=batch.pk).distinct():
        found.update(kept_writes(other)[label].changed.keys())
    return found


def _edited(model: type[models.Model], touched: Touched, restored: Counter[int]) -> set[int]:
    names = {one.attname: one.name for one in model._meta.concrete_fields}
    groups: dict[tuple[str, ...], list[int]] = {}
    for key, changes in touched.changed.items():
        groups.setdefault(tuple(sorted(changes)), []).append(key)
    found: set[int] = set()
    for columns, keys in groups.items():
        now = images(model, keys, [names[column] for column in columns])
        for key in keys:
            written = {name: pair[1] for name, pair in touched.changed[key].items()}
            if now.get(key) != written:
                found.add(key)
    entered = touched.created - touched.deleted.keys()
    if "version" in names:
        for rows in _chosen(model, "pk", entered):
            versions = rows.filter(version__gt=1).values_list("pk", "version")
            # Each change that was taken back has moved the version on twice.
            found.update(pk for pk, version in versions if version != 1 + 2 * restored[pk])
    return found


def _audited(label: str, touched: Touched, batch: ImportBatch) -> set[int]:
    """Return the rows that somebody has done something to since, as the audit trail says."""
    assert batch.applied_at is not None  # noqa: S101  # an applied batch is dated
    ids = {int(one) for one in named_since(label, batch.applied_at) if one.isdigit()}
    return ids & _keys(touched)


def _pointed_at(model: type[models.Model], touched: Touched, plan: Plan) -> set[int]:
    """Return the entered rows that rows from outside the batch point at."""
    found: set[int] = set()
    entered = touched.created - touched.deleted.keys()
    if not entered:
        return found
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        other = relation.related_model
        ours = plan.writes.get(other._meta.label, Touched()).created  # type: ignore[union-attr]  # a model
        column = relation.field.attname  # type: ignore[union-attr]  # a reverse relation has one
        for rows in _chosen(other, column, entered):  # type: ignore[arg-type]  # a model
            pairs = rows.values_list("pk", column)
            found.update(to for key, to in pairs.iterator() if key not in ours)
    return found & entered


def _keep_pointed_at(plan: Plan) -> None:
    """Keep what kept rows of the batch point at, until nothing more is kept."""
    while True:
        before = len(plan.kept)
        for label, touched in plan.writes.items():
            model = apps.get_model(label)
            stay = [key for key in touched.created if plan.subjects[label][key] in plan.kept]
            for one in model._meta.concrete_fields:
                to = one.related_model._meta.label if one.is_relation else ""
                if not stay or to not in plan.writes:
                    continue
                created = plan.writes[to].created
                for rows in _chosen(model, "pk", stay):
                    held = set(rows.values_list(one.attname, flat=True)) & created
                    plan.kept |= {plan.subjects[to][key] for key in held}
        if len(plan.kept) == before:
            return


def _block_paid(plan: Plan, batch: ImportBatch) -> None:
    entered = {(label, key) for label, touched in plan.writes.items() for key in touched.created}
    by_label: dict[str, set[int]] = {}
    for subjects in plan.subjects.values():
        for label, key in subjects.values():
            by_label.setdefault(label, set()).add(key)
    for check in _paid_checks:
        for label, keys in by_label.items():
            new = {key for key in keys if (label, key) in entered}
            paid = check(label, new, None) if new else set()
            if keys - new:
                paid |= check(label, keys - new, batch.applied_at)
            plan.blocked |= {(label, key) for key in paid}
