"""Drawing a sample that anybody can draw again: pure functions over the frame and the seed.

A frame's lines are ordered by their keys. Each line's place in the draw is the SHA-256 of
``seed|key`` in UTF-8, written in hexadecimal; of each stratum as many lines as it is allotted are
taken, those with the smallest hash first. Strata are allotted in proportion to their lines, by
largest remainders (the stratum's name decides a tie), every stratum at least one where the size
allows it. ``tools/redraw_sample.py`` does the same with the standard library alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple


class FrameLine(NamedTuple):
    """A payment that may be drawn: its key (batch and line), stratum, fen, day of arrival."""

    key: str
    stratum: str
    amount_fen: int
    settled_on: str


class Drawn(NamedTuple):
    """A drawn line with the hash that chose it."""

    key: str
    stratum: str
    hash: str


def frame_digest(lines: Iterable[FrameLine]) -> str:
    """Return the SHA-256 over a frame: one line per payment in order of keys, ended by a newline.

    A line is key, stratum, fen and day, separated by tabs.
    """
    digest = sha256()
    for one in sorted(lines):
        text = f"{one.key}\t{one.stratum}\t{one.amount_fen}\t{one.settled_on}\n"
        digest.update(text.encode())
    return digest.hexdigest()


def draw_hash(seed: str, key: str) -> str:
    """Return what orders a line in the draw."""
    return sha256(f"{seed}|{key}".encode()).hexdigest()


def allot(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Return how many of each stratum are drawn; together ``size``, or all there are."""
    whole = sum(counts.values())
    size = min(size, whole)
    if not size:
        return dict.fromkeys(counts, 0)
    names = sorted(counts)
    floor = 1 if len(names) <= size else 0
    given = {name: max(counts[name] * size // whole, floor) for name in names}
    rests = sorted(names, key=lambda name: (-(counts[name] * size % whole), name))
    while sum(given.values()) < size:
        given[next(name for name in rests if given[name] < counts[name])] += 1
        rests.append(rests.pop(0))
    while sum(given.values()) > size:  # the floor of one took too many: from the largest
        given[max(names, key=lambda name: (given[name], name))] -= 1
    return given


def draw(lines: Sequence[FrameLine], seed: str, size: int) -> list[Drawn]:
    """Return the drawn lines in order of their hashes."""
    counts = Counter(one.stratum for one in lines)
    wanted = allot(counts, size)
    taken: Counter[str] = Counter()
    found = []
    for hashed, key, stratum in sorted(
        (draw_hash(seed, one.key), one.key, one.stratum) for one in lines
    ):
        if taken[stratum] < wanted[stratum]:
            taken[stratum] += 1
            found.append(Drawn(key, stratum, hashed))
    return found


class Rates(NamedTuple):
    """What a sample found: how many of each result, and the share that differs of those checked."""

    drawn: int
    checked: int
    matches: int
    differs: int
    unreachable: int

    @property
    def error_rate(self) -> float | None:
        """Return the share of checked payments that differ, None where none was checked."""
        judged = self.matches + self.differs
        return self.differs / judged if judged else None
