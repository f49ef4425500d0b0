"""Meals: the standard of a month and what a monthly report must satisfy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

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


# The parts of a month: their field of persons and that of person-times.
PARTS = (
    ("left_behind_count", "left_behind_meals"),
    ("day_poor_count", "day_poor_meals"),
    ("free_count", "free_meals"),
)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month of one school; money in yuan; ``parts`` by field name, see ``PARTS``."""

    month: date
    pupils_count: int
    feeding_days: int
    meals_count: int
    standard: Decimal
    amount: Decimal | None = None
    enrolled_count: int | None = None
    parts: Mapping[str, int] = field(default_factory=dict)

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
    _check_parts(figures)


def _check_parts(figures: MonthFigures) -> None:
    """Refuse parts that are more than the whole, and meals without anybody who ate them."""
    if figures.enrolled_count is not None and figures.pupils_count > figures.enrolled_count:
        raise Refusal(
            "more-than-enrolled",
            _("受益学生多于全校学生。请核对。"),
            field="pupils_count",
        )
    for persons, meals in PARTS:
        count, times = figures.parts.get(persons, 0), figures.parts.get(meals, 0)
        if count > figures.pupils_count:
            raise Refusal("part-over-whole", _("分项人数超过受益学生。请核对。"), field=persons)
        if times > min(figures.meals_count, count * figures.feeding_days):
            raise Refusal(
                "part-over-whole", _("分项人次超过 分项人数×供餐天数。请核对。"), field=meals
            )


@dataclass(frozen=True, slots=True)
class YearAverages:
    """A year by the definitions of the annual county form.

    ``pupils`` is 平均受益学生数, the sum over schools of a year's meals ÷ feeding days; ``days`` is
    平均就餐天数, all meals ÷ ``pupils``; ``schools`` is 实施学校数, the most schools of any month.
    """

    schools: int
    pupils: Decimal
    days: Decimal
    meals: int


_TENTH = Decimal("0.1")


def year_averages(
    schools: Iterable[tuple[int, int]], schools_by_month: Iterable[int]
) -> YearAverages:
    """Return the averages of a year from (meals, feeding days) of each school; to one decimal."""
    known = [(meals, days) for meals, days in schools if days]
    exact = sum((Decimal(meals) / days for meals, days in known), Decimal(0))
    meals = sum(meals for meals, _days in known)
    return YearAverages(
        max(schools_by_month, default=0),
        exact.quantize(_TENTH, ROUND_HALF_UP),
        (meals / exact if exact else Decimal(0)).quantize(_TENTH, ROUND_HALF_UP),
        meals,
    )
