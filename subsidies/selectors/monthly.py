"""Orphans' monthly living subsidy: who is at which school, and which months have arrived."""

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import EnrolmentState, Hardship
from students.models import Enrolment, HardshipStatus
from subsidies.choices import AwardState, Cadence, PaymentState
from subsidies.models import Instalment, Payment
from subsidies.rules.instalments import months_of

DUE, NONE = "due", "none"
MONTH_COLUMNS = frozenset(f"m{month:02d}" for month in range(1, 13))


def column_of(month: date) -> str:
    """Return what a month's column is called."""
    return f"m{month:%m}"


def orphans(scope: Scope, term: Term) -> QuerySet[Enrolment]:
    """Return the orphans at the schools in scope in a term, with a state for each of its months.

    ``m09`` and so on is the state of the month's newest payment, ``due`` where an instalment waits,
    ``none`` where nothing was ever decided for the month: a month that is missing.
    """
    living = HardshipStatus.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=term.starts_on),
        student=OuterRef("student"),
        category=Hardship.ORPHAN,
        starts_on__lt=term.ends_on,
    )
    return (
        Enrolment.objects.filter(
            scope.q(division="school__division_id", school="school__code"),
            Exists(living),
            term=term.code,
            state=EnrolmentState.STUDYING,
        )
        .annotate(**{column_of(month): _state_of(month) for month in months_of(term)})
        .select_related("student", "school")
        .order_by("school__code", "grade", "class_name", "pk")
    )


def _state_of(month: date) -> Coalesce:
    period = f"{month:%Y-%m}"
    instalments = Instalment.objects.filter(
        award__student=OuterRef("student"),
        award__programme__cadence=Cadence.MONTH,
        award__state__in=[AwardState.GRANTED, AwardState.SUSPENDED],
        period=period,
    )
    paid = (
        Payment.objects.filter(instalment__period=period)
        .filter(
            instalment__award__student=OuterRef("student"),
            instalment__award__programme__cadence=Cadence.MONTH,
        )
        .exclude(state=PaymentState.VOIDED)
        .order_by("-attempt", "-pk")
    )
    return Coalesce(
        Subquery(paid.values("state")[:1]),
        Case(When(Exists(instalments), then=Value(DUE)), output_field=CharField()),
        Value(NONE),
        output_field=CharField(),
    )


def month_sums(rows: QuerySet[Enrolment], term: Term, until: date) -> list[dict[str, Any]]:
    """Return for each month of a term that has begun how many have it and how many miss it."""
    months = [month for month in months_of(term) if month <= until]
    counts = {"whole": Count("pk")}
    for month in months:
        name = column_of(month)
        counts[f"got_{name}"] = Count("pk", filter=Q(**{name: PaymentState.SETTLED}))
    told = rows.order_by().aggregate(**counts)
    return [
        {
            "month": month,
            "got": told[f"got_{column_of(month)}"],
            "missing": told["whole"] - told[f"got_{column_of(month)}"],
        }
        for month in months
    ]
