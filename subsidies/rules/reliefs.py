"""Reliefs of student loans: who earns or gets one, and how much.

Compensation (代偿): graduates who bind themselves to at least three years at the grassroots have
tuition or loans paid for them, a third a year for three years; those who join the army, at once and
whole; never more than the year's cap. General knowledge of the ministries' rules of 2009 and later,
not confirmed here, so that the office decides and only the arithmetic is the machine's. Rescue
(还款救助): a borrower who died, cannot work, or whose family met with illness, disaster or very low
income has the debt paid from the lender's risk fund.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from povedu.money import ZERO, fen, yuan
from subsidies.choices import LoanState, ReliefCause, ReliefKind
from subsidies.rules.loans import CAPS, Cap, cap_of

PARTS = 3  # yearly parts of a compensation for service at the grassroots
EARNED = (ReliefCause.GRASSROOTS, ReliefCause.MILITARY, ReliefCause.LOCAL)
NEEDED = tuple(one for one in ReliefCause if one not in EARNED)
OWED = (LoanState.GRANTED, LoanState.REPAYING, LoanState.OVERDUE)


class Contract(NamedTuple):
    """A contract of the borrower, yuan."""

    academic_year: int
    level: str
    amount: Decimal


def kind_of(cause: str) -> ReliefKind:
    """Return what a cause gives a claim to."""
    return ReliefKind.COMPENSATION if cause in EARNED else ReliefKind.RESCUE


def compensable(contracts: Iterable[Contract], caps: Iterable[Cap] = CAPS) -> Decimal:
    """Return how much of a borrower's contracts can be compensated: each up to its year's cap."""
    known = tuple(caps)
    return sum(
        (min(one.amount, cap_of(one.academic_year, one.level, known)) for one in contracts), ZERO
    )


def part_of(total: Decimal, number: int, parts: int = PARTS) -> Decimal:
    """Return the yearly part of a compensation, 1 to ``parts``; the last takes the odd fen."""
    share = fen(total) // parts
    return yuan(fen(total) - share * (parts - 1) if number == parts else share)


def parts_for(cause: str) -> int:
    """Return in how many yearly parts a cause is paid."""
    return PARTS if cause == ReliefCause.GRASSROOTS else 1


def has_served(served_from: date, year: int, number: int) -> bool:
    """Say whether so many whole years of service end by the last day of a year."""
    end = date(year + 1, 1, 1)
    whole = end.year - served_from.year - ((served_from.month, served_from.day) > (1, 1))
    return whole >= number
