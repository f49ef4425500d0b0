"""The annual summary: every line that the apps below offer, this year's beside last year's."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from povedu.figures import Line, LineSource, RowList
from povedu.scope import Scope
from reports.choices import Section
from reports.rules.text import Facts, Told
from schools.selectors import lines as schools
from schools.selectors import names
from students.selectors import lines as students
from students.selectors import schooling_lines
from subsidies.selectors import lines as subsidies
from subsidies.selectors import loan_lines
from teachers.selectors import lines as teachers

# The order within a section is the order here.
SOURCES: tuple[LineSource, ...] = (
    schools.PUPILS,
    students.POOR,
    schooling_lines.SCHOOLING_POOR,
    students.FINDINGS,
    subsidies.PROGRAMMES,
    subsidies.GIFTS,
    loan_lines.LOANS,
    schools.MEALS,
    schools.PROJECTS,
    teachers.TEACHERS,
    teachers.POSTINGS,
)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Summary:
    """A year's lines in a scope, in the order of the sections."""

    scope: Scope
    year: int
    told: list[Told]

    def section(self, name: str) -> list[Told]:
        """Return the lines of a section."""
        return [one for one in self.told if one.line.section == name]

    def find(self, line_id: str) -> Told | None:
        """Return the line of an id."""
        return next((one for one in self.told if one.line.id == line_id), None)


def annual_summary(scope: Scope, year: int) -> Summary:
    """Return every line with figures in the year; the number of queries does not grow with rows."""
    told: list[Told] = []
    for source in SOURCES:
        before = _by_id(source, scope, year - 1)
        told += [Told(line, before.get(line.id)) for line in source.lines(scope, year)]
    order = {name: at for at, name in enumerate(Section.values)}
    told.sort(key=lambda one: order[one.line.section])
    return Summary(scope, year, told)


def facts_of(summary: Summary) -> Facts:
    """Return what a county's text is filled from."""
    return Facts(summary.year, names.place_label(summary.scope), summary.told)


def rows_behind(scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
    """Return the rows behind a line, None where the year has no such line."""
    for source in SOURCES:
        found = source.rows(scope, year, line_id, personal=personal)
        if found is not None:
            return found
    return None


def one_line(scope: Scope, year: int, line_id: str) -> Told | None:
    """Return one line beside last year's, reading only the source that has it."""
    for source in SOURCES:
        if source.rows(scope, year, line_id, personal=False) is None:
            continue
        line = _by_id(source, scope, year).get(line_id)
        if line is not None:
            return Told(line, _by_id(source, scope, year - 1).get(line_id))
    return None


def _by_id(source: LineSource, scope: Scope, year: int) -> dict[str, Line]:
    return {line.id: line for line in source.lines(scope, year)}


def trace_of(year: int, line_id: str) -> str:
    """Return the address of the rows behind a line."""
    return reverse("reports:line-rows", args=[year, line_id])


def as_json(summary: Summary) -> dict[str, Any]:
    """Return the summary in the shape of ``annual_summary --format json``."""
    return {
        "year": summary.year,
        "sections": [
            {
                "id": section.value,
                "title": str(section.label),
                "lines": [_line(summary.year, one) for one in summary.section(section.value)],
            }
            for section in Section
        ],
    }


def _line(year: int, told: Told) -> dict[str, Any]:
    figures = told.line.figures()
    rows = figures.pop("rows")
    return {
        "id": told.line.id,
        "title": told.line.title,
        **figures,
        "last_year": told.last.figures() if told.last else None,
        "rows": rows,
        "trace": trace_of(year, told.line.id),
    }


def lines_of(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the lines of a summary in JSON by id."""
    return {line["id"]: line for section in content["sections"] for line in section["lines"]}


def programme_choices(scope: Scope) -> list[tuple[str, str]]:
    """Return (code, name) of the programmes in scope, for filters."""
    return subsidies.programme_choices(scope)


def instalments_of_times(summary: Summary) -> dict[Decimal, Decimal]:
    """Return person-times → amount of one instalment, for lines where that is one amount.

    Only lines whose person-times are more than their persons: there a yearly rate would count
    somebody's year twice.
    """
    return {
        Decimal(one.line.person_times): one.line.measures["instalment_amounts"][0]
        for one in summary.told
        if one.line.kind == "programme"
        and one.line.person_times
        and one.line.person_times != one.line.persons
        and len(one.line.measures["instalment_amounts"]) == 1
    }
