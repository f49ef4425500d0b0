"""Which school each row of a ledger is about: by code, name or alias, and within whose scope."""

from typing import Any

from povedu.intake.frame import Frame
from povedu.intake.kinds import Context
from povedu.intake.widgets import Lookups
from schools.selectors.naming import NamedSchool, SchoolNames, school_names, without_county


def school_lookups(context: Context) -> Lookups:
    """Return the county's schools by every name, for ``school`` and ``school_code`` columns."""
    names = school_names(context.county_code)
    known = {**without_county(names, context.county_code), **names.by_name}
    return {
        "names": {"": names},
        "school": {name: school.name for name, school in known.items()},
        "school_of": known,
        "school_code": {code: code for code in names.by_code},
    }


def settle_schools(frame: Frame, context: Context) -> None:
    """Give every row its school code; refuse rows of a school that the import is not for."""
    names: SchoolNames = context.lookups["names"][""]
    known = context.lookups["school_of"]
    stated_names, stated_codes = frame.column("school"), frame.column("school_code")
    canonical = {school.name: school for school in names.by_code.values()}
    codes, shown = [], []
    settled: dict[tuple[Any, Any], tuple[str, Any, bool]] = {}
    for at, (name, code) in enumerate(zip(stated_names, stated_codes, strict=True)):
        if (name, code) not in settled:
            found = names.by_code.get(code) or canonical.get(name) or known.get(name)
            own = context.school_code or (found.code if found else "")
            school = names.by_code.get(own)
            may = _may_enter(context, school, found)
            settled[name, code] = own, school.name if school else name, may
        own, title, may = settled[name, code]
        if not may:
            _note_school(frame, at, name or code)
            frame.refuse(at)
        codes.append(own)
        shown.append(title)
    frame.set_column("school_code", codes)
    frame.set_column("school", shown)


def _may_enter(context: Context, school: NamedSchool | None, found: NamedSchool | None) -> bool:
    """Say whether a row's school is known, is the one imported for and lies in scope."""
    if school is None or (found is not None and found.code != school.code):
        return False
    scope = context.actor.scope
    return scope.covers(division_code=school.division_code, school_code=school.code)


def _note_school(frame: Frame, at: int, stated: Any) -> None:
    if "school-unknown" not in frame.codes(at):
        frame.note(at, "school-unknown", "school", stated)
