"""Reading what governs a batch: the county's rules, its deadlines, its lines, the cash in hand."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from povedu.ledger.choices import FundSource
from povedu.money import ZERO, fen
from povedu.scope import Scope
from povedu.working_days import Changed, overdue_from, overdue_since
from subsidies.choices import BatchState, LineOutcome, PaymentState
from subsidies.models import (
    BankReturnLine,
    BatchApproval,
    CalendarDay,
    DisbursementBatch,
    Payment,
    PaymentRules,
    PaymentSource,
)
from subsidies.rules.approvals import levels_needed
from subsidies.rules.bank_lines import can_hold
from subsidies.selectors.calendar import changed_days
from subsidies.selectors.cash import cash_in_hand
from subsidies.selectors.payment_rules import rules_of
from subsidies.selectors.payments import batches

# Which instant begins a step, and which of the county's periods bounds it.
STEPS = (
    (BatchState.DRAFT, "made_at", "freeze_days"),
    (BatchState.FROZEN, "frozen_at", "approve_days"),
    (BatchState.APPROVED, "approved_at", "release_days"),
)


def levels_of(batch: DisbursementBatch) -> int:
    """Return how many different people must approve a batch of this amount."""
    rules = rules_of(batch.programme.county_id)
    limits = (None if one is None else fen(one) for one in (rules.second_from, rules.third_from))
    return levels_needed(fen(batch.amount), *limits)


def approvals_of(batch: DisbursementBatch) -> QuerySet[BatchApproval]:
    """Return the approvals of a batch as it is frozen now, level by level."""
    return (
        BatchApproval.objects.filter(batch=batch, round=batch.round, digest=batch.digest)
        .select_related("approved_by")
        .order_by("level")
    )


def frozen_lines(batch: DisbursementBatch) -> QuerySet[Payment]:
    """Return the lines that a batch was frozen with.

    A line taken out before is voided; one that came back and was given up later is voided too, but
    an answer of the bank names it.
    """
    answered = BankReturnLine.objects.filter(payment=OuterRef("pk"), outcome=LineOutcome.RETURNED)
    return Payment.objects.filter(
        ~Q(state=PaymentState.VOIDED) | Exists(answered), batch=batch
    ).order_by("line_no")


def unholdable_lines(batch: DisbursementBatch, encoding: str) -> list[tuple[int, str]]:
    """Return number and name of the lines whose texts an encoding cannot hold."""
    rows = frozen_lines(batch).values_list(
        "line_no", "payee_name", "bank_name", "instalment__award__school__name"
    )
    return [
        (number, name)
        for number, name, *others in rows.iterator(chunk_size=5000)
        if not can_hold(name + "".join(others), encoding)
    ]


# --- deadlines ----------------------------------------------------------------------------------


def deadline_of(batch: DisbursementBatch) -> date | None:
    """Return the first day on which the step that a batch waits for is overdue."""
    began, count = _step_of(batch, rules_of(batch.programme.county_id))
    if began is None:
        return None
    changed = changed_days(batch.programme.county_id)
    return overdue_from(timezone.localtime(began).date(), count, changed)


def _step_of(batch: DisbursementBatch, rules: PaymentRules) -> tuple[datetime | None, int]:
    """Return when the step that a batch waits for began, and its working days."""
    for state, began, period in STEPS:
        if batch.state == state:
            return getattr(batch, began), getattr(rules, period)
    if batch.state != BatchState.RELEASED:
        return None, 0
    waits = Payment.objects.filter(batch=batch, state=PaymentState.SENT).exists()
    return batch.released_at, rules.return_days if waits else rules.close_days


def overdue_batches(scope: Scope, office: str, today: date) -> QuerySet[DisbursementBatch]:
    """Return the batches whose next step should have been done before today."""
    rules = {one.county_id: one for one in PaymentRules.objects.all()}
    changed: dict[str, dict[date, bool]] = defaultdict(dict)
    for county, day, worked in CalendarDay.objects.values_list("county_id", "day", "is_working"):
        changed[county][day] = worked
    own = rules.keys() | changed.keys()
    late = _overdue(PaymentRules(), today, {}) & ~Q(programme__county_id__in=own)
    for county in own:
        by_rule = _overdue(rules.get(county, PaymentRules()), today, changed[county])
        late |= by_rule & Q(programme__county_id=county)
    waiting = Payment.objects.filter(batch=OuterRef("pk"), state=PaymentState.SENT)
    return batches(scope, office).annotate(waits=Exists(waiting)).filter(late)


def _overdue(rules: PaymentRules, today: date, changed: Changed) -> Q:
    def by(began: str, period: str) -> Q:
        last = overdue_since(today, getattr(rules, period), changed)
        return Q(**{f"{began}__date__lte": last})

    late = Q(pk__in=[])
    for state, began, period in STEPS:
        late |= Q(state=state) & by(began, period)
    answered = Q(waits=True) & by("released_at", "return_days")
    closed = Q(waits=False) & by("released_at", "close_days")
    return late | Q(state=BatchState.RELEASED) & (answered | closed)


# --- cash in hand -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CashLine:
    """A source of a batch: what the batch needs of it, and what may be spent on it (yuan)."""

    source: str
    needed: Decimal
    available: Decimal

    @property
    def label(self) -> str:
        """Return the source as people call it."""
        return str(FundSource(self.source).label)

    @property
    def missing(self) -> Decimal:
        """Return how much the money in hand falls short, zero where it does not."""
        return max(self.needed - self.available, ZERO)


def cash_lines(batch: DisbursementBatch) -> list[CashLine]:
    """Return the money that a batch needs of each source beside what may be spent on it."""
    needed = (
        PaymentSource.objects.filter(payment__batch=batch, payment__state=PaymentState.PENDING)
        .order_by("source")
        .values_list("source")
        .annotate(total=Sum("amount"))
    )
    in_hand = cash_in_hand(batch.programme, without=batch)
    return [CashLine(source, total, in_hand.get(source, ZERO)) for source, total in needed]
