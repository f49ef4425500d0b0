"""Bringing monthly meal reports in, whole columns at a time."""

from datetime import date
from typing import Any

from povedu.bulk import insert_rows, reserve_ids, update_rows
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from schools.models import MealReport
from schools.rules.meals import PARTS

_PARTS = tuple(name for pair in PARTS for name in pair)
_FIGURES = (
    *("mode", "offer", "pupils_count", "feeding_days", "meals_count", "enrolled_count"),
    *("standard", "amount"),
    *_PARTS,
)
Key = tuple[str, date]


def _keys(frame: Frame) -> list[Key]:
    return list(zip(frame.column("school_code"), frame.column("month"), strict=True))


def _known(keys: list[Key]) -> dict[Key, MealReport]:
    rows = MealReport.objects.filter(
        school__code__in={code for code, _month in keys},
        month__in={month for _code, month in keys if month},
    ).select_related("school")
    return {(row.school.code, row.month): row for row in rows}


def classify_meals(frame: Frame, context: Context) -> Changes:
    """Return per row whether a school's month is new, changed or as it was reported."""
    keys = _keys(frame)
    known = _known(keys)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for at, key in enumerate(keys):
        report = known.get(key)
        if report is None:
            said[at] = (RowChange.NEW, None, None)
            continue
        changed = differing(report, given(frame, at, _FIGURES))
        change = RowChange.CHANGED if changed else RowChange.UNCHANGED
        said[at] = (change, report.pk, report.version)
    return said


def apply_meals(frame: Frame, context: Context) -> Applied:
    """Report the months that are new and correct those already reported.

    One report per school and month: of two rows that came to be the same the first is taken, the
    other goes back to review.
    """
    applied = Applied()
    keys = _keys(frame)
    known = _known(keys)
    schools: dict[str, int] = {
        code: school.pk for code, school in context.lookups["names"][""].by_code.items()
    }
    first: dict[Key, int] = {}
    for at, key in enumerate(keys):
        if first.setdefault(key, at) != at:
            applied.conflicts.append(at)
    fresh = [at for key, at in first.items() if key not in known]
    rows = []
    for at, pk in zip(fresh, reserve_ids(MealReport, len(fresh)), strict=True):
        code, month = keys[at]
        figures = [
            frame.column(name)[at] or 0 if name in _PARTS else frame.column(name)[at]
            for name in _FIGURES
        ]
        rows.append((pk, schools[code], month, *figures, context.actor.user_id, context.now, 1))
        applied.targets[at] = (RowChange.NEW, pk)
    insert_rows(
        MealReport,
        ("id", "school", "month", *_FIGURES, "reported_by", "reported_at", "version"),
        rows,
    )
    applied.new = len(rows)
    changed: list[tuple[Any, ...]] = []
    for key, at in first.items():
        report = known.get(key)
        if report is None or in_conflict(frame, at, report.version, applied):
            continue
        values = differing(report, given(frame, at, _FIGURES))
        if _over_whole(report, values):
            applied.conflicts.append(at)
            continue
        keep_before(applied, at, report, values)
        if values:
            now = [values.get(name, getattr(report, name)) for name in _FIGURES]
            changed.append((report.pk, *now, report.version + 1))
    update_rows(MealReport, (*_FIGURES, "version"), changed)
    return applied


def _over_whole(report: MealReport, values: dict[str, Any]) -> bool:
    """Say whether a part that was reported before would be more than the corrected whole."""

    def now(name: str) -> int:
        return int(values.get(name, getattr(report, name)))

    return any(
        now(persons) > now("pupils_count") or now(meals) > now("meals_count")
        for persons, meals in PARTS
    )
