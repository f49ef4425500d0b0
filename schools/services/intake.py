"""Bringing schools in, whole columns at a time."""

from datetime import date
from typing import Any

from povedu.bulk import insert_rows, reserve_ids, update_rows
from povedu.identity import initials
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from schools.choices import Ownership, SchoolEventKind, Setting
from schools.models import School, SchoolAlias, SchoolEvent

_SCHOOL_PLAIN = (
    *("name", "short_name", "kind", "ownership", "setting", "has_boarding", "has_canteen"),
    *("has_meals", "principal_name", "opened_on"),
)


def division_of_row(frame: Frame, at: int, context: Context) -> str | None:
    """Return the code of the division that a row names: its village, else its township."""
    divisions = context.lookups["divisions"]
    township, village = frame.column("township")[at], frame.column("village")[at]
    found: str | None = divisions.get(f"{township}/{village}") or divisions.get(township)
    return found


def _known_schools(frame: Frame) -> dict[str, School]:
    codes = [code for code in frame.column("code") if code]
    return {school.code: school for school in School.objects.filter(code__in=codes)}


def classify_schools(frame: Frame, context: Context) -> Changes:
    """Return per row whether its school is new, changed or as we have it."""
    known = _known_schools(frame)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for at, code in enumerate(frame.column("code")):
        school = known.get(code)
        if school is None:
            said[at] = (RowChange.NEW, None, None)
            continue
        changed = differing(school, given(frame, at, _SCHOOL_PLAIN))
        change = RowChange.CHANGED if changed else RowChange.UNCHANGED
        said[at] = (change, school.pk, school.version)
    return said


def apply_schools(frame: Frame, context: Context) -> Applied:
    """Enter new schools with their opening, and bring known ones up to the list.

    A new name is a renaming: the old one stays as an alias, so old rosters still find the school.
    """
    applied = Applied()
    known = _known_schools(frame)
    today = context.today
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    codes = frame.column("code")
    fresh = [at for at, code in enumerate(codes) if code not in known]
    for at, pk in zip(fresh, reserve_ids(School, len(fresh)), strict=True):
        values = given(frame, at, _SCHOOL_PLAIN)
        new.append((pk, codes[at], division_of_row(frame, at, context), *_new_school(values)))
        opened = values.get("opened_on") or today
        events.append((pk, SchoolEventKind.OPENED, opened, "", values["name"], ""))
    for at, code in enumerate(codes):
        school = known.get(code)
        if school is not None and not in_conflict(frame, at, school.version, applied):
            values = differing(school, given(frame, at, _SCHOOL_PLAIN))
            keep_before(applied, at, school, values)
            if "name" in values:
                _rename(school, values["name"], events, today)
            if values:
                changed.append(_changed_school(school, values))
    applied.new = len(new)
    fields = ("id", "code", "division", *_SCHOOL_PLAIN, "initials", "version")
    insert_rows(School, fields, new)
    update_rows(School, (*_SCHOOL_PLAIN, "initials", "version"), changed)
    insert_rows(
        SchoolEvent, ("school", "kind", "happened_on", "old_value", "new_value", "document"), events
    )
    return applied


def _new_school(values: dict[str, Any]) -> list[Any]:
    defaults = {
        "short_name": "",
        "ownership": Ownership.PUBLIC,
        "setting": Setting.RURAL,
        **dict.fromkeys(("has_boarding", "has_canteen", "has_meals"), False),
        "principal_name": "",
        "opened_on": None,
    }
    row = [values.get(name, defaults.get(name)) for name in _SCHOOL_PLAIN]
    return [*row, initials(values["name"])[:80], 1]


def _changed_school(school: School, values: dict[str, Any]) -> tuple[Any, ...]:
    now = [values.get(name, getattr(school, name)) for name in _SCHOOL_PLAIN]
    return (school.pk, *now, initials(now[0])[:80], school.version + 1)


def _rename(school: School, name: str, events: list[tuple[Any, ...]], today: date) -> None:
    SchoolAlias.objects.get_or_create(
        county_code=school.division_id[:6], name=school.name, defaults={"school": school}
    )
    events.append((school.pk, SchoolEventKind.RENAMED, today, school.name, name, ""))
