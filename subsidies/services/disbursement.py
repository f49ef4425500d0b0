"""The life of a batch: made, frozen, approved by somebody else, released, closed.

Every move is a compare-and-set update; the approval binds the digest of the lines, which is
computed again from the database at each later step.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.errors import Conflict, Refusal
from povedu.ledger.chain import GENESIS
from povedu.ledger.selectors import head_of
from povedu.money import ZERO, fen, yuan
from povedu.protected import BankAccount
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import PayeeRelation
from subsidies.choices import AwardState, BatchState, PayeeKind, PaymentState
from subsidies.models import (
    AwardSource,
    DisbursementBatch,
    Instalment,
    Payment,
    PaymentSource,
    Programme,
)
from subsidies.rules.bank_lines import digest
from subsidies.rules.instalments import spread
from subsidies.selectors.payments import approved_accounts, due_instalments, unresolved_of_batch
from subsidies.services.numbers import next_number

_PAYMENT_FIELDS = (
    "instalment",
    "attempt",
    "batch",
    "line_no",
    "amount",
    "payee_kind",
    "payee_name",
    "bank_name",
    "account",
    "account_index",
    "state",
    "return_reason",
)
_DIGESTED = (
    "line_no",
    "instalment_id",
    "attempt",
    "amount",
    "payee_kind",
    "payee_name",
    "bank_name",
    "account_index",
)


class _Payee(NamedTuple):
    """Who gets a line."""

    kind: str
    name: str
    bank: str
    account: BankAccount
    account_index: str


class _Due(NamedTuple):
    """A due instalment with what a line needs."""

    instalment_id: int
    amount: Decimal
    period: str
    award_id: int
    student_id: int
    school: str


def make_batch(
    *,
    programme: Programme,
    term: Term,
    actor: Actor,
    now: datetime,
    due_by: date | None = None,
    title: str = "",
) -> DisbursementBatch:
    """Put every instalment that is due and can be paid into a new batch, set-wise.

    Left out (and listed by ``selectors.payments.due_problems``): no approved card, identity not
    confirmed. An instalment that came back goes out as a new attempt. Raises Refusal where nothing
    is due, Conflict where somebody else has just batched the same.
    """
    today = timezone.localtime(now).date()
    try:
        with transaction.atomic():
            programme = Programme.objects.select_for_update().get(pk=programme.pk)
            lines = _payable(programme, term, due_by or today)
            if not lines:
                raise Refusal("nothing-due", _("没有到期且可发放的款项；请查看不能发放的原因。"))
            batch = DisbursementBatch.objects.create(
                number=next_number(DisbursementBatch, "FF", programme.county_id, today),
                programme=programme,
                term=term.code,
                title=(title or f"{programme.name} {term.label}")[:80],
                made_by_id=actor.user_id,
                made_at=now,
            )
            _write_payments(programme, batch, lines)
            _tally(batch)
            _recorded("batch.make", batch, actor, now, count=batch.payments_count)
    except IntegrityError as clash:
        raise Conflict("batch-raced", _("同样的款项刚被他人编入批次，请刷新后重试。")) from clash
    return batch


def _payable(programme: Programme, term: Term, due_by: date) -> list[tuple[_Due, _Payee]]:
    rows = (
        due_instalments(programme, term.code, due_by)
        .filter(award__student__identity_confirmed=True)
        .order_by("award__school__code", "award__grade", "award__class_name", "award_id", "period")
        .values_list(
            "pk", "amount", "period", "award_id", "award__student_id", "award__school__name"
        )
    )
    due = [_Due(*row) for row in rows]
    if programme.payee_kind == PayeeKind.SCHOOL:
        nothing = BankAccount("")
        return [(one, _Payee(PayeeKind.SCHOOL, one.school, "", nothing, "")) for one in due]
    cards = _cards(programme) if due else {}
    return [(one, cards[one.student_id]) for one in due if one.student_id in cards]


def _cards(programme: Programme) -> dict[int, _Payee]:
    rows = approved_accounts(programme).values_list(
        "student_id", "relation", "payee_name", "bank_name", "account", "account_index"
    )
    return {
        student: _Payee(
            PayeeKind.STUDENT if relation == PayeeRelation.SELF else PayeeKind.GUARDIAN,
            name,
            bank,
            cast("BankAccount", account),
            account_index,
        )
        for student, relation, name, bank, account, account_index in rows
    }


def _write_payments(
    programme: Programme, batch: DisbursementBatch, lines: Sequence[tuple[_Due, _Payee]]
) -> None:
    attempts = dict(
        Payment.objects.filter(
            instalment__award__programme=programme, instalment__award__term=batch.term
        )
        .order_by("instalment_id")
        .values_list("instalment_id")
        .annotate(last=Max("attempt"))
    )
    insert_rows(
        Payment,
        _PAYMENT_FIELDS,
        (
            (
                due.instalment_id,
                attempts.get(due.instalment_id, 0) + 1,
                batch.pk,
                number,
                due.amount,
                payee.kind,
                payee.name,
                payee.bank,
                payee.account,
                payee.account_index,
                PaymentState.PENDING,
                "",
            )
            for number, (due, payee) in enumerate(lines, start=1)
        ),
    )
    numbers = dict(Payment.objects.filter(batch=batch).values_list("instalment_id", "pk"))
    shares = _shares(programme, batch.term, [due for due, _payee in lines])
    insert_rows(
        PaymentSource,
        ("payment", "source", "amount"),
        (
            (numbers[due.instalment_id], source, yuan(amount))
            for due, _payee in lines
            for source, amount in shares[due.instalment_id]
        ),
    )


def _shares(
    programme: Programme, term: str, due: Sequence[_Due]
) -> dict[int, list[tuple[str, int]]]:
    """Return which source pays how much of each instalment, the same however often it is asked."""
    sources: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = AwardSource.objects.filter(
        award__programme=programme, award__term=term, award__state=AwardState.GRANTED
    )
    for award, source, amount in rows.order_by("award_id", "pk").values_list(
        "award_id", "source", "amount"
    ):
        sources[award].append((source, fen(amount)))
    parts = _parts_of(programme, term, {one.award_id for one in due})
    found: dict[int, list[tuple[str, int]]] = {}
    for award, own in parts.items():
        split = spread([amount for _pk, amount in own], sources[award])
        found.update(zip((pk for pk, _amount in own), split, strict=True))
    return found


def _parts_of(
    programme: Programme, term: str, awards: set[int]
) -> Mapping[int, list[tuple[int, int]]]:
    """Return all instalments of the awards, paid or not, in order of their periods."""
    parts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = Instalment.objects.filter(
        award__programme=programme, award__term=term, award__state=AwardState.GRANTED
    )
    for award, pk, amount in rows.order_by("award_id", "period").values_list(
        "award_id", "pk", "amount"
    ):
        if award in awards:
            parts[award].append((pk, fen(amount)))
    return parts


# --- moves --------------------------------------------------------------------------------------


def content_digest(batch: DisbursementBatch) -> str:
    """Return the digest of a batch's lines as they stand in the database now."""
    lines = Payment.objects.filter(batch=batch).exclude(state=PaymentState.VOIDED)
    return digest(lines.order_by("line_no").values_list(*_DIGESTED).iterator(chunk_size=5000))


def remove_line(*, payment: Payment, reason: str, actor: Actor, now: datetime) -> None:
    """Take a line out of a batch that is still being made; its instalment stays due."""
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明原因。"), field="reason")
    with transaction.atomic():
        batch = payment.batch
        _hold(batch, BatchState.DRAFT)
        moved = Payment.objects.filter(pk=payment.pk, state=PaymentState.PENDING).update(
            state=PaymentState.VOIDED, return_reason=reason[:100]
        )
        if not moved:
            raise Conflict("payment-moved", _("这笔款项刚被他人办理，请刷新后核对。"))
        _tally(batch)
        _recorded("batch.remove-line", batch, actor, now, reason=reason)


def freeze_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Fix a batch's content for approval."""
    with transaction.atomic():
        _hold(batch, BatchState.DRAFT)
        _tally(batch)
        if not batch.payments_count:
            raise Refusal("batch-empty", _("批次中没有款项，不能冻结。"))
        _move(
            batch, BatchState.DRAFT, BatchState.FROZEN, digest=content_digest(batch), frozen_at=now
        )
        _recorded("batch.freeze", batch, actor, now, count=batch.payments_count)
    return batch


def send_back(
    *, batch: DisbursementBatch, note: str, actor: Actor, now: datetime
) -> DisbursementBatch:
    """Give a frozen batch back to its maker, saying why."""
    if not note.strip():
        raise Refusal("note-missing", _("请写明退回原因。"), field="note")
    with transaction.atomic():
        _move(
            batch,
            BatchState.FROZEN,
            BatchState.DRAFT,
            digest="",
            frozen_at=None,
            note=note[:200],
        )
        _recorded("batch.send-back", batch, actor, now, reason=note)
    return batch


def approve_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Approve a frozen batch; never its maker, and only the content that was frozen."""
    if batch.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("经办人不能审批自己编制的批次，请由他人审批。"))
    with transaction.atomic():
        _hold(batch, BatchState.FROZEN)
        _check_content(batch, batch.digest)
        _move(
            batch,
            BatchState.FROZEN,
            BatchState.APPROVED,
            approved_by_id=actor.user_id,
            approved_at=now,
            approved_digest=batch.digest,
        )
        _recorded("batch.approve", batch, actor, now, count=batch.payments_count)
    return batch


def release_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Send an approved batch to the bank: its payments are sent, the ledger's end is noted."""
    with transaction.atomic():
        _hold(batch, BatchState.APPROVED)
        _check_content(batch, batch.approved_digest)
        head = head_of(batch.programme.county_id[:6])
        anchor = f"{head.seq} {head.hash}" if head else f"0 {GENESIS}"
        _move(batch, BatchState.APPROVED, BatchState.RELEASED, released_at=now, anchor=anchor)
        sent = Payment.objects.filter(batch=batch, state=PaymentState.PENDING).update(
            state=PaymentState.SENT
        )
        if sent != batch.payments_count:
            raise Conflict("batch-changed", _("批次内容与审批时不符，不能送出。"))
        _recorded("batch.release", batch, actor, now, count=sent)
    return batch


def void_batch(
    *, batch: DisbursementBatch, note: str, actor: Actor, now: datetime
) -> DisbursementBatch:
    """Give a batch up before it goes to the bank; its instalments become due again."""
    if not note.strip():
        raise Refusal("note-missing", _("请写明作废原因。"), field="note")
    with transaction.atomic():
        moved = DisbursementBatch.objects.filter(
            pk=batch.pk, state__in=[BatchState.DRAFT, BatchState.FROZEN, BatchState.APPROVED]
        ).update(state=BatchState.VOIDED, note=note[:200])
        if not moved:
            raise Conflict("batch-moved", _("该批次刚被他人办理，请刷新后核对。"))
        Payment.objects.filter(batch=batch, state=PaymentState.PENDING).update(
            state=PaymentState.VOIDED
        )
        _recorded("batch.void", batch, actor, now, reason=note)
    batch.refresh_from_db()
    return batch


def close_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Close a released batch that balances: all answered, every return paid anew or given up.

    Paid + returned (reissued or given up) must equal the frozen total.
    """
    with transaction.atomic():
        _hold(batch, BatchState.RELEASED)
        sums = dict(
            Payment.objects.filter(batch=batch)
            .order_by("state")
            .values_list("state")
            .annotate(total=Sum("amount"))
        )
        open_amount = sums.get(PaymentState.SENT, ZERO)
        if open_amount:
            raise Refusal(
                "batch-unanswered",
                _("还有 %(amount)s 元没有银行回盘，不能关闭。") % {"amount": open_amount},
            )
        waiting = unresolved_of_batch(batch).count()
        if waiting:
            raise Refusal(
                "batch-returns",
                _("还有 %(count)d 笔退回款项未补发或注明不再补发，不能关闭。") % {"count": waiting},
            )
        answered = Payment.objects.filter(
            batch=batch, return_lines__outcome__in=["settled", "returned"]
        )
        total = answered.aggregate(total=Sum("amount"))["total"] or ZERO
        if total != batch.amount:
            raise Refusal("batch-unbalanced", _("到账与退回之和不等于批次总额，请核对回盘。"))
        _move(batch, BatchState.RELEASED, BatchState.CLOSED, closed_at=now)
        _recorded("batch.close", batch, actor, now)
    return batch


def give_up_payment(*, payment: Payment, reason: str, actor: Actor, now: datetime) -> Payment:
    """Mark a returned payment as not to be paid any more, saying why."""
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明不再补发的原因。"), field="reason")
    with transaction.atomic():
        moved = Payment.objects.filter(pk=payment.pk, state=PaymentState.RETURNED).update(
            state=PaymentState.VOIDED
        )
        if not moved:
            raise Conflict("payment-moved", _("这笔款项刚被他人办理，请刷新后核对。"))
        record(
            actor=actor,
            now=now,
            verb="payment.give-up",
            subject=payment,
            changes={"state": (payment.state, str(PaymentState.VOIDED))},
            reason=reason,
            place=(payment.batch.programme.county_id, ""),
        )
    payment.refresh_from_db()
    return payment


def _hold(batch: DisbursementBatch, state: BatchState) -> None:
    """Hold the batch's row where the database can, and refuse where it has moved on."""
    held = DisbursementBatch.objects.select_for_update().filter(pk=batch.pk, state=state)
    if not held.exists():
        raise Conflict("batch-moved", _("该批次刚被他人办理，请刷新后核对。"))


def _move(batch: DisbursementBatch, old: BatchState, new: BatchState, **fields: Any) -> None:
    moved = DisbursementBatch.objects.filter(pk=batch.pk, state=old).update(state=new, **fields)
    if not moved:
        raise Conflict("batch-moved", _("该批次刚被他人办理，请刷新后核对。"))
    batch.refresh_from_db()


def _check_content(batch: DisbursementBatch, expected: str) -> None:
    if content_digest(batch) != expected:
        raise Conflict("batch-changed", _("批次内容在冻结后有变动，须退回重新冻结和审批。"))


def _tally(batch: DisbursementBatch) -> None:
    sums = (
        Payment.objects.filter(batch=batch)
        .exclude(state=PaymentState.VOIDED)
        .aggregate(lines=Count("pk"), total=Sum("amount"))
    )
    DisbursementBatch.objects.filter(pk=batch.pk).update(
        payments_count=sums["lines"], amount=sums["total"] or ZERO
    )
    batch.refresh_from_db()


def _recorded(
    verb: str,
    batch: DisbursementBatch,
    actor: Actor,
    now: datetime,
    *,
    count: int = 1,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=batch,
        changes={"state": ("", batch.state), "amount": ("", str(batch.amount))},
        reason=reason,
        count=count,
        place=(batch.programme.county_id, ""),
    )
