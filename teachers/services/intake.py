"""Bringing the teacher register in, whole columns at a time."""

from typing import Any

from django.db.models import Q

from povedu.bulk import insert_rows, update_rows
from povedu.identity import initials
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.people import valid_ids
from povedu.protected import blind_index
from teachers.choices import EmploymentKind, Post, Title
from teachers.models import Teacher

_PLAIN = (
    *("name", "sex", "birth_on", "post", "stage", "subject", "title", "employment_kind"),
    *("education", "hired_on", "school_since_on"),
)
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("sex", "stage", "subject", "education"), ""),
    "post": Post.TEACHER,
    "title": Title.NONE,
    "employment_kind": EmploymentKind.PERMANENT,
}
_LENGTHS = {"name": 40, "subject": 20, "education": 20}


class _Rows:
    """A frame's rows with the teachers they are about."""

    def __init__(self, frame: Frame, context: Context) -> None:
        self.frame = frame
        self.schools = context.lookups["names"][""].by_code
        self.ids = valid_ids(frame)
        self.indexes = [blind_index("id", number) for number in self.ids]
        numbers = [str(number)[:20] for number in frame.column("number")]
        self.numbers = numbers
        by_index, by_number = _known(numbers, self.indexes)
        self.known = [
            by_index.get(index) or by_number.get(number)
            for index, number in zip(self.indexes, numbers, strict=True)
        ]

    def values(self, at: int) -> dict[str, Any]:
        """Return what a row states, cut to what its columns hold."""
        stated = given(self.frame, at, _PLAIN)
        for name, length in _LENGTHS.items():
            if name in stated:
                stated[name] = stated[name][:length]
        phone = self.frame.column("phone")[at]
        school = self.schools.get(self.frame.column("school_code")[at])
        return {
            **stated,
            **({"phone": phone} if phone else {}),
            **({"school_id": school.pk} if school else {}),
        }

    def changes(self, at: int, teacher: Teacher) -> dict[str, Any]:
        """Return what a row changes of a known teacher."""
        changed = differing(teacher, self.values(at))
        if self.indexes[at] and not teacher.id_index:
            changed["id_index"] = self.indexes[at]
        return changed


def _known(numbers: list[str], indexes: list[str]) -> tuple[dict[str, Teacher], dict[str, Teacher]]:
    by_index: dict[str, Teacher] = {}
    by_number: dict[str, Teacher] = {}
    for start in range(0, len(numbers), 2000):
        some = slice(start, start + 2000)
        wanted = Q(number__in=numbers[some]) | Q(id_index__in=[i for i in indexes[some] if i])
        for teacher in Teacher.objects.filter(wanted):
            by_number[teacher.number] = teacher
            if teacher.id_index:
                by_index[teacher.id_index] = teacher
    return by_index, by_number


def classify_teachers(frame: Frame, context: Context) -> Changes:
    """Return per row whether its teacher is new, changed or as we have it."""
    rows = _Rows(frame, context)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for at, teacher in enumerate(rows.known):
        if teacher is None:
            said[at] = (RowChange.NEW, None, None)
        else:
            changed = rows.changes(at, teacher)
            change = RowChange.CHANGED if changed else RowChange.UNCHANGED
            said[at] = (change, teacher.pk, teacher.version)
    return said


def apply_teachers(frame: Frame, context: Context) -> Applied:
    """Enter new teachers and bring known ones up to the list; nobody leaves by an import."""
    applied = Applied()
    rows = _Rows(frame, context)
    new, changed = [], []
    for at, teacher in enumerate(rows.known):
        values = rows.values(at)
        if teacher is None:
            new.append(_new(rows, at, values))
        elif not in_conflict(frame, at, teacher.version, applied):
            differs = rows.changes(at, teacher)
            keep_before(applied, at, teacher, differs)
            if differs:
                changed.append(_changed(rows, at, teacher, values))
    applied.new = len(new)
    fields = ("number", "id_number", "id_index", "phone", "school", *_PLAIN, "initials")
    insert_rows(Teacher, (*fields, "leave_reason", "version"), new)
    update_rows(Teacher, (*fields[1:], "version"), changed)
    return applied


def _new(rows: _Rows, at: int, values: dict[str, Any]) -> tuple[Any, ...]:
    return (
        *(rows.numbers[at], rows.frame.column("id_number")[at], rows.indexes[at]),
        *(values.get("phone", ""), values["school_id"]),
        *(values.get(name, _DEFAULTS.get(name)) for name in _PLAIN),
        *(initials(values["name"])[:40], "", 1),
    )


def _changed(rows: _Rows, at: int, teacher: Teacher, values: dict[str, Any]) -> tuple[Any, ...]:
    index = teacher.id_index or rows.indexes[at]
    number = teacher.id_number if teacher.id_index else rows.frame.column("id_number")[at]
    name = values.get("name", teacher.name)
    return (
        *(teacher.pk, number, index, values.get("phone", teacher.phone)),
        values.get("school_id", teacher.school_id),
        *(values.get(field, getattr(teacher, field)) for field in _PLAIN),
        *(initials(name)[:40], teacher.version + 1),
    )
