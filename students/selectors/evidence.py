"""The source rows that a finding keeps as its evidence; protected numbers are still sealed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from students.models import Enrolment, RegisterEntry, Student


def rows_of_students(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of students, by key."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks(pks):
        for student in Student.objects.filter(pk__in=chunk).select_related("school"):
            found[student.pk] = _student_row(student)
    return found


def _student_row(student: Student) -> dict[str, Any]:
    number = student.id_number or student.stated_id_number
    return {
        "list": "roster",
        "student": student.pk,
        "name": student.name,
        "sex": student.sex,
        "birth_on": _iso(student.birth_on),
        "id_number": str(number) if number else "",
        "school": student.school.name if student.school else "",
        "guardian_name": student.guardian_name,
    }


def rows_of_enrolments(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of enrolments, with file, sheet and row."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks(pks):
        enrolments = Enrolment.objects.filter(pk__in=chunk).select_related(
            "student__school", "school"
        )
        for enrolment in enrolments:
            found[enrolment.pk] = _student_row(enrolment.student) | {
                "school": enrolment.school.name,
                "school_code": enrolment.school.code,
                "division": enrolment.school.division_id,
                "stage": enrolment.stage,
                "grade": enrolment.grade,
                "class_name": enrolment.class_name,
                "hardship": enrolment.hardship_as_stated,
                "batch": enrolment.import_batch_id,
                "sheet": enrolment.source_sheet,
                "row": enrolment.source_row,
            }
    return found


def rows_of_entries(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of register rows, with file, sheet and row."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks(pks):
        for entry in RegisterEntry.objects.filter(pk__in=chunk).select_related("snapshot"):
            found[entry.pk] = {
                "list": entry.snapshot.kind,
                "as_of": _iso(entry.snapshot.as_of),
                "file": entry.snapshot.file_name,
                "sheet": entry.sheet,
                "row": entry.row_number,
                "name": entry.name,
                "sex": entry.sex,
                "birth_on": _iso(entry.birth_on),
                "id_number": str(entry.id_number) if entry.id_number else "",
                "township": entry.township,
                "village": entry.village,
                "division": entry.division_id or "",
                "household_no": entry.household_no,
                "relation": entry.relation,
                "head_name": entry.head_name,
                "category": entry.category_as_stated or entry.monitored_kind_as_stated,
                "school_state": entry.school_state,
                "education_level": entry.education_level,
                "health": entry.health,
                "cause": entry.cause,
                "person_no": entry.person_no,
            }
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _chunks(pks: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    ordered = sorted(set(pks))
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
