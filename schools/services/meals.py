"""Monthly meal reports of schools."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor
from schools.models import MealReport, School
from schools.rules import meals as rules
from schools.services.rows import check_version, locked, place_of, require_school, write_row


@dataclass(frozen=True, slots=True)
class MealDetails:
    """A school's month as it is reported; without an amount it is meals × standard."""

    month: date
    mode: str
    pupils_count: int
    feeding_days: int
    meals_count: int
    standard: Decimal
    amount: Decimal | None = None
    enrolled_count: int | None = None
    left_behind_count: int = 0
    left_behind_meals: int = 0
    day_poor_count: int = 0
    day_poor_meals: int = 0
    free_count: int = 0
    free_meals: int = 0

    def parts(self) -> dict[str, int]:
        """Return the parts by field."""
        names = (name for pair in rules.PARTS for name in pair)
        return {name: getattr(self, name) for name in names}


def report_meals(
    *, school: School, details: MealDetails, actor: Actor, now: datetime
) -> MealReport:
    """Report a school's month; once reported it is corrected, not reported again."""
    month = rules.month_of(details.month)
    with transaction.atomic():
        row = locked(school)
        require_school(actor, row)
        _check_school(row, month)
        values = _checked(details, month, now)
        if MealReport.objects.filter(school=row, month=month).exists():
            raise Refusal(
                "month-reported",
                _("%(month)s 已填报。如有差错，请在列表中更正。") % {"month": f"{month:%Y-%m}"},
                field="month",
            )
        report = MealReport.objects.create(
            school=row,
            month=month,
            reported_by_id=actor.user_id,
            reported_at=now,
            **values,
        )
        record(
            actor=actor,
            now=now,
            verb="meal.report",
            subject=report,
            changes={name: ["", value] for name, value in values.items()},
            place=place_of(row),
        )
    return report


def correct_meals(
    *, report: MealReport, details: MealDetails, actor: Actor, now: datetime
) -> MealReport:
    """Correct a reported month."""
    with transaction.atomic():
        row = locked(report)
        require_school(actor, row.school)
        check_version(report, row)
        changes = write_row(row, _checked(details, row.month, now))
        if changes:
            record(
                actor=actor,
                now=now,
                verb="meal.correct",
                subject=row,
                changes=changes,
                place=place_of(row.school),
            )
    return row


def _checked(details: MealDetails, month: date, now: datetime) -> dict[str, object]:
    """Return the fields of a month, refused where they cannot be true."""
    figures = rules.MonthFigures(
        month=month,
        pupils_count=details.pupils_count,
        feeding_days=details.feeding_days,
        meals_count=details.meals_count,
        standard=details.standard,
        amount=details.amount,
        enrolled_count=details.enrolled_count,
        parts=details.parts(),
    )
    rules.check_month(figures, today=timezone.localtime(now).date())
    return {
        "mode": details.mode,
        "pupils_count": details.pupils_count,
        "feeding_days": details.feeding_days,
        "meals_count": details.meals_count,
        "enrolled_count": details.enrolled_count,
        **details.parts(),
        "standard": details.standard,
        "amount": figures.full_amount if details.amount is None else details.amount,
    }


def _check_school(school: School, month: date) -> None:
    if not school.has_meals:
        raise Refusal(
            "school-without-meals",
            _("该校未列入营养改善计划。请先在学校信息中登记。"),
            field="school",
        )
    if school.closed_on is not None and month >= school.closed_on:
        raise Refusal(
            "school-closed",
            _("该校已于 %(on)s 停办，不能办理。") % {"on": school.closed_on.isoformat()},
            field="school",
        )
