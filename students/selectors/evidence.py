"""The source rows that a finding keeps as its evidence; protected numbers are masked."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from povedu.bulk import chunked
from students.models import Enrolment, RegisterEntry, Student

_OF_STUDENT = (
    *("pk", "name", "sex", "birth_on", "id_number", "stated_id_number"),
    *("school__name", "guardian_name"),
)
_OF_ENROLMENT = (
    *("pk", "school__name", "school__code", "school__division_id", "stage", "grade"),
    *("class_name", "hardship_as_stated", "import_batch_id", "source_sheet", "source_row"),
)
_OF_ENTRY = {
    "list": "snapshot__kind",
    "as_of": "snapshot__as_of",
    "file": "snapshot__file_name",
    "sheet": "sheet",
    "row": "row_number",
    "name": "name",
    "sex": "sex",
    "birth_on": "birth_on",
    "id_number": "id_number",
    "township": "township",
    "village": "village",
    "division": "division_id",
    "household_no": "household_no",
    "relation": "relation",
    "head_name": "head_name",
    "category": "category_as_stated",
    "school_state": "school_state",
    "education_level": "education_level",
    "health": "health",
    "cause": "cause",
    "person_no": "person_no",
}


def rows_of_students(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of students, by key."""
    found = _read(Student.objects.order_by(), pks, _OF_STUDENT)
    return {row[0]: _student_row(row) for row in found}


def _student_row(row: tuple[Any, ...]) -> dict[str, Any]:
    pk, name, sex, birth_on, number, stated, school, guardian = row
    return {
        "list": "roster",
        "student": pk,
        "name": name,
        "sex": sex,
        "birth_on": _iso(birth_on),
        "id_number": str(number or stated or ""),
        "school": school or "",
        "guardian_name": guardian,
    }


def rows_of_enrolments(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of enrolments, with file, sheet and row."""
    fields = (*_OF_ENROLMENT, "student_id", *(f"student__{one}" for one in _OF_STUDENT[1:]))
    found: dict[int, dict[str, Any]] = {}
    for row in _read(Enrolment.objects.order_by(), pks, fields):
        pk, school, code, division, stage, grade, class_name, hardship, batch, sheet, line = row[
            : len(_OF_ENROLMENT)
        ]
        found[pk] = _student_row(row[len(_OF_ENROLMENT) :]) | {
            "school": school,
            "school_code": code,
            "division": division,
            "stage": stage,
            "grade": grade,
            "class_name": class_name,
            "hardship": hardship,
            "batch": batch,
            "sheet": sheet,
            "row": line,
        }
    return found


def rows_of_entries(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of register rows, with file, sheet and row."""
    fields = ("pk", "monitored_kind_as_stated", *_OF_ENTRY.values())
    found: dict[int, dict[str, Any]] = {}
    for pk, monitored, *row in _read(RegisterEntry.objects.order_by(), pks, fields):
        one = dict(zip(_OF_ENTRY, row, strict=True))
        found[pk] = one | {
            "as_of": _iso(one["as_of"]),
            "birth_on": _iso(one["birth_on"]),
            "id_number": str(one["id_number"] or ""),
            "division": one["division"] or "",
            "category": one["category"] or monitored,
        }
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read(
    rows: QuerySet[Any], keys: Iterable[int], fields: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the given keys, a thousand a query."""
    for chunk in chunked(sorted(set(keys)), 1000):
        yield from rows.filter(pk__in=chunk).values_list(*fields)
