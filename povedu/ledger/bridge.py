"""From the calendar year to the academic year and back: the same money in two rhythms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from povedu.ledger.choices import Account
from povedu.ledger.selectors import Balance, balances, entries_of_year
from povedu.money import ZERO
from povedu.scope import Scope
from povedu.terms import Term


@dataclass(frozen=True, slots=True)
class BridgeLine:
    """Money of one key: January to August, September to December, the next January to August.

    The first two are the calendar year, the last two the academic year that begins in it (yuan).
    """

    key: tuple[str, ...]
    spring: Decimal
    autumn: Decimal
    next_spring: Decimal

    @property
    def calendar(self) -> Decimal:
        """Return the calendar year's sum."""
        return self.spring + self.autumn

    @property
    def school(self) -> Decimal:
        """Return the academic year's sum."""
        return self.autumn + self.next_spring

    @property
    def difference(self) -> Decimal:
        """Return what the academic year has more than the calendar year."""
        return self.next_spring - self.spring


@dataclass(frozen=True, slots=True)
class Bridge:
    """What came in and what went out of a year, by key, in both rhythms."""

    received: list[BridgeLine]
    spent: list[BridgeLine]


def bridge(scope: Scope, year: int, by: Sequence[str] = ("source",)) -> Bridge:
    """Return how a calendar year's money becomes that of the academic year beginning in it.

    Three half-open periods that touch: what is in the calendar year and not in the academic one
    (before 1 September), what is in both, and what is only in the academic one.
    """
    turn, end = Term(year, 1).starts_on, Term(year, 2).ends_on
    parts = [
        balances(scope, starts_on=starts, ends_on=ends, by=by)
        for starts, ends in (
            (date(year, 1, 1), turn),
            (turn, date(year + 1, 1, 1)),
            (date(year + 1, 1, 1), end),
        )
    ]
    return Bridge(_lines(parts, "received"), _lines(parts, "spent"))


def _lines(parts: Sequence[Sequence[Balance]], name: str) -> list[BridgeLine]:
    sums = [{one.key: getattr(one, name) for one in part} for part in parts]
    keys = sorted({key for part in sums for key in part})
    found = [BridgeLine(key, *(part.get(key, ZERO) for part in sums)) for key in keys]
    return [line for line in found if line.spring or line.autumn or line.next_spring]


def spent_by_term(scope: Scope, year: int) -> list[tuple[str, Decimal]]:
    """Return what was spent in a calendar year by the term that it was for ("" for none)."""
    rows = (
        entries_of_year(scope, year)
        .filter(account=Account.EXPENSE)
        .order_by("term")
        .values_list("term")
        .annotate(total=Sum("amount"))
    )
    return list(rows)
