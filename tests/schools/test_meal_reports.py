"""Meals as the level above asks for them: month report, annual averages, who has not reported."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.errors import Refusal
from povedu.scope import Scope
from schools import selectors
from schools.models import MealReport
from schools.rules.meals import MonthFigures, check_month, year_averages
from schools.views.meals import reports_waiting
from tests.factories import MealReportFactory, SchoolFactory, actor_of, sign_in

# A busy machine draws slowly; what is drawn matters, not how fast.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCOPE = Scope("530623")
pytestmark = pytest.mark.django_db


def fed(school: Any, month: int, pupils: int, days: int, **more: Any) -> MealReport:
    return MealReportFactory(
        school=school,
        month=date(2016, month, 1),
        pupils_count=pupils,
        feeding_days=days,
        meals_count=pupils * days,
        amount=pupils * days * 4,
        **more,
    )


def test_the_month_report_has_the_upper_levels_columns_and_running_money() -> None:
    school, other = SchoolFactory(has_meals=True), SchoolFactory(has_meals=True)
    fed(school, 3, 10, 20)
    fed(
        school,
        4,
        12,
        20,
        enrolled_count=15,
        left_behind_count=5,
        left_behind_meals=100,
        day_poor_count=2,
        day_poor_meals=40,
    )
    fed(other, 4, 7, 10)
    fed(school, 5, 99, 20)
    month = date(2016, 4, 1)
    rows = {one.school_id: one for one in selectors.county_month(SCOPE, month)}
    assert rows[school.pk].year_amount == Decimal((200 + 240) * 4)
    assert rows[other.pk].year_amount == Decimal(280)
    page = sign_in(actor_of("county_admin")).get(
        reverse("schools:meal-county-month") + "?month=2016-04"
    )
    text = page.content.decode()
    for heading in (
        "本月惠及学生（人次）",
        "惠及实际学生（人）",
        "农村留守儿童（人次）",
        "累计投入",
    ):
        assert heading in text
    assert "1,760.00" in text


def test_a_year_follows_the_definitions_of_the_annual_form() -> None:
    one, two = SchoolFactory(has_meals=True), SchoolFactory(has_meals=True)
    fed(one, 3, 100, 20)
    fed(one, 4, 50, 20)  # 3,000 meals on 40 days: 75 pupils
    fed(two, 4, 10, 10)  # 100 meals on 10 days: 10 pupils
    told = selectors.averages(SCOPE, 2016)
    assert (told.schools, told.pupils, told.meals) == (2, Decimal("85.0"), 3100)
    assert told.days == Decimal("36.5")  # 3,100 ÷ 85
    assert [row.pupils for row in selectors.fed_in_year(SCOPE, 2016)] == [75, 10]
    page = sign_in(actor_of("county_admin")).get(reverse("schools:meal-year-of", args=[2016]))
    assert "36.5" in page.content.decode()
    assert selectors.averages(SCOPE, 2015).schools == 0


@calm
@given(
    schools=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 250)), max_size=6),
    months=st.lists(st.integers(0, 50), max_size=4),
)
def test_average_pupils_times_average_days_make_the_meals(
    schools: list[tuple[int, int]], months: list[int]
) -> None:
    told = year_averages(schools, months)
    assert told.meals == sum(meals for meals, days in schools if days)
    assert told.schools == max(months, default=0)
    if told.pupils > 100:
        assert abs(told.pupils * told.days - told.meals) <= told.meals / Decimal(50) + 20


def test_every_due_month_with_gaps_is_in_the_to_do_list() -> None:
    here, late = SchoolFactory(has_meals=True), SchoolFactory(has_meals=True)
    for month in (3, 4, 5):
        fed(here, month, 10, 20)
    fed(late, 4, 10, 20)
    now = datetime(2016, 6, 8, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    missing = selectors.months_missing(SCOPE, now.date())
    assert missing == [(date(2016, 3, 1), [late.code]), (date(2016, 5, 1), [late.code])]
    todos = list(reports_waiting(actor_of("county_admin"), now))
    assert [(one.count, "2016-03" in one.url) for one in todos] == [(1, True), (1, False)]
    fed(late, 3, 10, 20)
    fed(late, 5, 10, 20)
    assert selectors.months_missing(SCOPE, now.date()) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"parts": {"left_behind_count": 11}}, "left_behind_count"),
        ({"parts": {"free_count": 1, "free_meals": 21}}, "free_meals"),
        ({"enrolled_count": 9}, "pupils_count"),
    ],
)
def test_parts_are_within_the_whole(wrong: dict[str, Any], field: str) -> None:
    right: dict[str, Any] = {"parts": {"free_count": 1, "free_meals": 20}, "enrolled_count": 10}
    month = (date(2016, 4, 1), 10, 20, 200, Decimal(4))
    check_month(MonthFigures(*month, **right), today=date(2016, 5, 1))
    with pytest.raises(Refusal) as refused:
        check_month(MonthFigures(*month, **{**right, **wrong}), today=date(2016, 5, 1))
    assert refused.value.where["field"] == field


def test_the_database_keeps_parts_within_the_whole_too() -> None:
    report = fed(SchoolFactory(has_meals=True), 4, 10, 20)
    rows = MealReport.objects.filter(pk=report.pk)
    assert rows.update(free_count=10, free_meals=200) == 1
    for name, count in (("free_count", 11), ("free_meals", 201), ("left_behind_count", 11)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**{name: count})
