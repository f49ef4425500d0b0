"""The matrix: every cell has one state and a reason; all partition students × programmes."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.jobs.models import Job
from povedu.jobs.runner import run_now
from povedu.scope import Scope
from povedu.screens.exporting import ExportOrder, table_of
from subsidies.choices import AwardState, CellReason, CellState, DueProblem, PaymentState, Skip
from subsidies.models import AidCell, AidMatrix, Award, Payment
from subsidies.rules.matrix import (
    OVERDUE_AFTER,
    AwardFacts,
    PartFacts,
    ProgrammeFacts,
    is_open,
    of_award,
    of_eligible,
    of_skip,
    reason_label,
)
from subsidies.selectors import matrix_pages
from subsidies.services import awards, disbursement, returns
from subsidies.services.matrix import compute_matrix
from subsidies.services.programmes import SourceShare, set_quota
from tests.factories import actor_of, sign_in
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County, at

POOR = {"categories": ["registered_poor"]}
TODAY = date(2016, 11, 8)


def matrix(county: County, now: Any = SHANGHAI_NOON) -> AidMatrix:
    return compute_matrix(county=county.division, term=AUTUMN, actor=county.maker, now=now)


def states(**lookup: Any) -> dict[str, int]:
    return dict(Counter(AidCell.objects.filter(**lookup).values_list("state", flat=True)))


def cell(student: Any, code: str = "p") -> tuple[str, str]:
    one = AidCell.objects.get(student=student, programme__code=code)
    return one.state, one.reason


# --- rules --------------------------------------------------------------------------------------

PARTS = st.builds(
    PartFacts,
    st.dates(date(2016, 1, 1), date(2017, 6, 1)),
    st.integers(1, 10**6),
    st.sampled_from(["", *PaymentState.values]),
    st.booleans(),
)
FACTS = st.builds(
    AwardFacts,
    st.sampled_from([one for one in AwardState.values if one != AwardState.CANCELLED]),
    st.lists(PARTS, min_size=1, max_size=6).map(tuple),
    st.sampled_from(["", *DueProblem.values]),
    st.integers(0, 10**6),
)

# A machine that is busy with other work is slow, not wrong.
calm = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(FACTS)
def test_every_award_has_one_state_and_a_reason_in_words(facts: AwardFacts) -> None:
    verdict = of_award(facts, TODAY)
    assert verdict.state in CellState.values
    assert reason_label(verdict.reason) != verdict.reason
    settled = [one for one in facts.parts if one.last_attempt == PaymentState.SETTLED]
    if verdict.state == CellState.PAID:
        assert settled
        assert not any(is_open(one) for one in facts.parts)
    if verdict.state == CellState.OVERDUE:
        late = [one for one in facts.parts if is_open(one) and one.due_on + OVERDUE_AFTER <= TODAY]
        assert late
    if facts.state == AwardState.GRANTED and len(settled) == len(facts.parts):
        assert verdict.state in (CellState.PAID, CellState.RECOVERED)


@calm
@given(st.sampled_from(Skip.values))
def test_every_reason_of_a_run_has_its_state(code: str) -> None:
    verdict = of_skip(code)
    assert verdict.state in (CellState.NOT_ELIGIBLE, CellState.ELSEWHERE, CellState.EXHAUSTED)
    assert reason_label(verdict.reason) != code


@pytest.mark.parametrize(
    ("attempt", "due_in", "blocked", "expected"),
    [
        ("", 1, "", (CellState.AWAITING, CellReason.NOT_DUE)),
        ("", 0, "", (CellState.AWAITING, CellReason.TO_BATCH)),
        ("", 0, DueProblem.NO_CARD, (CellState.AWAITING, DueProblem.NO_CARD)),
        ("", -59, "", (CellState.AWAITING, CellReason.TO_BATCH)),
        ("", -60, "", (CellState.OVERDUE, CellReason.NOT_BATCHED)),
        ("", -60, DueProblem.NO_CARD, (CellState.OVERDUE, DueProblem.NO_CARD)),
        ("pending", -60, "", (CellState.AWAITING, CellReason.IN_BATCH)),
        ("sent", -60, "", (CellState.AWAITING, CellReason.SENT)),
        ("settled", -60, "", (CellState.PAID, CellReason.SETTLED)),
        ("returned", -60, "", (CellState.RETURNED, CellReason.CAME_BACK)),
    ],
)
def test_a_single_instalment(
    attempt: str, due_in: int, blocked: str, expected: tuple[str, str]
) -> None:
    part = PartFacts(TODAY + timedelta(days=due_in), 50_000, attempt)
    assert of_award(AwardFacts("granted", (part,), blocked), TODAY) == expected


def test_a_voided_batch_leaves_the_part_open_and_a_return_given_up_does_not() -> None:
    due = TODAY - timedelta(days=1)
    voided, given_up = PartFacts(due, 1, "voided"), PartFacts(due, 1, "voided", was_returned=True)
    assert of_award(AwardFacts("granted", (voided,)), TODAY).reason == CellReason.TO_BATCH
    assert of_award(AwardFacts("granted", (given_up,)), TODAY) == (
        CellState.STOPPED,
        CellReason.GIVEN_UP,
    )


def test_months_paid_as_they_fall_due_are_on_time() -> None:
    months = tuple(
        PartFacts(TODAY + timedelta(days=30 * n), 70_000, "settled" if n <= 0 else "")
        for n in (-1, 0, 1)
    )
    assert of_award(AwardFacts("granted", months), TODAY).state == CellState.PAYING


def test_what_is_taken_back_whole_is_not_paid() -> None:
    part = PartFacts(TODAY, 50_000, "settled")
    assert of_award(AwardFacts("granted", (part,), "", 50_000), TODAY).state == CellState.RECOVERED
    assert of_award(AwardFacts("granted", (part,), "", 49_999), TODAY).state == CellState.PAID


def test_an_entitled_child_is_missed_once_the_list_was_made_or_the_term_is_over() -> None:
    def state(*, has_run: bool, over: bool, cancelled: bool = False, waived: bool = False) -> str:
        facts = ProgrammeFacts(has_run, over)
        return of_eligible(facts, was_cancelled=cancelled, is_waived=waived).state

    assert state(has_run=False, over=False) == CellState.AWAITING
    assert state(has_run=True, over=False) == CellState.MISSED
    assert state(has_run=False, over=True) == CellState.MISSED
    assert state(has_run=True, over=False, cancelled=True) == CellState.STOPPED
    assert state(has_run=True, over=False, waived=True) == CellState.NOT_ELIGIBLE


# --- cells out of records -----------------------------------------------------------------------


def test_a_whole_life_shows_in_the_cell(county: County) -> None:
    (child,) = county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    matrix(county)
    assert cell(child) == (CellState.AWAITING, CellReason.NOT_RUN)
    county.propose(programme)
    matrix(county)
    assert cell(child) == (CellState.AWAITING, CellReason.PROPOSED)
    awards.approve_awards(programme=programme, term=AUTUMN, actor=county.checker, now=SHANGHAI_NOON)
    matrix(county)
    assert cell(child) == (CellState.AWAITING, CellReason.TO_BATCH)
    matrix(county, at(2017, 1, 6))
    assert cell(child) == (CellState.AWAITING, CellReason.TO_BATCH)
    matrix(county, at(2017, 1, 7))  # two months after it was granted
    assert cell(child) == (CellState.OVERDUE, CellReason.NOT_BATCHED)
    batch = county.released(programme)
    matrix(county)
    assert cell(child) == (CellState.AWAITING, CellReason.SENT)
    returns.settle_batch(
        batch=batch,
        settled_on=TODAY,
        returned={1: "closed"},
        actor=county.maker,
        now=SHANGHAI_NOON,
    )
    matrix(county)
    assert cell(child) == (CellState.RETURNED, CellReason.CAME_BACK)
    again = county.released(programme)
    returns.settle_batch(batch=again, settled_on=TODAY, actor=county.maker, now=SHANGHAI_NOON)
    matrix(county)
    assert cell(child) == (CellState.PAID, CellReason.SETTLED)
    kept = AidCell.objects.get()
    assert (kept.amount, kept.paid) == (Decimal(500), Decimal(500))


def test_a_return_given_up_and_an_award_cancelled_say_so(county: County) -> None:
    one, other = county.children(2)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    awards.cancel_award(
        award=Award.objects.get(student=other),
        reason="moved away",
        actor=county.checker,
        now=SHANGHAI_NOON,
    )
    batch = county.released(programme)
    returns.settle_batch(
        batch=batch, settled_on=TODAY, returned={1: "x"}, actor=county.maker, now=SHANGHAI_NOON
    )
    disbursement.give_up_payment(
        payment=Payment.objects.get(), reason="gone", actor=county.maker, now=SHANGHAI_NOON
    )
    matrix(county)
    assert cell(one) == (CellState.STOPPED, CellReason.GIVEN_UP)
    assert cell(other) == (CellState.STOPPED, CellReason.AWARD_CANCELLED)
    assert AidCell.objects.get(student=other).reason_words.endswith("：moved away")


def test_who_was_forgotten_and_whom_the_money_does_not_reach(county: County) -> None:
    county.children(2)
    programme = county.programme(
        "p", "500", standard=POOR, shares=[SourceShare("county", None, 3, None)]
    )
    county.granted(programme)
    late, later = county.children(2)
    matrix(county)
    assert cell(late) == (CellState.MISSED, CellReason.LEFT_OUT)
    assert cell(later) == (CellState.EXHAUSTED, Skip.NO_MONEY)
    set_quota(programme=programme, year=2016, heads_count=2, actor=county.maker, now=SHANGHAI_NOON)
    matrix(county)
    assert cell(late) == (CellState.EXHAUSTED, CellReason.QUOTA_FULL)


def test_a_programme_without_source_rules_says_so(county: County) -> None:
    (child,) = county.children(1)
    county.programme("p", "500", standard=POOR, year=2014)
    matrix(county)
    assert cell(child) == (CellState.EXHAUSTED, CellReason.NO_SOURCE_RULE)


def test_a_missing_card_is_named(county: County) -> None:
    (child,) = county.children(1, card=False)
    county.granted(county.programme("p", "500", standard=POOR))
    matrix(county)
    assert cell(child) == (CellState.AWAITING, DueProblem.NO_CARD)
    matrix(county, at(2017, 1, 7))
    assert cell(child) == (CellState.OVERDUE, DueProblem.NO_CARD)


def test_cells_partition_students_by_programmes(county: County) -> None:
    county.children(3)
    county.children(2, hardships=["disabled"])
    county.children(1, confirmed=False)
    county.children(2, "junior", grade=7)
    primary = county.programme("p", "500", standard={**POOR, "stage": "primary"})
    county.programme("j", "600", standard={**POOR, "stage": "junior"})
    county.programme("all", "100", standard=POOR)
    county.granted(primary)
    kept = matrix(county)
    assert (kept.students_count, kept.programmes_count) == (8, 3)
    assert kept.cells_count + kept.outside_count == 24
    assert kept.outside_count == 2 + 6  # juniors of "p", primary pupils of "j"
    assert kept.cells_count == AidCell.objects.count() == sum(states().values())
    assert not AidCell.objects.filter(reason="").exists()
    assert states(programme__code="p") == {"awaiting": 3, "not-eligible": 3}
    summary = matrix_pages.by_programme(Scope.everything(), AUTUMN.code)
    assert {line.name: line.total for line in summary} == {
        "Programme p": 6,
        "Programme j": 2,
        "Programme all": 8,
    }
    by_school = matrix_pages.by_school(Scope.everything(), AUTUMN.code)
    assert sum(line.total for line in by_school) == kept.cells_count


def test_computing_again_changes_nothing(county: County) -> None:
    county.children(3)
    county.granted(county.programme("p", "500", standard=POOR))
    columns = ("student_id", "programme_id", "state", "reason", "amount", "paid", "award_id")

    def rows() -> list[Any]:
        return list(AidCell.objects.order_by("student_id", "programme_id").values_list(*columns))

    matrix(county)
    first = rows()
    matrix(county)
    assert rows() == first
    assert AidMatrix.objects.count() == 1


def test_what_happens_afterwards_is_counted(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    kept = matrix(county)
    assert matrix_pages.changes_since(kept) == 0
    county.propose(programme, now=at(2016, 11, 8, 13))
    assert matrix_pages.changes_since(kept) == 1


# --- pages --------------------------------------------------------------------------------------


@pytest.fixture
def half_forgotten(county: County) -> County:
    """Two aided children and one whom the run did not see, with the matrix computed."""
    county.children(2)
    county.granted(county.programme("p", "500", standard=POOR))
    county.children(1)
    matrix(county)
    return county


def browser(role: str = "office_staff", **place: str) -> Any:
    client = sign_in(actor_of(role, office="aid" if role == "office_staff" else "", **place))
    session = client.session
    session["term"] = AUTUMN.code
    session.save()
    return client


def page(client: Any, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(f"subsidies:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_the_summary_names_every_state_and_leads_to_the_rows(half_forgotten: County) -> None:
    client = browser()
    shown = page(client, "matrix")
    for state in CellState:
        assert str(state.label) in shown
    programme = AidCell.objects.values_list("programme", flat=True)[0]
    assert f"programme={programme}&amp;state=missed" in shown
    rows = page(client, "cell-list", query=f"?programme={programme}&state=missed")
    assert "共 1 条" in rows
    assert str(CellReason.LEFT_OUT.label) in rows


def test_leaders_see_counts_and_no_child(half_forgotten: County) -> None:
    client = browser("leadership")
    shown = page(client, "matrix")
    assert "应助未助" in shown
    assert "state=missed" not in shown
    assert client.get(reverse("subsidies:cell-list")).status_code == 403


def test_a_school_sees_its_own_counts_and_not_the_county_s(half_forgotten: County) -> None:
    school = half_forgotten.school
    own = browser("school_clerk", division_prefix=school.division_id, school_code=school.code)
    for client, whole in ((browser(), True), (own, False)):
        shown = page(client, "matrix")
        assert ("格不属项目学段" in shown) is whole
        assert school.name in shown


def test_a_school_page_has_a_column_for_each_programme(half_forgotten: County) -> None:
    shown = page(browser(), "school-matrix-list", half_forgotten.school.code)
    assert "Programme p" in shown
    assert "共 3 条" in shown
    assert shown.count("state-overdue") == 1
    assert str(CellReason.LEFT_OUT.label) in shown


def test_a_school_page_exports_what_it_shows(half_forgotten: County) -> None:
    order = ExportOrder(
        kind="school-matrix",
        screen="subsidies.views.matrix.SchoolMatrix",
        arguments={"code": half_forgotten.school.code},
        query="state=missed",
        search="",
        hidden=(),
        term=AUTUMN.code,
    )
    table = table_of(order, actor=half_forgotten.maker, now=SHANGHAI_NOON)
    heads, row = list(table.as_values())
    assert heads[-1] == "Programme p"
    assert row[-1] == "应助未助：符合条件，计算名单后仍没有资助决定"


def test_the_button_computes(county: County) -> None:
    client = browser()
    county.children(1)
    county.programme("p", "500", standard=POOR)
    page(client, "matrix-compute")
    answer = client.post(reverse("subsidies:matrix-compute"), {"form_token": "a" * 32})
    assert answer.status_code == 302
    run_now(Job.objects.get())
    assert AidCell.objects.count() == 1
