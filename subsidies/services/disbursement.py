"""The life of a batch once made: frozen, approved by others, released, closed.

Every move is a compare-and-set update; each approval binds the digest of the lines, which is
computed again from the database at each later step. The money in hand is asked for when the batch
is frozen and again when it goes out.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.ledger.chain import GENESIS
from povedu.ledger.selectors import head_of
from povedu.money import ZERO
from povedu.scope import Actor
from subsidies.choices import BankEncoding, BatchState, PaymentState
from subsidies.models import BatchApproval, DisbursementBatch, Instalment, Payment
from subsidies.selectors.batches import (
    approvals_of,
    levels_of,
)
from subsidies.selectors.payment_rules import rules_of
from subsidies.selectors.payments import LIVE, unresolved_of_batch
from subsidies.services.batch_checks import (
    check_cash,
    check_content,
    check_invariants,
    check_names,
    content_digest,
)
from subsidies.services.holding import hold_programme


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
        tally(batch)
        recorded("batch.remove-line", batch, actor, now, reason=reason)


def freeze_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Fix a batch's content for approval.

    Raises Refusal where it is empty, where a name does not fit into the county's bank file, and
    where a source has not the money in hand; the sentence names the lines and what is missing.
    """
    with transaction.atomic():
        _hold(batch, BatchState.DRAFT)
        tally(batch)
        if not batch.payments_count:
            raise Refusal("batch-empty", _("批次中没有款项，不能冻结。"))
        check_names(batch, rules_of(batch.programme.county_id).encoding)
        check_cash(batch)
        _move(
            batch,
            BatchState.DRAFT,
            BatchState.FROZEN,
            digest=content_digest(batch),
            round=F("round") + 1,
            levels=levels_of(batch),
            frozen_at=now,
        )
        recorded("batch.freeze", batch, actor, now, count=batch.payments_count)
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
        recorded("batch.send-back", batch, actor, now, reason=note)
    return batch


def approve_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Give the next approval of a frozen batch, and the last one moves it on.

    Never its maker, nobody twice, and only the content that was frozen. How many approvals it takes
    was settled by its amount when it was frozen.
    """
    if batch.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("经办人不能审批自己编制的批次，请由他人审批。"))
    with transaction.atomic():
        _hold(batch, BatchState.FROZEN)
        batch.refresh_from_db()
        check_content(batch, batch.digest)
        level = _approve_level(batch, actor, now)
        if level < batch.levels:
            recorded("batch.approve-level", batch, actor, now, count=batch.payments_count)
            return batch
        _move(
            batch,
            BatchState.FROZEN,
            BatchState.APPROVED,
            approved_by_id=actor.user_id,
            approved_at=now,
            approved_digest=batch.digest,
        )
        recorded("batch.approve", batch, actor, now, count=batch.payments_count)
    return batch


def _approve_level(batch: DisbursementBatch, actor: Actor, now: datetime) -> int:
    """Write one person's approval at the next level; return the level."""
    given = list(approvals_of(batch).values_list("approved_by_id", flat=True))
    if actor.user_id in given:
        raise Refusal("approved-before", _("您已审批过本批次，下一级审批须由他人办理。"))
    try:
        with transaction.atomic():
            BatchApproval.objects.create(
                batch=batch,
                round=batch.round,
                level=len(given) + 1,
                made_by_id=batch.made_by_id,
                approved_by_id=actor.user_id,
                approved_at=now,
                digest=batch.digest,
            )
    except IntegrityError as raced:
        raise Conflict("batch-moved", _("该批次刚被他人办理，请刷新后核对。")) from raced
    return len(given) + 1


def release_batch(*, batch: DisbursementBatch, actor: Actor, now: datetime) -> DisbursementBatch:
    """Send an approved batch to the bank: its payments are sent, the ledger's end is noted."""
    with transaction.atomic():
        _hold(batch, BatchState.APPROVED)
        check_content(batch, batch.approved_digest)
        check_cash(batch)
        head = head_of(batch.programme.county_id[:6])
        anchor = f"{head.seq} {head.hash}" if head else f"0 {GENESIS}"
        _move(batch, BatchState.APPROVED, BatchState.RELEASED, released_at=now, anchor=anchor)
        sent = Payment.objects.filter(batch=batch, state=PaymentState.PENDING).update(
            state=PaymentState.SENT
        )
        if sent != batch.payments_count:
            raise Conflict("batch-changed", _("批次内容与审批时不符，不能送出。"))
        recorded("batch.release", batch, actor, now, count=sent)
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
        recorded("batch.void", batch, actor, now, reason=note)
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
        recorded("batch.close", batch, actor, now)
    return batch


def give_up_payment(*, payment: Payment, reason: str, actor: Actor, now: datetime) -> Payment:
    """Mark a returned payment as not to be paid any more, saying why.

    Its instalment stops with it, else the next batch would send it again. Where it has already been
    sent again, that attempt goes on.
    """
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明不再补发的原因。"), field="reason")
    with transaction.atomic():
        hold_programme(payment.batch.programme_id)
        moved = Payment.objects.filter(pk=payment.pk, state=PaymentState.RETURNED).update(
            state=PaymentState.VOIDED
        )
        if not moved:
            raise Conflict("payment-moved", _("这笔款项刚被他人办理，请刷新后核对。"))
        under_way = Payment.objects.filter(instalment=payment.instalment_id, state__in=LIVE)
        if not under_way.exists():
            Instalment.objects.filter(pk=payment.instalment_id).update(
                stopped_at=now, stop_reason=reason.strip()[:100]
            )
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


def take_file(
    *,
    batch: DisbursementBatch,
    layout: str,
    form: str,
    encoding: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Record that somebody takes the full account numbers of a batch; return the text encoding.

    Refused where the batch has not gone out, where its lines are no longer those approved, where
    an invariant of the county's money does not hold, and where the chosen encoding cannot hold a
    name.
    """
    if batch.state not in (BatchState.RELEASED, BatchState.CLOSED):
        raise Refusal("batch-not-released", _("只有已送银行的批次才有银行文件。"))
    check_content(batch, batch.approved_digest)
    check_invariants(batch)
    chosen = encoding or rules_of(batch.programme.county_id).encoding
    check_names(batch, BankEncoding.GB18030 if form == "xlsx" else chosen)
    record(
        actor=actor,
        now=now,
        verb="batch.take-file",
        subject=batch,
        count=batch.payments_count,
        changes={
            "form": ("", f"{layout} {form} {chosen}"),
            "digest": ("", batch.digest),
            "amount": ("", str(batch.amount)),
        },
        place=(batch.programme.county_id, ""),
    )
    return chosen


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


def tally(batch: DisbursementBatch) -> None:
    """Count and sum the lines that stand, and keep both with the batch."""
    sums = (
        Payment.objects.filter(batch=batch)
        .exclude(state=PaymentState.VOIDED)
        .aggregate(lines=Count("pk"), total=Sum("amount"))
    )
    DisbursementBatch.objects.filter(pk=batch.pk).update(
        payments_count=sums["lines"], amount=sums["total"] or ZERO
    )
    batch.refresh_from_db()


def recorded(
    verb: str,
    batch: DisbursementBatch,
    actor: Actor,
    now: datetime,
    *,
    count: int = 1,
    reason: str = "",
) -> None:
    """Enter a batch's move in the audit trail."""
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
