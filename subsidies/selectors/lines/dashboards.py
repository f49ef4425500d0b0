"""Sums of a calendar year for the dashboards."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, QuerySet, Sum, Value
from django.db.models.functions import Substr

from povedu.ledger.choices import FundSource
from povedu.scope import Scope
from subsidies.models import PaymentSource
from subsidies.selectors.counting import AWARD
from subsidies.selectors.lines.settled import settled_gifts, settled_payments


def aided_students(year: int) -> Any:
    """Return the ids of students whom a payment reached in a year, for a subquery."""
    return settled_payments(Scope.everything(), year).order_by().values(f"{AWARD}__student_id")


def _added(*told: QuerySet[Any, Any]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for rows in told:
        for key, total in rows:
            if total is not None:
                sums[key] += total
    return dict(sums)


def money_by_part(scope: Scope, year: int, *, digits: int) -> dict[str, Decimal]:
    """Return a year's settled money by the division's first digits, or by school."""

    def part(school: str) -> Any:
        return Substr(f"{school}__division_id", 1, digits) if digits else F(f"{school}__code")

    paid, given = settled_payments(scope, year), settled_gifts(scope, year)
    return _added(
        paid.order_by()
        .values(part=part(f"{AWARD}__school"))
        .annotate(total=Sum("amount"))
        .values_list("part", "total"),
        given.order_by()
        .values(part=part("school"))
        .annotate(total=Sum("amount"))
        .values_list("part", "total"),
    )


def money_by_source(scope: Scope, year: int) -> dict[str, Decimal]:
    """Return a year's settled money by source; gifts are social."""
    paid = PaymentSource.objects.filter(payment__in=settled_payments(scope, year))
    given: QuerySet[Any, Any] = (
        settled_gifts(scope, year)
        .order_by()
        .values(source=Value(FundSource.SOCIAL.value, output_field=CharField()))
        .annotate(total=Sum("amount"))
        .values_list("source", "total")
    )
    told = paid.order_by().values_list("source").annotate(total=Sum("amount"))
    return _added(told, given)


def money_by_stage(scope: Scope, year: int) -> dict[str, Decimal]:
    """Return a year's settled payments by the stage of the award."""
    told = settled_payments(scope, year).order_by().values_list(f"{AWARD}__stage")
    return dict(told.annotate(total=Sum("amount")))
