"""When the parts of an award fall due, and which source pays which part: pure functions."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from povedu.terms import Term
from subsidies.choices import Cadence


class Part(NamedTuple):
    """One instalment: its period's name, its due date, its amount in fen."""

    period: str
    due_on: date
    amount_fen: int


def months_of(term: Term) -> list[date]:
    """Return the first day of each month that a term covers: September–February, March–August."""
    start = term.starts_on
    return [
        date(start.year + (start.month - 1 + step) // 12, (start.month - 1 + step) % 12 + 1, 1)
        for step in range(6)
    ]


def plan(
    cadence: str, amount_fen: int, term: Term, skipped_months: Collection[int] = ()
) -> list[Part]:
    """Return the instalments of an award in a term; ``amount_fen`` is one of them.

    ``skipped_months`` (1 to 12) are those for which a monthly programme pays nothing.

    A yearly award falls due in the term in which it is made, once in its academic year; its
    period is named by that year, so that the database keeps it single as well.
    """
    if cadence == Cadence.MONTH:
        return [
            Part(f"{month:%Y-%m}", month, amount_fen)
            for month in months_of(term)
            if month.month not in skipped_months
        ]
    period = {Cadence.YEARLY: term.academic_year, Cadence.ONCE: "once"}.get(
        Cadence(cadence), term.code
    )
    return [Part(period, term.starts_on, amount_fen)]


def period_words(period: str) -> str:
    """Return the name of a period as a page shows it: once, a year, a term or a month."""
    if period == "once":
        return _("一次性")
    year, _dash, part = period.partition("-")
    if len(part) == 4:
        return _("%(year)s学年") % {"year": period}
    if len(part) == 1:
        return Term.parse(period).label
    return _("%(year)s年%(month)s月") % {"year": year, "month": int(part)} if part else period


def yearly(
    cadence: str, instalment: Decimal, spring: Decimal | None, skipped_months: Collection[int] = ()
) -> Decimal:
    """Return what instalments come to in an academic year, in yuan.

    ``spring`` is the spring term's instalment where it differs from autumn's.
    """
    if cadence in (Cadence.YEARLY, Cadence.ONCE):
        return instalment
    each = {1: instalment, 2: instalment if spring is None else spring}
    if cadence == Cadence.TERM:
        return each[1] + each[2]
    months = [
        each[half]
        for half in each
        for month in months_of(Term(2000, half))
        if month.month not in skipped_months
    ]
    return sum(months, Decimal(0))


def spread(parts: Sequence[int], sources: Sequence[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Say which source pays how much of each part, in order, exactly to the fen.

    The sources are used up one after another; both sides must have the same sum.
    """
    if sum(parts) != sum(amount for _source, amount in sources):
        raise ValueError("parts and sources differ")
    names = [source for source, _amount in sources]
    left = [amount for _source, amount in sources]
    at = 0
    spread_out: list[list[tuple[str, int]]] = []
    for part in parts:
        paid: list[tuple[str, int]] = []
        while part:
            taken = min(part, left[at])
            if taken:
                paid.append((names[at], taken))
            part -= taken
            left[at] -= taken
            if not left[at]:
                at += 1
        spread_out.append(paid)
    return spread_out
