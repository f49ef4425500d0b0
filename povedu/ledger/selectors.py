"""Reading the ledger: entries, balances, calendar years, and the walk along the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from povedu.ledger.choices import Account, CorrectionState
from povedu.ledger.models import Correction, LedgerEntry, LedgerHead
from povedu.money import ZERO, MoneyField
from povedu.scope import Scope
from povedu.terms import Term

TRIGGERS = ("ledger_ledgerentry", "ledger_balanced", "ledger_head")


def _in_scope(scope: Scope) -> Q:
    """Keep the counties in scope; somebody below the county sees no ledger."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return Q(pk__in=[])
    if len(scope.division_prefix) == 6:  # one county: its entries lie in order in the index
        return Q(county_code=scope.division_prefix)
    return Q(county_code__startswith=scope.division_prefix)


def entries(scope: Scope) -> QuerySet[LedgerEntry]:
    """Return the entries in scope, in the order of their chains."""
    return LedgerEntry.objects.filter(_in_scope(scope)).order_by("county_code", "seq")


def entries_of_year(scope: Scope, year: int) -> QuerySet[LedgerEntry]:
    """Return the entries whose money moved in a calendar year."""
    return entries(scope).filter(
        effective_on__gte=date(year, 1, 1), effective_on__lt=date(year + 1, 1, 1)
    )


def heads(scope: Scope) -> QuerySet[LedgerHead]:
    """Return the ends of the chains in scope."""
    return LedgerHead.objects.filter(_in_scope(scope)).order_by("county_code")


def anchor_words(scope: Scope) -> str:
    """Return the ends of the chains in scope as a paper shows them: count and hash."""
    ends = list(heads(scope))
    if len(ends) == 1:
        return f"{ends[0].seq} {ends[0].hash}"
    return "; ".join(f"{head.county_code} {head.seq} {head.hash}" for head in ends)


def corrections(scope: Scope) -> QuerySet[Correction]:
    """Return the corrections of the ledgers in scope, the newest first."""
    return (
        Correction.objects.filter(_in_scope(scope))
        .select_related("asked_by", "decided_by")
        .order_by("-asked_at", "-pk")
    )


def correction_of(kind: str) -> Coalesce:
    """Return, for a row of a kind, the state of the correction that takes its voucher back, or "".

    ``kind`` is the first part of a leg's subject, as "receipt". Refused corrections are left out.
    """
    subject = Concat(Value(f"{kind}:"), Cast(OuterRef(OuterRef("pk")), CharField()))
    legs = LedgerEntry.objects.filter(
        county_code=OuterRef("county_code"),
        transaction_no=OuterRef("transaction_no"),
        subject=subject,
    )
    found = Correction.objects.filter(Exists(legs)).exclude(state=CorrectionState.REFUSED)
    return Coalesce(Subquery(found.order_by("-pk").values("state")[:1]), Value(""))


def voucher(county_code: str, transaction_no: int) -> QuerySet[LedgerEntry]:
    """Return the legs of one voucher."""
    return LedgerEntry.objects.filter(
        county_code=county_code, transaction_no=transaction_no
    ).order_by("seq")


def head_of(county_code: str) -> LedgerHead | None:
    """Return the end of a county's chain, None before the first posting."""
    return LedgerHead.objects.filter(pk=county_code).first()


# --- balances -----------------------------------------------------------------------------------

BY = {
    "source": ("source",),
    "programme": ("programme_code",),
    "school": ("school_code",),
    "programme_source": ("programme_code", "source"),
}


@dataclass(frozen=True, slots=True)
class Balance:
    """Money of one key over a period: at its start, in, out, at its end (yuan)."""

    key: tuple[str, ...]
    opening: Decimal
    received: Decimal
    spent: Decimal
    closing: Decimal


def balances(
    scope: Scope, *, starts_on: date, ends_on: date, by: Sequence[str] = ("source",)
) -> list[Balance]:
    """Return the cash of each key over a half-open period; ``by`` names columns of the entries.

    What came in are cash debits of the period (opening balances dated in it belong to its start),
    what went out its cash credits.
    """
    before = Q(effective_on__lt=starts_on)
    started = Q(transaction_no__in=_opening_numbers(scope), effective_on__lt=ends_on)
    within = Q(effective_on__gte=starts_on) & ~started

    def total(condition: Q) -> Sum:
        return Sum(Case(When(condition, then=F("amount")), default=0, output_field=MoneyField()))

    rows = (
        LedgerEntry.objects.filter(_in_scope(scope), account=Account.CASH, effective_on__lt=ends_on)
        .order_by(*by)
        .values_list(*by)
        .annotate(
            start=total(before | started),
            debit=total(within & Q(amount__gt=0)),
            credit=total(within & Q(amount__lt=0)),
        )
    )
    width = len(by)
    return [
        Balance(tuple(row[:width]), start, debit, -credit, start + debit + credit)
        for row in rows
        for start, debit, credit in [[value or ZERO for value in row[width:]]]
    ]


def _opening_numbers(scope: Scope) -> QuerySet[LedgerEntry, Any]:
    """Return the vouchers of opening balances; what takes one back is a movement of its own day."""
    return (
        LedgerEntry.objects.filter(_in_scope(scope), account=Account.OPENING)
        .exclude(subject__startswith="correction:")
        .values("transaction_no")
    )


def year_view(scope: Scope, year: int, by: Sequence[str] = ("source",)) -> list[Balance]:
    """Return the balances of a calendar year."""
    return balances(scope, starts_on=date(year, 1, 1), ends_on=date(year + 1, 1, 1), by=by)


def school_year_view(scope: Scope, year: int, by: Sequence[str] = ("source",)) -> list[Balance]:
    """Return the balances of the academic year that begins in ``year``."""
    return balances(scope, starts_on=Term(year, 1).starts_on, ends_on=Term(year, 2).ends_on, by=by)


def cash_of(county_code: str) -> dict[str, Decimal]:
    """Return the cash in hand of each source of a county."""
    rows = (
        LedgerEntry.objects.filter(county_code=county_code, account=Account.CASH)
        .order_by("source")
        .values_list("source")
        .annotate(total=Sum("amount"))
    )
    return dict(rows)
