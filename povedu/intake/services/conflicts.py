"""Conflicts: rows whose record somebody has edited since staging go back to review on their own."""

import hashlib
from datetime import datetime

from django.apps import apps

from povedu.audit.services import record
from povedu.intake.choices import BatchState, RowChange
from povedu.intake.kinds import IntakeKind
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.problems import Outcome
from povedu.intake.rowstore import RowReader
from povedu.intake.services.stage import packed_codes
from povedu.scope import Actor

_COPIED = (
    *("kind", "file_name", "file_sha256", "byte_count", "store_key", "format", "encoding"),
    *("county_code", "division_code", "school_code", "term", "as_of", "two_person", "sheets"),
    *("uploaded_by_id", "uploaded_at"),
)


def _versions(kind: IntakeKind, targets: list[int]) -> dict[int, int]:
    """Return the records' versions as these are now; a kind whose records keep none has none."""
    model = apps.get_model(kind.subject) if kind.subject else None
    if model is None or not any(one.name == "version" for one in model._meta.concrete_fields):
        return {}
    return dict(model._base_manager.filter(pk__in=targets).values_list("pk", "version"))


def follow_up(*, batch: ImportBatch, kind: IntakeKind, actor: Actor, now: datetime) -> ImportBatch:
    """Open a batch of the rows in conflict, inside the transaction that found them.

    The rows are warned of and compared with their records as these are now: whoever brings them in
    has seen both values. They are a supplement: what is not among them is not missing.
    """
    conflicting = batch.rows.filter(change=RowChange.CONFLICT)
    rows, reader = list(conflicting), RowReader(kind, batch)
    digest = hashlib.sha256(f"{batch.target}\0conflicts\0{batch.pk}".encode()).hexdigest()
    codes = {"conflict": len(rows)}
    found = ImportBatch.objects.create(
        **{name: getattr(batch, name) for name in _COPIED},
        target=digest,
        is_supplement=True,
        follows=batch,
        state=BatchState.STAGED,
        staged_at=now,
        summary={"codes": codes},
        preview={"changed": len(rows)},
        rows_count=len(rows),
        warned_count=len(rows),
    )
    versions = _versions(kind, [row.target_id for row in rows if row.target_id is not None])
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=found,
            sheet=row.sheet,
            number=row.number,
            outcome=Outcome.WARNED,
            codes=packed_codes({*row.codes.split(), "conflict"}),
            change=RowChange.CHANGED,
            payload=reader.pack(stored),
            target_id=row.target_id,
            seen_version=versions.get(row.target_id or 0),
        )
        for row, stored in reader.walk(conflicting)
    )
    record(
        actor=actor,
        now=now,
        verb="intake.follow",
        subject=found,
        count=len(rows),
        place=(batch.division_code, batch.school_code),
    )
    return found
