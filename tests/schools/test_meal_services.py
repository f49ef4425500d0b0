"""Monthly meal reports: written once, corrected, missed, added up."""

from datetime import date
from decimal import Decimal

import pytest

from povedu.errors import Conflict
from povedu.scope import Scope
from schools import selectors, services
from schools.models import MealReport
from tests.factories import MealReportFactory, SchoolFactory
from tests.schools.refusals import refused

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2016, 9, 1), date(2016, 10, 1)
HERE = Scope("530623")


def details(month=OCTOBER, **changes):
    given = {
        "mode": "canteen",
        "pupils_count": 100,
        "feeding_days": 18,
        "meals_count": 1750,
        "standard": Decimal(4),
    }
    return services.MealDetails(month=month, **{**given, **changes})


def test_a_clerk_reports_the_own_school_once_a_month(clerk, stranger, now, school):
    report = services.report_meals(
        school=school, details=details(date(2016, 10, 20)), actor=clerk, now=now
    )
    assert (report.month, report.amount) == (OCTOBER, Decimal("7000.00"))
    with refused("month-reported", field="month"):
        services.report_meals(school=school, details=details(), actor=clerk, now=now)
    with refused("out-of-scope"):
        services.report_meals(school=school, details=details(), actor=stranger, now=now)


def test_a_report_is_corrected_by_whoever_saw_it_last(clerk, now, school):
    report = MealReportFactory(school=school, month=OCTOBER)
    seen = MealReport.objects.get(pk=report.pk)
    services.correct_meals(report=report, details=details(), actor=clerk, now=now)
    with pytest.raises(Conflict):
        services.correct_meals(report=seen, details=details(), actor=clerk, now=now)
    report.refresh_from_db()
    assert (report.meals_count, report.version) == (1750, 2)


def test_only_open_schools_of_the_programme_report(clerk, cook, now, school):
    outside = SchoolFactory(code="2153000002", has_meals=False)
    with refused("school-without-meals", field="school"):
        services.report_meals(school=outside, details=details(), actor=cook, now=now)
    closed = SchoolFactory(code="2153000003", has_meals=True, closed_on=SEPTEMBER)
    with refused("school-closed"):
        services.report_meals(school=closed, details=details(), actor=cook, now=now)
    with refused("too-many-meals", field="meals_count"):
        services.report_meals(
            school=school, details=details(meals_count=1801), actor=clerk, now=now
        )


def test_who_has_not_reported(school):
    late = SchoolFactory(code="2153000002", has_meals=True)
    SchoolFactory(code="2153000003", has_meals=True, closed_on=SEPTEMBER)
    SchoolFactory(code="2153000004", has_meals=True, opened_on=date(2017, 9, 1))
    SchoolFactory(code="2153000005", has_meals=False)
    MealReportFactory(school=school, month=OCTOBER)
    assert list(selectors.missing_schools(HERE, OCTOBER)) == [late]
    rows = {row.code: row.meals_count for row in selectors.meal_schools(HERE, OCTOBER)}
    assert rows == {"2153000001": 1000, "2153000002": None}
    assert selectors.month_totals(HERE, OCTOBER)["meals"] == 1000
    assert not selectors.missing_schools(Scope("530623200"), OCTOBER)


def test_a_form_begins_with_last_month(school):
    MealReportFactory(school=school, month=SEPTEMBER, pupils_count=77, meals_count=700)
    values = selectors.first_values(HERE, school, OCTOBER)
    assert (values["pupils_count"], values["standard"]) == (77, Decimal(4))
    assert selectors.first_values(HERE, school, SEPTEMBER)["standard"] == 4
    assert selectors.month_due(date(2016, 1, 8)) == date(2015, 12, 1)
