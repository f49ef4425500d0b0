"""A small chart that is its own table: which evidence spoke for something, and how loudly."""

from collections.abc import Sequence
from dataclasses import dataclass

from povedu.screens.screen import Words

_HALF = 100  # units of the drawing on either side of nothing


@dataclass(frozen=True)
class Weight:
    """A line: what was looked at, what was found, and its weight; negative speaks against."""

    label: Words
    finding: Words
    value: float

    @property
    def words(self) -> str:
        """Return the weight with its sign, to a tenth."""
        return f"{self.value:+.1f}"


@dataclass(frozen=True)
class Weights:
    """Lines drawn as bars to one scale, strongest first as they were given, and what they sum to.

    ``note`` says what a weight means; ``conclusion`` is the sum in words.
    """

    title: Words
    lines: Sequence[Weight]
    note: Words = ""
    conclusion: Words = ""

    @property
    def bars(self) -> list[tuple[Weight, float, float]]:
        """Return each line with its bar's left edge and length, in a drawing from -100 to 100."""
        longest = max((abs(line.value) for line in self.lines), default=0) or 1
        drawn = [(line, line.value / longest * _HALF) for line in self.lines]
        return [(line, round(min(end, 0), 1), round(abs(end), 1)) for line, end in drawn]
