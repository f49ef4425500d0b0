"""Matching a bank's answer to the lines that were sent: pure functions over values."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from subsidies.choices import LineOutcome, PaymentState


class ReturnLine(NamedTuple):
    """One line of an answer: which line of the batch, how much, paid or not, when, why not."""

    row_number: int
    line_no: int | None
    amount_fen: int | None
    is_paid: bool | None
    settled_on: date | None = None
    reason: str = ""


class SentLine(NamedTuple):
    """A payment as it stands: its number, amount and state, and whether an answer names it."""

    payment_id: int
    amount_fen: int
    state: str
    is_answered: bool = False


class Matched(NamedTuple):
    """A line of an answer with what became of it; ``why`` is a code where it did not match."""

    line: ReturnLine
    outcome: LineOutcome
    payment_id: int | None
    why: str = ""


UNKNOWN_LINE, AMOUNT_DIFFERS, NO_RESULT, NO_DATE = (
    "unknown-line",
    "amount-differs",
    "no-result",
    "no-date",
)
ALREADY, TWICE = "already-answered", "twice-in-file"


def match(lines: Iterable[ReturnLine], sent: Mapping[int, SentLine]) -> list[Matched]:
    """Match each line once, by line number and amount; the rest are unmatched or repeated."""
    taken: set[int] = set()
    return [_match_one(line, sent, taken) for line in lines]


def _match_one(line: ReturnLine, sent: Mapping[int, SentLine], taken: set[int]) -> Matched:
    payment = sent.get(line.line_no) if line.line_no is not None else None
    fault = _fault(line, payment)
    if payment is None or fault:
        return Matched(line, LineOutcome.UNMATCHED, None, fault)
    if payment.payment_id in taken:
        return Matched(line, LineOutcome.REPEATED, None, TWICE)
    if payment.state != PaymentState.SENT or payment.is_answered:
        return Matched(line, LineOutcome.REPEATED, None, ALREADY)
    taken.add(payment.payment_id)
    outcome = LineOutcome.SETTLED if line.is_paid else LineOutcome.RETURNED
    return Matched(line, outcome, payment.payment_id)


def _fault(line: ReturnLine, payment: SentLine | None) -> str:
    if payment is None:
        return UNKNOWN_LINE
    if line.amount_fen != payment.amount_fen:
        return AMOUNT_DIFFERS
    if line.is_paid is None:
        return NO_RESULT
    if line.is_paid and line.settled_on is None:
        return NO_DATE
    return ""
