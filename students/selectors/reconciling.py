"""What a reconciliation reads: whole columns, once, a fixed number of queries whatever the size."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from povedu.terms import Term
from schools.choices import SchoolKind
from schools.models import Division, School
from students.choices import EnrolmentState, FindingKind, RegisterKind, StudentState
from students.models import (
    Decision,
    Enrolment,
    HardshipStatus,
    HouseholdMember,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from students.rules.matching import Child, Listed
from students.rules.records import Enrolled, Inputs, Pupil, Register, Remembered, Row, Site
from students.rules.timeline import Held

# Answers about who is who outlive the term they were given in.
LASTING = frozenset(
    {FindingKind.PROBABLE_MATCH, FindingKind.IDENTITY_DIFFERS, FindingKind.REGISTER_DUPLICATE}
)


def counties_with_children() -> list[Division]:
    """Return the counties that keep children or registers here, by code."""
    codes = set(Student.objects.order_by().values_list("county_id", flat=True).distinct())
    codes |= set(RegisterSnapshot.objects.order_by().values_list("county_id", flat=True).distinct())
    return list(Division.objects.filter(pk__in=codes))


def default_snapshots(county: Division, term: Term) -> list[RegisterSnapshot]:
    """Return the newest snapshot of each register on or before the term's first day.

    A register that has only later snapshots is left out; ``registers_left_out`` names it, so that
    a run never compares with a day nobody chose.
    """
    newest: dict[str, RegisterSnapshot] = {}
    for snapshot in RegisterSnapshot.objects.filter(
        county=county, as_of__lte=term.starts_on
    ).order_by("as_of", "pk"):
        newest[snapshot.kind] = snapshot
    return sorted(newest.values(), key=lambda one: RegisterKind.values.index(one.kind))


def registers_left_out(
    county: Division, used: Iterable[RegisterSnapshot]
) -> dict[str, RegisterSnapshot | None]:
    """Return each register a run goes without, and its earliest snapshot if there is any."""
    kinds = {snapshot.kind for snapshot in used}
    earliest: dict[str, RegisterSnapshot | None] = {
        str(kind): None for kind in RegisterKind.values if kind not in kinds
    }
    for snapshot in RegisterSnapshot.objects.filter(county=county).order_by("-as_of", "-pk"):
        if snapshot.kind in earliest:
            earliest[snapshot.kind] = snapshot
    return earliest


def inputs_of(county: Division, term: Term, snapshots: Sequence[RegisterSnapshot]) -> Inputs:
    """Read everything one run over a county's term compares."""
    schools = _schools()
    enrolments = _enrolments(county, term)
    wanted = Q(state__in=[StudentState.STUDYING, StudentState.SUSPENDED]) | Q(
        pk__in=Enrolment.objects.filter(term=term.code).values("student_id")
    )
    students = Student.objects.filter(county=county).order_by("pk")
    registers = [_register(snapshot) for snapshot in snapshots]
    return Inputs(
        county=county.prefix,
        term=term,
        children=_children(students.filter(wanted), schools),
        pupils=_pupils(students),
        schools=schools,
        enrolments=enrolments,
        before=_enrolments(county, term.previous),
        registers=registers,
        members=_members(county, registers),
        remembered=_remembered(county, term),
    )


def _schools() -> dict[int, Site]:
    rows = School.objects.order_by("pk").values_list("pk", "division_id", "code", "kind")
    return {
        pk: Site(pk, division, code, kind == SchoolKind.OUTSIDE)
        for pk, division, code, kind in rows
    }


def _children(students: QuerySet[Student], schools: Mapping[int, Site]) -> list[Child]:
    rows = students.values_list(
        "pk",
        "normal_name",
        "pinyin",
        "sex",
        "birth_on",
        "id_index",
        "stated_index",
        "first_15_index",
        "id_was_recovered",
        "identity_confirmed",
        "home_division_id",
        "school_id",
    )
    children = []
    for row in rows.iterator(chunk_size=5000):
        site = schools.get(row[11]) if row[11] else None
        division = row[10] or (site.division if site else "")
        children.append(Child._make((*row[:10], _township(division))))
    return children


def _township(division: str | None) -> str:
    return division[:9] if division and division[6:9] != "000" else ""


def _pupils(students: QuerySet[Student]) -> dict[int, Pupil]:
    rows = students.values_list("pk", "state", "birth_on", "home_division_id", "school_id")
    return {
        pk: Pupil(pk, state, birth_on, home or "", school)
        for pk, state, birth_on, home, school in rows.iterator(chunk_size=5000)
    }


def _enrolments(county: Division, term: Term) -> list[Enrolled]:
    rows = (
        Enrolment.objects.filter(term=term.code, student__county=county)
        .order_by("pk")
        .values_list(
            "pk", "student_id", "school_id", "stage", "grade", "state", "hardship_as_stated"
        )
    )
    return [
        Enrolled(pk, student, school, stage, grade, state == EnrolmentState.STUDYING, hardship)
        for pk, student, school, stage, grade, state, hardship in rows.iterator(chunk_size=5000)
    ]


def _register(snapshot: RegisterSnapshot) -> Register:
    rows = (
        RegisterEntry.objects.filter(snapshot=snapshot)
        .order_by("pk")
        .values_list(
            "pk",
            "normal_name",
            "pinyin",
            "sex",
            "birth_on",
            "id_index",
            "stated_index",
            "first_15_index",
            "id_was_recovered",
            "division_id",
            "category",
            "risk_removed",
            "household_no",
            "person_no",
            "is_household",
            "school_state",
            "category_as_stated",
        )
    )
    listed, facts = [], {}
    for row in rows.iterator(chunk_size=5000):
        division = row[9] or ""
        listed.append(Listed(*row[:9], _township(division)))
        facts[row[0]] = Row(row[0], *row[10:15], division, *row[15:])
    return Register(snapshot.kind, snapshot.pk, snapshot.as_of, listed, facts, _before(snapshot))


def _before(snapshot: RegisterSnapshot) -> dict[str, frozenset[str]] | None:
    """Return what the snapshot before said of each number, None where there is none before."""
    previous = (
        RegisterSnapshot.objects.filter(
            kind=snapshot.kind, county_id=snapshot.county_id, as_of__lt=snapshot.as_of
        )
        .order_by("-as_of", "-pk")
        .first()
    )
    if previous is None:
        return None
    said: dict[str, set[str]] = defaultdict(set)
    rows = RegisterEntry.objects.filter(snapshot=previous).exclude(id_index="").exclude(category="")
    for id_index, category in rows.order_by().values_list("id_index", "category").iterator():
        said[id_index].add(category)
    return {id_index: frozenset(categories) for id_index, categories in said.items()}


def _members(county: Division, registers: Iterable[Register]) -> dict[str, list[str]]:
    """Return, for each listed head of a household, the numbers of the household's other members."""
    heads = {
        one.id_index
        for register in registers
        for one in register.listed
        if one.id_index and register.rows[one.pk].is_household
    }
    if not heads:
        return {}
    households: dict[int, list[str]] = defaultdict(list)
    rows = HouseholdMember.objects.filter(household__county=county).exclude(id_index="")
    for household, id_index in rows.order_by("pk").values_list("household_id", "id_index"):
        households[household].append(id_index)
    members: dict[str, list[str]] = {}
    for ids in households.values():
        for head in heads.intersection(ids):
            members[head] = [one for one in ids if one != head]
    return members


def _remembered(county: Division, term: Term) -> dict[tuple[str, str], Remembered]:
    """Return the live decisions of this term, and of any term where the answer lasts."""
    rows = (
        Decision.objects.filter(finding__county=county, undone_at=None)
        .filter(Q(finding__term=term.code) | Q(finding__kind__in=LASTING))
        .order_by("decided_at", "pk")
        .values_list(
            "finding__kind",
            "finding__subject_key",
            "verdict",
            "place",
            "evidence_digest",
        )
    )
    return {
        (kind, subject): Remembered(verdict, place, digest)
        for kind, subject, verdict, place, digest in rows
    }


def held_hardships(county: Division, sources: Iterable[str]) -> list[Held]:
    """Return the hardships on record from the given registers."""
    rows = (
        HardshipStatus.objects.filter(student__county=county, source__in=list(sources))
        .order_by("pk")
        .values_list(
            "pk",
            "student_id",
            "category",
            "source",
            "starts_on",
            "ends_on",
            "entry_id",
            "risk_removed_on",
        )
    )
    return [
        Held(pk, student, category, source, starts, ends, entry is not None, removed)
        for pk, student, category, source, starts, ends, entry, removed in rows
    ]


def rows_of_students(pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the evidence shows of students, by key: protected numbers are still sealed."""
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
        enrolments = Enrolment.objects.filter(pk__in=chunk).select_related("student", "school")
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
            }
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _chunks(pks: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    ordered = sorted(set(pks))
    return (ordered[start : start + size] for start in range(0, len(ordered), size))
