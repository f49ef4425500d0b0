"""Where each child of school age is: every child once, so the parts always sum to the whole."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from students.choices import DropoutState, Outcome, Place, StudentState
from students.rules.absence import Absence, absence
from students.rules.matching import Listed
from students.rules.records import (
    Enrolled,
    Inputs,
    OpenCase,
    Pupil,
    Register,
    person_key,
)
from students.rules.schooling import birth_range, is_school_age
from students.rules.sites import site_place

_COMPULSORY = frozenset({"primary", "junior"})
_BY_STATE = {
    StudentState.DECEASED: Place.DECEASED,
    StudentState.GRADUATED: Place.GRADUATED,
    StudentState.SUSPENDED: Place.SUSPENDED,
    StudentState.LEFT: Place.OUT_OF_COUNTY,
}


AT_SCHOOL = frozenset({Place.HERE, Place.IN_COUNTY, Place.OUT_OF_COUNTY, Place.OUT_OF_PROVINCE})
AWAY = (Place.IN_COUNTY, Place.OUT_OF_COUNTY, Place.OUT_OF_PROVINCE)
LEDGERS = frozenset({Place.SUSPECTED, Place.DROPPED_OUT})
_OUTCOMES = {
    **dict.fromkeys(AT_SCHOOL, Outcome.AT_SCHOOL),
    **dict.fromkeys((Place.GRADUATED, Place.DECEASED, Place.MOVED_AWAY), Outcome.ENDED),
    Place.SUSPENDED: Outcome.ON_LEAVE,
    Place.HOME_TAUGHT: Outcome.HOME_TAUGHT,
    **dict.fromkeys(LEDGERS, Outcome.OUT),
}


class Placed(NamedTuple):
    """One child and the place: a student of the ledger, else a register's row, else a case's.

    ``stage`` is that of the term's roster, "" off the rosters; ``returned`` says that a case of
    the dropout ledgers ended with the child's return this term.
    """

    student: int | None
    entry: int | None
    place: str
    division: str
    stage: str = ""
    returned: bool = False
    case: int | None = None


def outcome_of(place: str, *, returned: bool = False) -> Outcome:
    """Return the visit outcome that a place belongs to; every place has one, so six sum to all."""
    outcome = _OUTCOMES[Place(place)]
    return Outcome.BROUGHT_BACK if returned and outcome is Outcome.AT_SCHOOL else outcome


def places_of(outcome: str) -> list[Place]:
    """Return the places that an outcome groups, in the order of the list."""
    wanted = Outcome.AT_SCHOOL if outcome == Outcome.BROUGHT_BACK else outcome
    return [place for place in Place if _OUTCOMES[place] == wanted]


def place_student(
    pupil: Pupil,
    terms: Iterable[Enrolled],
    inputs: Inputs,
    *,
    absent: Absence,
    decided: str = "",
    case: OpenCase | None = None,
) -> Place:
    """Place one student of the ledger.

    1. A studying enrolment of the term says where. 2. Else a suspended one. 3. Else what a person
    found out, or a register tells. 4. Else an open case of the dropout ledgers. 5. Else the state
    of the record. 6. Else whoever finished has graduated, and whose roster is still to come is
    where the record says; the others are suspected.
    """
    rows = list(terms)
    studying = [one for one in rows if one.studying]
    if studying:
        return site_place(inputs.schools[min(studying).school], pupil.home, inputs.county)
    if rows:
        return Place.SUSPENDED
    told = _told_place(decided, case, inputs)
    return told or _unexplained_place(pupil, inputs, absent)


def _told_place(decided: str, case: OpenCase | None, inputs: Inputs) -> Place | None:
    """Return what people found out: a case says more than a bare suspicion."""
    if case is not None and decided in {"", Place.SUSPECTED}:
        told = _case_place(case, inputs)
        if told is not None:
            return told
    return Place(decided) if decided else None


def _unexplained_place(pupil: Pupil, inputs: Inputs, absent: Absence) -> Place:
    """Return what the record and the rosters leave to say of somebody on none."""
    if pupil.state in _BY_STATE:
        return _BY_STATE[StudentState(pupil.state)]
    if absent is Absence.FINISHED:
        return Place.GRADUATED
    if absent is Absence.WAITS and pupil.school is not None:
        return site_place(inputs.schools[pupil.school], pupil.home, inputs.county)
    return Place.SUSPECTED


def _case_place(case: OpenCase, inputs: Inputs) -> Place | None:
    """Return where an open case has its child; a return counts in the term it happened in."""
    if case.state in {DropoutState.SUSPECTED, DropoutState.DROPPED_OUT}:
        return Place(case.state)
    if case.state != DropoutState.RETURNED or not _returned_in_term(case, inputs):
        return None
    site = inputs.schools.get(case.school) if case.school is not None else None
    return site_place(site, case.home, inputs.county) if site else Place.HERE


def _returned_in_term(case: OpenCase, inputs: Inputs) -> bool:
    term = inputs.term
    return case.returned_on is not None and term.starts_on <= case.returned_on < term.ends_on


def children_of_school_age(inputs: Inputs) -> list[Pupil]:
    """Return the students to place: by birth date, or by stage where that is unknown."""
    compulsory = {one.student for one in inputs.enrolments if one.stage in _COMPULSORY}
    first, last = birth_range(inputs.term, inputs.ages)
    return [
        pupil
        for pupil in inputs.pupils.values()
        if (pupil.pk in compulsory if pupil.birth_on is None else first <= pupil.birth_on <= last)
    ]


def unlinked_children(inputs: Inputs, spoken_for: set[int]) -> list[tuple[Register, Listed]]:
    """Return the school-age persons of registers whom the ledger does not know, each once.

    ``spoken_for`` holds the rows that are joined to a student or wait in the queue as a probable
    match. Rows of several registers are one person where their number, or else name and birth
    date, are the same.
    """
    persons: dict[tuple[object, ...], tuple[Register, Listed]] = {}
    known = set()
    candidates = []
    first, last = birth_range(inputs.term, inputs.ages)
    for register in inputs.registers:
        for listed in register.listed:
            if listed.birth_on is None or not first <= listed.birth_on <= last:
                continue
            if register.rows[listed.pk].is_household:
                continue
            if listed.pk in spoken_for:
                known.add(_key(listed))
            else:
                candidates.append((register, listed))
    for register, listed in candidates:
        key = _key(listed)
        if key in known:
            continue
        known.add(key)
        row = register.rows[listed.pk]
        persons[(person_key(listed, row),)] = (register, listed)
    return list(persons.values())


def told_places(inputs: Inputs) -> dict[str, str]:
    """Return where registers say that their persons have gone: by person, moved away or dead.

    Whoever one register has as gone need not be looked for, although another still lists them.
    """
    return {
        person_key(listed, row): row.place
        for register in inputs.registers
        for listed in register.listed
        if (row := register.rows[listed.pk]).place
    }


def _key(one: Listed | OpenCase) -> tuple[object, ...]:
    """Return what one person's rows of several lists share: the number, else name and birth."""
    return (one.id_index,) if one.id_index else (one.name, one.birth_on)


def place_all(
    inputs: Inputs,
    outsiders: Iterable[tuple[Register, Listed]],
    *,
    decided_students: Mapping[int, str],
    decided_persons: Mapping[str, str],
) -> list[Placed]:
    """Place every child of school age once; what people found out counts where rosters do not.

    ``decided_…`` hold that, and what registers tell where nobody has looked.
    """
    terms: dict[int, list[Enrolled]] = {}
    for one in inputs.enrolments:
        terms.setdefault(one.student, []).append(one)
    cases = _Cases(inputs)
    placed = []

    @cache  # pupils are many, schools and villages few
    def near(school: int, home: str) -> tuple[Place, str]:
        place = site_place(inputs.schools[school], home, inputs.county)
        return place, _division(home, school, inputs)

    for pupil in children_of_school_age(inputs):
        rows, case = terms.get(pupil.pk, []), cases.of_student(pupil.pk)
        if case is None and len(rows) == 1 and rows[0].studying:  # nearly everybody
            (one,) = rows
            place, division = near(one.school, pupil.home)
            placed.append(Placed(pupil.pk, None, place, division, one.stage))
            continue
        place = place_student(
            pupil,
            rows,
            inputs,
            absent=Absence.PRESENT if rows else absence(pupil, inputs),
            decided=decided_students.get(pupil.pk, ""),
            case=case,
        )
        back = cases.returned(case) and place in AT_SCHOOL
        school = rows[0].school if rows else pupil.school
        division, stage = _division(pupil.home, school, inputs), _stage(rows)
        placed.append(Placed(pupil.pk, None, place, division, stage, back))
    for register, listed in outsiders:
        row, case = register.rows[listed.pk], cases.of_person(listed)
        decided = decided_persons.get(person_key(listed, row), "")
        place = _told_place(decided, case, inputs) or Place.SUSPECTED
        division = _within(row.division, inputs)
        back = cases.returned(case) and place in AT_SCHOOL
        placed.append(Placed(None, listed.pk, place, division, "", back))
    return placed + cases.alone()


class _Cases:
    """Open cases by child, and those whose child neither the ledger nor a register knows."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        known = inputs.pupils
        self.by_student = {
            one.student: one for one in reversed(inputs.cases) if one.student in known
        }
        others = [one for one in inputs.cases if one.student not in known]
        self.by_number = {one.id_index: one for one in reversed(others) if one.id_index}
        self.by_name = {(one.name, one.birth_on): one for one in reversed(others)}

    def of_student(self, pk: int) -> OpenCase | None:
        """Return the case of a student."""
        return self.by_student.get(pk)

    def of_person(self, listed: Listed) -> OpenCase | None:
        """Return the case of a register's person: by number, else by name and birth date."""
        if listed.id_index and listed.id_index in self.by_number:
            return self.by_number[listed.id_index]
        found = self.by_name.get((listed.name, listed.birth_on))
        return None if found and found.id_index and listed.id_index else found

    def returned(self, case: OpenCase | None) -> bool:
        """Say whether a case ended with a return this term."""
        return (
            case is not None
            and case.state == DropoutState.RETURNED
            and _returned_in_term(case, self.inputs)
        )

    def alone(self) -> list[Placed]:
        """Place the children of school age whom only the dropout ledgers know."""
        unknown = [
            case
            for case in self.inputs.cases
            if case.student not in self.inputs.pupils
            and is_school_age(case.birth_on, self.inputs.term, self.inputs.ages)
        ]
        seen = self._listed_like(unknown) if unknown else set()
        found: list[Placed] = []
        for case in unknown:
            key = _key(case)
            if key in seen:
                continue
            seen.add(key)
            place = _case_place(case, self.inputs)
            if place is not None:
                division = _within(case.home, self.inputs)
                back = self.returned(case)
                found.append(Placed(None, None, place, division, "", back, case.pk))
        return found

    def _listed_like(self, cases: Iterable[OpenCase]) -> set[tuple[object, ...]]:
        """Return the keys of the registers' persons that a case may be about."""
        names, numbers = {one.name for one in cases}, {one.id_index for one in cases} - {""}
        listed = [one for register in self.inputs.registers for one in register.listed]
        seen: set[tuple[object, ...]] = {(o.name, o.birth_on) for o in listed if o.name in names}
        return seen | {(one.id_index,) for one in listed if one.id_index in numbers}


def _stage(rows: Sequence[Enrolled]) -> str:
    """Return the stage of the term's roster, the place of study before a term broken off."""
    if len(rows) == 1:
        return rows[0].stage
    ordered = sorted(rows, key=lambda one: (not one.studying, one.pk))
    return ordered[0].stage if ordered else ""


def _division(home: str, school: int | None, inputs: Inputs) -> str:
    """Return the division of the county that a child counts for: the home's, else the school's."""
    if home.startswith(inputs.county):
        return home
    site = inputs.schools.get(school) if school is not None else None
    return _within(site.division if site is not None else "", inputs)


def _within(division: str, inputs: Inputs) -> str:
    """Return a division of the county, the county itself for any other."""
    return division if division.startswith(inputs.county) else _whole(inputs.county)


def _whole(county: str) -> str:
    return county.ljust(12, "0")
