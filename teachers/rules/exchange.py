"""Exchange between schools: who ought to move, who counts as moved, the yearly share.

Local rotation rules: men up to 50 and women up to 45 who have been at one school for six years take
part; a year's exchange is at least 15 % of them, and one lasts two years at least.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from povedu.identity import age_on
from teachers.choices import PostingKind, Sex

TARGET_PERCENT = Decimal(15)
YEARS_AT_SCHOOL = 6
YEARS_AWAY = 2
OLDEST = {Sex.MALE.value: 50, Sex.FEMALE.value: 45}
COUNTED = frozenset({PostingKind.EXCHANGE, PostingKind.SUPPORT, PostingKind.STAND_IN})


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rule needs to know of a teacher."""

    sex: str
    birth_on: date | None
    school_since_on: date | None


def years_between(since: date, day: date) -> int:
    """Return completed years."""
    return age_on(since, day)


def ought_to_move(candidate: Candidate, day: date) -> bool:
    """Say whether a teacher is due for exchange on a day; without dates nobody is."""
    if candidate.birth_on is None or candidate.school_since_on is None:
        return False
    if age_on(candidate.birth_on, day) > OLDEST.get(candidate.sex, 45):
        return False
    return years_between(candidate.school_since_on, day) >= YEARS_AT_SCHOOL


def doubts(candidate: Candidate, starts_on: date, ends_on: date | None) -> tuple[str, ...]:
    """Return the codes of what the rotation rules would not expect of an exchange.

    ``ends_on`` is the first day no longer served. What is not known is not doubted.
    """
    codes = []
    born, since = candidate.birth_on, candidate.school_since_on
    if born is not None and age_on(born, starts_on) > OLDEST.get(candidate.sex, 45):
        codes.append("rotation-age")
    if since is not None and years_between(since, starts_on) < YEARS_AT_SCHOOL:
        codes.append("rotation-years")
    if ends_on is not None and years_between(starts_on, ends_on) < YEARS_AWAY:
        codes.append("rotation-short")
    return tuple(codes)


def due(candidates: Iterable[Candidate], day: date) -> int:
    """Return how many teachers are due for exchange on a day."""
    return sum(ought_to_move(candidate, day) for candidate in candidates)


def percent(part: int, whole: int) -> Decimal | None:
    """Return a share in per cent with one decimal, None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
