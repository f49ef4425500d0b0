"""Apply: the accepted rows of a staged batch, set-wise, all or none."""

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby, repeat
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import chunked, uncollected, update_rows
from povedu.errors import Conflict, Refusal
from povedu.intake.breaker import Figures, check_share
from povedu.intake.choices import BatchState, RowChange
from povedu.intake.frame import Frame, RowPlaces
from povedu.intake.kinds import Applied, IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.problems import Outcome
from povedu.intake.rowstore import CONTEXT, RowReader
from povedu.intake.services.conflicts import follow_up
from povedu.intake.services.receive import applied_before
from povedu.intake.services.stage import context_of, packed_codes
from povedu.intake.services.undo import keep_writes
from povedu.jobs.services import enqueue
from povedu.protected import sealer
from povedu.scope import Actor
from povedu.writes import listening

_AT_ONCE = 5000
_OPEN = (BatchState.STAGED, BatchState.RETURNED, BatchState.APPLYING)


def accepted_frame(batch: ImportBatch, kind: IntakeKind) -> Frame:
    """Return the ready and warned rows as columns again."""
    places = RowPlaces()
    frame = Frame(
        sheets=[sheet["name"] for sheet in batch.sheets],
        column_of=[_columns(sheet) for sheet in batch.sheets],
        places=places,
    )
    columns: list[list[Any]] = [[] for _name in kind.columns]
    frame.values = dict(zip(kind.columns, columns, strict=True))
    accepted = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
    for opened in RowReader(kind, batch).columns(accepted):
        start = len(places)
        for column, values in zip(columns, opened.columns, strict=True):
            column.extend(values)
        frame.problems.update((start + at, said) for at, said in opened.problems.items())
        places.extend(
            repeat(opened.sheet, len(opened.numbers)), [one - 1 for one in opened.numbers]
        )
    compared = accepted.filter(target_id__isnull=False).order_by("sheet", "number")
    fields, at = ("sheet", "number", "target_id", "seen_version"), 0
    for sheet, number, *seen in compared.values_list(*fields).iterator(chunk_size=_AT_ONCE):
        at = bisect_left(places, (sheet, number - 1), at)
        frame.seen[at] = (seen[0], seen[1])
    return frame


def _columns(sheet: Mapping[str, Any]) -> dict[str, int]:
    from povedu.intake.reading.cells import column_index

    return {one["field"]: column_index(one["column"]) for one in sheet["mapping"] if one["field"]}


def apply_batch(
    *, batch: ImportBatch, actor: Actor, now: datetime, job_id: UUID | None = None
) -> ImportBatch:
    """Bring a staged batch's accepted rows into the registers; all of them or none.

    1. The actor must be allowed to; the same file for the same purpose is brought in once.
    2. In one transaction: take the batch, let the kind write set-wise, note what each row did.
    3. A list that would touch too many known records stops, unless somebody answers for it.
    4. What was written is kept for taking it back.
    5. A row whose target somebody has changed since staging goes back to review as a conflict.
    Raises Refusal or Conflict; then the batch is staged as before.
    """
    kind = kind_of(batch.kind)
    _check_may_apply(batch, kind, actor)
    try:
        with uncollected(), transaction.atomic():
            return _apply(batch, kind, actor, now, job_id)
    except IntegrityError as error:
        raise Conflict(
            "changed-meanwhile", _("导入期间有他人改动了同样的记录，请重新核对后再导入。")
        ) from error


def _check_may_apply(batch: ImportBatch, kind: IntakeKind, actor: Actor) -> None:
    if not actor.may(kind.apply_action):
        raise Refusal("not-allowed", _("您没有确认导入这类名册的权限。"))
    if batch.two_person and batch.uploaded_by_id == actor.user_id:
        raise Refusal(
            "same-person",
            _("这类名册须由上传人以外的人确认导入。请有权限的同事核对后导入。"),
        )
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
    frame = accepted_frame(batch, kind)
    with listening(kind.derived) as writes:
        applied = kind.apply(frame, context_of(batch, kind, actor, now))
    check_share(kind, applied, batch.alarm if batch.confirmed_by_id else {})
    if not kind.irreversible:
        keep_writes(batch=batch, writes=writes)
    _note_rows(batch, frame, applied)
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, now, actor.user_id
    batch.applied = {**applied.counts(), **applied.after}
    if applied.conflicts:
        batch.applied["conflicts"] = len(applied.conflicts)
        follow_up(batch=batch, kind=kind, actor=actor, now=now)
    batch.job_id = job_id or batch.job_id
    batch.error_code = batch.error_message = ""
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


def _note_rows(batch: ImportBatch, frame: Frame, applied: Applied) -> None:
    """Keep what each row did where staging could not know it: changes, targets, old values."""
    seal_one, conflicts = sealer(CONTEXT), set(applied.conflicts)
    touched = sorted(applied.targets.keys() | applied.before.keys() | conflicts)
    rows = []
    for at, (pk, staged, codes) in _staged(batch, frame, touched):
        known = frame.seen.get(at, (None, None))[0]
        change, target = applied.targets.get(at, (staged, known))
        before = applied.before.get(at)
        sealed = seal_one(json.dumps(before).encode()) if before is not None else b""
        if at in conflicts:
            change, codes = RowChange.CONFLICT, packed_codes({*codes.split(), "conflict"})
        rows.append((pk, str(change), target, sealed, codes))
    update_rows(ImportRow, ("change", "target_id", "before", "codes"), rows)


def _staged(
    batch: ImportBatch, frame: Frame, touched: list[int]
) -> Iterator[tuple[int, tuple[int, str, str]]]:
    """Yield some rows of the frame, each with its staged row's key, change and codes."""
    for sheet, group in groupby(touched, lambda at: frame.places[at][0]):
        for some in chunked(group, _AT_ONCE):
            numbers = {frame.places[at][1] + 1: at for at in some}
            found = batch.rows.filter(sheet=sheet, number__in=list(numbers))
            for number, pk, change, codes in found.values_list("number", "pk", "change", "codes"):
                yield numbers[number], (pk, change, codes)


def request_apply(*, batch: ImportBatch, actor: Actor, now: datetime) -> ImportBatch:
    """Ask a worker to apply a batch under review; raise Refusal or Conflict where it may not be."""
    _check_may_apply(batch, kind_of(batch.kind), actor)
    with transaction.atomic():
        open_states = [BatchState.STAGED, BatchState.RETURNED]
        moved = ImportBatch.objects.filter(pk=batch.pk, state__in=open_states).update(
            state=BatchState.APPLYING, error_code="", error_message=""
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


def raise_alarm(*, batch: ImportBatch, alarm: Figures) -> None:
    """Put a batch that stopped before a sweeping change back under review, with its figures."""
    ImportBatch.objects.filter(pk=batch.pk).exclude(state=BatchState.APPLIED).update(
        state=BatchState.STAGED, alarm=alarm, confirmed_by=None
    )


def apply_gave_up(*, batch_id: int, code: str, sentence: str) -> None:
    """Put a batch whose job came to nothing back under review, saying why ("": cancelled)."""
    told = _("上次导入没有完成：%(reason)s批次已回到待审核，可以再次导入。") % {
        "reason": sentence or _("作业已取消。")
    }
    ImportBatch.objects.filter(pk=batch_id, state=BatchState.APPLYING).update(
        state=BatchState.STAGED, error_code=code or "cancelled", error_message=told[:300]
    )


def answer_for(*, batch: ImportBatch, reason: str, actor: Actor, now: datetime) -> None:
    """Answer, with a reason, for a sweeping change that was stopped; those figures may pass."""
    if not actor.may("intake.batch.confirm"):
        raise Refusal("not-allowed", _("您没有确认大范围变更的权限。"))
    _check_may_apply(batch, kind_of(batch.kind), actor)
    with transaction.atomic():
        moved = (
            ImportBatch.objects.filter(pk=batch.pk, state=BatchState.STAGED)
            .exclude(alarm={})
            .update(confirmed_by_id=actor.user_id, confirm_reason=reason[:300])
        )
        if not moved:
            raise Conflict("batch-moved", _("这个批次已由他人处理，请刷新后查看。"))
        record(
            actor=actor,
            now=now,
            verb="intake.confirm-large",
            subject=batch,
            changes={name: (None, count) for name, count in batch.alarm.items()},
            reason=reason,
            place=(batch.division_code, batch.school_code),
        )
    batch.refresh_from_db()


def confirm_large(*, batch: ImportBatch, reason: str, actor: Actor, now: datetime) -> ImportBatch:
    """Answer for a sweeping change and ask a worker to go on with it."""
    with transaction.atomic():
        answer_for(batch=batch, reason=reason, actor=actor, now=now)
        return request_apply(batch=batch, actor=actor, now=now)
