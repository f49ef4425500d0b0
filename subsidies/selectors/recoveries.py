"""Reading back-pays and recoveries."""

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from povedu.money import MoneyField
from povedu.scope import Scope
from subsidies.choices import PaymentState
from subsidies.models import BackPay, Payment, Recovery, RecoveryReceipt
from subsidies.selectors.payments import payments
from subsidies.selectors.programmes import for_office


def back_pays(scope: Scope, office: str = "") -> QuerySet[BackPay]:
    """Return the back-pays of the counties in scope."""
    rows = BackPay.objects.filter(
        for_office(office), county__code__startswith=scope.division_prefix[:6]
    )
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        rows = rows.none()
    return rows.select_related("programme", "batch", "made_by").order_by("-made_at", "-pk")


def recoveries(scope: Scope, office: str = "") -> QuerySet[Recovery]:
    """Return the recoveries from students of the schools in scope, with what came back."""
    receipts = (
        RecoveryReceipt.objects.filter(recovery=OuterRef("pk"))
        .order_by()
        .values("recovery")
        .annotate(total=Sum("amount", output_field=BigIntegerField()))
        .values("total")
    )
    award = "payment__instalment__award"
    return (
        Recovery.objects.filter(
            scope.q(division=f"{award}__school__division_id", school=f"{award}__school__code"),
            for_office(office, f"{award}__programme__office"),
        )
        .annotate(
            received=Coalesce(
                Subquery(receipts, output_field=MoneyField()),
                Value(0, output_field=MoneyField()),
            )
        )
        .select_related(
            f"{award}__student",
            f"{award}__programme",
            f"{award}__school",
            "payment__batch__programme",
            "made_by",
            "approved_by",
            "closed_by",
        )
        .order_by("-made_at", "-pk")
    )


def settled(scope: Scope, office: str = "") -> QuerySet[Payment]:
    """Return the payments that may be recovered."""
    return payments(scope, office).filter(state=PaymentState.SETTLED)
