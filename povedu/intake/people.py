"""Checks across columns that every ledger about people shares."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from povedu import identity
from povedu.intake.frame import Frame
from povedu.intake.problems import Outcome

ID_FAULTS = frozenset({"id-checksum", "id-digits-lost", "id-length", "id-missing"})


@dataclass(frozen=True, slots=True)
class PersonFields:
    """Under which names a kind keeps the parts of a person."""

    name: str = "name"
    id_number: str = "id_number"
    birth_on: str = "birth_on"
    sex: str = "sex"
    student_no: str = "student_no"
    certificate_no: str = "certificate_no"


PERSON = PersonFields()


def valid_ids(frame: Frame, fields: PersonFields = PERSON) -> list[str]:
    """Return per row the full valid number, "" where the row has none."""
    faulty = {
        at
        for at, problems in frame.problems.items()
        if any(one.field == fields.id_number and one.code in ID_FAULTS for one in problems)
    }
    numbers = frame.column(fields.id_number)
    return ["" if at in faulty else number for at, number in enumerate(numbers)]


def recover_ids(frame: Frame, fields: PersonFields = PERSON) -> None:
    """Take a full number out of the student number or certificate where the ID cell is faulty.

    Either may stand in the ID cell itself, as registers of several departments have it. A stated
    number that contradicts it in its first fifteen digits is left alone: then one of the two is
    somebody else's, and only a person can say which.
    """
    if not frame.has(fields.id_number):
        _note_all_missing(frame, fields.id_number)
    numbers = frame.column(fields.id_number)
    sources: tuple[tuple[str, Callable[[str], str | None], str], ...] = (
        (fields.student_no, identity.id_from_student_no, "fixed-from-student-no"),
        (fields.certificate_no, identity.id_from_disability_certificate, "fixed-from-certificate"),
        (fields.id_number, identity.id_from_student_no, "fixed-from-student-no"),
        (fields.id_number, identity.id_from_disability_certificate, "fixed-from-certificate"),
    )
    faulty = [at for at, number in enumerate(valid_ids(frame, fields)) if not number]
    for name, derive, code in sources:
        if name not in frame.values:
            continue
        stated = frame.values[name]
        for at in faulty:
            found = derive(str(stated[at] or ""))
            if found and _agrees(str(numbers[at] or ""), found):
                frame.withdraw(at, ID_FAULTS, fields.id_number)
                frame.note(at, code, fields.id_number, numbers[at], found)
                numbers[at] = found
    frame.set_column(fields.id_number, numbers)


def _agrees(stated: str, found: str) -> bool:
    """Say whether a damaged number may be the derived one: same beginning, or no number at all."""
    digits = stated.upper()
    if len(digits) < 15 or not digits[:15].isdecimal():
        return True
    return sum(a != b for a, b in zip(digits[:15], found[:15], strict=True)) <= 2


def _note_all_missing(frame: Frame, name: str) -> None:
    for at in range(len(frame)):
        frame.note(at, "id-missing", name)


def check_against_ids(frame: Frame, today: date, fields: PersonFields = PERSON) -> None:
    """Compare birth and sex with the number, and take them from it where they are blank.

    A birth that is yet to come is nobody's: without a number that knows better it is taken away.
    """
    births, sexes = list(frame.column(fields.birth_on)), list(frame.column(fields.sex))
    has_birth, has_sex = frame.has(fields.birth_on), frame.has(fields.sex)
    days: dict[str, date | None] = {}
    for at, number in enumerate(valid_ids(frame, fields)):
        if not number:
            if births[at] and births[at] > today:
                frame.note(at, "date-unreadable", fields.birth_on, births[at])
                births[at] = None
            continue
        if (text := number[6:14]) not in days:
            days[text] = identity.birth_of(number)
        born, sex = days[text], identity.sex_of(number)
        if births[at] == born and sexes[at] == sex and born is not None and born <= today:
            continue
        if born is not None and born > today:
            frame.note(at, "id-birth-mismatch", fields.id_number, number)
        _compare(frame, at, births, born, ("id-birth-mismatch", fields.birth_on, has_birth))
        _compare(frame, at, sexes, sex, ("id-sex-mismatch", fields.sex, has_sex))
    frame.set_column(fields.birth_on, births)
    frame.set_column(fields.sex, sexes)


def _compare(
    frame: Frame, at: int, column: list[Any], derived: Any, told: tuple[str, str, bool]
) -> None:
    code, name, stated = told
    if not column[at]:
        column[at] = derived
        if stated and derived:
            frame.note(at, "fixed-from-id", name, "", derived)
    elif stated and column[at] != derived:
        frame.note(at, code, name, column[at], derived)


def refuse_duplicates(
    frame: Frame, same: Sequence[str], fields: PersonFields = PERSON, *, by_id: bool = True
) -> None:
    """Keep the first of identical repeats; of one number on different people keep nobody.

    ``same`` are the columns that make two rows without a number the same row.
    """
    names = frame.column(fields.name)
    numbers = frame.column(fields.id_number)
    repeated = {number for number, count in Counter(numbers).items() if count > 1}
    again = [at for at, number in enumerate(numbers) if number in repeated]
    if by_id:
        for rows in _same_number(again, numbers):
            _judge_group(frame, rows, names, fields)
    keys: dict[tuple[Any, ...], int] = {}
    columns = [frame.column(name) for name in dict.fromkeys([fields.name, fields.id_number, *same])]
    for at in again:
        key = tuple(column[at] for column in columns)
        if not names[at] or frame.outcomes.get(at) is Outcome.REFUSED:
            continue
        first = keys.setdefault(key, at)
        if first != at:
            _refuse_repeat(frame, at, first, fields.name)


def _same_number(rows: list[int], numbers: list[Any]) -> list[list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at in rows:
        if numbers[at] and len(numbers[at]) >= 15:
            groups[numbers[at]].append(at)
    return list(groups.values())


def _judge_group(frame: Frame, rows: list[int], names: list[Any], fields: PersonFields) -> None:
    people = {identity.normal_name(str(names[at])) for at in rows if names[at]}
    damaged = any(one.code == "id-digits-lost" for at in rows for one in frame.problems.get(at, ()))
    if len(people) > 1 and damaged:
        return  # the same first fifteen digits are all that is left of two numbers
    if len(people) > 1:
        for at in rows:
            other = next(one for one in rows if one != at)
            _refuse_repeat(frame, at, other, fields.id_number)
        return
    for at in rows[1:]:
        _refuse_repeat(frame, at, rows[0], fields.id_number)


def _refuse_repeat(frame: Frame, at: int, other: int, name: str) -> None:
    if "id-duplicate-in-file" not in frame.codes(at):
        frame.note(at, "id-duplicate-in-file", name, new=frame.places[other][1] + 1)
    frame.refuse(at)


def refuse_unusable(
    frame: Frame, clear: Callable[[int], bool], fields: PersonFields = PERSON
) -> None:
    """Refuse rows whose number is faulty and whose person is not clear without it."""
    for at, number in enumerate(valid_ids(frame, fields)):
        if not number and not clear(at):
            frame.refuse(at)
