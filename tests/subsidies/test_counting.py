"""人次 and 人: one set of rules, in Python, in the database and on a child's account."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.money import fen
from povedu.scope import Scope
from subsidies.models import Payment
from subsidies.rules.counting import Settled, count, person_time
from subsidies.selectors.counting import person_times, persons
from subsidies.selectors.lines import PROGRAMMES, settled_payments
from subsidies.services import recovery
from subsidies.services.matrix import compute_matrix
from subsidies.services.programmes import SourceShare
from tests.factories import GiftFactory, LoanFactory, PastPaymentFactory, actor_of, sign_in
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, SPRING, County, at

POOR = {"categories": ["registered_poor"]}
NOW = SHANGHAI_NOON
calm = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ONE = st.builds(
    Settled,
    st.integers(1, 5),
    st.sampled_from("pq"),
    st.sampled_from(["2015-2", "2016-1"]),
    st.lists(
        st.tuples(st.sampled_from(["central", "county"]), st.integers(1, 9999)),
        min_size=1,
        max_size=2,
        unique_by=lambda part: part[0],
    ).map(tuple),
    st.just(0),
)


@calm
@given(st.lists(ONE, max_size=30), st.randoms())
def test_parts_and_months_never_count_apart_and_money_is_never_doubled(
    lines: list[Settled], shuffle: Any
) -> None:
    counts = count(lines)
    assert counts.persons == len({one.student_id for one in lines})
    assert counts.person_times == len({(o.student_id, o.programme, o.term) for o in lines})
    assert counts.persons <= counts.person_times or not lines
    assert counts.person_times <= len(lines)
    assert sum(counts.by_source.values()) == counts.amount_fen == sum(o.amount_fen for o in lines)
    # Cutting every payment into parts changes nothing but the number of payments.
    parts = [one._replace(sources=(part,)) for one in lines for part in one.sources]
    shuffle.shuffle(parts)
    assert count(parts) == counts


@calm
@given(st.lists(ONE, max_size=20))
def test_two_programmes_are_two_and_add_up(lines: list[Settled]) -> None:
    by_programme = [count(one for one in lines if one.programme == code) for code in "pq"]
    assert count(lines).person_times == sum(one.person_times for one in by_programme)
    assert count(lines).persons <= sum(one.persons for one in by_programme)


def test_every_gift_counts() -> None:
    gift = Settled(1, "g", "2016-1", (("social", 50_000),), 7)
    assert count([gift, gift._replace(gift_id=8)]).person_times == 2
    assert person_time(gift) != person_time(gift._replace(gift_id=0))


def as_settled(payments: Iterable[Payment]) -> list[Settled]:
    return [
        Settled(
            one.instalment.award.student_id,
            one.instalment.award.programme.code,
            one.instalment.award.term,
            tuple((part.source, fen(part.amount)) for part in one.sources.all()),
        )
        for one in payments
    ]


@pytest.fixture
def two_terms(county: County) -> County:
    """Three children paid by the term, two of them by the month too, in two terms."""
    county.children(2, terms=[SPRING, AUTUMN])
    county.children(1)
    shares = [SourceShare("central", Decimal(300)), SourceShare("county")]
    term = county.programme("p", "500", standard=POOR, shares=shares)
    month = county.programme("m", "100", cadence="month", standard=POOR, shares=shares)
    spring = at(2016, 5, 10)
    for programme in (term, month):
        county.granted(programme, SPRING, spring)
        county.paid(programme, SPRING, spring)
        county.granted(programme)
        county.paid(programme)
    return county


def test_the_database_counts_as_the_rule_does(two_terms: County) -> None:
    paid = settled_payments(Scope.everything(), 2016)
    rule = count(as_settled(paid.select_related("instalment__award__programme")))
    told = paid.aggregate(people=persons(), times=person_times(across_programmes=True))
    assert (told["people"], told["times"]) == (rule.persons, rule.person_times) == (3, 10)
    lines = {one.id: one for one in PROGRAMMES.lines(Scope.everything(), 2016)}
    assert {code: (one.persons, one.person_times) for code, one in lines.items()} == {
        "p": (3, 5),
        "m": (3, 5),
    }
    for code, line in lines.items():
        own = count(one for one in as_settled(paid) if one.programme == code)
        assert {source: fen(amount) for source, amount in line.by_source.items()} == own.by_source
        assert fen(line.amount or 0) == own.amount_fen


def test_the_account_of_a_child_says_all_of_it(two_terms: County) -> None:
    county = two_terms
    payment = Payment.objects.filter(
        instalment__award__term=AUTUMN.code, batch__programme__code="p"
    ).order_by("pk")[0]
    child = payment.instalment.award.student
    social = county.programme("g", "1", kind="gift", cadence="once")
    GiftFactory(
        programme=social,
        donor__county=county.division,
        student=child,
        amount=Decimal(50),
        settled_on=NOW.date(),
    )
    PastPaymentFactory(county=county.division, student=child, amount=Decimal(777))
    LoanFactory(county=county.division, student=child, contract_no="L-OWN")
    asked = recovery.propose_recovery(
        payment=payment,
        amount=Decimal(120),
        cause="wrong-amount",
        reason="too much",
        actor=county.maker,
        now=NOW,
    )
    recovery.approve_recovery(recovery=asked, actor=county.checker, now=NOW)
    county.programme("new", "80", standard=POOR)
    compute_matrix(county=county.division, term=AUTUMN, actor=county.maker, now=NOW)
    client = sign_in(actor_of("office_staff", office="aid"))
    page = client.get(reverse("subsidies:aid-account", args=[child.pk])).content.decode()
    months = 3 + 3  # March to May by 10 May, September to November by 8 November
    total = 2 * 500 + months * 100 + 50
    for text in (
        f"{total:,}.00",
        f"{total - 120:,}.00",
        "120.00",
        asked.number,
        "L-OWN",
        "777.00",
        "Programme new",
        "待发和未发，为什么",
    ):
        assert text in page, text
    assert ">5<" in page  # two programmes in two terms, and a gift


def test_a_clerk_sees_no_loans_on_the_account(two_terms: County) -> None:
    payment = Payment.objects.all()[0]
    child = payment.instalment.award.student
    LoanFactory(county=two_terms.division, student=child, contract_no="L-OWN")
    school = child.school
    assert school is not None
    clerk = actor_of("school_clerk", division_prefix=school.division_id, school_code=school.code)
    page = sign_in(clerk).get(reverse("subsidies:aid-account", args=[child.pk]))
    assert page.status_code == 200
    assert "L-OWN" not in page.content.decode()
