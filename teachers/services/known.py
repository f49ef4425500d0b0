"""Whom the rows of a ledger about known teachers are about."""

from povedu.intake.frame import Frame
from povedu.intake.kinds import Context
from povedu.intake.people import valid_ids
from teachers.selectors.naming import KnownTeacher, TeacherNames


def teachers_of(frame: Frame, context: Context) -> list[KnownTeacher | None]:
    """Return each row's teacher, None where the register knows nobody, or several, of that kind."""
    known: TeacherNames = context.lookups["teachers"][""]
    columns = [frame.column(name) for name in ("number", "name", "home_school")]
    return [
        known.find(number=str(number or ""), id_number=valid, name=name, school=str(home or ""))
        for valid, number, name, home in zip(valid_ids(frame), *columns, strict=True)
    ]
