"""Meals: what a monthly report must satisfy, and how persons come out of person-times.

Definitions of the yearly form: average pupils are, school by school, the year's meals divided by
the days on which meals were served; average days are the year's meals divided by the average
pupils; schools are the most that served in any one month.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

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


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """One school's year: meals served and days on which they were."""

    meals_count: int
    feeding_days: int


def average_pupils(years: Iterable[SchoolYear]) -> int:
    """Return the persons of a year: per school meals ÷ days, added up, then rounded half up."""
    total = sum(
        (Fraction(year.meals_count, year.feeding_days) for year in years if year.feeding_days),
        Fraction(0),
    )
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def average_days(meals_count: int, pupils: int) -> Decimal:
    """Return the average feeding days of a year with one decimal, zero without pupils."""
    if not pupils:
        return Decimal(0)
    return (Decimal(meals_count) / pupils).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
