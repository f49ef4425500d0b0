"""A county's working days: the published calendar with what the county declares over it."""

from datetime import date

from django.db.models import QuerySet

from povedu.scope import Scope
from povedu.working_days import Changed
from subsidies.models import CalendarDay


def calendar_days(scope: Scope, office: str = "") -> QuerySet[CalendarDay]:
    """Return the days that the counties in scope work otherwise; every office sees them."""
    return CalendarDay.objects.filter(
        county__code__startswith=scope.division_prefix[:6]
    ).select_related("county")


def changed_days(county_id: str) -> Changed:
    """Return which days a county works or rests against the published calendar."""
    rows = CalendarDay.objects.filter(county=county_id)
    changed: dict[date, bool] = dict(rows.values_list("day", "is_working"))
    return changed
