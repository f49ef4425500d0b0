"""Reading meal reports: what came in, what is missing, and what a form begins with."""

from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from povedu.scope import Scope
from schools.choices import MealMode
from schools.models import MealReport, School
from schools.rules.meals import YearAverages, month_before, standard_on, year_averages
from schools.selectors.lines.conditions import average_pupils
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


def county_month(scope: Scope, month: date) -> QuerySet[MealReport]:
    """Return a month's reports, each with ``year_amount``: its school's yuan since January."""
    since = (
        MealReport.objects.filter(
            school=OuterRef("school"), month__year=month.year, month__lte=month
        )
        .order_by()
        .values("school")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return (
        meal_reports(scope)
        .filter(month=month)
        .annotate(year_amount=Subquery(since))
        .order_by("school__code")
    )


def fed_in_year(scope: Scope, year: int) -> QuerySet[Any, Any]:
    """Return the schools that fed anybody in a year, with its ``days``, ``meals`` and ``amount``.

    ``pupils`` is the school's average: meals ÷ feeding days.
    """
    in_year = Q(meal_reports__month__year=year)
    days = Sum("meal_reports__feeding_days", filter=in_year)
    meals = Sum("meal_reports__meals_count", filter=in_year)
    return (
        schools(scope)
        .filter(in_year)
        .annotate(
            months=Count("meal_reports", filter=in_year),
            days=days,
            meals=meals,
            amount=Sum("meal_reports__amount", filter=in_year),
            pupils=average_pupils(meals, days),
        )
        .order_by("code")
    )


def averages(scope: Scope, year: int) -> YearAverages:
    """Return a year's averages by the definitions of the annual county form; two queries."""
    by_month = (
        meal_reports(scope)
        .filter(month__year=year)
        .order_by()
        .values("month")
        .annotate(count=Count("school", distinct=True))
        .values_list("count", flat=True)
    )
    told = fed_in_year(scope, year).order_by().values_list("meals", "days")
    return year_averages(list(told), list(by_month))


def months_missing(scope: Scope, today: date) -> list[tuple[date, list[str]]]:
    """Return the months of this year that are due and have gaps, with the codes of the schools.

    A month in which no school of the scope fed anybody is a holiday and not due, except the last.
    """
    last = month_before(today.replace(day=1))
    known = set(
        meal_reports(scope)
        .filter(month__gte=last.replace(month=1), month__lte=last)
        .order_by()
        .values_list("month", "school__code")
    )
    fed = {month for month, _code in known} | {last}
    expected = list(
        schools(scope).filter(has_meals=True).values_list("code", "opened_on", "closed_on")
    )
    found = []
    for month in sorted(fed):
        due = [
            code
            for code, opened, closed in expected
            if (closed is None or closed > month) and (opened is None or opened <= month)
        ]
        gaps = sorted(code for code in due if (month, code) not in known)
        if gaps:
            found.append((month, gaps))
    return found


def first_values(scope: Scope, school: School, month: date) -> dict[str, object]:
    """Return what the form of a month begins with: last month's figures, the month's standard."""
    last = (
        meal_reports(scope)
        .filter(school=school, month__lt=month)
        .order_by("-month")
        .values("mode", "enrolled_count", "pupils_count", "feeding_days", "meals_count", "standard")
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


def fed_schools(county_code: str) -> dict[str, tuple[bool, date | None]]:
    """Return per school of a county whether it is in the programme, and when it closed."""
    rows = School.objects.filter(division__code__startswith=county_code)
    return {
        code: (has_meals, closed_on)
        for code, has_meals, closed_on in rows.values_list("code", "has_meals", "closed_on")
    }
