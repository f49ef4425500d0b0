"""Which standard a child is paid by, or why by none: pure functions over values.

A situation is what matters about a child to a programme. Children share few situations, so a run
over a county asks for each situation once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from povedu.terms import Term
from subsidies.choices import Boarding, Skip

REGISTERED_POOR = frozenset({"registered_poor", "lifted", "unstable", "edge", "sudden"})


class StandardLine(NamedTuple):
    """A standard as rules see it; "" and 0 mean any, no categories means any child."""

    id: int
    stage: str
    boarding: str
    tier: str
    grade: int
    major: str
    categories: frozenset[str]
    instalment_fen: int


class Situation(NamedTuple):
    """What matters about a child: where it studies, how it lives, which hardships it has."""

    stage: str
    grade: int
    is_boarder: bool
    major: str
    hardships: frozenset[str]
    tier: str = ""


def fits(standard: StandardLine, situation: Situation) -> bool:
    """Say whether a standard is for the stage, grade, boarding and major of a child."""
    boarding = Boarding.BOARDER if situation.is_boarder else Boarding.DAY
    return (
        standard.stage in ("", situation.stage)
        and standard.grade in (0, situation.grade)
        and standard.boarding in (Boarding.ANY, boarding)
        and standard.major in ("", situation.major)
    )


def choose(
    standards: Iterable[StandardLine], situation: Situation, *, poor_highest: bool = True
) -> tuple[StandardLine | None, str]:
    """Return the standard that a child is paid by and "", or None and the reason code.

    1. Only standards for its stage, grade, boarding and major.
    2. Of these only those whose hardship categories it meets.
    3. A registered-poor child gets the highest tier whatever was determined (``poor_highest``);
       another child the tier determined for it.
    4. Of what is left the most specific, then the highest.
    """
    fitting = [one for one in standards if fits(one, situation)]
    if not fitting:
        return None, Skip.NO_STANDARD
    entitled = [
        one for one in fitting if not one.categories or one.categories & situation.hardships
    ]
    if not entitled:
        return None, Skip.NO_HARDSHIP
    if poor_highest and situation.hardships & REGISTERED_POOR:
        return max(entitled, key=lambda one: (one.instalment_fen, _weight(one))), ""
    reachable = [one for one in entitled if one.tier in ("", situation.tier)]
    if not reachable:
        return None, Skip.NO_TIER
    return max(reachable, key=lambda one: (_weight(one), one.instalment_fen)), ""


def _weight(standard: StandardLine) -> int:
    """Count what a standard names: the more, the more specific."""
    named: Sequence[object] = (
        standard.stage,
        standard.grade,
        standard.major,
        standard.tier,
        standard.categories,
        standard.boarding != Boarding.ANY,
    )
    return sum(map(bool, named))


def day_that_counts(term: Term, today: date) -> date:
    """Return the day whose hardships and standards count: today, kept within the term."""
    return min(max(today, term.starts_on), term.ends_on - timedelta(days=1))
