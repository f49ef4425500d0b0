"""Differences between rosters, registers and the past, each as a draft with its facts and reasons.

Codes in ``reason`` are stable and put into words by students/selectors/wording.py.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from students.choices import FindingKind
from students.rules.absence import Absence, absence
from students.rules.matching import SAME_NUMBER, Child, Listed, Pair
from students.rules.records import Draft, Enrolled, Inputs, Register, Row, person_key
from students.rules.schooling import is_school_age
from students.rules.sites import site_place
from students.rules.whereabouts import hints
from students.rules.words import REGISTER_OF, stated_categories

# Where the members of a registered household study, by register and household number.
Siblings = Mapping[tuple[str, str], Iterable[str]]


def _person(child: Child | Listed) -> dict[str, Any]:
    return {
        "name": child.name,
        "sex": child.sex,
        "birth_on": child.birth_on,
        "id": child.id_index,
        "stated": child.stated_index,
    }


def _pair_draft(
    kind: FindingKind, register_kind: str, rows: tuple[Child, Listed, Row], pair: Pair
) -> Draft:
    child, listed, row = rows
    return Draft(
        kind,
        (child.pk, register_kind, person_key(listed, row)),
        {"roster": _person(child), "register": _person(listed)},
        pair.reason,
        student=child.pk,
        entry=pair.entry,
        probability=pair.probability,
        weights=pair.weights,
    )


def pair_drafts(
    kind: FindingKind, register: Register, children: Mapping[int, Child], pairs: Iterable[Pair]
) -> list[Draft]:
    """Return one draft per pair, and per person where the register repeats somebody."""
    drafts: dict[str, Draft] = {}
    for pair in pairs:
        rows = (children[pair.child], register.people[pair.entry], register.rows[pair.entry])
        draft = _pair_draft(kind, register.kind, rows, pair)
        drafts.setdefault(draft.subject_key, draft)
    return list(drafts.values())


def differing(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs of one number whose particulars disagree."""
    return [pair for pair in pairs if pair.reason != SAME_NUMBER]


def enrolled_twice(inputs: Inputs) -> list[Draft]:
    """Return students with two schools in the term, and likely doubles of one person.

    Likely doubles share a stated number, or name and birth date, at two schools where at least one
    of the two is provisional: two confirmed numbers are two people.
    """
    by_student: dict[int, list[Enrolled]] = defaultdict(list)
    for one in inputs.enrolments:
        if one.studying:
            by_student[one.student].append(one)
    drafts = []
    for terms in by_student.values():
        if len(terms) == 1:
            continue
        first, *others = sorted(terms)
        drafts += [_twice(first, other, "same-student", None) for other in others]
    return drafts + _doubles(inputs, by_student)


def _twice(first: Enrolled, other: Enrolled, reason: str, probability: float | None) -> Draft:
    schools = sorted([(first.school, first.student), (other.school, other.student)])
    return Draft(
        FindingKind.ENROLLED_TWICE,
        (first.student, other.student, *sorted([first.school, other.school])),
        {"schools": schools, "grades": sorted([str(first.grade), str(other.grade)])},
        reason,
        student=first.student,
        enrolment=first.pk,
        other_enrolment=other.pk,
        other_student=None if other.student == first.student else other.student,
        probability=probability,
    )


def _doubles(inputs: Inputs, by_student: Mapping[int, list[Enrolled]]) -> list[Draft]:
    ways: tuple[tuple[str, float, Callable[[Child], Any]], ...] = (
        ("stated-equal", 0.95, attrgetter("stated_index")),
        ("name-and-birth", 0.8, attrgetter("birth_on")),
    )
    drafts: dict[tuple[int, int], Draft] = {}
    # At least one of two has no confirmed number, and both have one name.
    names = {child.name for child in inputs.children if not child.confirmed}
    present = [one for one in inputs.children if one.name in names and one.pk in by_student]
    for code, probability, fact in ways:
        groups: dict[Any, list[Child]] = defaultdict(list)
        for child in present:
            if known := fact(child):
                groups[child.name, known].append(child)
        for group in groups.values():
            if not 1 < len(group) <= 5:
                continue
            for one, other in _couples(group):
                first, second = by_student[one.pk][0], by_student[other.pk][0]
                if (one.pk, other.pk) not in drafts and first.school != second.school:
                    drafts[one.pk, other.pk] = _twice(first, second, code, probability)
    return list(drafts.values())


def _couples(group: list[Child]) -> Iterable[tuple[Child, Child]]:
    ordered = sorted(group, key=lambda child: child.pk)
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            sexes = {one.sex, other.sex} - {""}
            if not (one.confirmed and other.confirmed) and len(sexes) < 2:
                yield one, other


def register_duplicates(register: Register) -> list[Draft]:
    """Return the rows of a register that repeat a number with the same category."""
    seen: dict[tuple[str, str], Listed] = {}
    drafts: dict[tuple[str, str], Draft] = {}
    times = Counter([one.id_index for one in register.listed])
    for listed in sorted([one for one in register.listed if times[one.id_index] > 1]):
        row = register.rows[listed.pk]
        if not listed.id_index:
            continue
        key = (listed.id_index, row.category)
        first = seen.setdefault(key, listed)
        if first is not listed and key not in drafts:
            names = sorted({first.name, listed.name})
            drafts[key] = Draft(
                FindingKind.REGISTER_DUPLICATE,
                (register.kind, *key),
                {
                    "names": names,
                    "households": sorted({register.rows[first.pk].household_no, row.household_no}),
                },
                "same-number" if len(names) == 1 else "same-number,name-differs",
                entry=first.pk,
                other_entry=listed.pk,
            )
    return list(drafts.values())


def claimed_but_unknown(
    inputs: Inputs, known: Mapping[int, set[str]], asked: set[tuple[int, str]]
) -> list[Draft]:
    """Return those who state a hardship that the register which should know it does not know.

    ``known`` maps a student to the register kinds that know them; ``asked`` holds the (student,
    kind) pairs already in the queue as a probable match: one question at a time.
    """
    present = {register.kind: register.as_of for register in inputs.registers}
    drafts: dict[tuple[int, str], Draft] = {}
    for one in inputs.enrolments:
        if not one.hardship:
            continue
        for category in stated_categories(one.hardship, inputs.term.starts_on):
            kind = REGISTER_OF[category]
            key = (one.student, str(kind))
            if kind not in present or key in asked or kind in known.get(one.student, ()):
                continue
            drafts.setdefault(
                key,
                Draft(
                    FindingKind.NOT_ON_REGISTER,
                    key,
                    {"stated": one.hardship, "category": category},
                    f"claimed:{category},absent:{kind}",
                    student=one.student,
                    enrolment=one.pk,
                ),
            )
    return list(drafts.values())


def not_on_roster(
    inputs: Inputs, unplaced: Iterable[tuple[Register, Listed]], siblings: Siblings
) -> list[Draft]:
    """Return the school-age persons of registers whom the ledger does not know, with a hint.

    ``unplaced`` gives one row per person. Somebody the ledger knows who studies nowhere is missing
    from a roster instead. The hint says where they may be: by the register's own words, by its
    school state, and by where brothers and sisters of the household study.
    """
    drafts = []
    for register, listed in unplaced:
        row = register.rows[listed.pk]
        told = inputs.told.get(listed.pk, "")
        near = siblings.get(_home(register, row), ())
        drafts.append(
            Draft(
                FindingKind.NOT_ON_ROSTER,
                (person_key(listed, row),),
                {
                    "name": listed.name,
                    "birth_on": listed.birth_on,
                    "school_state": row.school_state,
                },
                ",".join(("on-no-roster", *hints(row, told, near, inputs.county))),
                entry=listed.pk,
                aside={"told": told} if told else {},
            )
        )
    return drafts


def siblings_of(
    inputs: Inputs,
    sure: Iterable[tuple[Register, Pair]],
    outsiders: Iterable[tuple[Register, Listed]],
) -> Siblings:
    """Return where the members of the outsiders' registered households study this term."""
    wanted = {_home(register, register.rows[listed.pk]) for register, listed in outsiders}
    studying = {one.student: one.school for one in inputs.enrolments if one.studying}
    near = {
        school: str(site_place(inputs.schools[school], "", inputs.county))
        for school in {*studying.values()}
    }
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for register, pair in sure:
        school = studying.get(pair.child)
        row = register.rows[pair.entry]
        if school is None or not row.household_no or pair.reason == "household-head":
            continue
        if (home := _home(register, row)) in wanted:
            found[home].add(near[school])
    return found


def _home(register: Register, row: Row) -> tuple[str, str]:
    return (register.kind, row.household_no)


def missing_from_roster(inputs: Inputs, linked: Mapping[int, int]) -> list[Draft]:
    """Return the school-age children whom no roster of the term holds although it should.

    Last term's pupils of any age count too; ``absence`` says whom a roster still to come, or a
    finished stage, explains. ``linked`` gives the register row of those whom a register knows:
    they count as children of a register on no roster.
    """
    drafts = []
    for pk in sorted(inputs.pupils.keys() - inputs.rosters.students):
        pupil, seen = inputs.pupils[pk], inputs.last.get(pk)
        if seen is None and not is_school_age(pupil.birth_on, inputs.term, inputs.ages):
            continue
        if absence(pupil, inputs) != Absence.MISSING:
            continue
        entry = linked.get(pupil.pk)
        code = "was-here-last-term" if seen else "on-record-but-absent"
        drafts.append(
            Draft(
                FindingKind.NOT_ON_ROSTER if entry else FindingKind.MISSING_FROM_ROSTER,
                ("student", pupil.pk),
                {
                    "school": seen.school if seen else pupil.school,
                    "stage": seen.stage if seen else "",
                    "grade": seen.grade if seen else None,
                },
                f"on-no-roster,{code}" if entry else code,
                student=pupil.pk,
                entry=entry,
                enrolment=seen.pk if seen else None,
            )
        )
    return drafts


def unconfirmed(inputs: Inputs, asked: set[int]) -> list[Draft]:
    """Return the term's provisional students whom no probable match may yet identify."""
    children = {child.pk: child for child in inputs.children}
    drafts: dict[int, Draft] = {}
    for one in inputs.enrolments:
        child = children.get(one.student)
        if child is None or child.confirmed or child.pk in asked:
            continue
        reason = "number-not-usable" if child.stated_index else "number-missing"
        drafts.setdefault(
            child.pk,
            Draft(
                FindingKind.IDENTITY_UNCONFIRMED,
                (child.pk,),
                {"name": child.name, "stated": child.stated_index},
                reason,
                student=child.pk,
                enrolment=one.pk,
            ),
        )
    return list(drafts.values())
