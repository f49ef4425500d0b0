"""School age, the age a grade is for, and what registers say about being at school."""

import re
from datetime import date

from povedu.identity import age_on, tidy
from povedu.terms import Term
from schools.choices import Stage

SCHOOL_AGE = (6, 15)  # completed years on 31 August, Compulsory Education Law art. 11
_AGE_TOLERANCE = (-1, 3)  # a year early, three late, before anybody is asked
_FIRST_AGE = {Stage.PRIMARY: 6, Stage.JUNIOR: 12, Stage.SENIOR: 15, Stage.VOCATIONAL: 15}
_GRADES_BEFORE = {Stage.PRIMARY: 0, Stage.JUNIOR: 6, Stage.SENIOR: 9, Stage.VOCATIONAL: 9}
_YEARS = {Stage.PRIMARY: 6, Stage.JUNIOR: 3, Stage.SENIOR: 3, Stage.VOCATIONAL: 3}
_SUMMER = (7, 8)
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STATE = re.compile(r"([一二三四五六七八九])年级")


def reference_day(term: Term) -> date:
    """Return the 31 August that school age in a term's academic year is counted on."""
    return date(term.year, 8, 31)


def birth_range(term: Term) -> tuple[date, date]:
    """Return the first and last birth date of school age in a term's academic year."""
    youngest, oldest = SCHOOL_AGE
    return date(term.year - oldest - 1, 9, 1), date(term.year - youngest, 8, 31)


def is_school_age(birth_on: date | None, term: Term) -> bool:
    """Say whether a birth date is of school age; an unknown one is not."""
    if birth_on is None:
        return False
    first, last = birth_range(term)
    return first <= birth_on <= last


def grade_in_stage(stage: str, grade: int) -> int:
    """Return a grade counted within its stage: 七年级 may be written 7 or 1."""
    before = _GRADES_BEFORE.get(Stage(stage), 0) if stage in Stage.values else 0
    return grade - before if grade > before else grade


def is_final_grade(stage: str, grade: int | None) -> bool:
    """Say whether a stage ends with a grade; stages without grades have none."""
    if grade is None or stage not in _YEARS:
        return False
    return grade_in_stage(stage, grade) >= _YEARS[Stage(stage)]


def age_outside_grade(birth_on: date | None, stage: str, grade: int | None, term: Term) -> int:
    """Return by how many years somebody's age differs from the grade's, 0 within the tolerance."""
    if birth_on is None or grade is None or stage not in _FIRST_AGE:
        return 0
    expected = _FIRST_AGE[Stage(stage)] + grade_in_stage(stage, grade) - 1
    differs = age_on(birth_on, reference_day(term)) - expected
    low, high = _AGE_TOLERANCE
    return 0 if low <= differs <= high else differs


def state_meaning(state: str) -> tuple[str, int | None] | None:
    """Return the stage and the grade within it that a register's 在校生状况 names, else None."""
    text = tidy(state)
    match = _STATE.search(text)
    grade = _NUMERALS[match[1]] if match else None
    for word, stage in (
        ("学前教育", Stage.PRESCHOOL),
        ("小学", Stage.PRIMARY),
        ("初中", Stage.JUNIOR),
        ("普通高中", Stage.SENIOR),
        ("中职", Stage.VOCATIONAL),
        ("高职", Stage.HIGHER_VOCATIONAL),
        ("本科", Stage.UNDERGRADUATE),
        ("硕士", Stage.POSTGRADUATE),
    ):
        if word in text:
            return str(stage), grade
    if grade is not None and grade >= 7:
        return str(Stage.JUNIOR), grade - 6
    return None


def state_differs(state: str, as_of: date, stage: str, grade: int | None, term: Term) -> bool:
    """Say whether a register's school state contradicts an enrolment.

    A snapshot taken in an earlier academic year names the grade of that year, so each year between
    moves it on by one; over the summer registers are brought forward at no fixed day, so either
    year will do. Beyond the stage's end nothing can be said, and a school state that names no
    stage contradicts nothing. Special schools follow their own stages.
    """
    meaning = state_meaning(state)
    if meaning is None or stage == Stage.SPECIAL:
        return False
    said_stage, said_grade = meaning
    years = term.year - Term.on(as_of).year
    if said_grade is None:
        return years == 0 and said_stage != stage
    shifts = {years, years - 1} if as_of.month in _SUMMER and years > 0 else {years}
    return all(_contradicts((said_stage, said_grade + n), stage, grade) for n in shifts)


def _contradicts(said: tuple[str, int], stage: str, grade: int | None) -> bool:
    said_stage, said_grade = said
    last = _YEARS.get(Stage(said_stage))
    if last is None or not 1 <= said_grade <= last:
        return False
    if said_stage != stage:
        return True
    return grade is not None and grade_in_stage(stage, grade) != said_grade
