"""What reached people in a calendar year, and in which section it is told."""

from datetime import date

from django.db.models import Q, QuerySet

from povedu.scope import Scope
from subsidies.choices import PaymentState
from subsidies.models import Gift, Payment
from subsidies.selectors.counting import AWARD

CODE = f"{AWARD}__programme__code"
SUBSIDIES, VOCATIONAL_SECTION = "subsidies", "vocational"


def in_year(field: str, year: int) -> Q:
    """Keep the days of a calendar year."""
    return Q(**{f"{field}__gte": date(year, 1, 1), f"{field}__lt": date(year + 1, 1, 1)})


def in_scope(scope: Scope, school: str) -> Q:
    """Keep the schools of a scope, by the path to a school."""
    return scope.q(division=f"{school}__division_id", school=f"{school}__code")


def settled_payments(scope: Scope, year: int) -> QuerySet[Payment]:
    """Return the payments that reached their payee in a calendar year."""
    return Payment.objects.filter(
        in_scope(scope, f"{AWARD}__school"), in_year("settled_on", year), state=PaymentState.SETTLED
    )


def settled_gifts(scope: Scope, year: int) -> QuerySet[Gift]:
    """Return the gifts that arrived in a calendar year."""
    return Gift.objects.filter(in_scope(scope, "school"), in_year("settled_on", year))
