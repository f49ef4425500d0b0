"""Splits that sum exactly, whatever is split and by what."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from subsidies.choices import Factor
from subsidies.rules.allocation import Claim, allocate, weights_of
from subsidies.rules.scoring import MOST, Band, band_of, score_of
from subsidies.rules.shares import apportion, apportion_within

WEIGHTS = some.lists(some.integers(0, 1000), min_size=1, max_size=30)
UNITS = some.sampled_from([1, 100, 10_000])
EQUAL = {str(factor): 25 for factor in Factor.values}


@given(some.integers(0, 10**10), WEIGHTS.filter(any), UNITS)
def test_parts_sum_to_the_whole_and_stay_near_their_share(
    total: int, weights: list[int], unit: int
) -> None:
    parts = apportion(total, weights, unit)
    assert sum(parts) == total
    whole, largest = sum(weights), max(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        slack = 2 * unit if weight == largest else unit
        assert abs(part - Fraction(total * weight, whole)) < slack
    if total % unit == 0:  # who weighs more never gets less
        ordered = sorted(zip(weights, parts, strict=True))
        assert all(
            one[1] <= other[1] + unit * (one[0] == other[0]) for one, other in pairwise(ordered)
        )


def test_nothing_to_share_by_is_a_fault() -> None:
    for wrong in ([0, 0], [-1, 2]):
        with pytest.raises(ValueError, match="share"):
            apportion(100, wrong)
    assert apportion(0, [0, 0]) == [0, 0]
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(1_050, [1, 2], unit=100) == [300, 750]


@given(
    some.integers(0, 10**8),
    some.lists(some.tuples(some.integers(0, 99), some.integers(0, 10**6)), max_size=20),
    UNITS,
)
def test_nobody_gets_more_than_the_cap(
    total: int, places: list[tuple[int, int]], unit: int
) -> None:
    weights, caps = [one[0] for one in places], [one[1] for one in places]
    parts = apportion_within(total, weights, caps, unit)
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    most = sum(cap for weight, cap in places if weight)
    assert sum(parts) == min(total, most)


CLAIMS = some.lists(
    some.tuples(
        some.integers(0, 10**6),
        some.integers(0, 10**6),
        some.lists(some.integers(0, 50), min_size=4, max_size=4),
    ),
    min_size=1,
    max_size=15,
).map(
    lambda found: [
        Claim(at, first, first + more, dict(zip(Factor.values, counts, strict=True)))
        for at, (first, more, counts) in enumerate(found)
    ]
)


@given(some.integers(1, 10**8), CLAIMS, UNITS)
def test_allocation_sums_and_serves_the_poor_first(
    amount: int, claims: list[Claim], unit: int
) -> None:
    if not any(one.need_fen or any(one.factors.values()) for one in claims):
        return
    shares = allocate(amount, claims, EQUAL, unit)
    assert sum(one.first_fen + one.factor_fen for one in shares) == amount
    needed = sum(one.need_fen for one in claims)
    gap = sum(one.gap_fen for one in shares)
    if any(one.factor_fen for one in shares):
        assert [one.first_fen for one in shares] == [one.first_fen for one in claims]
    if amount >= needed:
        assert gap == 0
    elif amount >= sum(one.first_fen for one in claims):
        assert gap == needed - amount  # nobody is given more while somebody lacks
    else:
        assert not any(one.factor_fen for one in shares)


def test_factors_nobody_has_do_not_count() -> None:
    claims = [
        Claim(1, 0, 900, {"poor": 1, "pupils": 10}),
        Claim(2, 0, 900, {"poor": 3, "pupils": 10}),
    ]
    assert weights_of(claims, {"poor": 50, "remote": 50}) == [Fraction(25, 2), Fraction(75, 2)]
    shares = allocate(400, claims, {"poor": 50, "remote": 50}, unit=1)
    assert [one.factor_fen for one in shares] == [100, 300]
    shares = allocate(2000, claims, {"poor": 100}, unit=1)
    assert [one.factor_fen for one in shares] == [950, 1050]
    assert all(one.gap_fen == 0 for one in shares)


def test_scores_have_levels() -> None:
    bands = [Band(40, "one"), Band(80, "three", "t"), Band(60, "two")]
    assert [band_of(score, bands) for score in (40, 41, 61, 80, 81)] == [
        None,
        bands[0],
        bands[2],
        bands[2],
        bands[1],
    ]
    assert score_of([60, 61]) == MOST
    assert score_of([]) == 0
