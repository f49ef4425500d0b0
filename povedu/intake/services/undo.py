"""Undo: take an applied batch back, set-wise, as far as nobody has built on it since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import delete_rows, insert_rows, update_rows
from povedu.errors import Conflict, Refusal
from povedu.intake.choices import BatchState
from povedu.intake.kinds import IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportWrite
from povedu.intake.services.stage import context_of
from povedu.intake.undoing import REVERSED, Plan, plan_of, writes_of
from povedu.jobs.services import enqueue
from povedu.scope import Actor
from povedu.writes import Touched, Writes

_TEXTS = ("CharField", "TextField", "BinaryField", "JSONField", "ForeignKey")


def keep_writes(*, batch: ImportBatch, writes: Writes) -> None:
    """Keep what a batch wrote, inside the transaction that wrote it, in place of what was kept."""
    ImportWrite.objects.filter(batch=batch).delete()
    ImportWrite.objects.bulk_create(
        ImportWrite(batch=batch, position=at, model=label, created=created, images=images)
        for at, (label, created, images) in enumerate(writes_of(writes))
    )


def check_may_undo(batch: ImportBatch, actor: Actor) -> IntakeKind:
    """Raise Refusal or Conflict where a batch may not be taken back."""
    kind = kind_of(batch.kind)
    if not actor.may(kind.apply_action):
        raise Refusal("not-allowed", _("您没有回退这类名册的权限。"))
    if kind.irreversible:
        raise Refusal("irreversible", str(kind.irreversible))
    if batch.state != BatchState.APPLIED:
        raise Conflict("batch-moved", _("只有已导入的批次可以回退，请刷新后查看。"))
    if not batch.writes.exists():
        raise Refusal("nothing-kept", _("这个批次没有改动任何记录，无需回退。"))
    return kind


def request_undo(*, batch: ImportBatch, reason: str, actor: Actor, now: datetime) -> ImportBatch:
    """Ask a worker to take a batch back; the reason is recorded at once."""
    check_may_undo(batch, actor)
    with transaction.atomic():
        job = enqueue(
            kind="intake.undo",
            params={"batch": batch.pk},
            actor=actor,
            now=now,
            digest=f"undo-{batch.pk}",
        )
        if job.pk != batch.job_id:  # a second click finds the first one's job
            _note(batch, actor, now, verb="intake.undo-request", reason=reason)
            ImportBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
    batch.refresh_from_db()
    return batch


def undo_batch(
    *, batch: ImportBatch, actor: Actor, now: datetime, job_id: UUID | None = None
) -> ImportBatch:
    """Take a batch back: rows entered go, changed ones get their old values, deleted ones return.

    1. One person takes it: a second attempt finds it taken back and changes nothing.
    2. What somebody has edited or used since stays, and so does what money has been paid on.
    3. What is only counted from these rows is counted anew.
    4. Of what was written only that which has been taken back stays on record.
    Raises Refusal or Conflict; then everything is as before.
    """
    kind = check_may_undo(batch, actor)
    try:
        with transaction.atomic():
            return _undo(batch, kind, actor, now, job_id)
    except IntegrityError as error:
        raise Conflict(
            "undo-in-the-way",
            _("回退时发现之后的记录占用了原来的编号或仍在引用，未作任何改动。请先处理这些记录。"),
        ) from error


def _undo(
    batch: ImportBatch, kind: IntakeKind, actor: Actor, now: datetime, job_id: UUID | None
) -> ImportBatch:
    taken = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.APPLIED).update(
        state=BatchState.UNDONE, undone_at=now, undone_by_id=actor.user_id
    )
    if not taken:
        raise Conflict("batch-moved", _("这个批次已由他人处理，请刷新后查看。"))
    plan = plan_of(batch)
    counts = plan.counts(kind)
    keys = {
        label: frozenset(touched.created | touched.changed.keys() | touched.deleted.keys())
        for label, touched in plan.writes.items()
    }
    count_anew = kind.undone(keys, context_of(batch, kind, actor, now))
    _carry_out(plan)
    count_anew()
    keep_writes(batch=batch, writes=plan.reversed())
    batch.refresh_from_db()
    batch.undone = counts
    batch.save(update_fields=["undone"])
    _note(
        batch,
        actor,
        now,
        verb="intake.undo",
        count=counts[REVERSED],
        changes={name: (None, count) for name, count in counts.items()},
        job_id=job_id,
    )
    return batch


def _note(batch: ImportBatch, actor: Actor, now: datetime, **more: Any) -> None:
    place = (batch.division_code, batch.school_code)
    record(actor=actor, now=now, subject=batch, place=place, **more)


def _carry_out(plan: Plan) -> None:
    labels = list(plan.writes)
    for label in reversed(labels):
        touched = plan.writes[label]
        gone = [key for key in touched.created if plan.bucket(label, key) == REVERSED]
        delete_rows(apps.get_model(label), gone)
    for label in labels:
        _put_back(apps.get_model(label), plan.writes[label], plan, label)
    for label in labels:
        _restore(apps.get_model(label), plan.writes[label], plan, label)
    connection.check_constraints([apps.get_model(label)._meta.db_table for label in labels])


def _names(model: type[models.Model]) -> dict[str, str]:
    return {str(one.attname): one.name for one in model._meta.concrete_fields}


def _put_back(model: type[models.Model], touched: Touched, plan: Plan, label: str) -> None:
    names = _names(model)
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for key, image in touched.deleted.items():
        if plan.bucket(label, key) == REVERSED:
            groups.setdefault(tuple(image), []).append((key, *image.values()))
    for columns, rows in groups.items():
        fields = [names[column] for column in columns]
        insert_rows(model, ("id", *fields), [_typed(model, ("id", *fields), row) for row in rows])


def _restore(model: type[models.Model], touched: Touched, plan: Plan, label: str) -> None:
    """Give changed rows their old values; a version goes on, so that open forms notice."""
    names = _names(model)
    groups: dict[tuple[str, ...], list[int]] = {}
    for key, changes in touched.changed.items():
        if plan.bucket(label, key) == REVERSED:
            groups.setdefault(tuple(sorted(changes)), []).append(key)
    for columns, keys in groups.items():
        fields = ("id", *(names[column] for column in columns))
        rows = [
            _typed(model, fields, (key, *(touched.changed[key][one][0] for one in columns)))
            for key in keys
        ]
        if "version" in names:
            versions = dict(model._base_manager.filter(pk__in=keys).values_list("pk", "version"))
            rows = [(*row, versions[row[0]] + 1) for row in rows]
            fields = (*fields, "version")
        update_rows(model, fields[1:], rows)


def _typed(
    model: type[models.Model], names: tuple[str, ...], row: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Return stored texts as the field's own type again."""
    typed = []
    for name, value in zip(names, row, strict=True):
        one: Any = model._meta.get_field(name)
        other = isinstance(value, str) and one.get_internal_type() not in _TEXTS
        typed.append(one.to_python(value) if other else value)
    return tuple(typed)
