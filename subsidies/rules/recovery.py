"""Which source gets how much of recovered money back: pure functions over fen.

A payment's sources, one after another, are a line of fen; what is taken back are slices of it, one
behind the other, so that no fen is given back to two sources.
"""

from collections.abc import Sequence

from subsidies.rules.instalments import spread

Shares = list[tuple[str, int]]


def slice_of(sources: Sequence[tuple[str, int]], taken_before: int, amount: int) -> Shares:
    """Return what each source gets of the next ``amount`` fen after ``taken_before``.

    Raises ValueError where the sources hold less than that.
    """
    whole = sum(share for _source, share in sources)
    left = whole - taken_before - amount
    if amount <= 0 or taken_before < 0 or left < 0:
        raise ValueError("beyond what the sources paid")
    return spread([taken_before, amount, left], list(sources))[1]
