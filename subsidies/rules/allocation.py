"""Splitting money that arrived to schools: the registered poor first, the rest by factors.

Rule (因素法): first each school's registered-poor pupils at the highest standard they have a claim
to; what remains by weighted factors, nobody beyond what the school needs; what is left once every
need is met is spread by the same factors. Sums are exact to the fen.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from subsidies.choices import Factor
from subsidies.rules.shares import apportion, apportion_within


class Claim(NamedTuple):
    """What a school needs: fen for its registered poor, fen in all, and its factors' counts."""

    school_id: int
    first_fen: int
    need_fen: int
    factors: Mapping[str, int]


class Share(NamedTuple):
    """What a school gets: fen for its registered poor and fen by factors; and what it lacks."""

    school_id: int
    first_fen: int
    factor_fen: int
    gap_fen: int


def weights_of(claims: Sequence[Claim], weights: Mapping[str, int]) -> list[Fraction]:
    """Return each school's weight: the sum over factors of weight × its part of the county's count.

    A factor that nobody in the county has does not count; the others keep their proportions.
    """
    totals = {name: sum(one.factors.get(name, 0) for one in claims) for name in Factor.values}
    used = [name for name in totals if totals[name] and weights.get(name, 0)]
    return [
        sum(
            (weights[name] * Fraction(one.factors.get(name, 0), totals[name]) for name in used),
            start=Fraction(0),
        )
        for one in claims
    ]


def allocate(
    amount_fen: int, claims: Sequence[Claim], weights: Mapping[str, int], unit: int = 100
) -> list[Share]:
    """Split an amount to schools; the shares sum to it exactly.

    ``unit`` is the smallest step in fen. Raises ValueError where nobody has a claim or a factor.
    """
    firsts = [one.first_fen for one in claims]
    if amount_fen <= sum(firsts):
        first = apportion(amount_fen, firsts, unit)
        factor = [0] * len(claims)
    else:
        first = firsts
        factor = _by_factors(amount_fen - sum(firsts), claims, weights, unit)
    return [
        Share(one.school_id, own, more, max(one.need_fen - own - more, 0))
        for one, own, more in zip(claims, first, factor, strict=True)
    ]


def _by_factors(
    left_fen: int, claims: Sequence[Claim], weights: Mapping[str, int], unit: int
) -> list[int]:
    shares = weights_of(claims, weights)
    needs = [max(one.need_fen - one.first_fen, 0) for one in claims]
    parts = apportion_within(left_fen, shares, needs, unit)
    over = left_fen - sum(parts)
    if not over:
        return parts
    # Needs of schools that no factor weighs come before any surplus.
    open_needs = [need - part for need, part in zip(needs, parts, strict=True)]
    filled = apportion_within(over, open_needs, open_needs, unit)
    parts = [part + more for part, more in zip(parts, filled, strict=True)]
    over = left_fen - sum(parts)
    if not over:
        return parts
    by = shares if any(shares) else [Fraction(one.need_fen) for one in claims]
    spread = apportion(over, by, unit)
    return [part + more for part, more in zip(parts, spread, strict=True)]
