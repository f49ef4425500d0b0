"""School age, the age a grade is for, and what registers say about being at school."""

import re
from datetime import date

from povedu.identity import age_on, tidy
from povedu.terms import Term
from schools.choices import Stage

SCHOOL_AGE = (6, 15)  # completed years on 31 August, Compulsory Education Law art. 11
_AGE_TOLERANCE = (-1, 3)  # a year early, three late, before anybody is asked
# Completed years on 31 August between which somebody may be in a stage at all.
_STAGE_AGES = {
    Stage.PRESCHOOL: (2, 7),
    Stage.PRIMARY: (5, 16),
    Stage.JUNIOR: (10, 19),
    Stage.SENIOR: (13, 22),
}
_FIRST_AGE: dict[str, int] = {
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 12,
    Stage.SENIOR: 15,
    Stage.VOCATIONAL: 15,
}
_GRADES_BEFORE: dict[str, int] = {
    Stage.PRIMARY: 0,
    Stage.JUNIOR: 6,
    Stage.SENIOR: 9,
    Stage.VOCATIONAL: 9,
}
_YEARS: dict[str, int] = {Stage.PRIMARY: 6, Stage.JUNIOR: 3, Stage.SENIOR: 3, Stage.VOCATIONAL: 3}
_SUMMER = (7, 8)
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STATE = re.compile(r"([一二三四五六七八九])年级")


def reference_day(term: Term) -> date:
    """Return the 31 August that school age in a term's academic year is counted on."""
    return date(term.year, 8, 31)


def birth_range(term: Term, ages: tuple[int, int] = SCHOOL_AGE) -> tuple[date, date]:
    """Return the first and last birth date of school age in a term's academic year.

    ``ages`` are the youngest and the oldest of school age, completed years on 31 August.
    """
    youngest, oldest = ages
    return date(term.year - oldest - 1, 9, 1), date(term.year - youngest, 8, 31)


def is_school_age(birth_on: date | None, term: Term, ages: tuple[int, int] = SCHOOL_AGE) -> bool:
    """Say whether a birth date is of school age; an unknown one is not."""
    if birth_on is None:
        return False
    first, last = birth_range(term, ages)
    return first <= birth_on <= last


def grade_in_stage(stage: str, grade: int) -> int:
    """Return a grade counted within its stage: 七年级 may be written 7 or 1."""
    before = _GRADES_BEFORE.get(stage, 0)
    return grade - before if grade > before else grade


def years_before(stage: str) -> int | None:
    """Return the years of schooling before a stage, None for stages without a fixed place."""
    return _GRADES_BEFORE.get(stage)


def is_final_grade(stage: str, grade: int | None) -> bool:
    """Say whether a stage ends with a grade; stages without grades have none."""
    if grade is None or stage not in _YEARS:
        return False
    return grade_in_stage(stage, grade) >= _YEARS[stage]


def age_outside_grade(birth_on: date | None, stage: str, grade: int | None, term: Term) -> int:
    """Return by how many years somebody's age differs from the grade's, 0 within the tolerance."""
    if birth_on is None or grade is None or stage not in _FIRST_AGE:
        return 0
    expected = _FIRST_AGE[stage] + grade_in_stage(stage, grade) - 1
    differs = age_on(birth_on, reference_day(term)) - expected
    low, high = _AGE_TOLERANCE
    return 0 if low <= differs <= high else differs


_STATED_STAGES = (
    ("学前教育", Stage.PRESCHOOL),
    ("小学", Stage.PRIMARY),
    ("初中", Stage.JUNIOR),
    ("普通高中", Stage.SENIOR),
    ("中职", Stage.VOCATIONAL),
    ("高职", Stage.HIGHER_VOCATIONAL),
    ("本科", Stage.UNDERGRADUATE),
    ("硕士", Stage.POSTGRADUATE),
)
# Every word of a register's 在校生状况 with its stage, the first that occurs counts.
STATE_WORDS = (
    *_STATED_STAGES,
    *((f"{numeral}年级", Stage.JUNIOR) for numeral in ("七", "八", "九")),
)


def age_outside_stage(birth_on: date | None, stage: str, term: Term) -> int:
    """Return by how many years somebody is too old (or young, negative) for a stage altogether."""
    if birth_on is None or stage not in _STAGE_AGES:
        return 0
    youngest, oldest = _STAGE_AGES[Stage(stage)]
    age = age_on(birth_on, reference_day(term))
    return min(0, age - youngest) or max(0, age - oldest)


def moved_up(stage: str, grade: int, *, years: int) -> tuple[str, int]:
    """Return the stage and the grade in it some years on, into the next stage of compulsory school.

    Beyond junior school nobody is obliged to go on, so the grade there counts further.
    """
    at = grade_in_stage(stage, grade) + years
    if stage == Stage.PRIMARY and at > _YEARS[Stage.PRIMARY]:
        return str(Stage.JUNIOR), at - _YEARS[Stage.PRIMARY]
    return stage, at


def state_meaning(state: str) -> tuple[str, int | None] | None:
    """Return the stage and the grade within it that a register's 在校生状况 names, else None."""
    text = tidy(state)
    match = _STATE.search(text)
    grade = _NUMERALS[match[1]] if match else None
    for word, stage in _STATED_STAGES:
        if word in text:
            return str(stage), grade
    if grade is not None and grade >= 7:
        return str(Stage.JUNIOR), grade - 6
    return None


def stage_of_person(
    state: str, birth_on: date | None, term: Term, ages: tuple[int, int] = SCHOOL_AGE
) -> str:
    """Return the stage that a register's person is at: as it says, else by age, else "".

    Without a school state somebody of school age counts at the compulsory stage of the age.
    """
    meaning = state_meaning(state)
    if meaning is not None:
        return meaning[0]
    if state or not is_school_age(birth_on, term, ages) or birth_on is None:
        return ""
    junior = _FIRST_AGE[Stage.JUNIOR]
    old_enough = age_on(birth_on, reference_day(term)) >= junior
    return str(Stage.JUNIOR if old_enough else Stage.PRIMARY)


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
