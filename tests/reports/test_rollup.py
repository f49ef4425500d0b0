"""A city of several counties: each county's row, and the city counted as one.

The figures are a city's of 2018 at a thousandth: 76,263 aided person-times with about 117,294,000
yuan; more than 45,700 borrowers with 293,000,000 yuan; 781 schools feeding 86,653 pupils for
70,480,000 yuan; 314 personal accounts of 1,000 yuan in three counties.
"""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from povedu.scope import Scope
from reports.selectors import indicators
from reports.selectors.rollup import rollup
from tests.factories import (
    AwardFactory,
    DivisionFactory,
    EnrolmentFactory,
    GiftFactory,
    InstalmentFactory,
    LoanFactory,
    MealReportFactory,
    PaymentFactory,
    PaymentSourceFactory,
    ProgrammeFactory,
    SchoolFactory,
    StandardFactory,
    StudentFactory,
    actor_of,
    sign_in,
)

CITY = Scope("1409")
TIMES, AID = 76, Decimal(117_294)
BORROWERS, LENT = 46, Decimal(293_000)
FED_SCHOOLS, FED, FED_FUNDS = 8, 87, Decimal(70_480)
COUNTIES = ("140901", "140921", "140922")
YEAR = 2018

pytestmark = pytest.mark.django_db


class City:
    """Counties with a school and a programme each, which the counties call alike."""

    def __init__(self) -> None:
        DivisionFactory(code="140900000000", name="City", level="city")
        self.schools, self.programmes, self.standards = {}, {}, {}
        for code in COUNTIES:
            self.county(code)

    def county(self, code: str) -> None:
        """Add a county."""
        county = DivisionFactory(code=f"{code}000000", name=f"County {code}", level="county")
        place = DivisionFactory(code=f"{code}100000", name=f"Township {code}")
        self.schools[code] = SchoolFactory(code=f"14{code}01", division=place, has_meals=True)
        self.programmes[code] = ProgrammeFactory(county=county, code="living", name="Living")
        self.standards[code] = StandardFactory(programme=self.programmes[code])

    def student(self, code: str) -> Any:
        """Add a child of a county."""
        school = self.schools[code]
        return StudentFactory(school=school, county=self.programmes[code].county)

    def pay(self, code: str, student: Any, amount: Any, term: str = "2018-1") -> Any:
        """Pay a child at a county's school, on a day of the year."""
        award = AwardFactory(
            enrolment=EnrolmentFactory(student=student, school=self.schools[code], term=term),
            programme=self.programmes[code],
            standard=self.standards[code],
            term=term,
            amount=amount,
        )
        payment = PaymentFactory(
            instalment=InstalmentFactory(award=award, period=term, amount=amount),
            batch__programme=self.programmes[code],
            amount=amount,
            state="settled",
            settled_on=date(YEAR, 11, 1),
        )
        PaymentSourceFactory(payment=payment, source="central", amount=amount)
        return payment


@pytest.fixture
def city() -> City:
    return City()


def shares(total: Decimal, count: int) -> list[Decimal]:
    """Return so many whole-yuan parts of a total."""
    part = total // count
    return [part] * (count - 1) + [total - part * (count - 1)]


def test_the_citys_figures_come_out_exactly(city: City) -> None:
    for at, amount in enumerate(shares(AID, TIMES)):
        code = COUNTIES[at % 3]
        city.pay(code, city.student(code), amount)
    for at, amount in enumerate(shares(LENT, BORROWERS)):
        county = city.programmes[COUNTIES[at % 3]].county
        LoanFactory(county=county, academic_year=YEAR, amount=amount)
    pupils = [int(one) for one in shares(Decimal(FED), FED_SCHOOLS)]
    for at, (fed, amount) in enumerate(zip(pupils, shares(FED_FUNDS, FED_SCHOOLS), strict=True)):
        school = SchoolFactory(
            code=f"149{at:07d}", division=city.schools[COUNTIES[at % 3]].division, has_meals=True
        )
        for month in (3, 4):
            MealReportFactory(
                school=school,
                month=date(YEAR, month, 1),
                pupils_count=fed,
                feeding_days=20,
                meals_count=fed * 20,
                amount=amount if month == 3 else 0,
            )
    found = rollup(CITY, YEAR)
    whole = found.whole
    assert (whole.aid.persons, whole.aid.times, whole.aid.amount) == (TIMES, TIMES, AID)
    assert (whole.loans.persons, whole.loans.amount) == (BORROWERS, LENT)
    assert (whole.meal_schools, whole.meals.persons) == (FED_SCHOOLS, FED)
    assert whole.meals.amount == FED_FUNDS
    assert [one.code for one in found.counties] == list(COUNTIES)
    for name in ("aid", "loans", "meals"):
        rows = [getattr(one, name) for one in found.counties]
        sums = getattr(whole, name)
        assert sum(one.amount for one in rows) == sums.amount, name
        assert sum(one.times for one in rows) == sums.times, name
        assert all(one.times for one in rows), name
    assert [one.amount for one in whole.by_programme] == [AID]
    assert whole.by_source == [AID]


def test_personal_accounts_of_three_counties(city: City) -> None:
    for at in range(31):
        code = COUNTIES[at % 3]
        city.pay(code, city.student(code), 1000)
    city.student(COUNTIES[0])  # has received nothing, so holds no account
    found = rollup(CITY, YEAR)
    assert (found.whole.accounts.persons, found.whole.accounts.amount) == (31, Decimal(31_000))
    assert [one.accounts.persons for one in found.counties] == [11, 10, 10]


def test_a_child_who_moved_is_one_person_of_the_city(city: City) -> None:
    here, there, _third = COUNTIES
    moved = city.student(here)
    city.pay(here, moved, 500, "2017-2")
    city.pay(there, moved, 500, "2018-1")
    found = rollup(CITY, YEAR)
    assert [one.aid.persons for one in found.counties] == [1, 1, 0]
    assert (found.whole.aid.persons, found.whole.aid.times) == (1, 2)
    other = city.student(here)
    city.pay(here, other, 300)
    found = rollup(CITY, YEAR)
    assert (found.whole.aid.persons, found.whole.aid.times) == (2, 3)
    assert sum(one.aid.persons for one in found.counties) == 3  # what adding up would have said
    assert sum(one.aid.amount for one in found.counties) == found.whole.aid.amount == 1300


def test_one_term_of_one_programme_counts_once_whoever_pays(city: City) -> None:
    here, there, _third = COUNTIES
    moved = city.student(here)
    city.pay(here, moved, 250)
    city.pay(there, moved, 250)
    assert rollup(CITY, YEAR).whole.aid.times == 1
    assert [one.aid.times for one in rollup(CITY, YEAR).counties] == [1, 1, 0]


def test_queries_do_not_grow_with_counties(city: City) -> None:
    city.pay(COUNTIES[0], city.student(COUNTIES[0]), 100)
    with CaptureQueriesContext(connection) as few:
        rollup(CITY, YEAR)
    for code in ("140923", "140924", "140925"):
        city.county(code)
        city.pay(code, city.student(code), 100)
        GiftFactory(student=city.student(code), settled_on=date(YEAR, 5, 1))
    with CaptureQueriesContext(connection) as many:
        assert len(rollup(CITY, YEAR).counties) == 6
    assert len(many) == len(few)


def test_a_city_opens_its_counties_and_a_county_only_itself(city: City) -> None:
    city.pay(COUNTIES[0], city.student(COUNTIES[0]), 100)
    address = reverse("reports:counties-year", args=[YEAR])
    bureau = sign_in(actor_of("auditor", division_prefix="1409"))
    page = bureau.get(address).content.decode()
    assert all(f"County {code}" in page for code in COUNTIES)
    drill = f"{reverse('reports:dashboard-year', args=[YEAR])}?place={COUNTIES[0]}"
    assert drill.replace("&", "&amp;") in page
    assert bureau.get(drill).status_code == 200
    book = bureau.get(reverse("reports:counties-file", args=[YEAR]))
    rows = [
        row for sheet in openpyxl.load_workbook(io.BytesIO(book.content)) for row in sheet.values
    ]
    assert any(row[0] == f"County {COUNTIES[0]}" and row[1] == 1 for row in rows)
    county = sign_in(actor_of("auditor", division_prefix=COUNTIES[1]))
    own = county.get(address).content.decode()
    assert f"County {COUNTIES[1]}" in own
    assert f"County {COUNTIES[0]}" not in own


def test_a_citys_dashboard_is_by_county_and_opens_each(city: City) -> None:
    for code in COUNTIES[:2]:
        city.pay(code, city.student(code), 100)
    leader = sign_in(actor_of("leadership", division_prefix="1409"))
    page = leader.get(reverse("reports:dashboard-year", args=[YEAR]))
    panels = {one.key: one for one in page.context["panels"]}
    money = panels["money-by-part"]
    assert set(money.categories) == {f"County {code}" for code in COUNTIES[:2]}
    assert sum(money.series[0].values) == sum(
        indicators.money_by_source(CITY, YEAR).values(), Decimal(0)
    )
    down = leader.get(money.links[0])
    assert down.status_code == 200
    assert [one.label for one in down.context["crumbs"]][-2] == "City"
