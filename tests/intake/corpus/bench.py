"""Bringing one file in as a worker does, and comparing what is said of it with the truth."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from povedu.accounts.selectors import operator
from povedu.errors import Refusal
from povedu.intake import contract, reader
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.services.receive import Purpose, receive_file
from povedu.intake.services.stage import stage_batch
from students.models import Student
from tests.factories.values import COUNTY, MOMENT
from tests.intake.corpus.cases import SCHOOL, Truth


@dataclass
class Outcome:
    """What became of a file: its batch, or the refusal's code."""

    batch: ImportBatch
    refused: str = ""
    sentence: str = ""


def purpose_of(kind: str) -> Purpose:
    """Return what a file of a kind is brought in for."""
    if kind == "roster":
        return Purpose(kind_of(kind), school_code=SCHOOL, term="2016-1")
    return Purpose(kind_of(kind), county_code=COUNTY, as_of=date(2016, 6, 30))


def brought_in(content: bytes, name: str = "名册", kind: str = "roster") -> Outcome:
    """Receive and stage a file; only a refusal may come of it besides a staged batch."""
    actor = operator()
    purpose = purpose_of(kind)
    batch = receive_file(data=content, name=name, purpose=purpose, actor=actor, now=MOMENT)
    try:
        return Outcome(stage_batch(batch=batch, actor=actor, now=MOMENT))
    except Refusal as refusal:
        batch.refresh_from_db()
        return Outcome(batch, refusal.code, str(refusal))


def faults_of(outcome: Outcome) -> list[str]:
    """Return what no file may do: half-written rows, counts that do not add up, bad sentences."""
    batch, faults = outcome.batch, []
    rows = ImportRow.objects.filter(batch=batch).count()
    if outcome.refused:
        if rows or batch.state != "failed":
            faults.append(f"refused, yet {rows} rows and state {batch.state}")
        if not outcome.sentence.endswith("。") or "%(" in outcome.sentence:
            faults.append(f"sentence: {outcome.sentence}")
        known = outcome.refused in reader.FAULTS or outcome.refused in ("no-heading",)
        if not known:
            faults.append(f"unheard-of refusal {outcome.refused}")
    else:
        counted = batch.ready_count + batch.warned_count + batch.refused_count
        if not rows == batch.rows_count == counted:
            faults.append(f"{rows} rows, {batch.rows_count} said, {counted} counted")
    if Student.objects.exists():
        faults.append("staging wrote a student")
    return faults


def differences(outcome: Outcome, truth: Truth) -> list[str]:
    """Return where what was said of a file is not the truth."""
    if outcome.refused:
        return [f"refused: {outcome.refused}"]
    batch = outcome.batch
    said = contract.described(batch)
    found = [
        f"{what}: {is_}, not {should}"
        for what, is_, should in (
            ("heading", [sheet["header_rows"] for sheet in said["sheets"]], truth.header_rows),
            ("mapping", _mapped(said, truth), truth.mapping),
            ("skipped", _skipped(said), truth.skipped),
        )
        if is_ != should
    ]
    return found + _row_differences(batch, truth)


def _mapped(said: dict[str, Any], truth: Truth) -> list[dict[str, str]]:
    """Return the fields by column; of a register only those that the truth speaks of."""
    whole = said["kind"] == "roster"
    return [
        {
            one["column"]: one["field"]
            for one in sheet["mapping"]
            if one["field"] and (whole or one["column"] in told)
        }
        for sheet, told in zip(said["sheets"], truth.mapping, strict=True)
    ]


def _skipped(said: dict[str, Any]) -> set[tuple[str, int, str]]:
    return {(one["sheet"], one["row"], one["why"]) for one in said["skipped"]}


def _row_differences(batch: ImportBatch, truth: Truth) -> list[str]:
    found = []
    rows = [json.loads(line) for line in contract.dumped_rows(batch, kind_of(batch.kind))]
    places = {(row["sheet"], row["row"]) for row in rows}
    if places != truth.rows.keys():
        found.append(f"rows {sorted(places ^ truth.rows.keys())}")
    for row in rows:
        should = truth.rows.get((row["sheet"], row["row"]))
        if should is None:
            continue
        outcome, codes, values = should
        own = {(one["code"], one["column"]) for one in row["problems"]}
        where = f"{row['sheet']} row {row['row']}"
        if row["outcome"] != outcome:
            found.append(f"{where}: {row['outcome']}, not {outcome} ({sorted(own)})")
        if own != codes:
            found.append(f"{where}: extra {sorted(own - codes)}, missing {sorted(codes - own)}")
        found += [
            f"{where}: {name} is {row['values'][name]!r}, not {value!r}"
            for name, value in values.items()
            if row["values"][name] != value
        ]
    return found
