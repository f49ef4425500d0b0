"""Who pays how much of each award: sources drawn in order, with their caps. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Draw = tuple[tuple[str, int], ...]


class SourceLine(NamedTuple):
    """A source in its place: fen per head (None: all that is left), cap in heads, cap in fen."""

    source: str
    per_head_fen: int | None = None
    head_cap: int | None = None
    money_cap_fen: int | None = None


class Used(NamedTuple):
    """What earlier awards of the budget year have drawn from a source."""

    heads: int = 0
    fen: int = 0


class _Purse:
    """What is left of one source during a run."""

    __slots__ = ("heads_left", "money_left", "per_head", "source")

    def __init__(self, line: SourceLine, used: Used) -> None:
        self.source = line.source
        self.per_head = line.per_head_fen
        self.heads_left = None if line.head_cap is None else line.head_cap - used.heads
        self.money_left = None if line.money_cap_fen is None else line.money_cap_fen - used.fen

    def offer(self, wanted: int) -> int:
        """Return how much it would pay of an amount."""
        if self.heads_left is not None and self.heads_left <= 0:
            return 0
        share = wanted if self.per_head is None else min(wanted, self.per_head)
        if self.money_left is not None:
            share = min(share, max(self.money_left, 0))
        return share

    def pay(self, amount: int) -> None:
        if self.heads_left is not None:
            self.heads_left -= 1
        if self.money_left is not None:
            self.money_left -= amount


def draw(
    amounts: Iterable[int], lines: Sequence[SourceLine], used: Mapping[str, Used]
) -> list[Draw | None]:
    """Return for each award (in fen, in order of priority) what each source pays of it.

    An award that the sources cannot cover whole gets None and draws nothing: quotas may be
    exceeded, money may not. A source that is used up part-way through an award pays what it has.
    """
    purses = [_Purse(line, used.get(line.source, Used())) for line in lines]
    return [_draw_one(amount, purses) for amount in amounts]


def _draw_one(amount: int, purses: Sequence[_Purse]) -> Draw | None:
    wanted = amount
    shares: list[tuple[_Purse, int]] = []
    for purse in purses:
        if not wanted:
            break
        share = purse.offer(wanted)
        if share:
            shares.append((purse, share))
            wanted -= share
    if wanted:
        return None
    for purse, share in shares:
        purse.pay(share)
    return tuple((purse.source, share) for purse, share in shares)
