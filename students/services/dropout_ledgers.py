"""The dropout ledgers follow where runs, and what people found out, have the children."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone, translation

from povedu.audit.services import record
from povedu.bulk import chunked, insert_rows, reserve_ids, update_rows
from povedu.identity import initials
from povedu.scope import Actor
from schools.choices import Stage
from schools.models import Division
from students.choices import DropoutState, EnrolmentState, Place
from students.models import (
    DropoutCase,
    Enrolment,
    Finding,
    Reconciliation,
    RegisterEntry,
    Student,
)
from students.rules.dropouts import state_after
from students.rules.matching import Listed
from students.rules.placing import LEDGERS, Placed
from students.rules.records import Inputs
from students.selectors.held import held_places
from students.selectors.partition import (
    count_places,
    is_newest,
    newest_run,
    runs_of_newest_term,
)
from students.services.held import replace_places

_OPENED = (
    *("id", "county", "student", "name", "normal_name", "initials", "sex", "birth_on"),
    *("id_number", "id_index", "student_no", "division", "home_as_stated", "school"),
    *("grade_as_stated", "home_address", "guardian_name", "phone", "state", "found_on"),
    "entered_at",
)
_MOVED = ("state", "returned_on", "returned_school", "whereabouts", "version")


class _Case(NamedTuple):
    """An open case: by what its child is known, and how it stands."""

    pk: int
    student_id: int | None
    id_index: str
    normal_name: str
    birth_on: date | None
    state: str
    whereabouts: str
    version: int


class _Child(NamedTuple):
    """A placed child with what its case is known by; ``pk`` tells it from the others."""

    pk: int
    student: int | None
    entry: int | None
    case: int | None
    place: str
    number: str
    person: tuple[Any, ...]
    returned: bool


def hold_cases(county: Division) -> None:
    """Wait for whoever changes a county's open cases, and let nobody change them meanwhile."""
    list(_open_cases(county.pk).values_list("pk", flat=True))


def _open_cases(county: str) -> QuerySet[DropoutCase]:
    """Return a county's open cases, held for the caller's transaction."""
    cases = DropoutCase.objects.filter(county=county).exclude(state=DropoutState.CLOSED)
    return cases.order_by("-pk").select_for_update(no_key=True)


def keep_ledgers(
    *,
    run: Reconciliation,
    inputs: Inputs,
    placed: Sequence[Placed],
    actor: Actor,
    now: datetime,
) -> list[Placed]:
    """Bring the ledgers into line with a run, inside the caller's transaction.

    1. A child placed as suspected or dropped out gets a case, or its case that state. 2. A case
    whose child is at school is returned; one whose child is otherwise accounted for is explained:
    both stay open until somebody closes them on evidence. 3. Cases of children whom the run does
    not place (beyond school age) stay as they are. A run over an older term changes nothing.
    Returns the placed, each with its case.
    """
    found = list(placed)
    if not is_newest(run):
        return found
    cases = _Open(run.county_id)
    for at, case in _follow(run, cases, _with_cases(inputs, found, cases), actor, now).items():
        found[at] = found[at]._replace(case=case)
    return found


def _with_cases(inputs: Inputs, placed: Sequence[Placed], cases: "_Open") -> list[_Child]:
    """Return the placed that have a case or need one, by their position."""
    numbers = cases.numbers_of_students()
    known = dict.fromkeys(cases.by_student, "") | numbers
    listed: dict[int, Listed] = {}
    for register in inputs.registers:
        listed |= register.people
    found = []
    for at, (student, entry, place, _division, _stage, returned, case) in enumerate(placed):
        if student is not None:
            if place in LEDGERS or student in known:
                number = known.get(student, "")
                found.append(_Child(at, student, entry, case, str(place), number, (), returned))
            continue
        row = listed[entry] if entry is not None else None
        who = (row.id_index, (row.name, row.birth_on)) if row else ("", (None, None))
        found.append(_Child(at, None, entry, case, str(place), who[0], who[1], returned))
    return found


def follow_findings(
    *,
    findings: Collection[Finding],
    place: str,
    actor: Actor,
    now: datetime,
    found: str = "",
) -> int:
    """Move the children of findings to the place that somebody found out; return how many.

    With ``found`` only those still at that place move.

    Their rows of the term's newest run, its counts and their cases follow at once, so that ledgers
    and partition agree between runs too. Inside the caller's transaction.
    """
    first = next(iter(findings), None)
    run = newest_run(first.county_id, first.term) if first is not None else None
    if run is None or not is_newest(run):
        return 0
    students = [one.student_id for one in findings if one.student_id]
    entries = [one.entry_id for one in findings if not one.student_id and one.entry_id]
    children = [
        one._replace(place=place)
        for name, keys in (("student__in", students), ("entry__in", entries))
        for chunk in chunked(sorted(set(keys)), 500)
        for one in _children(run, **{name: chunk})
        if one.place != place and found in {"", one.place}
    ]
    if not children:
        return 0
    moved = {one.pk: one.case for one in children}
    moved |= _follow(run, _Open(run.county_id), children, actor, now)
    rows = [(one.pk, place, moved[one.pk], one.returned) for one in children]
    run = replace_places(run, rows)
    run.partition = count_places(run)
    run.save(update_fields=["partition"])
    return len(children)


def follow_undone(*, findings: Collection[Finding], found: str, actor: Actor, now: datetime) -> int:
    """Take the children of findings back among the suspected; return how many.

    ``found`` is the place that the undone decision named: whoever is elsewhere by now stays.
    """
    suspected = str(Place.SUSPECTED)
    return follow_findings(findings=findings, place=suspected, actor=actor, now=now, found=found)


def follow_case(*, case: DropoutCase, place: str, actor: Actor, now: datetime) -> None:
    """Move the child of a case, in the newest run that placed it, to where the case now has it."""
    run = runs_of_newest_term(case.county_id).first()
    row = held_places(run).filter(case=case, place__in=[*LEDGERS]).first() if run else None
    if run is None or row is None:
        return
    run = replace_places(run, [(row.pk, place, case.pk, place == Place.HERE)])
    run.partition = count_places(run)
    run.save(update_fields=["partition"])


def _children(run: Reconciliation, **narrowed: Any) -> list[_Child]:
    rows = held_places(run).filter(**narrowed).order_by("pk")
    return [
        _Child._make((*row[:5], row[5] or row[6] or "", row[7:9], row[9]))
        for row in rows.values_list(
            *("pk", "student_id", "entry_id", "case_id", "place"),
            *("student__id_index", "entry__id_index", "entry__normal_name", "entry__birth_on"),
            "returned",
        )
    ]


def _follow(
    run: Reconciliation, cases: "_Open", children: Sequence[_Child], actor: Actor, now: datetime
) -> dict[int, int]:
    """Move and open cases; return the case of each child that has one other than it had."""
    found = [(child, cases.of(child)) for child in children]
    moved = _move(run, [(child, case) for child, case in found if case is not None], now)
    opened = _open(
        run, [child for child, case in found if case is None and child.place in LEDGERS], now
    )
    linked = {
        child.pk: case.pk for child, case in found if case is not None and case.pk != child.case
    }
    if opened or moved:
        record(
            actor=actor,
            now=now,
            verb="dropout.follow",
            subject=run,
            changes={"opened": (None, len(opened)), "moved": (None, moved)},
            count=len(opened) + moved,
            place=(run.county_id, ""),
        )
    return linked | dict(opened)


class _Open:
    """A county's open cases, found by key, student, number, else name and birth date."""

    def __init__(self, county: str) -> None:
        rows = [_Case._make(row) for row in _open_cases(county).values_list(*_Case._fields)]
        self.county = county
        self.by_key = {one.pk: one for one in rows}
        self.by_student = {one.student_id: one for one in rows if one.student_id}
        self.by_number = {one.id_index: one for one in rows if one.id_index}
        self.by_person = {
            (one.normal_name, one.birth_on): one for one in rows if not one.student_id
        }

    def numbers_of_students(self) -> dict[int, str]:
        """Return the students to whom numbers of the cases belong, with these."""
        found: dict[int, str] = {}
        for chunk in chunked(sorted(self.by_number), 500):
            people = Student.objects.filter(county=self.county, id_index__in=chunk)
            found |= dict(people.exclude(id_index="").values_list("pk", "id_index"))
        return found

    def of(self, child: _Child) -> _Case | None:
        """Return a child's case."""
        if child.case in self.by_key:
            return self.by_key[child.case]
        if child.student in self.by_student:
            return self.by_student[child.student]
        if child.number in self.by_number:
            return self.by_number[child.number]
        case = self.by_person.get(child.person) if child.student is None else None
        return None if case is not None and case.id_index and child.number else case


def _move(run: Reconciliation, found: Iterable[tuple[_Child, _Case]], now: datetime) -> int:
    changing = [
        (child, case) for child, case in found if state_after(case.state, child.place) != case.state
    ]
    schools = _schools(run, [child.student for child, _case in changing if child.student])
    rows = []
    for child, case in changing:
        state = state_after(case.state, child.place)
        back = state == DropoutState.RETURNED
        school = schools.get(child.student or 0, "") if back else ""
        where = _label(child.place) if state not in LEDGERS else case.whereabouts
        day = timezone.localtime(now).date() if back else None
        rows.append((case.pk, state, day, school[:60], where, case.version + 1))
    return update_rows(DropoutCase, _MOVED, rows)


def _schools(run: Reconciliation, students: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunked(sorted(students), 500):
        rows = Enrolment.objects.filter(
            student__in=chunk, term=run.term, state=EnrolmentState.STUDYING
        )
        found |= dict(rows.order_by("-pk").values_list("student_id", "school__name"))
    return found


@cache  # places are few, cases many
def _label(place: str) -> str:
    """Return a place's word as ledgers write it, whatever language the reader uses."""
    with translation.override("zh-hans"):
        return str(Place(place).label)


def _open(run: Reconciliation, children: Sequence[_Child], now: datetime) -> list[tuple[int, int]]:
    """Open a case for each child; return the placed rows with their cases."""
    people = _people(children)
    known = [child for child in children if (child.student, child.entry) in people]
    keys = reserve_ids(DropoutCase, len(known))
    today = timezone.localtime(now).date()
    insert_rows(
        DropoutCase,
        _OPENED,
        (
            (
                key,
                run.county_id,
                child.student,
                *people[child.student, child.entry],
                child.place,
                today,
                now,
            )
            for key, child in zip(keys, known, strict=True)
        ),
    )
    return [(child.pk, key) for key, child in zip(keys, known, strict=True)]


def _people(children: Sequence[_Child]) -> dict[tuple[int | None, int | None], tuple[Any, ...]]:
    """Return what a case says of its child, in the order of its columns, by student and row."""
    found: dict[tuple[int | None, int | None], tuple[Any, ...]] = {}
    students = [child.student for child in children if child.student]
    for chunk in chunked(sorted(students), 500):
        for one in Student.objects.filter(pk__in=chunk):
            found[one.pk, None] = _of_student(one)
    entries = [child.entry for child in children if not child.student and child.entry]
    for chunk in chunked(sorted(entries), 500):
        for entry in RegisterEntry.objects.filter(pk__in=chunk):
            found[None, entry.pk] = _of_entry(entry)
    return found


def _of_student(one: Student) -> tuple[Any, ...]:
    grade = f"{Stage(one.stage).label}{one.grade or ''}" if one.stage in Stage.values else ""
    return (
        *(one.name, one.normal_name, one.initials, one.sex, one.birth_on),
        *(one.id_number or one.stated_id_number, one.id_index, one.student_no),
        *(one.home_division_id, "", one.school_id, grade[:20]),
        *(one.home_address, one.guardian_name, one.phone),
    )


def _of_entry(one: RegisterEntry) -> tuple[Any, ...]:
    home = f"{one.township}{one.village}"
    return (
        *(one.name, one.normal_name, initials(one.name)[:40], one.sex, one.birth_on),
        *(one.id_number, one.id_index, "", one.division_id, home[:120], None, ""),
        *("", one.head_name, one.phone),
    )
