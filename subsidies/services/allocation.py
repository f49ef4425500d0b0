"""Splitting money that arrived to schools: proposed by one person, approved by another."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.errors import Conflict, Refusal
from povedu.money import fen, yuan
from povedu.scope import Actor
from povedu.terms import Term
from subsidies.choices import AllocationState, Factor
from subsidies.models import Allocation, AllocationLine, FundReceipt, Programme
from subsidies.rules.allocation import allocate
from subsidies.rules.eligibility import day_that_counts
from subsidies.selectors.allocation import claims_of, given_to, needs_of, unallocated
from subsidies.selectors.population import Population
from subsidies.services.numbers import next_number

_LINE = (
    "allocation",
    "school",
    "poor_count",
    "eligible_count",
    "boarders_count",
    "pupils_count",
    "is_remote",
    "need",
    "first_amount",
    "factor_amount",
    "amount",
    "gap",
)


def propose_allocation(
    *,
    programme: Programme,
    term: Term,
    receipt: FundReceipt,
    weights: Mapping[str, int],
    actor: Actor,
    now: datetime,
    amount: Decimal | None = None,
    unit: int = 100,
    document: str = "",
) -> Allocation:
    """Split money that arrived to the schools of a county, as a proposal.

    1. Each school's eligible children at their standards are its need, less what standing plans of
    the term already give it. 2. First the registered poor, then by factors (``weights``), to whole
    ``unit`` fen; the lines sum to ``amount`` (all that is left of the receipt without one) exactly.

    Raises Refusal where the receipt is for another programme or has less left, where no factor
    weighs, and where nobody needs the money.
    """
    today = timezone.localtime(now).date()
    _check_weights(weights)
    with transaction.atomic():
        receipt = FundReceipt.objects.select_for_update().get(pk=receipt.pk)
        given = _check_receipt(programme, receipt, amount)
        population = Population(programme.county_id, term, day_that_counts(term, today))
        needs = needs_of(programme, population)
        claims = claims_of(needs, given_to(programme, term))
        try:
            shares = allocate(fen(given), claims, weights, unit)
        except ValueError as nobody:
            raise Refusal(
                "nobody-needs", _("该学期没有学校有符合条件的学生，无法分配。")
            ) from nobody
        allocation = Allocation.objects.create(
            number=next_number(Allocation, "FP", programme.county_id, today),
            programme=programme,
            term=term.code,
            receipt=receipt,
            source=receipt.source,
            amount=given,
            weights={name: weights.get(name, 0) for name in Factor.values},
            unit=unit,
            document=document,
            made_by_id=actor.user_id,
            made_at=now,
        )
        wanted = {one.school_id: one for one in claims}
        insert_rows(
            AllocationLine,
            _LINE,
            [
                (
                    allocation.pk,
                    one.school_id,
                    needs[one.school_id].poor_count,
                    needs[one.school_id].eligible_count,
                    needs[one.school_id].boarders_count,
                    needs[one.school_id].pupils_count,
                    needs[one.school_id].is_remote,
                    yuan(wanted[one.school_id].need_fen),
                    yuan(one.first_fen),
                    yuan(one.factor_fen),
                    yuan(one.first_fen + one.factor_fen),
                    yuan(one.gap_fen),
                )
                for one in shares
            ],
        )
        _recorded("allocation.propose", allocation, actor, now, count=len(shares))
    return allocation


def _check_weights(weights: Mapping[str, int]) -> None:
    if not any(weights.get(name, 0) > 0 for name in Factor.values):
        raise Refusal("no-weights", _("请至少给一个因素填写权重。"), field=str(Factor.POOR))


def _check_receipt(programme: Programme, receipt: FundReceipt, amount: Decimal | None) -> Decimal:
    """Return what is to be split; refuse what the receipt does not cover."""
    elsewhere = receipt.programme_id not in (None, programme.pk)
    if elsewhere or receipt.county_id != programme.county_id:
        raise Refusal("receipt-elsewhere", _("这笔到账资金不属于该项目。"), field="receipt")
    left = unallocated(receipt)
    given = left if amount is None else amount
    if given <= 0 or given > left:
        raise Refusal(
            "receipt-spent",
            _("这笔到账资金尚未分配的只有 %(left)s 元。") % {"left": f"{left:,.2f}"},
            field="amount",
        )
    return given


def approve_allocation(
    *, allocation: Allocation, actor: Actor, now: datetime, note: str = ""
) -> Allocation:
    """Approve a plan; whoever drew it up may not."""
    if allocation.made_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("编制人不能批准自己的分配方案，请由他人批准。"))
    with transaction.atomic():
        _move(
            allocation,
            AllocationState.APPROVED,
            approved_by=actor.user_id,
            approved_at=now,
            note=note[:200],
        )
        _recorded("allocation.approve", allocation, actor, now, reason=note)
    allocation.refresh_from_db()
    return allocation


def withdraw_allocation(
    *, allocation: Allocation, reason: str, actor: Actor, now: datetime
) -> Allocation:
    """Take a proposed plan back; its money can be split anew."""
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明原因。"), field="reason")
    with transaction.atomic():
        _move(allocation, AllocationState.WITHDRAWN, note=reason[:200])
        _recorded("allocation.withdraw", allocation, actor, now, reason=reason)
    allocation.refresh_from_db()
    return allocation


def _move(allocation: Allocation, new: AllocationState, **fields: object) -> None:
    moved = Allocation.objects.filter(pk=allocation.pk, state=AllocationState.PROPOSED).update(
        state=new, **fields
    )
    if not moved:
        raise Conflict("allocation-moved", _("这份方案刚被他人办理，请刷新后核对。"))


def _recorded(
    verb: str,
    allocation: Allocation,
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
        subject=allocation,
        changes={"amount": ("", str(allocation.amount))},
        count=count,
        reason=reason,
        place=(allocation.programme.county_id, ""),
    )
