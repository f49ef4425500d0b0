"""Reliefs of student loans: applied for, decided by somebody else, paid to the lender."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from subsidies.choices import ReliefCause, ReliefKind, ReliefState
from subsidies.models import Loan, LoanRelief
from subsidies.rules import reliefs as rules
from subsidies.selectors.loans import BorrowerSums, borrower_sums, contracts_of


def apply_relief(
    *,
    loan: Loan,
    cause: str,
    year: int,
    evidence: str,
    actor: Actor,
    now: datetime,
    amount: Decimal | None = None,
    served_from: date | None = None,
) -> LoanRelief:
    """Enter a claim; without an amount it is what the rule gives.

    1. The contract must be owed. 2. Service at the grassroots must be long enough for the part
    claimed. 3. No more than what is left: of the compensable sum, or of the debt.
    """
    kind = rules.kind_of(cause)
    with transaction.atomic():
        # All of a borrower's contracts are held: two claims are summed one after the other,
        # whichever contracts they name.
        held = next(one for one in contracts_of(loan).select_for_update() if one.pk == loan.pk)
        if held.state not in rules.OWED:
            raise Refusal("loan-not-owed", _("该合同没有待还款项，不能申请代偿或救助。"))
        sums = borrower_sums(held)
        number = sums.compensations + 1 if kind == ReliefKind.COMPENSATION else 1
        limit = (
            _limit_of_compensation(cause, served_from, year, number, sums)
            if kind == ReliefKind.COMPENSATION
            else sums.left
        )
        claimed = limit if amount is None else amount
        if claimed <= 0 or claimed > limit:
            raise Refusal(
                "relief-too-much",
                _("金额超过可申请的 %(limit)s 元。请核对。") % {"limit": f"{limit:,.2f}"},
                field="amount",
            )
        try:
            with transaction.atomic():
                relief = LoanRelief.objects.create(
                    loan=held,
                    kind=kind,
                    cause=cause,
                    year=year,
                    number=number,
                    served_from=served_from,
                    amount=claimed,
                    evidence=evidence,
                    entered_by_id=actor.user_id,
                    entered_at=now,
                )
        except IntegrityError as clash:
            raise Refusal(
                "relief-again", _("该合同本年度已有同类申请。请在列表中核对。"), field="year"
            ) from clash
        _record(relief, "relief.apply", actor, now, {"amount": ("", str(claimed))})
    return relief


def _limit_of_compensation(
    cause: str, served_from: date | None, year: int, number: int, sums: BorrowerSums
) -> Decimal:
    """Return what this part of a compensation may be at most."""
    parts = rules.parts_for(cause)
    if number > parts:
        raise Refusal("relief-complete", _("代偿已按规定次数申请完毕。"), field="cause")
    if cause == ReliefCause.GRASSROOTS:
        if served_from is None:
            raise Refusal("served-from", _("请填写服务起始日期。"), field="served_from")
        if not rules.has_served(served_from, year, number):
            raise Refusal(
                "service-too-short",
                _("到 %(year)s 年底服务未满 %(number)s 年，不能申请第 %(number)s 次代偿。")
                % {"year": year, "number": number},
                field="served_from",
            )
    return min(
        rules.part_of(sums.compensable, number, parts),
        sums.compensable - sums.compensated,
        sums.left,
    )


def decide_relief(
    *, relief: LoanRelief, approved: bool, note: str, actor: Actor, now: datetime
) -> LoanRelief:
    """Agree or refuse; never by whoever entered the claim."""
    if relief.entered_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("登记人不能审核自己登记的申请，请由他人审核。"))
    if not approved and not note.strip():
        raise Refusal("note-missing", _("不予批准的，请写明理由。"), field="note")
    state = ReliefState.APPROVED if approved else ReliefState.REFUSED
    _step(
        relief,
        ReliefState.PENDING,
        {"state": state, "decided_by_id": actor.user_id, "decided_at": now, "note": note},
        ("relief.decide", actor, now),
    )
    return relief


def pay_relief(*, relief: LoanRelief, paid_on: date, actor: Actor, now: datetime) -> LoanRelief:
    """Record the day on which the lender had the money."""
    if paid_on > timezone.localtime(now).date():
        raise Refusal("date-ahead", _("拨付日期尚未到来。请核对。"), field="paid_on")
    _step(
        relief,
        ReliefState.APPROVED,
        {"state": ReliefState.PAID, "paid_on": paid_on},
        ("relief.pay", actor, now),
    )
    return relief


def _step(
    relief: LoanRelief, old: str, new: dict[str, object], about: tuple[str, Actor, datetime]
) -> None:
    verb, actor, now = about
    with transaction.atomic():
        if not LoanRelief.objects.filter(pk=relief.pk, state=old).update(**new):
            raise Conflict("relief-moved", _("这项申请刚被他人处理。请刷新后核对。"))
        relief.refresh_from_db()
        _record(relief, verb, actor, now, {"state": (old, str(new["state"]))})


def _record(
    relief: LoanRelief, verb: str, actor: Actor, now: datetime, changes: dict[str, tuple[str, str]]
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=relief,
        changes=changes,
        reason=relief.note,
        place=(relief.loan.county_id, ""),
    )
