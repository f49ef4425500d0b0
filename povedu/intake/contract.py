"""The JSON that the command prints and the API answers, in the one agreed shape."""

import json
from collections.abc import Iterator
from typing import Any

from povedu.intake.choices import BatchState
from povedu.intake.kinds import IntakeKind
from povedu.intake.models import ImportBatch
from povedu.intake.problems import Problem, sentence
from povedu.intake.rowstore import RowReader


def described(
    batch: ImportBatch | None, *, already: bool = False, error: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Return what became of a file."""
    if batch is None:
        batch = ImportBatch()
    shown = ("column", "header", "field")
    sheets = [
        {
            "name": sheet["name"],
            "header_rows": sheet["header_rows"],
            "mapping": [{key: one[key] for key in shown} for one in sheet["mapping"]],
            "rows": sheet["rows"],
        }
        for sheet in batch.sheets
    ]
    applied = None
    if batch.state == BatchState.APPLIED and not already:
        applied = {key: batch.applied.get(key, 0) for key in ("new", "changed", "unchanged")}
    return {
        "kind": batch.kind,
        "file_sha256": batch.file_sha256,
        "sheets": sheets,
        "rows": batch.rows_count,
        "ready": batch.ready_count,
        "warned": batch.warned_count,
        "refused": batch.refused_count,
        "skipped": batch.skipped,
        "already_applied": already,
        "applied": applied,
        "error": {"code": error[0], "message": error[1]} if error else None,
    }


def described_problem(problem: Problem, row: int, kind: IntakeKind) -> dict[str, str]:
    """Return one problem or repair of a row."""
    column = kind.columns.get(problem.field)
    return {
        "code": problem.code,
        "column": problem.field,
        "cell": problem.cell,
        "message": sentence(problem, row, column.label if column else problem.field),
        "from": problem.old,
        "to": problem.new,
    }


def dumped_rows(batch: ImportBatch, kind: IntakeKind) -> Iterator[str]:
    """Yield a JSON line per staged row with its cleaned values in full."""
    widgets = {name: column.widget for name, column in kind.columns.items()}
    rows = batch.rows.order_by("sheet", "number")
    for row, stored in RowReader(kind, batch).walk(rows):
        yield json.dumps(
            {
                "sheet": batch.sheets[row.sheet]["name"],
                "row": row.number,
                "outcome": row.outcome,
                "values": {
                    name: widget.dump(stored.values[name]) for name, widget in widgets.items()
                },
                "problems": [described_problem(one, row.number, kind) for one in stored.problems],
            },
            ensure_ascii=False,
        )
