"""Bringing postings in, whole columns at a time: known by teacher, school and first day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from povedu.bulk import insert_rows
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from teachers.choices import Post, PostingKind
from teachers.models import Posting
from teachers.services.dated_rows import DatedRows, Key, records_of
from teachers.services.known import teachers_of

Served = tuple[int, date, date | None]  # school, start, end
_DEFAULTS = {
    "kind": PostingKind.EXCHANGE,
    "post": Post.TEACHER,
    "subject": "",
    "is_full_time": True,
    "ends_on": None,
    "document": "",
}


def full_time_elsewhere(teachers: Iterable[int]) -> dict[int, list[Served]]:
    """Return the full-time postings on record, by teacher."""
    found: dict[int, list[Served]] = defaultdict(list)
    for one in records_of(Posting, teachers):
        if one.is_full_time:
            found[one.teacher_id].append((one.school_id, one.starts_on, one.ends_on))
    return found


def _rows(frame: Frame, context: Context) -> DatedRows:
    schools = context.lookups["names"][""].by_name
    columns = (teachers_of(frame, context), frame.column("school"), frame.column("starts_on"))
    keys: list[Key | None] = [
        (teacher.pk, schools[name].pk, starts, teacher.school_id)
        if teacher and name in schools and starts
        else None
        for teacher, name, starts in zip(*columns, strict=True)
    ]
    known = {
        (one.teacher_id, one.school_id, one.starts_on): one
        for one in records_of(Posting, (key[0] for key in keys if key))
    }
    found = {key: known[key[:3]] for key in keys if key and key[:3] in known}
    return DatedRows(Posting, frame, keys, found, {name: name for name in _DEFAULTS}, _DEFAULTS)


def classify_postings(frame: Frame, context: Context) -> Changes:
    """Return per row whether its posting is new, changed or as we have it."""
    return _rows(frame, context).changes()


def apply_postings(frame: Frame, context: Context) -> Applied:
    """Enter new postings and bring known ones up to the list; none ends by being left out.

    Known ones go first: one that the list ends makes room for the one that follows it.
    """
    applied = Applied()
    rows = _rows(frame, context)
    new = rows.bring_up(applied)
    insert_rows(
        Posting,
        ("teacher", "school", "starts_on", "home_school", *rows.stated, "version"),
        ((*key, *rows.whole(at), 1) for at, key in new),
    )
    return applied
