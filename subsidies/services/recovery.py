"""Recovery: asked for, approved by somebody else and posted, collected in receipts, written off."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.ledger.choices import Account
from povedu.ledger.services import Leg, post
from povedu.money import ZERO, fen, yuan
from povedu.scope import Actor
from subsidies.choices import PaymentState, RecoveryState
from subsidies.models import Payment, Recovery, RecoveryReceipt, RecoverySource
from subsidies.rules.recovery import Shares, slice_of
from subsidies.services.numbers import next_number

_STANDING = (RecoveryState.APPROVED, RecoveryState.COLLECTED, RecoveryState.WRITTEN_OFF)


def propose_recovery(
    *,
    payment: Payment,
    amount: Decimal,
    cause: str,
    reason: str,
    actor: Actor,
    now: datetime,
    payer_name: str = "",
) -> Recovery:
    """Ask for money of a settled payment back; nothing moves until somebody else approves.

    ``payer_name`` is who gives it back, the payee where nobody is named. Raises Refusal where the
    payment has not settled, or where all recoveries together would exceed it.
    """
    if payment.state != PaymentState.SETTLED:
        raise Refusal("recovery-not-paid", _("只有已到账的款项才能追回。"))
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明追回的事由和依据。"), field="reason")
    county = payment.batch.programme.county_id
    try:
        with transaction.atomic():
            Payment.objects.select_for_update().get(pk=payment.pk)
            asked = payment.recoveries.exclude(state=RecoveryState.REFUSED)
            before = asked.aggregate(total=Sum("amount"))["total"] or ZERO
            if amount <= 0 or before + amount > payment.amount:
                raise Refusal(
                    "recovery-too-much",
                    _("该笔发放 %(paid)s 元，已提出追回 %(before)s 元，最多还可追回 %(left)s 元。")
                    % {"paid": payment.amount, "before": before, "left": payment.amount - before},
                    field="amount",
                )
            made = Recovery.objects.create(
                number=next_number(Recovery, "ZH", county, timezone.localtime(now).date()),
                payment=payment,
                cause=cause,
                reason=reason[:200],
                payer_name=(payer_name.strip() or payment.payee_name)[:80],
                amount=amount,
                made_by_id=actor.user_id,
                made_at=now,
            )
            _recorded("recovery.propose", made, actor, now, reason=reason)
    except IntegrityError as clash:
        raise Conflict("recovery-raced", _("该笔款项刚被他人提出追回，请刷新后核对。")) from clash
    return made


def approve_recovery(
    *, recovery: Recovery, actor: Actor, now: datetime, note: str = ""
) -> Recovery:
    """Approve what somebody else asked for, and post it as owed back to its sources.

    The payment's expense becomes a claim: expense is credited, recoverable debited, per source.
    """
    if recovery.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("经办人不能审批自己提出的追回，请由他人审批。"))
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=recovery.payment_id)
        before = Recovery.objects.filter(payment=payment, state__in=_STANDING)
        taken = before.aggregate(total=Sum("amount"))["total"] or ZERO
        _move(
            recovery,
            RecoveryState.PROPOSED,
            RecoveryState.APPROVED,
            approved_by_id=actor.user_id,
            approved_at=now,
            note=note[:200],
        )
        paid = [(one.source, fen(one.amount)) for one in payment.sources.order_by("pk")]
        shares = slice_of(paid, fen(taken), fen(recovery.amount))
        RecoverySource.objects.bulk_create(
            RecoverySource(recovery=recovery, source=source, amount=yuan(amount))
            for source, amount in shares
        )
        _recorded("recovery.approve", recovery, actor, now, reason=note)
        _post(
            recovery,
            shares,
            (Account.RECOVERABLE, Account.EXPENSE),
            timezone.localtime(now).date(),
            actor,
            now,
        )
    return recovery


def refuse_recovery(*, recovery: Recovery, note: str, actor: Actor, now: datetime) -> Recovery:
    """Refuse what somebody else asked for, saying why."""
    if recovery.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("经办人不能审批自己提出的追回，请由他人审批。"))
    if not note.strip():
        raise Refusal("note-missing", _("请写明不予追回的原因。"), field="note")
    with transaction.atomic():
        _move(
            recovery,
            RecoveryState.PROPOSED,
            RecoveryState.REFUSED,
            approved_by_id=actor.user_id,
            approved_at=now,
            closed_at=now,
            note=note[:200],
        )
        _recorded("recovery.refuse", recovery, actor, now, reason=note)
    return recovery


def receive_recovery(
    *,
    recovery: Recovery,
    received_on: date,
    amount: Decimal,
    document: str,
    actor: Actor,
    now: datetime,
) -> Recovery:
    """Enter money that came back on a day; the last of it closes the recovery.

    Posted to its sources in order: cash is debited, recoverable credited.
    """
    if received_on > timezone.localtime(now).date():
        raise Refusal("recovery-date-ahead", _("收回日期晚于今天，请核对。"), field="received_on")
    with transaction.atomic():
        held = Recovery.objects.select_for_update().get(pk=recovery.pk)
        if held.state != RecoveryState.APPROVED:
            raise Conflict("recovery-moved", _("该追回单不在追回中，请刷新后核对。"))
        before = held.receipts.aggregate(total=Sum("amount"))["total"] or ZERO
        if amount <= 0 or before + amount > held.amount:
            raise Refusal(
                "recovery-too-much",
                _("应追回 %(amount)s 元，已收回 %(before)s 元，本次最多 %(left)s 元。")
                % {"amount": held.amount, "before": before, "left": held.amount - before},
                field="amount",
            )
        try:
            with transaction.atomic():
                RecoveryReceipt.objects.create(
                    recovery=held,
                    received_on=received_on,
                    amount=amount,
                    document=document[:60],
                    entered_by_id=actor.user_id,
                    entered_at=now,
                )
        except IntegrityError as known:
            raise Conflict("recovery-receipt-known", _("该凭证号已登记过收回。")) from known
        _recorded("recovery.receive", held, actor, now, received=amount)
        shares = slice_of(_sources(held), fen(before), fen(amount))
        if before + amount == held.amount:
            _move(held, RecoveryState.APPROVED, RecoveryState.COLLECTED, closed_at=now)
        _post(held, shares, (Account.CASH, Account.RECOVERABLE), received_on, actor, now)
    recovery.refresh_from_db()
    return recovery


def write_off_recovery(*, recovery: Recovery, note: str, actor: Actor, now: datetime) -> Recovery:
    """Give up what cannot be collected of another's recovery, saying on whose decision.

    What is left becomes expense again.
    """
    if recovery.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("经办人不能核销自己提出的追回，请由他人办理。"))
    if not note.strip():
        raise Refusal("note-missing", _("请写明核销的依据（如会议纪要文号）。"), field="note")
    with transaction.atomic():
        held = Recovery.objects.select_for_update().get(pk=recovery.pk)
        before = held.receipts.aggregate(total=Sum("amount"))["total"] or ZERO
        _move(
            recovery,
            RecoveryState.APPROVED,
            RecoveryState.WRITTEN_OFF,
            closed_by_id=actor.user_id,
            closed_at=now,
            note=note[:200],
        )
        _recorded("recovery.write-off", recovery, actor, now, reason=note)
        shares = slice_of(_sources(recovery), fen(before), fen(recovery.amount - before))
        day = timezone.localtime(now).date()
        _post(recovery, shares, (Account.EXPENSE, Account.RECOVERABLE), day, actor, now)
    return recovery


def _sources(recovery: Recovery) -> list[tuple[str, int]]:
    return [(one.source, fen(one.amount)) for one in recovery.sources.order_by("pk")]


def _move(recovery: Recovery, old: RecoveryState, new: RecoveryState, **fields: Any) -> None:
    moved = Recovery.objects.filter(pk=recovery.pk, state=old).update(state=new, **fields)
    if not moved:
        raise Conflict("recovery-moved", _("该追回单刚被他人办理，请刷新后核对。"))
    recovery.refresh_from_db()


def _post(
    recovery: Recovery,
    shares: Shares,
    accounts: tuple[Account, Account],
    day: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Debit the first account and credit the second, for each source."""
    award = recovery.payment.instalment.award
    about = (award.programme.code, award.school.code, award.term, f"recovery:{recovery.pk}")
    legs = [
        Leg(1, day, account, sign * amount, source, *about)
        for source, amount in shares
        for account, sign in zip(accounts, (1, -1), strict=True)
    ]
    post(county_code=award.programme.county_id[:6], legs=legs, actor=actor, now=now)


def _recorded(
    verb: str,
    recovery: Recovery,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    received: Decimal = ZERO,
) -> None:
    changes: dict[str, tuple[Any, Any]] = {
        "state": ("", recovery.state),
        "amount": ("", str(recovery.amount)),
    }
    if received:
        changes["received"] = ("", str(received))
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=recovery,
        changes=changes,
        reason=reason,
        place=(recovery.payment.batch.programme.county_id, ""),
    )
