"""Scoring a family: points of its circumstances, and the level that a score has. Pure functions."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MOST = 100  # a score never counts beyond this, whatever circumstances come together


class Band(NamedTuple):
    """From above which score on, which level, and the tier that it opens ("" for none)."""

    above: int
    level: str
    tier: str = ""


def score_of(points: Iterable[int]) -> int:
    """Return the score of a family's circumstances, at most a hundred."""
    return min(sum(points), MOST)


def band_of(score: int, bands: Sequence[Band]) -> Band | None:
    """Return the highest band whose bound a score exceeds, None where it exceeds none."""
    reached = [one for one in bands if score > one.above]
    return max(reached, key=lambda one: one.above, default=None)
