"""Why a child gets nothing: a code for every child of a term, and none for those who should."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from povedu.scope import Scope
from schools.models import Division
from students.models import Enrolment, Student
from subsidies.choices import Residence, Skip
from subsidies.models import Programme
from subsidies.selectors.eligibility import reasons_for, reasons_of
from subsidies.services.programmes import SourceShare
from tests.factories import DivisionFactory, SchoolFactory, StandardFactory
from tests.subsidies.county import AUTUMN, County

TODAY = date(2016, 11, 8)
ALL = Scope.everything()
POOR = {"categories": ["registered_poor"], "stage": "primary"}


def codes(programme: Programme, scope: Scope = ALL) -> dict[int, str]:
    outcomes = reasons_for(scope, programme, AUTUMN, today=TODAY)
    return {student: one.code for student, one in outcomes.items()}


def test_every_enrolled_child_has_an_answer(county: County) -> None:
    poor = county.children(2)
    [plain] = county.children(1, hardships=[])
    [young] = county.children(1, "preschool", grade=1)
    [unknown] = county.children(1, confirmed=False)
    programme = county.programme("p", "500", standard=POOR)
    outcomes = reasons_for(ALL, programme, AUTUMN, today=TODAY)
    assert {key: one.code for key, one in outcomes.items()} == {
        poor[0].pk: "",
        poor[1].pk: "",
        plain.pk: "no-hardship",
        young.pk: "other-stage",
        unknown.pk: "identity-unconfirmed",
    }
    due = outcomes[poor[0].pk]
    assert (due.amount_fen, due.hardships, due.rule, due.label) == (
        50_000,
        ("registered_poor",),
        "category",
        "",
    )
    assert outcomes[plain.pk].label == Skip.NO_HARDSHIP.label
    county.granted(programme)
    assert codes(programme)[poor[0].pk] == "already"


@pytest.mark.parametrize(
    ("state", "code"),
    [("suspended", "on-leave"), ("left", "left"), ("deceased", "deceased"), ("studying", "")],
)
def test_a_child_that_is_not_there_has_its_own_reason(
    county: County, state: str, code: str
) -> None:
    [child] = county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    Student.objects.filter(pk=child.pk).update(state=state)
    assert codes(programme) == {child.pk: code}
    if state in ("suspended", "left"):
        Student.objects.filter(pk=child.pk).update(state="studying")
        Enrolment.objects.filter(student=child).update(state=state)
        assert codes(programme) == {child.pk: code}


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (Residence.ANY, ["", "", "", ""]),
        (Residence.HERE, ["", "", "", "residence"]),
        (Residence.HOME, ["", "residence", "home-unknown", ""]),
        (Residence.BOTH, ["", "residence", "home-unknown", "residence"]),
    ],
)
def test_home_and_school_may_count(county: County, rule: str, wanted: list[str]) -> None:
    there = DivisionFactory(code="530999100000")
    at_home, stranger, unknown = county.children(3)
    [away] = county.children(1, school=SchoolFactory(code="AWAY00000A", division=there))
    home = Division.objects.get(pk=county.division.pk)
    for child, place in ((at_home, home), (stranger, there), (unknown, None), (away, home)):
        Student.objects.filter(pk=child.pk).update(home_division=place)
    programme = county.programme("p", "500", standard=POOR, residence=rule)
    found = codes(programme)
    assert [found[one.pk] for one in (at_home, stranger, unknown, away)] == wanted


def test_dates_of_the_programme_count(county: County) -> None:
    [child] = county.children(1)
    later = county.programme("later", "500", standard=POOR, starts_on=date(2017, 3, 1))
    over = county.programme("over", "500", standard=POOR, ends_on=date(2016, 9, 1))
    runs = county.programme("runs", "500", standard=POOR, ends_on=date(2016, 9, 2))
    assert [codes(one)[child.pk] for one in (later, over, runs)] == [
        "not-running",
        "not-running",
        "",
    ]


def test_a_programme_without_a_standard_says_so(county: County) -> None:
    [child] = county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    programme.standards.update(starts_on=date(2030, 1, 1))
    assert codes(programme) == {child.pk: "no-standard"}


def test_whom_the_money_does_not_reach(county: County) -> None:
    poor = county.children(2)
    rich = county.children(2, hardships=["disabled"])
    shares = [SourceShare("county", money_cap=Decimal(1500))]
    programme = county.programme("p", "500", shares=shares)
    found = codes(programme)
    assert [found[one.pk] for one in poor] == ["", ""]
    assert sorted(found[one.pk] for one in rich) == ["", "no-money"]
    programme.poor_first = False
    programme.save()
    assert sorted(codes(programme).values()) == ["", "", "", "no-money"]


def test_a_school_is_answered_for_its_own_and_twice_enrolled_once(county: County) -> None:
    other = SchoolFactory(code="OTHER00001")
    county.children(2)
    [mine] = county.children(1, school=other)
    [both] = county.children(1)
    again = Enrolment.objects.get(student=both)
    again.pk, again.school = None, other
    again.save()
    programme = county.programme("p", "500", standard=POOR)
    narrow = Scope(other.division_id[:6], other.code)
    assert codes(programme, narrow) == {mine.pk: "", both.pk: ""}
    assert len(codes(programme)) == 4
    outcome = reasons_for(narrow, programme, AUTUMN, today=TODAY)[both.pk]
    assert outcome.school_id == county.school.pk  # the first enrolment pays, here as anywhere


def test_the_spring_instalment_and_skipped_months(county: County) -> None:
    from povedu.terms import Term

    spring = Term(2015, 2)
    [child] = county.children(1, terms=[AUTUMN, spring])
    term = county.programme("t", "500", standard={**POOR, "spring_amount": Decimal("250.50")})
    month = county.programme("m", "200", cadence="month", standard=POOR, skipped_months=[2, 8])
    asked = reasons_of(ALL, [term, month], AUTUMN, today=TODAY)
    assert [asked[one.pk][child.pk].amount_fen for one in (term, month)] == [50_000, 100_000]
    asked = reasons_of(ALL, [term, month], spring, today=date(2016, 4, 1))
    assert [asked[one.pk][child.pk].amount_fen for one in (term, month)] == [25_050, 100_000]


def test_the_poor_get_the_highest_only_where_the_programme_says_so(county: County) -> None:
    [child] = county.children(1)
    programme = county.programme("p", "300", standard={**POOR, "tier": "二档"})
    StandardFactory(
        programme=programme,
        tier="一档",
        stage="primary",
        categories=["registered_poor"],
        year_amount=Decimal(1000),
        instalment_amount=Decimal(500),
    )
    assert reasons_for(ALL, programme, AUTUMN, today=TODAY)[child.pk].amount_fen == 50_000
    programme.poor_highest = False
    programme.save()
    assert codes(programme) == {child.pk: "no-tier"}


def test_queries_do_not_grow_with_children(county: County) -> None:
    for n in range(3):
        county.programme(f"p{n}", "500", standard=POOR)
    county.children(2)
    with CaptureQueriesContext(connection) as few:
        reasons_of(ALL, Programme.objects.all(), AUTUMN, today=TODAY)
    county.children(200)
    with CaptureQueriesContext(connection) as many:
        reasons_of(ALL, Programme.objects.all(), AUTUMN, today=TODAY)
    assert len(few) == len(many)
