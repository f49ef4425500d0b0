"""Reading meal reports: what came in, what is missing, and what a form begins with."""

from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from povedu.scope import Scope
from schools.choices import MealMode
from schools.models import MealReport, School
from schools.rules.meals import month_before, standard_on
from schools.selectors.places import schools


def meal_reports(scope: Scope) -> QuerySet[MealReport]:
    """Return the reports of the schools in scope."""
    inside = scope.q(division="school__division_id", school="school__code")
    return MealReport.objects.filter(inside).select_related(
        "school__division__parent", "reported_by"
    )


def meal_schools(scope: Scope, month: date) -> QuerySet[School]:
    """Return the schools in scope that ought to report a month, with what they reported.

    Each row has ``pupils_count``, ``feeding_days``, ``meals_count``, ``amount`` and ``report_id``,
    all None while the report is missing.
    """
    given = MealReport.objects.filter(school=OuterRef("pk"), month=month)
    names = ("pupils_count", "feeding_days", "meals_count", "amount")
    return (
        schools(scope)
        .filter(due_in(month))
        .annotate(
            report_id=Subquery(given.values("pk")),
            **{name: Subquery(given.values(name)) for name in names},
        )
    )


def due_in(month: date) -> Q:
    """Return the filter for schools that ought to report a month."""
    return (
        Q(has_meals=True)
        & (Q(closed_on=None) | Q(closed_on__gt=month))
        & (Q(opened_on=None) | Q(opened_on__lte=month))
    )


def missing_schools(scope: Scope, month: date) -> QuerySet[School]:
    """Return the schools in scope whose report of a month has not come in."""
    return schools(scope).filter(due_in(month)).exclude(meal_reports__month=month)


def month_totals(scope: Scope, month: date) -> dict[str, object]:
    """Return a month's schools, pupils (persons), meals (person-times) and money in yuan."""
    return (
        meal_reports(scope)
        .filter(month=month)
        .aggregate(
            schools=Count("school", distinct=True),
            pupils=Sum("pupils_count"),
            meals=Sum("meals_count"),
            amount=Sum("amount"),
        )
    )


def first_values(scope: Scope, school: School, month: date) -> dict[str, object]:
    """Return what the form of a month begins with: last month's figures, the month's standard."""
    last = (
        meal_reports(scope)
        .filter(school=school, month__lt=month)
        .order_by("-month")
        .values("mode", "pupils_count", "feeding_days", "meals_count", "standard")
        .first()
    )
    values: dict[str, object] = {"month": month, "standard": standard_on(month)}
    if school.has_canteen:
        values["mode"] = MealMode.CANTEEN
    if last is not None:
        values = {**values, **last, "standard": values["standard"]}
        values["standard"] = values["standard"] or last["standard"]
    return values


def month_due(today: date) -> date:
    """Return the month whose reports are due: the one before."""
    return month_before(today.replace(day=1))
