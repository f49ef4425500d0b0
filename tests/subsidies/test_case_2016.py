"""The published figures of a county's year come out of ordinary records."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from povedu.ledger import selectors as ledger
from povedu.ledger.walk import verify
from povedu.scope import Scope
from subsidies.models import Award, PaymentSource
from subsidies.services.programmes import SourceShare, set_quota
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, SPRING, County, at

ALL = Scope.everything()
POOR = {"categories": ["registered_poor"]}


def source_sum(source: str) -> Decimal:
    return PaymentSource.objects.filter(source=source, payment__state="settled").aggregate(
        total=Sum("amount")
    )["total"]


def test_preschool_sources_are_drawn_in_order(county: County) -> None:
    county.children(1983, "preschool", grade=2)
    programme = county.programme(
        "preschool",
        "1500",
        cadence="yearly",
        standard={**POOR, "stage": "preschool"},
        shares=[SourceShare("province", Decimal(1000), head_cap=1003), SourceShare("county")],
    )
    result = county.granted(programme)
    assert (result.proposed, result.amount) == (1983, "2974500.00")
    assert result.by_source == {"county": "1971500.00", "province": "1003000.00"}
    county.paid(programme)
    assert source_sum("county") == Decimal(1971500)
    year = {row.key[0]: row for row in ledger.year_view(ALL, 2016)}
    assert year["county"].spent == Decimal(1971500)
    assert year["province"].spent == Decimal(1003000)
    assert verify(ALL).ok


def test_entrance_quota_is_soft_and_sources_follow_it(county: County) -> None:
    county.children(260, "undergraduate", grade=1)
    programme = county.programme(
        "entrance",
        "6000",
        cadence="once",
        standard={**POOR, "stage": "undergraduate"},
        shares=[SourceShare("province", Decimal(4200), head_cap=245), SourceShare("county")],
    )
    set_quota(
        programme=programme, year=2016, heads_count=245, actor=county.maker, now=SHANGHAI_NOON
    )
    result = county.granted(programme, reason="county agreed to pay for fifteen more")
    assert (result.proposed, result.quota, result.over_quota) == (260, 245, 15)
    assert result.by_source == {"county": "531000.00", "province": "1029000.00"}
    assert result.amount == "1560000.00"


@pytest.mark.parametrize(
    ("boarders", "day", "total"), [(570, 118, Decimal(1190720)), (2, 1, Decimal(5095))]
)
def test_vocational_by_boarding(county: County, boarders: int, day: int, total: Decimal) -> None:
    from tests.factories import StandardFactory

    county.children(boarders, "vocational", grade=10, is_boarder=True)
    county.children(day, "vocational", grade=10)
    programme = county.programme(
        "vocational", "1765", standard={**POOR, "boarding": "boarder", "stage": "vocational"}
    )
    StandardFactory(
        programme=programme,
        boarding="day",
        stage="vocational",
        categories=["registered_poor"],
        year_amount=Decimal(3130),
        instalment_amount=Decimal(1565),
    )
    result = county.propose(programme)
    assert (result.proposed, Decimal(result.amount)) == (boarders + day, total)


def test_orphans_by_month_over_a_calendar_year(county: County) -> None:
    county.children(35, "primary", hardships=["orphan"], terms=[SPRING, AUTUMN])
    programme = county.programme(
        "orphans", "700", cadence="month", standard={"categories": ["orphan"]}
    )
    for term, now in ((SPRING, at(2016, 3, 10)), (AUTUMN, at(2016, 9, 10))):
        county.granted(programme, term, now)
    for month in range(3, 13):
        term = SPRING if month < 9 else AUTUMN
        county.paid(programme, term, at(2016, month, 20))
    year = ledger.year_view(ALL, 2016)
    assert year[0].spent == Decimal(35 * 700 * 10)
    assert Award.objects.values("student").distinct().count() == 35
    county.paid(programme, AUTUMN, at(2017, 2, 20))
    assert ledger.year_view(ALL, 2017)[0].spent == Decimal(35 * 700 * 2)


def test_top_up_stacks_only_on_its_base(county: County) -> None:
    base = county.programme("base", "500", standard={"boarding": "boarder", "stage": "primary"})
    topup = county.programme(
        "topup", "500", cadence="yearly", stacks_on=base, requires_base=True, standard=POOR
    )
    county.children(3, is_boarder=True)
    county.children(2, is_boarder=False)
    assert county.propose(topup).skipped == {"base-missing": 5}
    assert county.propose(base).proposed == 3
    assert county.propose(topup).proposed == 3
