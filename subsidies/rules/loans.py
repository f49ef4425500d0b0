"""Origin-place student loans: what may be lent in a year, and for how long.

Caps per academic year: 6,000 at first; 8,000 and 12,000 from autumn 2014; 12,000 and 16,000 from
autumn 2021; 16,000 and 20,000 from autumn 2023 (that row from one source); 20,000 and 25,000 from
autumn 2024. Notices of the Ministries of Education and of Finance, central bank and regulator.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from subsidies.choices import LoanLevel, LoanState


class Cap(NamedTuple):
    """The most that may be lent in a year, from an academic year on, in yuan."""

    since: int
    usual: Decimal
    postgraduate: Decimal


CAPS: tuple[Cap, ...] = (
    Cap(2024, Decimal(20_000), Decimal(25_000)),
    Cap(2023, Decimal(16_000), Decimal(20_000)),
    Cap(2021, Decimal(12_000), Decimal(16_000)),
    Cap(2014, Decimal(8_000), Decimal(12_000)),
    Cap(0, Decimal(6_000), Decimal(6_000)),
)
LONGEST_YEARS = 22
LOAN_MOVES = (
    (LoanState.SIGNED, LoanState.CANCELLED),
    (LoanState.GRANTED, LoanState.REPAYING),
    (LoanState.GRANTED, LoanState.SETTLED),
    (LoanState.REPAYING, LoanState.OVERDUE),
    (LoanState.REPAYING, LoanState.SETTLED),
    (LoanState.OVERDUE, LoanState.REPAYING),
    (LoanState.OVERDUE, LoanState.SETTLED),
)


def with_own(own: Iterable[Cap]) -> tuple[Cap, ...]:
    """Return the shipped caps with a county's own in their places, the newest first."""
    merged = {cap.since: cap for cap in (*CAPS, *own)}
    return tuple(merged[since] for since in sorted(merged, reverse=True))


def cap_of(academic_year: int, level: str, caps: Iterable[Cap] = CAPS) -> Decimal:
    """Return the most that may be lent in an academic year, in yuan; caps the newest first."""
    for cap in caps:
        if academic_year >= cap.since:
            return cap.postgraduate if level == LoanLevel.POSTGRADUATE else cap.usual
    raise ValueError(academic_year)


def next_states(state: str) -> list[LoanState]:
    """Return the states that a contract may be moved to by hand; granting is its own step."""
    return [new for old, new in LOAN_MOVES if old == state]


def is_too_long(granted_on: date | None, due_on: date | None) -> bool:
    """Say whether a loan runs longer than any may: study and fifteen years, 22 at most."""
    if granted_on is None or due_on is None:
        return False
    years = due_on.year - granted_on.year
    past = (due_on.month, due_on.day) > (granted_on.month, granted_on.day)
    return years > LONGEST_YEARS or (years == LONGEST_YEARS and past)
