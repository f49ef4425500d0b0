"""Apply: the accepted rows of a staged batch, set-wise, all or none."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.intake.choices import BatchState, RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.problems import Outcome
from povedu.intake.rowstore import CONTEXT, RowReader
from povedu.intake.selectors import has_stalled
from povedu.intake.services.receive import applied_before
from povedu.intake.services.stage import context_of, packed_codes
from povedu.jobs.services import enqueue
from povedu.protected import seal
from povedu.scope import Actor

_OPEN = (BatchState.STAGED, BatchState.RETURNED, BatchState.APPLYING)


def accepted_frame(batch: ImportBatch, kind: IntakeKind) -> tuple[Frame, list[int]]:
    """Return the ready and warned rows as columns again, and the id of each staged row."""
    reader = RowReader(kind, batch.sheets)
    frame = Frame(
        sheets=[sheet["name"] for sheet in batch.sheets],
        column_of=[_columns(sheet) for sheet in batch.sheets],
    )
    names = list(kind.columns)
    frame.values = {name: [] for name in names}
    ids: list[int] = []
    rows = (
        ImportRow.objects.filter(batch=batch)
        .exclude(outcome=Outcome.REFUSED)
        .order_by("sheet", "number")
        .values_list("pk", "sheet", "number", "payload", "target_id", "seen_version")
    )
    for at, row in enumerate(rows.iterator(chunk_size=5000)):
        pk, sheet, number, payload, target, version = row
        stored = reader.open(payload, sheet)
        ids.append(pk)
        if target is not None:
            frame.seen[at] = (target, version)
        frame.places.append((sheet, number - 1))
        for name in names:
            frame.values[name].append(stored.values[name])
        if stored.problems:
            frame.problems[at] = stored.problems
    return frame, ids


def _columns(sheet: Mapping[str, Any]) -> dict[str, int]:
    from povedu.intake.reading.cells import column_index

    return {one["field"]: column_index(one["column"]) for one in sheet["mapping"] if one["field"]}


def apply_batch(
    *, batch: ImportBatch, actor: Actor, now: datetime, job_id: UUID | None = None
) -> ImportBatch:
    """Bring a staged batch's accepted rows into the registers; all of them or none.

    1. The actor must be allowed to; the same file for the same purpose is brought in once.
    2. In one transaction: take the batch, let the kind write set-wise, note what each row did.
    3. A row whose target somebody has changed since staging goes back to review as a conflict.
    Raises Refusal or Conflict; then the batch is staged as before.
    """
    kind = kind_of(batch.kind)
    _check_may_apply(batch, kind, actor)
    try:
        with transaction.atomic():
            return _apply(batch, kind, actor, now, job_id)
    except IntegrityError as error:
        raise Conflict(
            "changed-meanwhile", _("导入期间有他人改动了同样的记录，请重新核对后再导入。")
        ) from error


def _check_may_apply(batch: ImportBatch, kind: IntakeKind, actor: Actor) -> None:
    if not actor.may(kind.apply_action):
        raise Refusal("not-allowed", _("您没有确认导入这类名册的权限。"))
    earlier = applied_before(batch)
    if earlier is not None:
        raise Conflict(
            "already-applied",
            _("同一文件已导入过（批次编号 %(number)d），不会重复导入。") % {"number": earlier.pk},
        )


def _apply(
    batch: ImportBatch, kind: IntakeKind, actor: Actor, now: datetime, job_id: UUID | None
) -> ImportBatch:
    _one_at_a_time(f"{batch.kind}:{batch.county_code}")
    taken = ImportBatch.objects.filter(pk=batch.pk, state__in=_OPEN).update(
        state=BatchState.APPLYING
    )
    if not taken:
        raise Conflict("batch-moved", _("这个批次已由他人处理，请刷新后查看。"))
    batch.refresh_from_db()
    frame, ids = accepted_frame(batch, kind)
    applied = kind.apply(frame, context_of(batch, kind, actor, now))
    _note_rows(ids, frame, applied)
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, now, actor.user_id
    batch.applied = {**applied.counts(), **applied.after}
    if applied.conflicts:
        batch.applied["conflicts"] = len(applied.conflicts)
    batch.job_id = job_id or batch.job_id
    batch.save()
    record(
        actor=actor,
        now=now,
        verb="intake.apply",
        subject=batch,
        changes={name: (None, count) for name, count in batch.applied.items()},
        count=len(frame),
        place=(batch.division_code, batch.school_code),
        job_id=job_id,
    )
    return batch


def _one_at_a_time(name: str) -> None:
    """Let imports of one kind into one county wait for each other; SQLite does so anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [20_161_101, _number(name)])


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31


def _note_rows(ids: list[int], frame: Frame, applied: Applied) -> None:
    """Keep what each row did where staging could not know it: changes, targets, old values."""
    touched = applied.targets.keys() | applied.before.keys() | set(applied.conflicts)
    rows = ImportRow.objects.in_bulk([ids[at] for at in touched]) if touched else {}
    for at in touched:
        row = rows[ids[at]]
        row.change, row.target_id = applied.targets.get(at, (row.change, row.target_id))
        if at in applied.before:
            row.before = seal(json.dumps(applied.before[at]).encode(), context=CONTEXT)
        if at in applied.conflicts:
            row.change = RowChange.CONFLICT
            row.codes = packed_codes({*row.codes.split(), "conflict"})
    ImportRow.objects.bulk_update(
        rows.values(), ["change", "target_id", "before", "codes"], batch_size=500
    )


def request_apply(*, batch: ImportBatch, actor: Actor, now: datetime) -> ImportBatch:
    """Ask a worker to apply a batch under review; raise Refusal or Conflict where it may not be."""
    _check_may_apply(batch, kind_of(batch.kind), actor)
    with transaction.atomic():
        open_states = [BatchState.STAGED, BatchState.RETURNED]
        if has_stalled(batch):
            open_states.append(BatchState.APPLYING)
        moved = ImportBatch.objects.filter(pk=batch.pk, state__in=open_states).update(
            state=BatchState.APPLYING
        )
        if not moved:
            raise Conflict("batch-moved", _("这个批次已由他人处理，请刷新后查看。"))
        job = enqueue(
            kind="intake.apply",
            params={"batch": batch.pk},
            actor=actor,
            now=now,
            digest=f"apply-{batch.pk}",
        )
        ImportBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
    batch.refresh_from_db()
    return batch


def release_batch(*, batch: ImportBatch) -> None:
    """Put a batch whose job gave up back under review."""
    ImportBatch.objects.filter(pk=batch.pk, state=BatchState.APPLYING).update(
        state=BatchState.STAGED
    )
