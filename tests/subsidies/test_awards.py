"""Runs: who gets an award, why the others do not, and that a second run adds only the missing."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from povedu.errors import Conflict, Refusal
from subsidies.choices import AWARD_MOVES, AwardState
from subsidies.models import Award, AwardSource, Instalment
from subsidies.services import awards
from subsidies.services.determinations import decide_determination, enter_determination
from subsidies.services.programmes import SourceShare, set_quota
from tests.factories import AwardFactory
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County, at

POOR = {"categories": ["registered_poor"]}


def test_reasons_are_counted(county: County) -> None:
    county.children(2)
    county.children(1, confirmed=False)
    county.children(3, hardships=["disabled"])
    programme = county.programme("p", "500", standard=POOR)
    result = county.propose(programme)
    assert result.proposed == 2
    assert result.skipped == {"identity-unconfirmed": 1, "no-hardship": 3}
    award = Award.objects.first()
    assert award is not None
    assert award.explanation["hardships"] == ["registered_poor"]
    assert award.hardship is not None
    assert award.amount == Decimal(500) == award.sources.get().amount
    assert award.instalments.get().period == "2016-1"


def test_second_run_adds_only_what_is_missing(county: County) -> None:
    county.children(5)
    programme = county.programme("p", "500", standard=POOR)
    assert county.propose(programme).proposed == 5
    county.children(2)
    again = county.propose(programme)
    assert (again.proposed, again.skipped) == (2, {"already": 5})
    assert (Award.objects.count(), Instalment.objects.count()) == (7, 7)
    assert county.propose(programme).proposed == 0


def test_yearly_and_once_are_single(county: County) -> None:
    from povedu.terms import Term

    spring = Term(2016, 2)
    county.children(1, terms=[AUTUMN, spring])
    yearly = county.programme("y", "500", cadence="yearly", standard=POOR)
    once = county.programme("o", "500", cadence="once", standard=POOR)
    for programme in (yearly, once):
        assert county.propose(programme).proposed == 1
    set_year = at(2017, 4, 1)
    for programme, code in ((yearly, "already-this-year"), (once, "already-ever")):
        from subsidies.services.programmes import set_source_rules

        set_source_rules(
            programme=programme,
            year=2017,
            shares=[SourceShare("county")],
            actor=county.maker,
            now=set_year,
        )
        assert county.propose(programme, spring, set_year).skipped == {code: 1}


def test_excluded_programme(county: County) -> None:
    county.children(2)
    first = county.programme("a", "500", standard=POOR)
    second = county.programme("b", "500", standard=POOR)
    second.excludes.add(first)
    county.propose(first)
    assert county.propose(second).skipped == {"excluded": 2}


def test_risk_removed_before_term_excludes(county: County) -> None:
    from datetime import date

    children = county.children(2)
    children[0].hardships.update(risk_removed_on=date(2016, 8, 1))
    children[1].hardships.update(risk_removed_on=date(2016, 10, 1))
    programme = county.programme("dew", "1500", standard=POOR, excludes_risk_removed=True)
    result = county.propose(programme)
    assert (result.proposed, result.skipped) == (1, {"risk-removed": 1})


def test_money_is_a_hard_limit_and_the_poor_come_first(county: County) -> None:
    rich = county.children(2, hardships=["disabled"])
    poor = county.children(2)
    programme = county.programme(
        "p", "500", shares=[SourceShare("county", money_cap=Decimal(1500))]
    )
    result = county.propose(programme)
    assert (result.proposed, result.skipped) == (3, {"no-money": 1})
    got = set(Award.objects.values_list("student_id", flat=True))
    assert {one.pk for one in poor} <= got
    assert len(got & {one.pk for one in rich}) == 1
    assert county.propose(programme).skipped == {"already": 3, "no-money": 1}
    total = sum(AwardSource.objects.values_list("amount", flat=True))
    assert total == Decimal(1500)


def test_without_source_rules_nothing_is_proposed(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", shares=[])
    with pytest.raises(Refusal, match="资金分担规则"):
        county.propose(programme)


def test_paper_route_needs_two_people(county: County) -> None:
    [child] = county.children(1, hardships=[])
    programme = county.programme("p", "500", standard=POOR, needs_application=True)
    assert county.propose(programme).skipped == {"not-applied": 1}
    entered = enter_determination(
        student=child,
        academic_year=2016,
        evidence="letter",
        programme=programme,
        actor=county.maker,
        now=SHANGHAI_NOON,
    )
    with pytest.raises(Refusal):
        decide_determination(
            determination=entered, approved=True, note="", actor=county.maker, now=SHANGHAI_NOON
        )
    decide_determination(
        determination=entered, approved=True, note="", actor=county.checker, now=SHANGHAI_NOON
    )
    with pytest.raises(Conflict):
        decide_determination(
            determination=entered, approved=False, note="x", actor=county.checker, now=SHANGHAI_NOON
        )
    assert county.propose(programme).proposed == 1
    award = Award.objects.get()
    assert award.determination == entered
    assert award.explanation["rule"] == "application"


def test_approver_is_somebody_else_and_over_quota_needs_a_reason(county: County) -> None:
    county.children(3)
    programme = county.programme("p", "500", standard=POOR)
    set_quota(programme=programme, year=2016, heads_count=2, actor=county.maker, now=SHANGHAI_NOON)
    county.propose(programme)
    for actor in (county.maker, county.checker):
        with pytest.raises(Refusal):
            awards.approve_awards(programme=programme, term=AUTUMN, actor=actor, now=SHANGHAI_NOON)
    assert (
        awards.approve_awards(
            programme=programme,
            term=AUTUMN,
            actor=county.checker,
            now=SHANGHAI_NOON,
            reason="one more",
        )
        == 3
    )
    award = Award.objects.first()
    assert award is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(granted_by=award.proposed_by)


def test_queries_do_not_grow(county: County) -> None:
    programme = county.programme("p", "500", standard=POOR)
    county.children(3)
    with CaptureQueriesContext(
        connection,
    ) as few:
        county.propose(programme)
    county.children(300)
    with CaptureQueriesContext(connection) as many:
        county.propose(programme)
    assert len(many) == len(few)


ALLOWED = {(str(old), str(new)) for old, new in AWARD_MOVES}


@pytest.mark.parametrize("old", AwardState.values)
@pytest.mark.parametrize("new", AwardState.values)
def test_database_knows_the_moves(db: None, old: str, new: str) -> None:
    award = AwardFactory(state=old)
    if old == new or (old, new) in ALLOWED:
        Award.objects.filter(pk=award.pk).update(state=new)
        return
    with pytest.raises(DatabaseError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(state=new)


def test_command_prints_one_object(county: County, capsys: Any) -> None:
    import json
    from io import StringIO

    county.children(2)
    county.programme("p", "500", standard=POOR, year=2026)
    out = StringIO()
    call_command("grant_awards", programme="p", term="2016-1", json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["proposed"], result["term"]) == (2, "2016-1")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("grant_awards", programme="q", term="2016-1", json=True, stdout=out)
    assert ended.value.code == 2
    assert json.loads(out.getvalue())["error"]["code"] == "programme-unknown"


def test_a_run_over_some_children_leaves_the_others(county: County):
    one, _other = county.children(2)
    programme = county.programme("p", "500", standard=POOR)
    given = {"programme": programme, "term": AUTUMN, "actor": county.maker, "now": SHANGHAI_NOON}
    assert awards.propose_awards(**given, students=[one.pk]).proposed == 1
    assert Award.objects.get().student == one
    assert awards.propose_awards(**given).proposed == 1
