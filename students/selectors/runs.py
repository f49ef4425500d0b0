"""Runs of the comparison: their figures, their links and findings as lines of source rows."""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from povedu.scope import Scope
from schools.models import Division
from students.choices import FindingState, LinkStage
from students.models import Enrolment, Finding, Link, NightlyRun, PlacedChild, Reconciliation
from students.selectors.held import held_links, held_places
from students.selectors.reconciling import counties_with_children
from students.selectors.wording import reason_words


def runs(scope: Scope) -> QuerySet[Reconciliation]:
    """Return the runs over counties in scope, newest first; a part of a county sees its runs."""
    rows = Reconciliation.objects.select_related("county")
    if scope.school_code is not None:
        return rows.none()
    return rows.filter(county__code__startswith=scope.county_code)


def counties(scope: Scope) -> list[Division]:
    """Return the counties in scope that keep children or registers, by code."""
    known = counties_with_children()
    return [one for one in known if one.pk.startswith(scope.county_code)]


def nightly_counties(scope: Scope) -> list[Division]:
    """Return the counties in scope that are compared every night."""
    off = set(NightlyRun.objects.filter(is_on=False).values_list("county_id", flat=True))
    return [one for one in counties(scope) if one.pk not in off]


def links(scope: Scope, run: Reconciliation) -> QuerySet[Link]:
    """Return a run's links of students in scope."""
    return (
        held_links(run)
        .filter(scope.q(division="student__school__division_id", school="student__school__code"))
        .select_related("student__school", "entry__snapshot")
        .order_by("pk")
    )


def places(scope: Scope, run: Reconciliation) -> QuerySet[PlacedChild]:
    """Return where a run placed the school-age children of the scope."""
    mine = scope.q(division="division_code", school="student__school__code")
    return held_places(run).filter(mine).select_related("student__school", "entry__snapshot")


def found_last(run: Reconciliation, *, among: QuerySet[Finding]) -> QuerySet[Finding]:
    """Return those of some findings that a run found, and no later run of its county and term."""
    alike = Reconciliation.objects.filter(county=run.county_id, term=run.term)
    next_run = alike.filter(pk__gt=run.pk).order_by("pk").first()
    return among.filter(county=run.county_id, term=run.term, missed_by=next_run)


def figures(run: Reconciliation) -> dict[str, Any]:
    """Return a run's counts as the command prints them; decided links count as probable ones."""
    stages = run.links_count
    return {
        "run": run.pk,
        "term": run.term,
        "links": {
            "id": stages.get(LinkStage.ID, 0),
            "recovered": stages.get(LinkStage.RECOVERED, 0),
            "probable": stages.get(LinkStage.PROBABLE, 0) + stages.get(LinkStage.DECIDED, 0),
        },
        "findings": run.findings_count,
        "partition": run.partition,
    }


def roster_files() -> dict[int, str]:
    """Return the file name of each import batch."""
    if "importbatch" not in apps.all_models["intake"]:
        return {}
    batches: Any = apps.all_models["intake"]["importbatch"]
    return dict(batches._default_manager.values_list("pk", "file_name"))


def lines(run: Reconciliation) -> Iterator[dict[str, Any]]:
    """Yield a line per link and per open finding of a run, with its source rows; all masked."""
    files = roster_files()
    roster: dict[int, dict[str, Any]] = {}
    for row in (
        Enrolment.objects.filter(term=run.term, student__county_id=run.county_id)
        .order_by("-pk")
        .values_list("student_id", "import_batch_id", "source_sheet", "source_row")
        .iterator()
    ):
        roster[row[0]] = _source("roster", files.get(row[1] or 0, ""), row[2], row[3])
    yield from _link_lines(run, roster)
    findings = found_last(run, among=Finding.objects.filter(state=FindingState.OPEN))
    for finding in findings.order_by("kind", "pk").iterator():
        yield _finding_line(finding, files)


def _source(kind: str, file: str, sheet: str, row: int | None) -> dict[str, Any]:
    return {"list": kind, "file": file, "sheet": sheet, "row": row}


def _link_lines(run: Reconciliation, roster: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    rows = (
        held_links(run)
        .order_by("entry__snapshot", "student", "entry")
        .values_list(
            "student_id",
            "stage",
            "automatic",
            "probability",
            "reason",
            "entry__snapshot__kind",
            "entry__snapshot__file_name",
            "entry__sheet",
            "entry__row_number",
        )
    )
    for student, stage, automatic, probability, reason, kind, file, sheet, row in rows.iterator():
        decided = stage == LinkStage.DECIDED
        yield {
            "kind": "link",
            "stage": str(LinkStage.PROBABLE) if decided else stage,
            "automatic": automatic,
            "probability": probability,
            "sources": [
                roster.get(student, _source("roster", "", "", None)),
                _source(kind, file, sheet, row),
            ],
            "reason": reason_words(reason),
        }


def _finding_line(finding: Finding, files: dict[int, str]) -> dict[str, Any]:
    sources = []
    for side in ("left", "right"):
        row = finding.evidence.get(side)
        if row:
            file = row.get("file") or files.get(row.get("batch") or 0, "")
            sources.append(_source(row["list"], file, row.get("sheet", ""), row.get("row")))
    return {
        "kind": finding.kind,
        "stage": str(LinkStage.PROBABLE) if finding.probability is not None else None,
        "automatic": False,
        "probability": finding.probability,
        "sources": sources,
        "reason": reason_words(finding.reason),
    }


def as_json_lines(run: Reconciliation) -> Iterator[str]:
    """Yield ``lines`` as JSON text."""
    for line in lines(run):
        yield json.dumps(line, ensure_ascii=False)
