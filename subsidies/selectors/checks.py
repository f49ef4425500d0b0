"""What awards, batches and payments must satisfy: this app's part of the invariants.

Most of it the database refuses to break; here it is counted again from the rows alone, as somebody
would who does not believe the constraints.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum

from povedu.audit.selectors import counted_by_subject, last_change_of
from povedu.invariants import Breach
from povedu.ledger.choices import Account
from povedu.ledger.models import LedgerEntry
from povedu.money import ZERO
from subsidies.choices import AwardState, BatchState, LineOutcome, PaymentState
from subsidies.models import (
    Award,
    BankReturn,
    BankReturnLine,
    BatchApproval,
    DisbursementBatch,
    Payment,
    PaymentSource,
)
from subsidies.rules.bank_lines import DIGESTED, digest
from subsidies.selectors.batches import frozen_lines
from subsidies.selectors.payments import LIVE

FIXED = (BatchState.FROZEN, BatchState.APPROVED, BatchState.RELEASED, BatchState.CLOSED)
APPROVED = FIXED[1:]
_OF = "subsidies.disbursementbatch"


def _batches(county: str, *states: BatchState) -> QuerySet[DisbursementBatch]:
    return (
        DisbursementBatch.objects.filter(
            programme__county__code__startswith=county, state__in=states
        )
        .select_related("programme")
        .order_by("pk")
    )


# --- I2: nobody twice ---------------------------------------------------------------------------


def one_live_award(county: str) -> Breach | None:
    """I2: at most one live award of a student, programme and term."""
    twice = (
        Award.objects.filter(programme__county__code__startswith=county)
        .exclude(state=AwardState.CANCELLED)
        .order_by()
        .values("student", "programme", "term")
        .annotate(count=Count("pk"), first=Min("pk"))
        .filter(count__gt=1)
        .order_by("first")
        .first()
    )
    return Breach(f"subsidies.award:{twice['first']}", "awarded twice") if twice else None


def one_live_payment(county: str) -> Breach | None:
    """I2: at most one payment of an instalment is on its way or settled."""
    twice = (
        Payment.objects.filter(
            state__in=LIVE, instalment__award__programme__county__code__startswith=county
        )
        .order_by()
        .values("instalment")
        .annotate(count=Count("pk"), first=Min("pk"))
        .filter(count__gt=1)
        .order_by("first")
        .first()
    )
    return Breach(f"subsidies.payment:{twice['first']}", "paid twice") if twice else None


# --- I3: sums -----------------------------------------------------------------------------------


def batches_add_up(county: str) -> Breach | None:
    """I3: count, sum and digest of a fixed batch are those of its lines."""
    for batch in _batches(county, *FIXED):
        lines = frozen_lines(batch)
        count, total = 0, ZERO

        def passing(rows: QuerySet[Payment]) -> Iterator[tuple[object, ...]]:
            nonlocal count, total
            for *values, amount in rows.values_list(*DIGESTED, "amount").iterator(chunk_size=5000):
                count, total = count + 1, total + amount
                yield tuple(values)

        found = digest(passing(lines))
        if (count, total) != (batch.payments_count, batch.amount):
            return Breach(f"{_OF}:{batch.pk}", f"lines are {count} / {total}")
        if found != batch.digest:
            return Breach(f"{_OF}:{batch.pk}", "content differs from its digest")
    return None


def amounts_agree(county: str) -> Breach | None:
    """I3: a payment is its instalment's amount, and its sources sum to it."""
    shares = (
        PaymentSource.objects.filter(payment=OuterRef("pk"))
        .order_by()
        .values("payment")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    odd = (
        Payment.objects.filter(batch__programme__county__code__startswith=county)
        .annotate(shares=Subquery(shares))
        .filter(
            ~Q(amount=F("instalment__amount"))
            | Q(shares__isnull=True)
            | ~Q(amount=F("shares"))
            | ~Q(instalment__award__programme=F("batch__programme"))
        )
        .order_by("pk")
        .first()
    )
    return Breach(f"subsidies.payment:{odd.pk}", "amount differs from its parts") if odd else None


def cards_are_the_payees(county: str) -> Breach | None:
    """I3: the sealed account of a line that may still be paid is the one its index names."""
    rows = Payment.objects.filter(
        batch__programme__county__code__startswith=county,
        state__in=(PaymentState.PENDING, PaymentState.SENT),
    ).only("account", "account_index")
    for one in rows.order_by("pk").iterator(chunk_size=2000):
        if one.account.index != one.account_index:
            return Breach(f"subsidies.payment:{one.pk}", "account differs from its index")
    return None


def files_state_the_batch(county: str) -> Breach | None:
    """I3: the control totals of every file taken are the batch's."""
    for batch in _batches(county, BatchState.RELEASED, BatchState.CLOSED):
        stated = last_change_of(_OF, str(batch.pk), "batch.take-file")
        if not stated:
            continue
        if stated.get("digest") != batch.digest or stated.get("amount") not in (
            None,
            str(batch.amount),
        ):
            return Breach(f"{_OF}:{batch.pk}", "a file taken had other control totals")
    return None


def payments_match_the_ledger(county: str) -> Breach | None:
    """I3: what settled is in the ledger source by source, and nothing else is."""
    posted: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    entries = LedgerEntry.objects.filter(
        county_code__startswith=county, account=Account.EXPENSE, subject__startswith="payment:"
    )
    for subject, source, amount in entries.values_list("subject", "source", "amount").iterator(
        chunk_size=5000
    ):
        posted[subject, source] += amount
    settled = PaymentSource.objects.filter(
        payment__state=PaymentState.SETTLED,
        payment__batch__programme__county__code__startswith=county,
    ).order_by("payment_id")
    for payment, source, amount in settled.values_list("payment_id", "source", "amount").iterator(
        chunk_size=5000
    ):
        if posted.pop((f"payment:{payment}", source), ZERO) != amount:
            return Breach(f"subsidies.payment:{payment}", "the ledger has another amount")
    loose = next((key for key, amount in sorted(posted.items()) if amount), None)
    return Breach(f"subsidies.{loose[0]}", "in the ledger, but not settled") if loose else None


def answers_match_payments(county: str) -> Breach | None:
    """I3: a payment is settled or returned exactly where an applied answer of the bank says so."""
    said = BankReturnLine.objects.filter(
        payment=OuterRef("pk"), bank_return__applied_at__isnull=False
    )
    paid = Exists(said.filter(outcome=LineOutcome.SETTLED))
    back = Exists(said.filter(outcome=LineOutcome.RETURNED))
    settled, returned = Q(state=PaymentState.SETTLED), Q(state=PaymentState.RETURNED)
    odd = (
        Payment.objects.filter(batch__programme__county__code__startswith=county)
        .filter((settled & ~paid) | (~settled & paid) | (returned & ~back))
        .order_by("pk")
        .first()
    )
    return Breach(f"subsidies.payment:{odd.pk}", "state differs from the answer") if odd else None


def closed_batches_balance(county: str) -> Breach | None:
    """I3: nothing of a closed batch is without an answer, nothing of an unreleased one is sent."""
    ahead = (PaymentState.SENT, PaymentState.SETTLED, PaymentState.RETURNED)
    early = Q(batch__state__in=FIXED[:2]) & Q(state__in=ahead)
    late = Q(batch__state__in=(BatchState.RELEASED, BatchState.CLOSED)) & Q(
        state=PaymentState.PENDING
    )
    left = Q(batch__state=BatchState.CLOSED) & Q(state=PaymentState.SENT)
    odd = (
        Payment.objects.filter(batch__programme__county__code__startswith=county)
        .filter(early | late | left)
        .order_by("pk")
        .first()
    )
    return Breach(f"subsidies.payment:{odd.pk}", "state differs from its batch's") if odd else None


# --- I4: two people at least --------------------------------------------------------------------


def approved_by_others(county: str) -> Breach | None:
    """I4: an approved batch has its levels of approvers, all different, none the maker."""
    given: dict[tuple[int, int, str], set[int]] = defaultdict(set)
    rows = BatchApproval.objects.filter(batch__programme__county__code__startswith=county)
    for batch, turn, content, who in rows.values_list(
        "batch_id", "round", "digest", "approved_by_id"
    ):
        given[batch, turn, content].add(who)
    for one in _batches(county, *APPROVED):
        people = given[one.pk, one.round, one.digest]
        if one.made_by_id in people:
            return Breach(f"{_OF}:{one.pk}", "its maker approved it")
        if len(people) < max(one.levels, 1) or one.approved_by_id not in people:
            return Breach(f"{_OF}:{one.pk}", f"{len(people)} of {one.levels} approvals")
        if one.approved_digest != one.digest:
            return Breach(f"{_OF}:{one.pk}", "approved with another content")
    return None


def awards_by_others(county: str) -> Breach | None:
    """I4: nobody has granted what they proposed."""
    own = (
        Award.objects.filter(
            programme__county__code__startswith=county, granted_by=F("proposed_by")
        )
        .order_by("pk")
        .first()
    )
    return Breach(f"subsidies.award:{own.pk}", "granted by its maker") if own else None


# --- I8: every move is in the trail -------------------------------------------------------------


def moves_are_recorded(county: str) -> Breach | None:
    """I8: each freeze, approval, release and close of a batch has exactly one audit entry."""
    frozen = counted_by_subject(_OF, ("batch.freeze",))
    approved = counted_by_subject(_OF, ("batch.approve", "batch.approve-level"))
    released = counted_by_subject(_OF, ("batch.release",))
    closed = counted_by_subject(_OF, ("batch.close",))
    rows = (
        DisbursementBatch.objects.filter(programme__county__code__startswith=county, round__gt=0)
        .annotate(given=Count("approvals"))
        .order_by("pk")
    )
    for one in rows.only("round", "released_at", "closed_at"):
        key = str(one.pk)
        wanted = (one.round, one.given, int(bool(one.released_at)), int(bool(one.closed_at)))
        found = tuple(each.get(key, 0) for each in (frozen, approved, released, closed))
        if found != wanted:
            return Breach(f"{_OF}:{one.pk}", f"audit entries {found}, moves {wanted}")
    return None


def answers_are_recorded(county: str) -> Breach | None:
    """I8: each applied answer of a bank has exactly one audit entry."""
    applied = counted_by_subject("subsidies.bankreturn", ("bank-return.apply",))
    rows = BankReturn.objects.filter(
        applied_at__isnull=False, batch__programme__county__code__startswith=county
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        if applied.get(str(pk), 0) != 1:
            return Breach(f"subsidies.bankreturn:{pk}", "not recorded exactly once")
    return None


CHECKS = {
    "I2": (one_live_award, one_live_payment),
    "I3": (
        batches_add_up,
        amounts_agree,
        cards_are_the_payees,
        files_state_the_batch,
        payments_match_the_ledger,
        answers_match_payments,
        closed_batches_balance,
    ),
    "I4": (approved_by_others, awards_by_others),
    "I8": (moves_are_recorded, answers_are_recorded),
}
