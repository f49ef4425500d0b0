"""Where each child of school age is: every child once, so the parts always sum to the whole."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from students.choices import Place, StudentState
from students.rules.absence import Absence, absence, rosters_of
from students.rules.matching import Listed
from students.rules.records import Enrolled, Inputs, Pupil, Register, Site, person_key
from students.rules.schooling import is_school_age

_COMPULSORY = frozenset({"primary", "junior"})
_BY_STATE = {
    StudentState.DECEASED: Place.DECEASED,
    StudentState.GRADUATED: Place.GRADUATED,
    StudentState.SUSPENDED: Place.SUSPENDED,
    StudentState.LEFT: Place.OUT_OF_COUNTY,
}


class Placed(NamedTuple):
    """One child and the place: a student of the ledger, else a row of a register."""

    student: int | None
    entry: int | None
    place: str
    division: str


def _site_place(site: Site, home: str, county: str) -> Place:
    """Return where a school lies, seen from a child's home; an unknown home counts as near."""
    if site.outside or not site.division.startswith(county):
        same_province = site.division[:2] == county[:2]
        return Place.OUT_OF_COUNTY if same_province else Place.OUT_OF_PROVINCE
    if home.startswith(county) and len(home) == 12 and home[6:9] != "000":
        return Place.HERE if home[:9] == site.division[:9] else Place.IN_COUNTY
    return Place.HERE


def place_student(
    pupil: Pupil,
    terms: Iterable[Enrolled],
    inputs: Inputs,
    *,
    absent: Absence,
    decided: str = "",
) -> Place:
    """Place one student of the ledger.

    1. A studying enrolment of the term says where. 2. Else a suspended one. 3. Else what a person
    found out. 4. Else the state of the record. 5. Else whoever finished has graduated, and whose
    roster is still to come is where the record says; the others are suspected.
    """
    rows = sorted(terms)
    studying = [one for one in rows if one.studying]
    if studying:
        return _site_place(inputs.schools[studying[0].school], pupil.home, inputs.county)
    if rows:
        return Place.SUSPENDED
    if decided:
        return Place(decided)
    if pupil.state in _BY_STATE:
        return _BY_STATE[StudentState(pupil.state)]
    if absent is Absence.FINISHED:
        return Place.GRADUATED
    if absent is Absence.WAITS and pupil.school is not None:
        return _site_place(inputs.schools[pupil.school], pupil.home, inputs.county)
    return Place.SUSPECTED


def children_of_school_age(inputs: Inputs) -> list[Pupil]:
    """Return the students to place: by birth date, or by stage where that is unknown."""
    compulsory = {one.student for one in inputs.enrolments if one.stage in _COMPULSORY}
    return [
        pupil
        for pupil in inputs.pupils.values()
        if is_school_age(pupil.birth_on, inputs.term)
        or (pupil.birth_on is None and pupil.pk in compulsory)
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
    for register in inputs.registers:
        for listed in register.listed:
            if not is_school_age(listed.birth_on, inputs.term):
                continue
            if register.rows[listed.pk].is_household:
                continue
            if listed.pk in spoken_for:
                known |= _keys(listed)
            else:
                candidates.append((register, listed))
    for register, listed in candidates:
        keys = _keys(listed)
        if keys & known:
            continue
        known |= keys
        row = register.rows[listed.pk]
        persons[(person_key(listed, row),)] = (register, listed)
    return list(persons.values())


def _keys(listed: Listed) -> set[tuple[object, ...]]:
    if listed.id_index:
        return {("id", listed.id_index)}
    return {("name", listed.name, listed.birth_on)}


def place_all(
    inputs: Inputs,
    outsiders: Iterable[tuple[Register, Listed]],
    *,
    decided_students: Mapping[int, str],
    decided_persons: Mapping[str, str],
) -> list[Placed]:
    """Place every child of school age once; what people found out counts where rosters do not."""
    terms: dict[int, list[Enrolled]] = {}
    for one in inputs.enrolments:
        terms.setdefault(one.student, []).append(one)
    last = {one.student: one for one in sorted(inputs.before)}
    rosters = rosters_of(inputs)
    placed = []
    for pupil in children_of_school_age(inputs):
        place = place_student(
            pupil,
            terms.get(pupil.pk, ()),
            inputs,
            absent=absence(pupil, last.get(pupil.pk), rosters, inputs),
            decided=decided_students.get(pupil.pk, ""),
        )
        placed.append(Placed(pupil.pk, None, place, _division(pupil, terms, inputs)))
    for register, listed in outsiders:
        row = register.rows[listed.pk]
        place = Place(decided_persons.get(person_key(listed, row)) or Place.SUSPECTED)
        placed.append(Placed(None, listed.pk, place, row.division or _whole(inputs.county)))
    return placed


def _division(pupil: Pupil, terms: Mapping[int, list[Enrolled]], inputs: Inputs) -> str:
    if pupil.home.startswith(inputs.county):
        return pupil.home
    enrolled = terms.get(pupil.pk)
    school = enrolled[0].school if enrolled else pupil.school
    site = inputs.schools.get(school) if school is not None else None
    if site is not None and site.division.startswith(inputs.county):
        return site.division
    return _whole(inputs.county)


def _whole(county: str) -> str:
    return county.ljust(12, "0")
