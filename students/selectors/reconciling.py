"""What a reconciliation reads: whole columns, once, a fixed number of queries whatever the size."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from povedu.bulk import chunked
from povedu.fetching import fetched
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

_Row = TypeVar("_Row", bound=tuple[Any, ...])

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
    questions = [
        _enrolments(county, term),
        _people(county),
        *map(_entries, snapshots),
        _enrolments(county, term.previous),
        _decisions(county, term),
    ]
    with fetched(questions) as answers:
        enrolments = _enrolled(next(answers))
        children, pupils = _children(next(answers), schools, {one.student for one in enrolments})
        listed = [_listed(answer) for _snapshot, answer in zip(snapshots, answers, strict=False)]
        before, remembered = _enrolled(next(answers)), _remembered(next(answers))
    registers = [
        Register(one.kind, one.pk, one.as_of, people, rows, *_before(one))
        for one, (people, rows) in zip(snapshots, listed, strict=True)
    ]
    return Inputs(
        county=county.prefix,
        term=term,
        children=children,
        pupils=pupils,
        schools=schools,
        enrolments=enrolments,
        before=before,
        registers=registers,
        members=_members(county, registers),
        remembered=remembered,
        ages=settings.SCHOOL_AGE,
        cases=open_cases(county),
        told=words_of_absence(registers, term, settings.SCHOOL_AGE),
    )


def _columns(rows: Iterable[_Row], width: int) -> list[Sequence[Any]]:
    """Return rows as columns, by their key, the first of each: what is done per column is once."""
    return list(zip(*sorted(rows), strict=True)) or [()] * width


def _made(kind: type[_Row], columns: Iterable[Sequence[Any]]) -> list[_Row]:
    """Return columns as rows of a named tuple, whose fields they are in their order."""
    return list(map(partial(tuple.__new__, kind), zip(*columns, strict=True)))


def _schools() -> dict[int, Site]:
    rows = School.objects.order_by("pk").values_list("pk", "division_id", "code", "kind")
    return {
        pk: Site(pk, division, code, kind == SchoolKind.OUTSIDE)
        for pk, division, code, kind in rows
    }


_PERSON = (
    *("pk", "normal_name", "pinyin", "sex", "birth_on", "id_index", "stated_index"),
    *("first_15_index", "id_was_recovered"),
)
_STUDENT = (
    *_PERSON,
    "identity_confirmed",
    "home_division_id",
    "school_id",
    "guardian_name",
    "state",
)
_ENTRY = (
    *(*_PERSON, "division_id", "category", "risk_removed", "household_no", "person_no"),
    *("is_household", "school_state", "category_as_stated", "place", "head_name"),
)
_ENROLMENT = ("pk", "student_id", "school_id", "stage", "grade", "state", "hardship_as_stated")


def _people(county: Division) -> QuerySet[Any]:
    return Student.objects.filter(county=county).order_by().values_list(*_STUDENT)


def _children(
    answer: list[Any], schools: Mapping[int, Site], enrolled: Collection[int]
) -> tuple[list[Child], dict[int, Pupil]]:
    """Return a county's students: those to be compared, and what the ledger says of each.

    Compared is who studies, is suspended, or is on a roster of the term.
    """
    columns = _columns(answer, len(_STUDENT))
    keys, homes, at, guardians, states = columns[0], *columns[10:14]
    sites = {pk: site.division for pk, site in schools.items()} | {None: ""}
    living = [home or sites.get(school, "") for home, school in zip(homes, at, strict=True)]
    listed = [
        *(*columns[:10], _each(_township, living), _each(_village, homes), guardians),
    ]
    children = _made(Child, listed)
    present = frozenset({StudentState.STUDYING, StudentState.SUSPENDED})
    told = [keys, states, columns[4], [home or "" for home in homes], at]
    return (
        [
            child
            for child, state in zip(children, states, strict=True)
            if state in present or child.pk in enrolled
        ],
        dict(zip(keys, _made(Pupil, told), strict=True)),
    )


def _each(change: Callable[[str | None], str], column: Sequence[str | None]) -> list[str]:
    """Return a column changed: divisions are few, rows many."""
    changed = {value: change(value) for value in set(column)}
    return [changed[value] for value in column]


def _township(division: str | None) -> str:
    return division[:9] if division and division[6:9] != "000" else ""


def _village(division: str | None) -> str:
    return division if division and division[9:] != "000" else ""


def _enrolments(county: Division, term: Term) -> QuerySet[Any]:
    rows = Enrolment.objects.filter(term=term.code, student__county=county)
    return rows.order_by().values_list(*_ENROLMENT)


def _enrolled(answer: list[Any]) -> list[Enrolled]:
    columns = _columns(answer, len(_ENROLMENT))
    columns[5] = [state == EnrolmentState.STUDYING for state in columns[5]]
    return _made(Enrolled, columns)


def _entries(snapshot: RegisterSnapshot) -> QuerySet[Any]:
    return RegisterEntry.objects.filter(snapshot=snapshot).order_by().values_list(*_ENTRY)


def _listed(answer: list[Any]) -> tuple[list[Listed], dict[int, Row]]:
    """Return a register's rows: who they are, and by key what else they say."""
    columns = _columns(answer, len(_ENTRY))
    keys, names, households = columns[0], columns[1], columns[12]
    homes = [division or "" for division in columns[9]]
    towns, villages = _each(_township, homes), _each(_village, homes)
    families = _families(households, names)
    listed = _made(Listed, [*columns[:9], towns, villages, columns[18], families])
    rows = _made(Row, [keys, *columns[10:15], homes, *columns[15:18]])
    return listed, dict(zip(keys, rows, strict=True))


def _families(households: Sequence[str], names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each row the names of the others of its household."""
    living: dict[str, set[str]] = defaultdict(set)
    for household, name in zip(households, names, strict=True):
        living[household].add(name)
    living[""] = set()
    ordered = {household: sorted(all_of) for household, all_of in living.items()}
    return [
        tuple([other for other in ordered[household] if other != name])
        for household, name in zip(households, names, strict=True)
    ]


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


def _decisions(county: Division, term: Term) -> QuerySet[Any]:
    """Return the live decisions of this term, and of any term where the answer lasts."""
    return (
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


def _remembered(answer: list[Any]) -> dict[tuple[str, str], Remembered]:
    return {row[:2]: Remembered._make(row[2:]) for row in answer}


def answers_mark(county: Division) -> tuple[Any, ...]:
    """Return what is another once somebody has answered a finding or taken an answer back."""
    answers = Decision.objects.filter(finding__county=county)
    return tuple(answers.aggregate(last=Max("pk"), undone=Count("undone_at")).values())


def cases_mark(county: Division) -> tuple[Any, ...]:
    """Return what is another once a dropout case was opened or changed."""
    cases = DropoutCase.objects.filter(county=county)
    return tuple(cases.aggregate(last=Max("pk"), versions=Sum("version")).values())


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
            # Only known numbers are indexed, and the database has to be told that these are.
            Student.objects.filter(county=county, id_index__in=chunk)
            .exclude(id_index="")
            .values_list("id_index", "pk")
        )
    return [
        OpenCase(row[0], row[1] or known.get(row[2]), *row[2:7], row[7] or "", row[8])
        for row in rows
    ]


def hardships_of(county: Division, sources: Iterable[str]) -> QuerySet[Any]:
    """Return what ``held`` takes: the hardships on record from the given registers."""
    return (
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


def held(answer: Iterable[tuple[Any, ...]]) -> list[Held]:
    """Return hardships on record as the rules read them."""
    return [
        Held(pk, student, category, source, starts, ends, entry is not None, removed)
        for pk, student, category, source, starts, ends, entry, removed in answer
    ]
