"""Orphans' months and vocational schools: what is missing is seen, who pays is told apart."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from povedu.scope import Scope
from schools.choices import Stage
from subsidies.selectors.monthly import month_sums, orphans
from subsidies.selectors.vocational import vocational_lines
from subsidies.services.programmes import SourceShare
from tests.factories import CountyCalendarFactory, sign_in
from tests.subsidies.county import AUTUMN, County

SCOPE = Scope("530623")


def states(county: County) -> list[list[str]]:
    names = ("m09", "m10", "m11", "m12", "m01", "m02")
    return [[getattr(one, name) for name in names] for one in orphans(SCOPE, AUTUMN)]


def test_each_month_of_an_orphan_is_there_waiting_or_missing(county: County) -> None:
    county.children(1, hardships=("registered_poor",))
    county.children(1, hardships=("orphan",))
    assert states(county) == [["none"] * 6]
    programme = county.programme(
        "orphan-living", "600", cadence="month", standard={"categories": ["orphan"]}
    )
    county.granted(programme)
    county.paid(programme, due_by=date(2016, 10, 31))
    county.children(1, hardships=("orphan",))  # came after the decision
    assert states(county) == [["settled", "settled", "due", "due", "due", "due"], ["none"] * 6]
    sums = month_sums(orphans(SCOPE, AUTUMN), AUTUMN, date(2016, 11, 8))
    assert [(one["got"], one["missing"]) for one in sums] == [(1, 1), (1, 1), (0, 2)]
    assert not orphans(Scope("530999"), AUTUMN).exists()
    CountyCalendarFactory(county_code="530623", current_term=AUTUMN.code)
    page = sign_in(county.maker).get(reverse("subsidies:orphan-list")).content.decode()
    assert page.count("已到账") >= 2
    assert "缺" in page
    missing = reverse("subsidies:orphan-list") + "?missing=true"
    listed = sign_in(county.maker).get(missing).content.decode()
    assert listed.count("2016-09") >= 1


def test_orphans_cost_the_same_however_many(county: County) -> None:
    county.children(1, hardships=("orphan",))
    with CaptureQueriesContext(connection) as few:
        list(orphans(SCOPE, AUTUMN))
    county.children(9, hardships=("orphan",))
    with CaptureQueriesContext(connection) as many:
        assert len(list(orphans(SCOPE, AUTUMN))) == 10
    assert len(many) == len(few)


def test_vocational_money_by_boarding_and_by_east_and_west(county: County) -> None:
    county.children(2, Stage.VOCATIONAL, grade=10, is_boarder=True)
    county.children(1, Stage.VOCATIONAL, grade=10)
    county.children(1, "primary")
    programme = county.programme(
        "vocational-waiver",
        "1000",
        shares=(SourceShare("eastern", Decimal(400)), SourceShare("county")),
        standard={"categories": ["registered_poor"]},
    )
    county.granted(programme)
    county.paid(programme)
    [line] = vocational_lines(SCOPE, 2016)
    assert (line.boarders.persons, line.boarders.times, line.boarders.amount) == (2, 2, 2000)
    assert (line.day.persons, line.day.amount) == (1, 1000)
    assert (line.amount, line.eastern, line.western) == (3000, 1200, 1800)
    assert vocational_lines(SCOPE, 2015) == []
    page = sign_in(county.maker).get(reverse("subsidies:vocational-year", args=[2016]))
    assert "1,200.00" in page.content.decode()
