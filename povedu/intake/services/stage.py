"""Read, understand, clean and stage one received file: its rows with what was said about each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.errors import Refusal
from povedu.intake.choices import BatchState
from povedu.intake.cleaning import SheetReading, clean, understand
from povedu.intake.frame import Frame
from povedu.intake.kinds import Context, IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.intake.problems import Outcome
from povedu.intake.reader import fault, limits, read_file
from povedu.intake.rowstore import sealed_rows
from povedu.jobs import store
from povedu.scope import Actor

_FIELDS = (
    *("batch", "sheet", "number", "outcome", "codes", "change", "payload", "before"),
    *("target_id", "seen_version"),
)
_UNSEEN = ("", None, None)
_SKIPPED_KEPT = 2000


def context_of(batch: ImportBatch, kind: IntakeKind, actor: Actor, now: datetime) -> Context:
    """Return what a batch is about, with the kind's lookups read."""
    bare = _context(batch, actor, now, {})
    return _context(batch, actor, now, kind.prepare(bare))


def _context(batch: ImportBatch, actor: Actor, now: datetime, lookups: Any) -> Context:
    return Context(
        actor=actor,
        now=now,
        county_code=batch.county_code,
        school_code=batch.school_code,
        term=batch.term,
        as_of=batch.as_of,
        is_supplement=batch.is_supplement,
        batch_id=batch.pk,
        file_name=batch.file_name,
        lookups=lookups,
    )


def source_of(batch: ImportBatch) -> str:
    """Return whose mapping profile a batch uses."""
    return batch.school_code or batch.division_code


def profile_of(batch: ImportBatch) -> dict[str, str]:
    """Return the headings that a batch's source has taught."""
    taught = MappingProfile.objects.filter(kind=batch.kind, source=source_of(batch))
    return dict(taught.values_list("heading", "field"))


def stage_batch(*, batch: ImportBatch, actor: Actor, now: datetime) -> ImportBatch:
    """Stage a received (or again to be read) file; raise Refusal and mark the batch failed.

    1. Read the sealed original in the confined child.
    2. Understand the headings, clean by columns, run the kind's checks, classify.
    3. In one transaction replace the batch's rows and set its counts.
    """
    try:
        return _stage(batch, actor, now)
    except Refusal as refusal:
        ImportBatch.objects.filter(pk=batch.pk).exclude(state=BatchState.APPLIED).update(
            state=BatchState.FAILED,
            error_code=refusal.code,
            error_message=str(refusal)[:300],
        )
        raise


def _stage(batch: ImportBatch, actor: Actor, now: datetime) -> ImportBatch:
    kind = kind_of(batch.kind)
    file = read_file(_original(batch))
    readings = understand(file, kind, profile_of(batch))
    if not any(reading.heading for reading in readings):
        raise Refusal(
            "no-heading",
            _("没有找到表头。请确认表中有“%(columns)s”等列名，或下载模板填写。")
            % {"columns": _expected(kind)},
        )
    context = context_of(batch, kind, actor, now)
    frame = clean(readings, kind, context)
    bound = limits().rows
    if len(frame) > bound:
        raise fault("too-many-rows", limit=bound, row=len(frame))
    kind.check(frame, context)
    changes = kind.classify(frame, context) if kind.classify else {}
    batch.format, batch.encoding = file.format, file.encoding
    _count(batch, frame, changes)
    batch.sheets = [reading.described() for reading in readings]
    skipped = [one for reading in readings for one in reading.skipped()]
    batch.skipped = skipped[:_SKIPPED_KEPT]
    batch.summary["skipped"] = len(skipped)
    _write(batch, _rows(batch, readings, frame, kind, changes), actor, now)
    return batch


def _original(batch: ImportBatch) -> bytes:
    try:
        return store.read(batch.store_key)
    except FileNotFoundError as gone:
        raise Refusal("file-gone", _("原文件已被清理，请重新上传。")) from gone


def _expected(kind: IntakeKind) -> str:
    return "、".join(kind.columns[name].label for name in kind.must)


def _count(batch: ImportBatch, frame: Frame, changes: Any) -> None:
    outcomes = Counter(frame.outcome(at) for at in frame.problems.keys() | frame.outcomes.keys())
    batch.rows_count = len(frame)
    batch.warned_count = outcomes[Outcome.WARNED]
    batch.refused_count = outcomes[Outcome.REFUSED]
    batch.ready_count = len(frame) - batch.warned_count - batch.refused_count
    codes: Counter[str] = Counter()
    for problems in frame.problems.values():
        codes.update({problem.code for problem in problems})
    batch.summary = {"codes": dict(codes.most_common())}
    batch.preview = dict(
        Counter(
            str(said[0]) for at, said in changes.items() if frame.outcome(at) is not Outcome.REFUSED
        )
    )


def _rows(
    batch: ImportBatch,
    readings: Sequence[SheetReading],
    frame: Frame,
    kind: IntakeKind,
    changes: Any,
) -> Iterator[tuple[Any, ...]]:
    payloads = sealed_rows(readings, frame, kind)
    ready = str(Outcome.READY)
    for at, ((sheet, row), payload) in enumerate(zip(frame.places, payloads, strict=True)):
        plain = at not in frame.problems and at not in frame.outcomes
        yield (
            batch.pk,
            sheet,
            row + 1,
            ready if plain else str(frame.outcome(at)),
            "" if plain else packed_codes(frame.codes(at)),
            str(changes.get(at, _UNSEEN)[0]),
            payload,
            b"",
            *changes.get(at, _UNSEEN)[1:],
        )


def packed_codes(codes: set[str]) -> str:
    """Return codes in the form that a filter finds with one LIKE."""
    return f" {' '.join(sorted(codes))} "[:300] if codes else ""


def _write(
    batch: ImportBatch, rows: Iterator[tuple[Any, ...]], actor: Actor, now: datetime
) -> None:
    prepared = list(rows)
    with transaction.atomic():
        taken = (
            ImportBatch.objects.filter(pk=batch.pk)
            .exclude(state__in=[BatchState.APPLIED, BatchState.APPLYING, BatchState.WITHDRAWN])
            .update(state=BatchState.STAGED)
        )
        if not taken:
            raise Refusal("batch-moved", _("这个批次已经在导入或已撤销，不能重新读取。"))
        ImportRow.objects.filter(batch=batch).delete()
        insert_rows(ImportRow, _FIELDS, prepared)
        batch.state, batch.staged_at = BatchState.STAGED, now
        batch.error_code = batch.error_message = batch.comment = ""
        batch.save()
        record(
            actor=actor,
            now=now,
            verb="intake.stage",
            subject=batch,
            count=batch.rows_count,
            place=(batch.division_code, batch.school_code),
        )
