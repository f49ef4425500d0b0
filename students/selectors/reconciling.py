"""What a reconciliation reads: whole columns, once, a fixed number of queries whatever the size."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db.models import Q, QuerySet

from povedu.bulk import chunked
from povedu.terms import Term
from schools.choices import SchoolKind
from schools.models import Division, School
from students.choices import DropoutState, EnrolmentState, FindingKind, RegisterKind, StudentState
from students.models import (
    Decision,
    DropoutCase,
    Enrolment,
    HardshipStatus,
    HouseholdMember,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from students.rules.matching import Child, Listed
from students.rules.records import (
    Enrolled,
    Inputs,
    OpenCase,
    Pupil,
    Register,
    Remembered,
    Row,
    Site,
)
from students.rules.timeline import Held
from students.selectors.absences import words_of_absence

# Answers about who is who outlive the term they were given in.
LASTING = frozenset(
    {
        FindingKind.PROBABLE_MATCH,
        FindingKind.IDENTITY_DIFFERS,
        FindingKind.REGISTER_DUPLICATE,
        FindingKind.REGISTER_LOGIC,
        FindingKind.RISK_REMOVED,
    }
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
        ages=settings.SCHOOL_AGE,
        cases=open_cases(county),
        told=words_of_absence(registers, term, settings.SCHOOL_AGE),
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
        "guardian_name",
    )
    children = []
    for row in rows.iterator(chunk_size=5000):
        site = schools.get(row[11]) if row[11] else None
        home = row[10] or (site.division if site else "")
        places = (_township(home), _village(row[10]))
        children.append(Child._make((*row[:10], *places, row[12])))
    return children


def _township(division: str | None) -> str:
    return division[:9] if division and division[6:9] != "000" else ""


def _village(division: str | None) -> str:
    return division if division and division[9:] != "000" else ""


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
            "place",
            "head_name",
        )
    )
    listed, facts = [], {}
    families: dict[str, list[str]] = defaultdict(list)
    for row in rows.iterator(chunk_size=5000):
        division = row[9] or ""
        listed.append(
            Listed._make((*row[:9], _township(division), _village(division), row[18], ()))
        )
        facts[row[0]] = Row(row[0], *row[10:15], division, *row[15:18])
        if row[12]:
            families[row[12]].append(row[1])
    listed = [_among(one, families.get(facts[one.pk].household_no, ())) for one in listed]
    return Register(snapshot.kind, snapshot.pk, snapshot.as_of, listed, facts, *_before(snapshot))


def _among(listed: Listed, names: Sequence[str]) -> Listed:
    """Return a row with the names of the others of its household."""
    if len(names) < 2:
        return listed
    others = sorted(set(names) - {listed.name})
    return listed._replace(family=tuple(others))


def _before(
    snapshot: RegisterSnapshot,
) -> tuple[dict[str, frozenset[str]] | None, frozenset[str], frozenset[str]]:
    """Return what the snapshot before said: categories, risks removed, and returns to poverty.

    The categories are by number, None where there is no snapshot before.
    """
    previous = (
        RegisterSnapshot.objects.filter(
            kind=snapshot.kind, county_id=snapshot.county_id, as_of__lt=snapshot.as_of
        )
        .order_by("-as_of", "-pk")
        .first()
    )
    if previous is None:
        return None, frozenset(), frozenset()
    said: dict[str, set[str]] = defaultdict(set)
    rows = RegisterEntry.objects.filter(snapshot=previous).exclude(id_index="").exclude(category="")
    for id_index, category in rows.order_by().values_list("id_index", "category").iterator():
        said[id_index].add(category)
    removed = frozenset(rows.filter(risk_removed=True).values_list("id_index", flat=True))
    back = rows.filter(category_as_stated__contains="返贫").values_list("id_index", flat=True)
    categories = {id_index: frozenset(found) for id_index, found in said.items()}
    return categories, removed, frozenset(back)


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
            "finding__student_id",
        )
    )
    return {
        (kind, subject): Remembered(verdict, place, digest, student)
        for kind, subject, verdict, place, digest, student in rows
    }


def open_cases(county: Division) -> list[OpenCase]:
    """Return the county's open dropout cases, each with the student its number belongs to."""
    rows = list(
        DropoutCase.objects.filter(county=county)
        .exclude(state=DropoutState.CLOSED)
        .order_by("pk")
        .values_list(
            "pk",
            "student_id",
            "id_index",
            "normal_name",
            "birth_on",
            "state",
            "returned_on",
            "division_id",
            "school_id",
        )
    )
    numbers = {row[2] for row in rows if row[2] and not row[1]}
    known: dict[str, int] = {}
    for chunk in chunked(sorted(numbers), 500):
        known |= dict(
            Student.objects.filter(county=county, id_index__in=chunk).values_list("id_index", "pk")
        )
    return [
        OpenCase(row[0], row[1] or known.get(row[2]), *row[2:7], row[7] or "", row[8])
        for row in rows
    ]


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
