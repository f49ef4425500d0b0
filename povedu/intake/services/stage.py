"""Read, understand, clean and stage one received file: its rows with what was said about each."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.ahead import sending_ahead
from povedu.audit.services import record
from povedu.bulk import Derived, Repeated, insert_columns, insert_rows, uncollected
from povedu.errors import Refusal
from povedu.intake.choices import BatchState
from povedu.intake.cleaning import SheetReading, clean, understand
from povedu.intake.columns import Ahead
from povedu.intake.frame import Frame
from povedu.intake.kinds import Changes, Context, IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportBlock, ImportRow, MappingProfile
from povedu.intake.periods import terms_in
from povedu.intake.problems import Outcome
from povedu.intake.reader import begin_reading, fault, limits
from povedu.intake.rowstore import block_numbers, sealed_blocks
from povedu.jobs import store
from povedu.scope import Actor

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


Tell = Callable[[int, int, object], None]
_STEPS = 4


def _silent(done: int, total: int, message: object) -> None:
    return None


def stage_batch(
    *, batch: ImportBatch, actor: Actor, now: datetime, tell: Tell = _silent
) -> ImportBatch:
    """Stage a received (or again to be read) file; raise Refusal and mark the batch failed.

    1. Read the sealed original in the confined child.
    2. Understand the headings, clean by columns, run the kind's checks, classify.
    3. In one transaction replace the batch's rows and set its counts.
    ``tell`` hears of each step: how many are done, of how many, and what comes next.
    """
    try:
        with uncollected():
            return _stage(batch, actor, now, tell)
    except Refusal as refusal:
        ImportBatch.objects.filter(pk=batch.pk).exclude(state=BatchState.APPLIED).update(
            state=BatchState.FAILED,
            error_code=refusal.code,
            error_message=str(refusal)[:300],
        )
        raise


def _stage(batch: ImportBatch, actor: Actor, now: datetime, tell: Tell) -> ImportBatch:
    tell(0, _STEPS, _("正在读取文件"))
    reading = begin_reading(_original(batch))
    kind = kind_of(batch.kind)  # we get ready while the child is at work
    context = context_of(batch, kind, actor, now)
    profile = profile_of(batch)
    ahead = Ahead(kind, profile, context.lookups)
    file = reading(ahead.watch)
    readings = understand(file, kind, profile)
    if not any(reading.heading for reading in readings):
        raise Refusal(
            "no-heading",
            _("没有找到表头。请确认表中有“%(columns)s”等列名，或下载模板填写。")
            % {"columns": _expected(kind)},
        )
    count = sum(len(reading.rows.data) for reading in readings if reading.heading)
    tell(1, _STEPS, _("正在清洗 %(rows)s 行") % {"rows": f"{count:,}"})
    frame = clean(readings, ahead)
    bound = limits().rows
    if len(frame) > bound:
        raise fault("too-many-rows", limit=bound, row=len(frame))
    tell(2, _STEPS, _("正在与系统中的记录核对"))
    kind.check(frame, context)
    changes: Changes = kind.classify(frame, context) if kind.classify else {}
    tell(3, _STEPS, _("正在保存识别结果"))
    batch.format, batch.encoding = file.format, file.encoding
    _count(batch, frame, changes)
    batch.sheets = [reading.described() for reading in readings]
    skipped = [one for reading in readings for one in reading.skipped()]
    batch.skipped = skipped[:_SKIPPED_KEPT]
    batch.summary["skipped"] = len(skipped)
    batch.summary["other_term"] = _other_term(batch, readings)
    rows = _row_columns(batch, readings, frame, changes)
    _write(batch, rows, sealed_blocks(readings, frame, kind, batch.pk), actor, now)
    return batch


def _other_term(batch: ImportBatch, readings: Sequence[SheetReading]) -> str:
    """Return the term that the file's name and titles speak of where it is not the one chosen."""
    if not batch.term:
        return ""
    named = (one.titles() for one in readings if one.heading)
    terms = {term.code for text in (batch.file_name, *named) for term in terms_in(text)}
    return "" if batch.term in terms else max(terms, default="")


def _original(batch: ImportBatch) -> bytes:
    try:
        return store.read(batch.store_key)
    except FileNotFoundError as gone:
        raise Refusal("file-gone", _("原文件已被清理，请重新上传。")) from gone


def _expected(kind: IntakeKind) -> str:
    return _("、").join(kind.columns[name].label for name in kind.must)


def _count(batch: ImportBatch, frame: Frame, changes: Changes) -> None:
    outcomes = Counter(frame.outcome(at) for at in frame.problems.keys() | frame.outcomes.keys())
    batch.rows_count = len(frame)
    batch.warned_count = outcomes[Outcome.WARNED]
    batch.refused_count = outcomes[Outcome.REFUSED]
    batch.ready_count = len(frame) - batch.warned_count - batch.refused_count
    codes: Counter[str] = Counter()
    for problems in frame.problems.values():
        codes.update({problem.code for problem in problems})
    batch.summary = {"codes": dict(codes.most_common())}
    kinds = Counter([said[0] for said in changes.values()])
    for at in frame.problems.keys() | frame.outcomes.keys():
        if at in changes and frame.outcome(at) is Outcome.REFUSED:
            kinds[changes[at][0]] -= 1
    batch.preview = {str(kind): count for kind, count in kinds.items() if count}


def _row_columns(
    batch: ImportBatch, readings: Sequence[SheetReading], frame: Frame, changes: Changes
) -> dict[str, Sequence[Any]]:
    """Return the staged rows as columns; what a row holds lies in the blocks."""
    height = len(frame)
    outcomes, codes = [str(Outcome.READY)] * height, [""] * height
    for at in frame.problems.keys() | frame.outcomes.keys():
        outcomes[at], codes[at] = str(frame.outcome(at)), packed_codes(frame.codes(at))

    def said(part: int) -> Derived:
        return Derived(lambda span: [changes.get(at, _UNSEEN)[part] for at in span], range(height))

    return {
        "batch": Repeated(batch.pk, height),
        "sheet": Derived(lambda places: [sheet for sheet, _row in places], frame.places),
        "number": Derived(lambda places: [row + 1 for _sheet, row in places], frame.places),
        "outcome": outcomes,
        "codes": codes,
        "change": Derived(lambda found: list(map(str, found)), said(0)),
        "block": array("I", block_numbers(readings)),
        "target_id": said(1),
        "seen_version": said(2),
    }


def packed_codes(codes: set[str]) -> str:
    """Return codes in the form that a filter finds with one LIKE."""
    return f" {' '.join(sorted(codes))} "[:300] if codes else ""


def _write(
    batch: ImportBatch,
    rows: dict[str, Sequence[Any]],
    blocks: Iterator[tuple[int, int, bytes]],
    actor: Actor,
    now: datetime,
) -> None:
    with transaction.atomic():
        taken = (
            ImportBatch.objects.filter(pk=batch.pk)
            .exclude(state__in=[BatchState.APPLIED, BatchState.APPLYING, BatchState.WITHDRAWN])
            .update(state=BatchState.STAGED)
        )
        if not taken:
            raise Refusal("batch-moved", _("这个批次已经在导入或已撤销，不能重新读取。"))
        ImportRow.objects.filter(batch=batch).delete()
        ImportBlock.objects.filter(batch=batch).delete()
        with sending_ahead():
            insert_columns(ImportRow, rows, streamed=True)
            fields = ("batch", "position", "content")
            insert_rows(ImportBlock, fields, blocks, streamed=True, at_once=10)
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


def stage_gave_up(*, batch_id: int, code: str, sentence: str) -> None:
    """Mark a batch that no worker could read as failed, so that its file can be sent again."""
    told = _("文件没有读完：%(reason)s请重新上传。") % {"reason": sentence or _("作业已取消。")}
    ImportBatch.objects.filter(pk=batch_id, state=BatchState.RECEIVED).update(
        state=BatchState.FAILED, error_code=code or "cancelled", error_message=told[:300]
    )
