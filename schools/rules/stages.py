"""Which stages a kind of school teaches, and how school names compare."""

import re
import unicodedata

from povedu.identity import tidy
from schools.choices import SchoolKind, Stage

_SPACE = re.compile(r"\s+")
_PREPARATORY = (Stage.PRESCHOOL, Stage.PRIMARY)  # village schools keep a nursery class of their own

STAGES_OF: dict[str, tuple[Stage, ...]] = {
    SchoolKind.KINDERGARTEN: (Stage.PRESCHOOL,),
    SchoolKind.TEACHING_POINT: _PREPARATORY,
    SchoolKind.PRIMARY: _PREPARATORY,
    SchoolKind.NINE_YEAR: (*_PREPARATORY, Stage.JUNIOR),
    SchoolKind.JUNIOR: (Stage.JUNIOR,),
    SchoolKind.COMPLETE: (Stage.JUNIOR, Stage.SENIOR),
    SchoolKind.SENIOR: (Stage.SENIOR,),
    SchoolKind.VOCATIONAL: (Stage.VOCATIONAL,),
    SchoolKind.SPECIAL: (Stage.SPECIAL, Stage.PRIMARY, Stage.JUNIOR),
    SchoolKind.OUTSIDE: tuple(Stage),
}


def stages_of(kind: str) -> tuple[Stage, ...]:
    """Return the stages that a kind of school teaches, in order; none for an unknown kind."""
    return STAGES_OF.get(kind, ())


def teaches(kind: str, stage: str) -> bool:
    """Say whether a kind of school teaches a stage."""
    return stage in stages_of(kind)


def normal_school_name(name: str) -> str:
    """Return a school's name for comparison: NFKC, without spaces and invisible characters."""
    return unicodedata.normalize("NFKC", _SPACE.sub("", tidy(name)).upper())
