"""Meals of several counties side by side."""

from decimal import Decimal

from django.db.models import CharField, F, Sum
from django.db.models.functions import Substr

from povedu.money import ZERO
from povedu.scope import Scope
from schools.models import MealReport
from schools.selectors.lines.conditions import average_pupils, in_scope, of_year

Fed = tuple[int, int, int, Decimal]  # schools, pupils (persons), meals (person-times), yuan


def meals(scope: Scope, year: int) -> dict[str, Fed]:
    """Return a year's meals by six-digit county code, the whole under ""; one query.

    A school's pupils are its meals divided by its feeding days, rounded half up, as in its line.
    """
    found: dict[str, Fed] = {}
    rows = (
        MealReport.objects.filter(in_scope(scope), of_year("month", year))
        .order_by()
        .values("school_id", county=Substr("school__division_id", 1, 6, output_field=CharField()))
        .annotate(
            days=Sum("feeding_days"),
            meals=Sum("meals_count"),
            pupils=average_pupils(F("meals"), F("days")),
            total=Sum("amount"),
        )
    )
    for one in rows:
        for key in (one["county"], ""):
            schools, pupils, times, amount = found.get(key, (0, 0, 0, ZERO))
            found[key] = (
                schools + 1,
                pupils + one["pupils"],
                times + one["meals"],
                amount + one["total"],
            )
    return found
