"""Meals: the standard of a month and what a monthly report must satisfy."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal

# Central standard per pupil and feeding day: 3 yuan from autumn 2011, 4 from November 2014,
# 5 from autumn 2021 (Ministry of Finance and Ministry of Education).
STANDARDS: tuple[tuple[date, Decimal], ...] = (
    (date(2021, 9, 1), Decimal(5)),
    (date(2014, 11, 1), Decimal(4)),
    (date(2011, 9, 1), Decimal(3)),
)


def standard_on(month: date) -> Decimal | None:
    """Return yuan per pupil and day in a month, None before the programme began."""
    return next((amount for since, amount in STANDARDS if month >= since), None)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def month_before(month: date) -> date:
    """Return the month before."""
    return date(month.year - 1, 12, 1) if month.month == 1 else month.replace(month=month.month - 1)


def month_after(month: date) -> date:
    """Return the month after."""
    return date(month.year + 1, 1, 1) if month.month == 12 else date(month.year, month.month + 1, 1)


def days_in(month: date) -> int:
    """Return how many days a month has."""
    return (month_after(month) - month).days


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month of one school; money in yuan."""

    month: date
    pupils_count: int
    feeding_days: int
    meals_count: int
    standard: Decimal
    amount: Decimal | None = None

    @property
    def full_amount(self) -> Decimal:
        """Return what the meals cost at the standard."""
        return self.meals_count * self.standard


def check_month(figures: MonthFigures, *, today: date) -> None:
    """Refuse figures that cannot be a month's truth."""
    if figures.month > month_of(today):
        raise Refusal("month-in-future", _("月份尚未到来，不能填报。"), field="month")
    if figures.feeding_days > days_in(figures.month):
        raise Refusal("too-many-days", _("供餐天数超过当月天数。请核对。"), field="feeding_days")
    if figures.meals_count > figures.pupils_count * figures.feeding_days:
        raise Refusal(
            "too-many-meals",
            _("供餐人次超过 受益学生×供餐天数（%(limit)s）。请核对。")
            % {"limit": figures.pupils_count * figures.feeding_days},
            field="meals_count",
        )
    if figures.amount is not None and figures.amount > figures.full_amount:
        raise Refusal(
            "amount-over-standard",
            _("本月资金超过 供餐人次×标准（%(limit)s 元）。请核对。")
            % {"limit": figures.full_amount},
            field="amount",
        )
