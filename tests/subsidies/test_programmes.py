"""Programmes as a county edits them: presets, local standards, quotas, and trying a change out."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from povedu.errors import Refusal
from povedu.scope import Scope
from students.models import Enrolment, Student
from subsidies.choices import ProgrammeKind
from subsidies.forms import StandardForm
from subsidies.models import Programme, Quota, QuotaExcess, ScoreBand, ScoreItem, Standard
from subsidies.rules.instalments import yearly
from subsidies.rules.presets import PRESETS
from subsidies.selectors.explaining import answers_for
from subsidies.selectors.quotas import quota_rows, quota_rows_of, quota_use, share_of
from subsidies.selectors.simulation import Change, simulate
from subsidies.services import programmes as services
from subsidies.services.awards import approve_awards
from subsidies.services.presets import install_presets
from subsidies.services.programmes import SourceShare, set_quota
from tests.factories import ProgrammeFactory, PupilCountFactory, QuotaFactory, SchoolFactory
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County
from tests.subsidies.yanjin import YANJIN

ALL = Scope.everything()
TODAY = SHANGHAI_NOON.date()
POOR = {"categories": ["registered_poor"], "stage": "primary"}


@pytest.fixture
def yanjin(county: County) -> County:
    """A county with the local standards of the published plan."""
    install_presets(
        county=county.division, actor=county.maker, now=SHANGHAI_NOON, presets=YANJIN, year=2016
    )
    return county


def proposed(county: County, code: str) -> Any:
    return county.propose(Programme.objects.get(code=code))


# --- presets ------------------------------------------------------------------------------------


def test_presets_are_installed_once_and_leave_what_is_there(county: County) -> None:
    own = ProgrammeFactory(county=county.division, code="rain-dew", name="Our own")
    out = StringIO()
    call_command("install_presets", stdout=out, json=True)
    assert Programme.objects.count() == len(PRESETS)
    own.refresh_from_db()
    assert own.name == "Our own"
    assert {one.level for one in ScoreBand.objects.all()} == {"困难", "一般困难", "特别困难"}
    ScoreItem.objects.filter(name="单亲家庭").delete()
    kept = Standard.objects.count()
    call_command("install_presets", stdout=StringIO())
    assert Standard.objects.count() == kept
    assert not ScoreItem.objects.filter(name="单亲家庭").exists()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda one: one.code)
def test_a_preset_adds_up_and_says_where_it_comes_from(preset: Any) -> None:
    assert preset.confidence
    assert preset.document or all(one.document for one in preset.standards)
    for one in preset.standards:
        each, year = Decimal(one.instalment), Decimal(one.year)
        assert yearly(preset.cadence, each, None, preset.skipped_months) == year
    if preset.kind == ProgrammeKind.IN_KIND:
        assert preset.payee_kind == "school"


@pytest.mark.parametrize(
    ("code", "stage", "day", "grade", "year"),
    [
        ("boarder-living", "primary", date(2016, 10, 1), 3, "1000"),
        ("boarder-living", "primary", date(2024, 3, 1), 3, "1250"),
        ("boarder-living", "junior", date(2024, 2, 28), 7, "1250"),
        ("boarder-living", "junior", date(2024, 10, 1), 7, "1500"),
        ("day-living", "primary", date(2019, 10, 1), 3, "500"),
        ("day-living", "junior", date(2024, 3, 1), 7, "750"),
        ("meals", "primary", date(2014, 10, 31), 3, "600"),
        ("meals", "primary", date(2014, 11, 1), 3, "800"),
        ("meals", "junior", date(2021, 9, 1), 7, "1000"),
        ("senior-grant", "senior", date(2025, 3, 1), 10, "2300"),
        ("vocational-grant", "vocational", date(2016, 10, 1), 11, "2000"),
        ("vocational-grant", "vocational", date(2016, 10, 1), 12, None),
        ("vocational-grant", "vocational", date(2025, 3, 1), 12, "2300"),
        ("higher-grant", "undergraduate", date(2024, 9, 1), 1, "3700"),
        ("higher-encouragement", "undergraduate", date(2024, 9, 1), 1, "6000"),
        ("higher-scholarship", "undergraduate", date(2023, 9, 1), 1, "8000"),
        ("rain-dew", "undergraduate", date(2022, 9, 1), 1, None),
        ("rain-dew", "higher_vocational", date(2022, 9, 1), 1, "3000"),
        ("orphan-living", "primary", date(2016, 9, 1), 3, "8400"),
    ],
)
def test_the_published_standard_of_a_day(
    county: County, code: str, stage: str, day: date, grade: int, year: str | None
) -> None:
    install_presets(county=county.division, actor=county.maker, now=SHANGHAI_NOON)
    fitting = [
        one
        for one in Standard.objects.filter(programme__code=code, starts_on__lte=day)
        if (one.ends_on is None or one.ends_on > day)
        and one.stage in ("", stage)
        and one.grade in (0, grade)
    ]
    assert [one.year_amount for one in fitting] == ([Decimal(year)] if year else [])


# --- the local plan -----------------------------------------------------------------------------


def test_boarders_by_stage(yanjin: County) -> None:
    for stage, grade, each in (("primary", 3, 500), ("special", 3, 625), ("junior", 7, 625)):
        yanjin.children(2, stage, grade=grade, is_boarder=True)
        yanjin.children(1, stage, grade=grade, is_boarder=False)
        result = proposed(yanjin, "boarders")
        assert (result.proposed, Decimal(result.amount)) == (2, Decimal(2 * each))


def test_tiers_and_the_poor_highest(yanjin: County) -> None:
    yanjin.children(3, "senior", grade=10)
    yanjin.children(2, "senior", grade=10, hardships=["rural_low"])
    result = proposed(yanjin, "senior-state-grant")
    assert (result.proposed, Decimal(result.amount)) == (3, Decimal(3 * 1250))
    assert result.skipped == {"no-tier": 2}


def test_east_and_west_pay_their_parts_and_the_school_waives_the_rest(yanjin: County) -> None:
    there = yanjin.children(4, "vocational", grade=10)
    yanjin.children(2, "vocational", grade=10)
    Enrolment.objects.filter(student__in=there).update(major="东西协作")
    result = proposed(yanjin, "east-west")
    assert (result.proposed, Decimal(result.amount)) == (4, Decimal(4 * 2100))
    halves = {"province": Decimal(4 * 1500), "eastern": Decimal(4 * 600)}
    assert {one: Decimal(amount) for one, amount in result.by_source.items()} == halves
    standard = Standard.objects.get(programme__code="east-west")
    assert sum(Decimal(amount) for _words, amount in standard.parts) == standard.year_amount
    assert proposed(yanjin, "vocational-living").skipped == {"excluded": 4}
    for code, each in (("east-west-lodging", 400), ("east-west-books", 225)):
        waiver = Programme.objects.get(code=code)
        Programme.objects.filter(pk=waiver.pk).update(requires_base=True)
        result = proposed(yanjin, code)
        assert (result.proposed, Decimal(result.amount)) == (4, Decimal(4 * each))
        assert (waiver.kind, waiver.payee_kind) == ("waiver", "school")


def test_waivers_and_living_of_the_plan(yanjin: County) -> None:
    yanjin.children(1, "senior", grade=10)
    yanjin.children(1, "vocational", grade=10)
    told = {
        code: proposed(yanjin, code).amount
        for code in ("senior-living", "senior-tuition", "vocational-tuition", "vocational-living")
    }
    assert told == {
        "senior-living": "1250.00",
        "senior-tuition": "400.00",
        "vocational-tuition": "500.00",
        "vocational-living": "1000.00",
    }


@pytest.mark.parametrize(
    ("code", "tier", "amount"),
    [("college-talent", "", 5000), ("first-journey", "省内", 500), ("first-journey", "省外", 1000)],
)
def test_what_students_apply_for(yanjin: County, code: str, tier: str, amount: int) -> None:
    from tests.factories import DeterminationFactory

    [child] = yanjin.children(1, "undergraduate", grade=1, hardships=["rural_low"])
    programme = Programme.objects.get(code=code)
    assert proposed(yanjin, code).skipped == {"not-applied": 1}
    DeterminationFactory(
        student=child,
        programme=programme,
        tier=tier,
        state="approved",
        approved_by_id=yanjin.checker.user_id,
    )
    result = proposed(yanjin, code)
    assert (result.proposed, Decimal(result.amount)) == (1, Decimal(amount))


def test_a_tenth_of_those_enrolled(yanjin: County) -> None:
    programme = Programme.objects.get(code="preschool-ten")
    other = SchoolFactory(code="KINDER0002")
    for school, pupils in ((yanjin.school, 34), (other, 71)):
        PupilCountFactory(
            school=school,
            term=AUTUMN.code,
            stage="preschool",
            is_boarder=False,
            pupils_count=pupils,
        )
    PupilCountFactory(
        school=other, term=AUTUMN.code, stage="primary", is_boarder=False, pupils_count=900
    )
    yanjin.children(12, "preschool", grade=2)
    result = proposed(yanjin, "preschool-ten")
    assert (result.proposed, result.quota, result.over_quota) == (12, 11, 1)
    assert quota_use(programme, 2016).planned == 11  # 10.5 of 105, half up
    rows = {row.school: row for row in quota_rows_of(programme, 2016)}
    assert [rows[one].planned for one in (yanjin.school, other)] == [4, 7]
    assert (rows[yanjin.school].over, rows[other].free) == (8, 7)
    [row] = [one for one in quota_rows(ALL, "", 2016) if one.programme == programme]
    assert (row.percent, row.enrolled, row.planned, row.actual, row.over) == (10, 105, 11, 12, 1)
    approve_awards(
        programme=programme, term=AUTUMN, actor=yanjin.checker, now=SHANGHAI_NOON, reason="nobody"
    )
    excess = QuotaExcess.objects.get()
    assert (excess.planned_count, excess.actual_count, excess.reason) == (11, 12, "nobody")
    [row] = [one for one in quota_rows(ALL, "", 2016) if one.programme == programme]
    assert row.reason == "nobody"


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


# --- what forms refuse --------------------------------------------------------------------------


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


# --- trying a change out ------------------------------------------------------------------------


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


# --- answers in words ---------------------------------------------------------------------------


def test_every_programme_answers_a_child_in_words(county: County) -> None:
    [child] = county.children(1)
    aided = county.programme(
        "aided", "500", standard={**POOR, "tier": "一档", "document": "财教1号"}
    )
    due = county.programme("due", "500", standard=POOR)
    missing = county.programme("missing", "500", standard={"categories": ["orphan"]})
    county.granted(aided)
    answers = {
        one.programme: one
        for one in answers_for(ALL, child, Programme.objects.all(), AUTUMN, today=TODAY)
    }
    told = answers[aided]
    assert told.award is not None
    assert told.words == "已列入资助（已批准）。"
    assert "建档立卡（扶贫数据库，2014-01-01 起）" in told.evidence
    assert told.standard.startswith("一档，每年 1,000.00 元")
    assert told.standard.endswith("财教1号")
    assert answers[due].words.startswith("符合条件")
    assert answers[due].amount == Decimal(500)
    assert answers[missing].words == "未享受：无相应困难身份。"
    assert "申请" in answers[missing].way_out
    assert [
        one.programme
        for one in answers_for(ALL, child, Programme.objects.all(), AUTUMN, today=TODAY)
    ][0] == aided
    stranger = Student.objects.create(
        county=county.division, name="x", normal_name="x", entered_at=SHANGHAI_NOON
    )
    assert answers_for(ALL, stranger, Programme.objects.all(), AUTUMN, today=TODAY) == []
