"""Splitting a whole into parts that sum to it exactly: largest remainders. Pure functions."""

from collections.abc import Sequence
from fractions import Fraction

Weight = int | Fraction


def apportion(total: int, weights: Sequence[Weight], unit: int = 1) -> list[int]:
    """Split ``total`` in proportion to weights, in multiples of ``unit``, exactly.

    1. Everybody gets the whole units of their share. 2. What units are left go one each to the
    largest remainders, the earlier first where they are equal. 3. What is left below a unit goes to
    the part with the largest weight. Raises ValueError where there is something to split and no
    weight above zero, or a weight below zero.
    """
    whole = sum(weights, start=Fraction(0))
    if any(one < 0 for one in weights) or total < 0:
        raise ValueError("a share below zero")
    if not total:
        return [0] * len(weights)
    if not whole:
        raise ValueError("nothing to share by")
    units, rest = divmod(total, unit)
    exact = [Fraction(one) * units / whole for one in weights]
    parts = [int(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: units - sum(parts)]:
        parts[at] += 1
    found = [one * unit for one in parts]
    if rest:
        found[max(range(len(weights)), key=lambda at: (weights[at], -at))] += rest
    return found


def apportion_within(
    total: int, weights: Sequence[Weight], caps: Sequence[int], unit: int = 1
) -> list[int]:
    """Split ``total`` in proportion to weights, nobody above a cap; what no cap takes stays over.

    Whoever would get more than the cap gets the cap, and the others share what that leaves. The
    parts sum to ``total``, or to the caps of those with weight where these are less.
    """
    parts = [0] * len(weights)
    open_places = [at for at, one in enumerate(weights) if one > 0 and caps[at] > 0]
    left = min(total, sum(caps[at] for at in open_places))
    while left and open_places:
        shares = apportion(left, [weights[at] for at in open_places], unit)
        full = [at for at, share in zip(open_places, shares, strict=True) if share >= caps[at]]
        if not full:
            for at, share in zip(open_places, shares, strict=True):
                parts[at] = share
            break
        for at in full:
            parts[at] = caps[at]
            left -= caps[at]
        open_places = [at for at in open_places if at not in set(full)]
    return parts
