"""Vocational schools: the waiver and the subsidies, by boarding and by who pays, east and west."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from povedu.ledger.choices import FundSource
from povedu.money import ZERO
from povedu.scope import Scope
from schools.choices import Stage
from subsidies.models import PaymentSource
from subsidies.selectors.counting import AWARD, person_times
from subsidies.selectors.lines import CODE, settled_payments

STAGES = (Stage.VOCATIONAL, Stage.HIGHER_VOCATIONAL)


@dataclass(frozen=True, slots=True)
class Part:
    """Persons, person-times and yuan of boarders or day students."""

    persons: int
    times: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class VocationalLine:
    """One programme: boarders, day students, and what east and west pay of it."""

    name: str
    boarders: Part
    day: Part
    amount: Decimal
    eastern: Decimal

    @property
    def western(self) -> Decimal:
        """Return what the centre, the province, the city and the county pay."""
        return self.amount - self.eastern


def vocational_lines(scope: Scope, year: int) -> list[VocationalLine]:
    """Return a line for each programme that reached vocational students in a year; two queries.

    East is what the cooperating eastern place pays (东部协作); everything else is west.
    """
    paid = settled_payments(scope, year).filter(**{f"{AWARD}__stage__in": STAGES}).order_by()
    boards = Q(**{f"{AWARD}__is_boarder": True})
    rows = (
        paid.values(CODE, f"{AWARD}__programme__name")
        .annotate(**_part("boarder", boards), **_part("day", ~boards), whole=Sum("amount"))
        .order_by(CODE)
    )
    eastern = dict(
        PaymentSource.objects.filter(payment__in=paid, source=FundSource.EASTERN)
        .order_by()
        .values_list(f"payment__{CODE}")
        .annotate(Sum("amount"))
    )
    return [
        VocationalLine(
            one[f"{AWARD}__programme__name"],
            _told(one, "boarder"),
            _told(one, "day"),
            one["whole"],
            eastern.get(one[CODE], ZERO),
        )
        for one in rows
    ]


def _part(name: str, who: Q) -> dict[str, Any]:
    return {
        f"{name}_persons": Count(f"{AWARD}__student_id", distinct=True, filter=who),
        f"{name}_times": person_times(only=who),
        f"{name}_total": Sum("amount", filter=who),
    }


def _told(one: dict[str, Any], name: str) -> Part:
    return Part(one[f"{name}_persons"], one[f"{name}_times"], one[f"{name}_total"] or ZERO)
