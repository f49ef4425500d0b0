"""Lines of the nutrition programme, from the monthly meal reports."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    F,
    Max,
    Sum,
)
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.money import ZERO
from povedu.scope import Scope
from povedu.sheets import Column
from schools.models import (
    MealReport,
)
from schools.selectors.lines.conditions import (
    NUTRITION,
    average_pupils,
    in_scope,
    of_year,
)


class _Meals:
    """The nutrition programme: a row per school, from its monthly reports."""

    key = "meals"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where any school reported meals."""
        found = self._schools(scope, year)
        schools = list(found.values_list("pupils", "meals", "days", "total", "standard", "reports"))
        if not schools:
            return []
        pupils = sum(one[0] for one in schools)
        return [
            Line(
                id="meals",
                title=str(_("农村义务教育学生营养改善计划")),
                section=NUTRITION,
                kind="meals",
                persons=pupils,
                person_times=sum(one[1] for one in schools),
                amount=sum((one[3] for one in schools), ZERO),
                measures={
                    "schools": len(schools),
                    "pupils": pupils,
                    "per_day": _one_or_all({one[4] for one in schools}),
                    "most_days": max(one[2] for one in schools),
                    "reports": sum(one[5] for one in schools),
                },
                rows=len(schools),
            )
        ]

    @staticmethod
    def _schools(scope: Scope, year: int) -> Any:
        """Return a row per school; its pupils are its meals divided by its feeding days."""
        reports = MealReport.objects.filter(in_scope(scope), of_year("month", year))
        return (
            reports.order_by("school__code")
            .values("school__code", "school__name")
            .annotate(
                days=Sum("feeding_days"),
                meals=Sum("meals_count"),
                pupils=average_pupils(F("meals"), F("days")),
                standard=Max("standard"),
                reports=Count("pk"),
                total=Sum("amount"),
            )
        )

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the schools with their pupils, days, meals and money."""
        if line_id != "meals":
            return None
        columns = [
            Column("school_code", _("学校代码")),
            Column("school", _("学校"), width=26),
            Column("pupils", _("受益学生（人）"), "number", total=True),
            Column("days", _("供餐天数"), "number"),
            Column("meals", _("供餐人次"), "number", total=True),
            Column("standard", _("每生每天（元）"), "money"),
            Column("reports", _("月报数"), "number", total=True),
            Column("amount", _("资金（元）"), "money", total=True),
        ]
        rows = self._schools(scope, year).values_list(
            *("school__code", "school__name", "pupils", "days", "meals", "standard"),
            *("reports", "total"),
        )
        return RowList(
            columns,
            rows,
            sums={
                "amount": "amount",
                "persons": "pupils",
                "measures.pupils": "pupils",
                "person_times": "meals",
                "measures.reports": "reports",
            },
            distinct={"measures.schools": Distinct(["school_code"])},
        )


# --- projects -----------------------------------------------------------------------------------


def _one_or_all(amounts: set[Decimal]) -> Decimal | list[Decimal]:
    """Return the one amount that all share, else all of them in order."""
    return amounts.copy().pop() if len(amounts) == 1 else sorted(amounts)


MEALS: LineSource = _Meals()
