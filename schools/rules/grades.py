"""Grades and stages as people write them: 七年级 = 初一 = 7, 大班, 高二, 中职一年级.

Grades count through: primary 1–6, junior 7–9, senior and vocational 10–12; kindergarten 小 1, 中 2,
大 3; higher stages count their own years.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from schools.choices import SchoolKind, Stage

_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九十")}
_CLASSES = {"托": 1, "小": 1, "中": 2, "大": 3, "学前": 3}
_FIRST = {Stage.JUNIOR: 6, Stage.SENIOR: 9, Stage.VOCATIONAL: 9}
_LENGTH = {
    Stage.PRESCHOOL: 3,
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 3,
    Stage.SENIOR: 3,
    Stage.VOCATIONAL: 3,
    Stage.HIGHER_VOCATIONAL: 3,
    Stage.UNDERGRADUATE: 5,
    Stage.POSTGRADUATE: 4,
    Stage.SPECIAL: 9,
}
_STAGE_WORDS = {
    **dict.fromkeys(("学前", "学前教育", "幼儿园", "幼儿"), Stage.PRESCHOOL),
    **dict.fromkeys(("小学", "小", "小学阶段"), Stage.PRIMARY),
    **dict.fromkeys(("初中", "初", "初级中学", "七八九年级"), Stage.JUNIOR),
    **dict.fromkeys(("普高", "高中", "普通高中", "高", "高级中学"), Stage.SENIOR),
    **dict.fromkeys(("中职", "职高", "职中", "中专", "技校", "技师学院"), Stage.VOCATIONAL),
    **dict.fromkeys(("高职", "大专", "专科", "高职高专"), Stage.HIGHER_VOCATIONAL),
    **dict.fromkeys(("本科", "大学", "大"), Stage.UNDERGRADUATE),
    **dict.fromkeys(("研究生", "硕士", "博士", "研"), Stage.POSTGRADUATE),
    **dict.fromkeys(("特殊教育", "特教", "特校"), Stage.SPECIAL),
}
_STAGE_OF_SCHOOL = {
    SchoolKind.KINDERGARTEN: Stage.PRESCHOOL,
    SchoolKind.TEACHING_POINT: Stage.PRIMARY,
    SchoolKind.PRIMARY: Stage.PRIMARY,
    SchoolKind.JUNIOR: Stage.JUNIOR,
    SchoolKind.SENIOR: Stage.SENIOR,
    SchoolKind.VOCATIONAL: Stage.VOCATIONAL,
    SchoolKind.SPECIAL: Stage.SPECIAL,
}
_GRADE = re.compile(r"(\D*?)([一二三四五六七八九十]|\d{1,2})(?:年级|级|年)?")
_BEFORE_CLASS = re.compile(
    r"((?:小学|初中|高中|中职|初|高)?[一二三四五六七八九])(?:年级|[(\d])|(\d)年级|([小中大])班|(学前)班"
)


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade as read: the stage its word implies (None for a bare number) and its number."""

    stage: Stage | None
    number: int


def stage_of_school(kind: str) -> Stage | None:
    """Return the stage of a school's kind, None where it has several."""
    return _STAGE_OF_SCHOOL.get(SchoolKind(kind))


def read_stage(text: str) -> Stage | None:
    """Return the stage that a word means."""
    return _STAGE_WORDS.get(text)


@lru_cache(maxsize=4096)
def read_grade(text: str) -> Grade | None:
    """Return the grade that a cell means, None where nobody could tell."""
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    for name, number in _CLASSES.items():
        if word in (name, f"{name}班", f"幼儿园{name}班"):
            return Grade(Stage.PRESCHOOL, number)
    found = _GRADE.fullmatch(word)
    if found is None:
        return None
    number = int(found[2]) if found[2].isdecimal() else _DIGITS[found[2]]
    if not found[1]:
        return _plain(number, is_word=not found[2].isdecimal() or "年" in word)
    stage = read_stage(found[1])
    if stage is None or not 1 <= number <= 12:
        return None
    return Grade(stage, _through(stage, number))


def _plain(number: int, *, is_word: bool) -> Grade | None:
    if not 1 <= number <= 12:
        return None
    if number >= 10:
        return Grade(None, number)
    if number >= 7:
        return Grade(Stage.JUNIOR, number)
    return Grade(Stage.PRIMARY if is_word and number > 3 else None, number)


def _through(stage: Stage, number: int) -> int:
    """Return the through-counted number of a stage's own year."""
    first = _FIRST.get(stage, 0)
    return number + first if number <= _LENGTH[stage] else number


def grade_in_class(class_name: str) -> Grade | None:
    """Return the grade inside a class name such as 七(2)班 or 三年级1班."""
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", class_name))
    found = _BEFORE_CLASS.match(word)
    if found is None:
        return None
    return read_grade(next(part for part in found.groups() if part))


def settled(grade: Grade, stage: str) -> tuple[str, int] | None:
    """Return (stage, number) of a grade at a stage known from elsewhere; None where they differ.

    A bare 1 to 3 at a junior, senior or vocational school is that school's own first years.
    """
    if not stage:
        if grade.stage is None:
            return (Stage.PRIMARY, grade.number) if grade.number <= 6 else None
        return grade.stage, grade.number
    known = Stage(stage)
    number = _through(known, grade.number)
    first = _FIRST.get(known, 0)
    if grade.stage not in (None, known) or not first < number <= first + _LENGTH[known]:
        return None
    return known, number


_OWN_WORDS = {
    Stage.PRESCHOOL: ("小班", "中班", "大班"),
    Stage.SENIOR: ("高一", "高二", "高三"),
}
_YEARS = "一二三四五六七八九"


def grade_label(stage: str, grade: int | None) -> str:
    """Return a grade as schools write it (大班, 七年级, 高一), "" where there is none.

    Vocational years count from one again: what is kept as 10 is read as 一年级.
    """
    if not grade:
        return ""
    known = Stage(stage) if stage in Stage.values else None
    own = grade - (_FIRST[known] if known in (Stage.SENIOR, Stage.VOCATIONAL) else 0)
    words = _OWN_WORDS.get(known, ()) if known else ()
    if 1 <= own <= len(words):
        return words[own - 1]
    return f"{_YEARS[own - 1]}年级" if 1 <= own <= len(_YEARS) else f"{grade}年级"
