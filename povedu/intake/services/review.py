"""Review: fix a cell, teach a heading, decline a kind of repair, send back, withdraw."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.intake.choices import BatchState
from povedu.intake.cleaning import cell_keys, clean_row
from povedu.intake.frame import Frame
from povedu.intake.kinds import IntakeKind, kind_of
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.intake.problems import DECLINED, Outcome, declined_codes
from povedu.intake.reading.cells import as_text
from povedu.intake.rowstore import RowReader, StoredRow
from povedu.intake.services.repairs import decline_repair
from povedu.intake.services.stage import context_of, packed_codes, source_of, stage_batch
from povedu.intake.services.taking import REVIEWED, taken
from povedu.intake.wording import squeezed
from povedu.scope import Actor


def _note(batch: ImportBatch, actor: Actor, now: datetime, verb: str, **more: Any) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=batch,
        place=(batch.division_code, batch.school_code),
        **more,
    )


@dataclass
class _OneRow:
    """A staged row opened as a frame of one, so that the kind's own checks run on it again."""

    batch: ImportBatch
    kind: IntakeKind
    row: ImportRow
    reader: RowReader
    stored: StoredRow

    @classmethod
    def open(cls, batch: ImportBatch, row: ImportRow) -> "_OneRow":
        kind = kind_of(batch.kind)
        reader = RowReader(kind, batch)
        return cls(batch, kind, row, reader, reader.open(row))

    @property
    def mapping(self) -> list[dict[str, Any]]:
        mapping: list[dict[str, Any]] = self.batch.sheets[self.row.sheet]["mapping"]
        return mapping

    def frame(self, actor: Actor, now: datetime) -> Frame:
        """Return the row cleaned from its present cells."""
        context = context_of(self.batch, self.kind, actor, now)
        place = (self.row.sheet, self.row.number - 1)
        frame = clean_row(self.stored.raw, place, self.batch.sheets, self.kind, context)
        self.kind.check(frame, context)
        if self.kind.classify:
            self._classify(frame, self.kind.classify(frame, context))
        return frame

    def _classify(self, frame: Frame, changes: Mapping[int, Any]) -> None:
        change, target, version = changes.get(0, ("", None, None))
        self.row.change, self.row.target_id, self.row.seen_version = change, target, version


def fix_row(*, row: ImportRow, cells: Mapping[str, str], actor: Actor, now: datetime) -> ImportRow:
    """Put corrected cells into a staged row and check the row again.

    Only cells whose text differs are touched. A repeat stays refused until its name or number is
    no longer the other row's.
    """
    with transaction.atomic():
        batch = taken(row.batch, actor)
        row = ImportRow.objects.select_for_update().get(pk=row.pk)
        one = _OneRow.open(batch, row)
        changed = _put_cells(one, cells)
        if not changed:
            return row
        frame = one.frame(actor, now)
        _still_repeated(one, frame)
        if declined_codes(row.codes) & frame.codes(0):
            frame.refuse(0)
        _recount(batch, row, frame)
        one.stored.values = {name: frame.column(name)[0] for name in one.kind.columns}
        one.stored.problems = frame.problems.get(0, [])
        still = {f"{DECLINED}{code}" for code in declined_codes(row.codes) & frame.codes(0)}
        row.outcome = str(frame.outcome(0))
        row.codes = packed_codes(frame.codes(0) | still)
        row.payload = one.reader.pack(one.stored)
        row.save()
        batch.save()
        _note(batch, actor, now, "intake.fix", changes=changed)
    return row


def _put_cells(one: _OneRow, cells: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    changed = {}
    for at, name in enumerate(cell_keys(one.mapping)):
        if name in cells and as_text(one.stored.raw[at]) != cells[name]:
            one.stored.raw[at] = cells[name].replace("\0", "")
            changed[name] = ("", _("已改"))  # what it was and is, stays in the sealed row
    return changed


def _still_repeated(one: _OneRow, frame: Frame) -> None:
    """Look for another row of the file with the same number, or the same name without one."""
    if one.kind.many_rows_each or "id_number" not in one.kind.columns:
        return
    wanted = (frame.column("id_number")[0], frame.column("name")[0])
    if not wanted[0]:
        return
    others = one.batch.rows.exclude(pk=one.row.pk).exclude(outcome=Outcome.REFUSED)
    for row, stored in one.reader.walk(others.order_by("sheet", "number")):
        if stored.values["id_number"] == wanted[0]:
            frame.note(0, "id-duplicate-in-file", "id_number", new=row.number)
            frame.refuse(0)
            return


def _recount(batch: ImportBatch, row: ImportRow, frame: Frame) -> None:
    counts = {name: getattr(batch, f"{name}_count") for name in Outcome}
    counts[Outcome(row.outcome)] -= 1
    counts[frame.outcome(0)] += 1
    for name, count in counts.items():
        setattr(batch, f"{name}_count", count)
    codes = Counter(batch.summary.get("codes", {}))
    codes.subtract(row.codes.split())
    codes.update(frame.codes(0))
    batch.summary["codes"] = {code: count for code, count in codes.items() if count > 0}


def send_back(*, batch: ImportBatch, comment: str, actor: Actor, now: datetime) -> ImportBatch:
    """Return a batch to its uploader with a comment; the uploader may correct and apply again."""
    with transaction.atomic():
        found = taken(batch, actor)
        found.state, found.comment = BatchState.RETURNED, comment[:300]
        found.save(update_fields=["state", "comment"])
        _note(found, actor, now, "intake.send-back", reason=comment)
    return found


def withdraw(*, batch: ImportBatch, actor: Actor, now: datetime) -> ImportBatch:
    """Give a batch up: nothing of it is brought in; its rows and file are kept as they are."""
    with transaction.atomic():
        if not actor.may(kind_of(batch.kind).action):
            raise Refusal("not-allowed", _("您没有处理这类名册的权限。"))
        moved = ImportBatch.objects.filter(
            pk=batch.pk, state__in=[*REVIEWED, BatchState.FAILED]
        ).update(state=BatchState.WITHDRAWN)
        if not moved:
            raise Conflict("batch-moved", _("这个批次已由他人处理，请刷新后查看。"))
        batch.refresh_from_db()
        _note(batch, actor, now, "intake.withdraw")
    return batch


def teach_headings(
    *, batch: ImportBatch, headings: Mapping[str, str], actor: Actor, now: datetime
) -> ImportBatch:
    """Remember what a source's headings mean, and read the file again in that light.

    ``headings`` maps a heading as the file has it to a field, "" for none.
    """
    kind = kind_of(batch.kind)
    with transaction.atomic():
        found = taken(batch, actor)
        if found.follows_id is not None:
            raise Refusal("follower", _("这些行来自另一批次，表头对应请在下次上传时设定。"))
        for heading, name in headings.items():
            if name and name not in kind.columns:
                raise Refusal("field-unknown", _("没有这个栏目。"))
            MappingProfile.objects.update_or_create(
                kind=kind.code,
                source=source_of(found),
                heading=squeezed(heading)[:120],
                defaults={"field": name, "changed_by_id": actor.user_id, "changed_at": now},
            )
        _note(found, actor, now, "intake.teach", count=len(headings))
    declined = found.summary.get("declined", [])
    stage_batch(batch=found, actor=actor, now=now)
    for code in declined:
        decline_repair(batch=found, code=code, actor=actor, now=now)
    return found


def change_heading(
    *, mapping: MappingProfile, field: str, actor: Actor, now: datetime
) -> MappingProfile:
    """Give a source's heading another meaning, "" for none; files read from now on follow it."""
    if field and field not in kind_of(mapping.kind).columns:
        raise Refusal("field-unknown", _("没有这个栏目。"))
    with transaction.atomic():
        changes = {"field": (mapping.field, field)}
        mapping.field, mapping.changed_by_id, mapping.changed_at = field, actor.user_id, now
        mapping.save()
        record(actor=actor, now=now, verb="intake.teach", subject=mapping, changes=changes)
    return mapping


def forget_heading(*, mapping: MappingProfile, actor: Actor, now: datetime) -> None:
    """Forget what a source's heading means."""
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            verb="intake.forget",
            subject=mapping,
            changes={"field": (mapping.field, None)},
        )
        mapping.delete()
