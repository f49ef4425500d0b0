"""Bringing trainings in, whole columns at a time; one is known by teacher, name and first day."""

from povedu.bulk import insert_rows
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from teachers.choices import TrainingLevel
from teachers.models import Training
from teachers.services.dated_rows import DatedRows, Key, records_of
from teachers.services.known import teachers_of

_DEFAULTS = {
    "level": TrainingLevel.COUNTY,
    **dict.fromkeys(("form", "subject", "organiser", "place"), ""),
    **dict.fromkeys(("hours", "ends_on", "has_passed")),
}


def _rows(frame: Frame, context: Context) -> DatedRows:
    columns = (teachers_of(frame, context), frame.column("programme"), frame.column("starts_on"))
    keys: list[Key | None] = [
        (teacher.pk, name[:100], starts) if teacher and name and starts else None
        for teacher, name, starts in zip(*columns, strict=True)
    ]
    known = {
        (one.teacher_id, one.name, one.starts_on): one
        for one in records_of(Training, (key[0] for key in keys if key))
    }
    return DatedRows(Training, frame, keys, known, {name: name for name in _DEFAULTS}, _DEFAULTS)


def classify_trainings(frame: Frame, context: Context) -> Changes:
    """Return per row whether its training is new, changed or as we have it."""
    return _rows(frame, context).changes()


def apply_trainings(frame: Frame, context: Context) -> Applied:
    """Enter new trainings and bring known ones up to the ledger."""
    applied = Applied()
    rows = _rows(frame, context)
    new = rows.bring_up(applied)
    insert_rows(
        Training,
        ("teacher", "name", "starts_on", *rows.stated, "version"),
        ((*key, *rows.whole(at), 1) for at, key in new),
    )
    return applied
