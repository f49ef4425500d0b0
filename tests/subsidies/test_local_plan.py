"""A county's whole plan of aid: boarders, tiers, shares, waivers, quotas, answers in words."""

from decimal import Decimal
from typing import Any

import pytest

from povedu.scope import Scope
from students.models import Enrolment, Student
from subsidies.models import Programme, QuotaExcess, Standard
from subsidies.selectors.explaining import answers_for
from subsidies.selectors.quotas import quota_rows, quota_rows_of, quota_use
from subsidies.services.awards import approve_awards
from subsidies.services.presets import install_presets
from tests.factories import PupilCountFactory, SchoolFactory
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
