"""Finding the payment that a line of a bank's file is about: pure functions over values.

A bank renumbers lines and leaves columns out. The card and the amount together say more than a
number: a line number that contradicts the card is not believed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class SentPayment(NamedTuple):
    """A payment of a released batch; ``account`` is the blind index of its card."""

    payment_id: int
    batch: str
    line_no: int
    amount_fen: int
    account: str
    payee_name: str
    is_open: bool


class Stated(NamedTuple):
    """What a line says of its payment; "" and None where it says nothing."""

    batch: str
    line_no: int | None
    amount_fen: int
    account: str


BATCH_UNKNOWN, LINE_UNKNOWN = "batch-unknown", "line-unknown"
AMOUNT_DIFFERS, ACCOUNT_DIFFERS, ANSWERED = "amount-differs", "account-differs", "already-answered"


@dataclass
class Book:
    """The payments of the released batches, to be found by line or by card and amount."""

    batches: frozenset[str] = frozenset()
    by_line: dict[tuple[str, int], SentPayment] = field(default_factory=dict)
    by_card: dict[tuple[str, int], list[SentPayment]] = field(default_factory=dict)

    @classmethod
    def of(cls, payments: Iterable[SentPayment]) -> "Book":
        """Return the book of some payments."""
        cards: dict[tuple[str, int], list[SentPayment]] = defaultdict(list)
        lines = {}
        for one in payments:
            lines[one.batch, one.line_no] = one
            if one.account:
                cards[one.account, one.amount_fen].append(one)
        return cls(frozenset(batch for batch, _line in lines), lines, dict(cards))

    def batch_named(self, texts: Iterable[str]) -> str:
        """Return the one released batch that the texts (file and sheet names) mention."""
        found = {batch for batch in self.batches for text in texts if batch in text}
        return next(iter(found)) if len(found) == 1 else ""

    def find(self, stated: Stated) -> tuple[SentPayment | None, str]:
        """Return the payment that a line is about and "", or None and why there is none.

        1. By batch and line number, where card and amount agree.
        2. Else by card and amount, where only one payment of the batch (of all) has them.
        """
        if stated.batch and stated.batch not in self.batches:
            return None, BATCH_UNKNOWN
        numbered = self._numbered(stated)
        fault = _fault(numbered, stated)
        if numbered is not None and not fault:
            return numbered, "" if numbered.is_open else ANSWERED
        carded = self._carded(stated)
        if carded is not None:
            return carded, "" if carded.is_open else ANSWERED
        if numbered is not None:
            return None, fault
        return None, LINE_UNKNOWN if stated.batch or self.batches else BATCH_UNKNOWN

    def _numbered(self, stated: Stated) -> SentPayment | None:
        if stated.line_no is None:
            return None
        batch = stated.batch
        if not batch and len(self.batches) == 1:
            batch = next(iter(self.batches))
        return self.by_line.get((batch, stated.line_no))

    def _carded(self, stated: Stated) -> SentPayment | None:
        if not stated.account:
            return None
        found = [
            one
            for one in self.by_card.get((stated.account, stated.amount_fen), ())
            if not stated.batch or one.batch == stated.batch
        ]
        still = [one for one in found if one.is_open] or found
        return still[0] if len(still) == 1 else None


def _fault(payment: SentPayment | None, stated: Stated) -> str:
    if payment is None:
        return LINE_UNKNOWN
    if stated.account and payment.account and stated.account != payment.account:
        return ACCOUNT_DIFFERS
    return AMOUNT_DIFFERS if payment.amount_fen != stated.amount_fen else ""
