"""Cash in hand: what of a county's money may still be promised to a bank.

Money is a hard limit. What the ledger holds for a programme is its own; what arrived for no
programme is shared by all, less what others have overdrawn. Money on its way to a bank (batches
frozen, approved or released and not yet answered) is spoken for.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from povedu.ledger.choices import Account
from povedu.ledger.models import LedgerEntry
from povedu.money import ZERO
from subsidies.choices import BatchState, PaymentState
from subsidies.models import DisbursementBatch, PaymentSource, Programme

_SPOKEN_FOR = (BatchState.FROZEN, BatchState.APPROVED, BatchState.RELEASED)
_ON_ITS_WAY = (PaymentState.PENDING, PaymentState.SENT)

Purse = tuple[str, str]  # source, programme code; "" where the money is for no programme


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A source that cannot cover what a batch wants of it, in yuan."""

    source: str
    wanted: Decimal
    in_hand: Decimal

    @property
    def lacking(self) -> Decimal:
        """Return how much is lacking."""
        return self.wanted - self.in_hand


def balances_by_purse(county_id: str) -> dict[Purse, Decimal]:
    """Return the ledger's cash by source and programme code, in yuan."""
    rows = (
        LedgerEntry.objects.filter(county_code=county_id[:6], account=Account.CASH)
        .order_by("source", "programme_code")
        .values_list("source", "programme_code")
        .annotate(total=Sum("amount"))
    )
    return {(source, code): total for source, code, total in rows}


def spoken_for(county_id: str, *, without: DisbursementBatch | None = None) -> dict[Purse, Decimal]:
    """Return what is on its way to banks by source and programme code, in yuan."""
    rows = PaymentSource.objects.filter(
        payment__batch__programme__county=county_id,
        payment__batch__state__in=_SPOKEN_FOR,
        payment__state__in=_ON_ITS_WAY,
    )
    if without is not None:
        rows = rows.exclude(payment__batch=without)
    grouped = (
        rows.order_by("source", "payment__batch__programme__code")
        .values_list("source", "payment__batch__programme__code")
        .annotate(total=Sum("amount"))
    )
    return {(source, code): total for source, code, total in grouped}


def cash_in_hand(
    programme: Programme, *, without: DisbursementBatch | None = None
) -> dict[str, Decimal]:
    """Return what each source may still pay for a programme, in yuan; never below zero.

    ``without`` leaves one batch out of what is spoken for: the one that asks.
    """
    held = balances_by_purse(programme.county_id)
    gone = spoken_for(programme.county_id, without=without)
    return free_cash(held, gone, programme.code)


def free_cash(
    held: Mapping[Purse, Decimal], gone: Mapping[Purse, Decimal], code: str
) -> dict[str, Decimal]:
    """Return what each source has free for a programme code: its own, and the shared rest."""
    net: dict[Purse, Decimal] = defaultdict(lambda: ZERO, held)
    for purse, amount in gone.items():
        net[purse] -= amount
    shared: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (source, owner), amount in net.items():
        if not owner:
            shared[source] += amount
        elif owner != code:
            shared[source] += min(amount, ZERO)
    sources = {source for source, _owner in net}
    return {
        source: max(net.get((source, code), ZERO) + max(shared[source], ZERO), ZERO)
        for source in sorted(sources)
    }


def shortfalls(batch: DisbursementBatch) -> list[Shortfall]:
    """Return the sources whose cash does not cover a batch, those that lack most first.

    Call it inside the transaction that freezes the batch, with the programme's row locked: two
    batches asking at once must not both see the same money.
    """
    wanted = (
        PaymentSource.objects.filter(payment__batch=batch)
        .exclude(payment__state=PaymentState.VOIDED)
        .order_by("source")
        .values_list("source")
        .annotate(total=Sum("amount"))
    )
    in_hand = cash_in_hand(batch.programme, without=batch)
    short = [
        Shortfall(source, total, in_hand.get(source, ZERO))
        for source, total in wanted
        if total > in_hand.get(source, ZERO)
    ]
    return sorted(short, key=lambda one: one.lacking, reverse=True)
