"""The life of a project and the limits of its money."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from povedu.errors import Conflict, Refusal
from povedu.ledger.choices import FundSource
from schools.choices import ProjectCategory, ProjectState

S = ProjectState
_MOVES: dict[str, tuple[ProjectState, ...]] = {
    S.PLANNED: (S.TENDERING, S.UNDER_WAY, S.CANCELLED),
    S.TENDERING: (S.UNDER_WAY, S.PLANNED, S.CANCELLED),  # back to planned: the tender failed
    S.UNDER_WAY: (S.MAIN_STRUCTURE, S.CANCELLED),
    S.MAIN_STRUCTURE: (S.COMPLETE,),
    S.COMPLETE: (S.IN_USE,),
    S.IN_USE: (),
    S.CANCELLED: (),
}
WITHOUT_STRUCTURE = frozenset({ProjectCategory.EQUIPMENT, ProjectCategory.ICT})
FINISHED = frozenset({S.COMPLETE, S.IN_USE})
OVER = FINISHED | {S.CANCELLED}
RUNNING = tuple(state for state in S if state not in OVER)


def next_states(state: str, category: str) -> tuple[ProjectState, ...]:
    """Return where a project may go from a state; purchases have no main structure."""
    if category in WITHOUT_STRUCTURE and state == S.UNDER_WAY:
        return (S.COMPLETE, S.CANCELLED)
    return _MOVES.get(state, ())


def check_move(
    *, state: str, to: str, category: str, on: date, latest_on: date | None, today: date
) -> None:
    """Refuse a move that the life of a project does not know, or on an impossible day.

    ``latest_on`` is the day of the latest step so far: steps never run backwards in time.
    """
    if state == to:
        raise Conflict("state-already", _("项目已处于该进度，可能刚被他人更新。请刷新后核对。"))
    if to not in next_states(state, category):
        raise Refusal(
            "state-not-next",
            _("项目现为“%(now)s”，不能直接变为“%(to)s”。请按进度逐步登记。")
            % {"now": S(state).label, "to": S(to).label},
            field="to",
        )
    if on > today:
        raise Refusal("date-in-future", _("日期晚于今天。请填写已经发生的日期。"), field="on")
    if latest_on is not None and on < latest_on:
        raise Refusal(
            "date-before-last-step",
            _("日期早于上一进度的日期 %(on)s。请核对。") % {"on": latest_on.isoformat()},
            field="on",
        )


def is_overdue(*, state: str, planned_completion_on: date | None, today: date) -> bool:
    """Say whether a project should be complete by now and is not."""
    return state not in OVER and planned_completion_on is not None and planned_completion_on < today


def check_payment(*, source: FundSource, funded: Decimal, paid: Decimal, amount: Decimal) -> None:
    """Refuse a payment beyond what its source still has for the project."""
    if paid + amount > funded:
        raise Refusal(
            "payment-over-funding",
            _("%(source)s资金共 %(funded)s 元，已付 %(paid)s 元，余 %(left)s 元，不足支付。")
            % {"source": source.label, "funded": funded, "paid": paid, "left": funded - paid},
            field="amount",
        )


def check_funding(*, source: FundSource, amount: Decimal, paid: Decimal) -> None:
    """Refuse funding below what has been paid from the source."""
    if amount < paid:
        raise Refusal(
            "funding-below-paid",
            _("%(source)s资金已支付 %(paid)s 元，安排数不能低于已支付数。")
            % {"source": source.label, "paid": paid},
            field=source.value,
        )


def line_amount(quantity: int, unit_price: Decimal | None) -> Decimal | None:
    """Return quantity × unit price in yuan, None where the price is not known."""
    return None if unit_price is None else quantity * unit_price


def check_delivery(*, quantity: int, delivered: int, adding: int) -> None:
    """Refuse deliveries beyond what was bought; ``delivered`` is what other schools have."""
    if delivered + adding > quantity:
        raise Refusal(
            "delivery-over-quantity",
            _("采购 %(quantity)s，其他学校已配发 %(delivered)s，最多还能配发 %(left)s。")
            % {"quantity": quantity, "delivered": delivered, "left": quantity - delivered},
            field="quantity",
        )


def check_part(*, quantity: int, parts: int, of: int) -> None:
    """Refuse “of which” lines that together exceed their line."""
    if parts + quantity > of:
        raise Refusal(
            "part-over-whole",
            _("“其中”各项合计不能超过所属品目的数量 %(of)s。") % {"of": of},
            field="quantity",
        )
