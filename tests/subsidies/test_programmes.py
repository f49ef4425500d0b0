"""Programmes edited in forms: what they refuse, quotas, and trying a change out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from povedu.errors import Refusal
from povedu.scope import Scope
from subsidies.forms import StandardForm
from subsidies.models import Programme, Quota
from subsidies.selectors.quotas import quota_rows_of, quota_use, share_of
from subsidies.selectors.simulation import Change, simulate
from subsidies.services import programmes as services
from subsidies.services.programmes import SourceShare, set_quota
from tests.factories import ProgrammeFactory, PupilCountFactory, QuotaFactory
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

ALL = Scope.everything()


TODAY = SHANGHAI_NOON.date()


POOR = {"categories": ["registered_poor"], "stage": "primary"}


def test_percentages_round_half_up() -> None:
    assert [share_of(Decimal(10), pupils) for pupils in (4, 5, 14, 15)] == [0, 1, 1, 2]


def test_quotas_by_school_and_heads(county: County) -> None:
    programme = county.programme("p", "500", standard=POOR)
    set_quota(
        programme=programme,
        year=2016,
        heads_count=3,
        school=county.school,
        actor=county.maker,
        now=SHANGHAI_NOON,
    )
    assert quota_use(programme, 2016).planned == 3
    [row] = quota_rows_of(programme, 2016)
    assert (row.planned, row.actual, row.free, row.over) == (3, 0, 3, 0)
    for given in ({}, {"heads_count": 1, "percent": Decimal(5)}):
        with pytest.raises(Refusal, match="二者选一"):
            set_quota(
                programme=programme,
                year=2016,
                actor=county.maker,
                now=SHANGHAI_NOON,
                **given,  # type: ignore[arg-type]  # one of each
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotaFactory(programme=programme, year=2017, percent=Decimal(5))
    assert not Quota.objects.filter(year=2017).exists()


@pytest.mark.parametrize(
    ("cadence", "fields", "code"),
    [
        ("term", {"year_amount": "1000", "instalment_amount": "500"}, ""),
        ("term", {"year_amount": "1000", "instalment_amount": "400"}, "instalments-not-year"),
        (
            "term",
            {"year_amount": "1000", "instalment_amount": "400", "spring_amount": "600"},
            "",
        ),
        ("month", {"year_amount": "2000", "instalment_amount": "200"}, ""),
        ("month", {"year_amount": "2400", "instalment_amount": "200"}, "instalments-not-year"),
        ("yearly", {"year_amount": "300", "instalment_amount": "150"}, "instalments-not-year"),
        ("once", {"year_amount": "300", "instalment_amount": "301"}, "instalment-above-year"),
        (
            "once",
            {"year_amount": "300", "instalment_amount": "300", "parts": [["a", "100"]]},
            "parts-not-year",
        ),
        (
            "once",
            {
                "year_amount": "300",
                "instalment_amount": "300",
                "parts": [["a", "100"], ["b", "200"]],
            },
            "",
        ),
    ],
)
def test_a_standard_must_add_up(
    county: County, cadence: str, fields: dict[str, Any], code: str
) -> None:
    programme = ProgrammeFactory(county=county.division, cadence=cadence, skipped_months=[2, 8])
    given = {
        name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()
    }

    def add() -> None:
        services.add_standard(
            programme=programme,
            starts_on=date(2016, 9, 1),
            actor=county.maker,
            now=SHANGHAI_NOON,
            **given,
        )

    if not code:
        add()
        assert programme.standards.count() == 1
        return
    with pytest.raises(Refusal) as refused:
        add()
    assert refused.value.code == code
    assert not programme.standards.exists()


def test_goods_are_not_paid_to_a_card(county: County) -> None:
    def save(payee: str) -> None:
        services.save_programme(
            actor=county.maker,
            now=SHANGHAI_NOON,
            county=county.division,
            code="goods",
            name="Goods",
            cadence="term",
            kind="in_kind",
            payee_kind=payee,
            starts_on=date(2016, 9, 1),
        )

    with pytest.raises(Refusal, match="学校账户"):
        save("student")
    assert not Programme.objects.exists()
    save("school")
    assert Programme.objects.count() == 1


def test_parts_are_read_line_by_line(county: County) -> None:
    def form(parts: str) -> StandardForm:
        data = {
            "starts_on": "2016-09-01",
            "boarding": "any",
            "grade": "0",
            "year_amount": "3530",
            "instalment_amount": "1765",
            "confidence": "local",
            "parts": parts,
        }
        return StandardForm(data, actor=county.maker, term=AUTUMN)

    good = form("免学费 2000\n生活补助 1500.50\n\n教材费  29.5元")
    assert good.is_valid(), good.errors
    assert good.cleaned_data["parts"] == [
        ["免学费", "2000"],
        ["生活补助", "1500.50"],
        ["教材费", "29.5"],
    ]
    wrong = form("免学费 2000\n生活补助")
    assert not wrong.is_valid()
    assert "第 2 行" in str(wrong.errors["parts"])


def counts() -> dict[str, int]:
    return {one._meta.label: one._default_manager.count() for one in apps.get_models()}


def test_a_simulation_tells_costs_gainers_and_losers_and_leaves_nothing(county: County) -> None:
    poor = county.children(3)
    low = county.children(2, hardships=["rural_low"])
    county.children(1, hardships=[])
    programme = county.programme(
        "p",
        "500",
        standard=POOR,
        shares=[SourceShare("province", Decimal(300)), SourceShare("county")],
    )
    county.granted(programme)  # present awards do not matter to the comparison
    before = counts()
    told = simulate(
        programme, AUTUMN, Change(amount_fen=60_000, add_category="rural_low"), today=TODAY
    )
    assert (told.before.total_fen, told.after.total_fen) == (150_000, 300_000)
    assert sorted(told.gainers) == sorted(one.pk for one in (*poor, *low))
    assert told.losers == []
    assert told.sources() == [
        ("county", Decimal(600), Decimal(1500)),
        ("province", Decimal(900), Decimal(1500)),
    ]
    [school] = told.by_school()
    assert (school.heads_before, school.heads_after, school.difference) == (3, 5, Decimal(1500))
    [township] = told.by_township()
    assert township.after == Decimal(3000)
    less = simulate(programme, AUTUMN, Change(drop_category="registered_poor"), today=TODAY)
    assert sorted(less.losers) == sorted(one.pk for one in poor)
    assert less.after.total_fen == 0
    assert less.reason_of(poor[0].pk) == "无相应困难身份"
    half = simulate(programme, AUTUMN, Change(percent_of_amount=Decimal(50)), today=TODAY)
    assert (half.after.total_fen, len(half.losers)) == (75_000, 3)
    same = simulate(programme, AUTUMN, Change(), today=TODAY)
    assert (same.gainers, same.losers) == ([], [])
    assert counts() == before


def test_a_simulated_quota_keeps_the_first_and_money_falls_short(county: County) -> None:
    county.children(6)
    programme = county.programme(
        "p", "500", standard=POOR, shares=[SourceShare("county", money_cap=Decimal(1000))]
    )
    PupilCountFactory(
        school=county.school, term=AUTUMN.code, stage="primary", is_boarder=False, pupils_count=40
    )
    told = simulate(programme, AUTUMN, Change(quota_percent=Decimal(10)), today=TODAY)
    assert (len(told.after.amounts), told.after.beyond_quota_count) == (4, 2)
    assert (told.after.unfunded_count, told.after.unfunded_fen) == (2, 100_000)
    assert told.before.unfunded_count == 4
    other = simulate(programme, AUTUMN, Change(residence="home"), today=TODAY)
    assert len(other.losers) == 6
    assert other.reason_of(other.losers[0]) == "户籍地未登记，不能判断"


def test_a_simulation_costs_the_same_queries_for_any_county(county: County) -> None:
    programme = county.programme("p", "500", standard=POOR)
    county.children(2)
    with CaptureQueriesContext(connection) as few:
        simulate(programme, AUTUMN, Change(amount_fen=1), today=TODAY)
    county.children(100)
    programme = Programme.objects.get(pk=programme.pk)
    with CaptureQueriesContext(connection) as many:
        simulate(programme, AUTUMN, Change(amount_fen=1), today=TODAY)
    assert len(many) <= len(few) + 1  # the standards are read again
