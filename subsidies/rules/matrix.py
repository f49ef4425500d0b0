"""Which state a cell student × programme × term is in, and why: pure functions over values.

A cell has exactly one state. What an award and its payments say comes first; where there is no
award, what a run would decide about the child says why not. Nothing is ever "empty".
"""

from datetime import date, timedelta
from typing import NamedTuple

from subsidies.choices import (
    AwardState,
    CellReason,
    CellState,
    DueProblem,
    PaymentState,
    Skip,
)

# Money not on its way so long after it was due and granted counts as not paid (漏发): two months
# are enough for a batch, an approval and a bank.
OVERDUE_AFTER = timedelta(days=60)

# Outcomes of a run that mean "this child has it from somewhere else already".
_ELSEWHERE = frozenset({Skip.PAID_BEFORE, Skip.ALREADY_THIS_YEAR, Skip.ALREADY_EVER})
_EXHAUSTED = frozenset({Skip.NO_MONEY, CellReason.NO_SOURCE_RULE, CellReason.QUOTA_FULL})


class Verdict(NamedTuple):
    """A cell's state and the code of its reason."""

    state: str
    reason: str


class PartFacts(NamedTuple):
    """One instalment: when due, how much, and the state of its last attempt ("" for none).

    ``was_returned`` says that a voided last attempt came back from the bank before.
    """

    due_on: date
    amount_fen: int
    last_attempt: str = ""
    was_returned: bool = False


class AwardFacts(NamedTuple):
    """What decides an award's cell; ``blocked`` is why its money cannot be batched, "" if it can.

    ``recovered_fen`` is what approved recoveries take back. Nothing is late before ``granted_on``.
    """

    state: str
    parts: tuple[PartFacts, ...]
    blocked: str = ""
    recovered_fen: int = 0
    granted_on: date = date.min


def is_open(part: PartFacts) -> bool:
    """Say whether nothing pays an instalment and nobody has given it up."""
    if part.last_attempt == PaymentState.VOIDED:
        return not part.was_returned
    return part.last_attempt == ""


def settled_fen(facts: AwardFacts) -> int:
    """Return what has arrived of an award, before recoveries."""
    return sum(one.amount_fen for one in facts.parts if one.last_attempt == PaymentState.SETTLED)


def of_award(facts: AwardFacts, today: date) -> Verdict:
    """Return the state of a cell with a live award.

    1. An award on hold, or not granted yet, says so. 2. Money that came back is somebody's work
    before anything else. 3. All settled is paid, unless taken back again. 4. An open instalment
    overdue, at the bank, in a batch, due, or not yet due, in this order.
    """
    if facts.state == AwardState.SUSPENDED:
        return Verdict(CellState.SUSPENDED, CellReason.ON_HOLD)
    if facts.state == AwardState.PROPOSED:
        return Verdict(CellState.AWAITING, CellReason.PROPOSED)
    if facts.state == AwardState.PUBLICISED:
        return Verdict(CellState.AWAITING, CellReason.ON_SHOW)
    attempts = {one.last_attempt for one in facts.parts}
    if PaymentState.RETURNED in attempts:
        return Verdict(CellState.RETURNED, CellReason.CAME_BACK)
    paid = settled_fen(facts)
    if paid and facts.recovered_fen >= paid and attempts == {PaymentState.SETTLED}:
        return Verdict(CellState.RECOVERED, CellReason.TAKEN_BACK)
    waiting = [one for one in facts.parts if is_open(one)]
    if not waiting and not attempts & {PaymentState.PENDING, PaymentState.SENT}:
        if paid:
            return Verdict(CellState.PAID, CellReason.SETTLED)
        return Verdict(CellState.STOPPED, CellReason.GIVEN_UP)
    return _on_its_way(facts, waiting, attempts, today, started=paid > 0)


def _on_its_way(
    facts: AwardFacts, waiting: list[PartFacts], attempts: set[str], today: date, *, started: bool
) -> Verdict:
    if any(max(one.due_on, facts.granted_on) + OVERDUE_AFTER <= today for one in waiting):
        return Verdict(CellState.OVERDUE, facts.blocked or CellReason.NOT_BATCHED)
    if PaymentState.SENT in attempts:
        return Verdict(CellState.AWAITING, CellReason.SENT)
    if PaymentState.PENDING in attempts:
        return Verdict(CellState.AWAITING, CellReason.IN_BATCH)
    if any(one.due_on <= today for one in waiting):
        return Verdict(CellState.AWAITING, facts.blocked or CellReason.TO_BATCH)
    if started:
        return Verdict(CellState.PAYING, CellReason.PARTS_LEFT)
    return Verdict(CellState.AWAITING, CellReason.NOT_DUE)


def of_skip(code: str) -> Verdict:
    """Return the state of a cell without an award whom a run leaves out for a reason."""
    if code in _ELSEWHERE:
        return Verdict(CellState.ELSEWHERE, code)
    if code in _EXHAUSTED:
        return Verdict(CellState.EXHAUSTED, code)
    return Verdict(CellState.NOT_ELIGIBLE, code)


class ProgrammeFacts(NamedTuple):
    """What of a programme's term decides about an eligible child without an award."""

    has_run: bool
    term_is_over: bool


def of_eligible(facts: ProgrammeFacts, *, was_cancelled: bool, is_waived: bool) -> Verdict:
    """Return the state of a cell of a child who is entitled, reached by the money, and has none.

    An award that somebody cancelled, or a doubt that somebody looked into and denied, is no
    omission; nor is a list not computed yet while the term goes on.
    """
    if is_waived:
        return Verdict(CellState.NOT_ELIGIBLE, CellReason.WAIVED)
    if was_cancelled:
        return Verdict(CellState.STOPPED, CellReason.AWARD_CANCELLED)
    if facts.has_run:
        return Verdict(CellState.MISSED, CellReason.LEFT_OUT)
    if facts.term_is_over:
        return Verdict(CellState.MISSED, CellReason.NOT_RUN)
    return Verdict(CellState.AWAITING, CellReason.NOT_RUN)


def reason_label(code: str) -> str:
    """Put a reason's code into words."""
    for choices in (CellReason, Skip, DueProblem):
        if code in choices.values:
            return str(choices(code).label)
    return code
