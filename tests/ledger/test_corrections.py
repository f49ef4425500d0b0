"""Taking a voucher back, and the two rhythms of a year."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from povedu.errors import Conflict, Refusal
from povedu.ledger import selectors, services, walk
from povedu.ledger.bridge import BridgeLine, bridge, spent_by_term
from povedu.ledger.models import Correction, LedgerEntry
from povedu.ledger.services import Leg, post, post_many
from povedu.ledger.services.corrections import ask_correction, decide_correction
from povedu.scope import Scope
from tests.factories import CorrectionFactory, actor_of, sign_in

COUNTY = "530623"
ALL = Scope.everything()
DAY = date(2016, 11, 8)


@pytest.fixture
def opening(office: Any, now: Any) -> int:
    open_with(office, now, "1000.00")
    return 1


def open_with(office: Any, now: Any, amount: str) -> services.Posted:
    return services.post_opening(
        county_code=COUNTY,
        source="county",  # type: ignore[arg-type]  # a source's value
        amount=Decimal(amount),
        effective_on=date(2016, 1, 1),
        actor=office,
        now=now,
        document="2015 bank statement",
    )


def ask(office: Any, now: Any, number: int, day: date = DAY) -> Correction:
    return ask_correction(
        county_code=COUNTY,
        transaction_no=number,
        reason="typed twice",
        effective_on=day,
        actor=office,
        now=now,
    )


def test_an_opening_balance_names_its_document(opening: int) -> None:
    assert set(LedgerEntry.objects.values_list("memo", "subject")) == {
        ("2015 bank statement", "opening:county")
    }


def test_a_voucher_is_taken_back_by_another_and_entered_anew(
    opening: int, office: Any, approver: Any, now: Any
) -> None:
    with pytest.raises(Conflict):
        open_with(office, now, "900.00")
    asked = ask(office, now, opening)
    with pytest.raises(Refusal, match="他人"):
        decide_correction(correction=asked, approved=True, actor=office, now=now)
    done = decide_correction(correction=asked, approved=True, actor=approver, now=now)
    assert (done.state, done.posted_no) == ("posted", 2)
    counter = selectors.voucher(COUNTY, 2)
    assert {leg.memo for leg in counter} == {"冲回 1 号凭证：typed twice"}
    assert selectors.cash_of(COUNTY)["county"] == 0
    assert LedgerEntry.objects.count() == 4
    with pytest.raises(Conflict):
        ask(office, now, opening)
    with pytest.raises(Refusal, match="不是"):
        ask(office, now, 2)
    open_with(office, now, "900.00")
    row = {one.key: one for one in selectors.year_view(ALL, 2016)}["county",]
    assert (row.opening, row.spent, row.closing) == (Decimal(1900), Decimal(1000), Decimal(900))
    assert walk.verify(ALL).ok


def test_years_go_on_from_each_other_across_a_correction(
    opening: int, office: Any, approver: Any, now: Any
) -> None:
    asked = ask(office, now, opening, date(2017, 2, 1))
    decide_correction(correction=asked, approved=True, actor=approver, now=now)
    before, after = (selectors.year_view(ALL, year)[0] for year in (2016, 2017))
    assert before.closing == after.opening == Decimal(1000)
    assert (after.spent, after.closing) == (Decimal(1000), 0)


def test_a_correction_turned_down_posts_nothing_and_may_be_asked_again(
    opening: int, office: Any, approver: Any, now: Any
) -> None:
    asked = ask(office, now, opening)
    decide_correction(correction=asked, approved=False, actor=approver, now=now, note="no")
    assert LedgerEntry.objects.count() == 2
    with pytest.raises(Conflict):
        decide_correction(correction=asked, approved=True, actor=approver, now=now)
    ask(office, now, opening)


def test_payments_are_recovered_not_taken_back(office: Any, now: Any) -> None:
    legs = [
        Leg(1, DAY, "expense", 100, "county", "p", subject="payment:1"),
        Leg(1, DAY, "cash", -100, "county", "p", subject="payment:1"),
    ]
    post(county_code=COUNTY, legs=legs, actor=office, now=now)
    for number, said in ((1, "追回"), (2, "没有 2 号")):
        with pytest.raises(Refusal, match=said):
            ask(office, now, number)
    services.close_year(county_code=COUNTY, year=2016, actor=office, now=now)
    with pytest.raises(Refusal):
        ask(office, now, 1)


def test_the_database_wants_two_people(office: Any, db: None) -> None:
    one = CorrectionFactory()
    for fields in (
        {"state": "posted", "decided_by": one.asked_by, "posted_no": 2},
        {"state": "posted", "posted_no": 2},
        {"posted_no": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.filter(pk=one.pk).update(**fields)
    other = CorrectionFactory(state="refused", decided_by_id=office.user_id)
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(pk=other.pk).update(state="asked", decided_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionFactory(transaction_no=one.transaction_no)


def test_a_correction_is_asked_for_and_decided_in_pages(opening: int, now: Any) -> None:
    finance = sign_in(actor_of("office_staff", office="finance"))
    head = sign_in(actor_of("approver", office="finance"))
    auditor = sign_in(actor_of("auditor"))
    sent = {"transaction_no": "1", "effective_on": "2016-11-08", "reason": "typed twice"}
    assert auditor.post(reverse("ledger:correction-add"), sent).status_code == 403
    assert finance.post(reverse("ledger:correction-add"), sent).status_code == 302
    one = Correction.objects.get()
    assert "待审批的台账更正" in head.get("/").content.decode()
    decide = reverse("ledger:correction-decide", args=[one.pk])
    assert finance.post(decide, {"approved": "1"}).status_code == 403
    assert head.post(decide, {"approved": "1"}).status_code == 302
    page = auditor.get(one.get_absolute_url()).content.decode()
    assert "已冲回" in page
    assert decide not in page


# --- the bridge ---------------------------------------------------------------------------------

MONEY = st.integers(-(10**7), 10**7).map(lambda fen: Decimal(fen) / 100)


@given(MONEY, MONEY, MONEY)
def test_the_bridge_closes(spring: Decimal, autumn: Decimal, following: Decimal) -> None:
    line = BridgeLine(("county",), spring, autumn, following)
    assert line.calendar - line.spring + line.next_spring == line.school
    assert line.calendar + line.difference == line.school


def test_the_bridge_leads_from_one_view_to_the_other(office: Any, now: Any) -> None:
    legs = []
    for number in range(40):
        day = date(2016, 1, 1) + timedelta(days=17 * number)
        term = "2016-1" if day >= date(2016, 9, 1) else "2015-2"
        about = ("p" if number % 3 else "q", "s", term)
        source = "county" if number % 2 else "province"
        legs += [
            Leg(number, day, "expense", 1000 + number, source, *about),
            Leg(number, day, "cash", -1000 - number, source, *about),
        ]
    post_many(county_code=COUNTY, legs=legs, actor=office, now=now)
    for by in selectors.BY.values():
        found = bridge(ALL, 2016, by)
        calendar = {one.key: one.spent for one in selectors.year_view(ALL, 2016, by)}
        school = {one.key: one.spent for one in selectors.school_year_view(ALL, 2016, by)}
        assert {one.key: one.calendar for one in found.spent} == calendar
        assert {one.key: one.school for one in found.spent if one.school} == {
            key: amount for key, amount in school.items() if amount
        }
        assert found.received == []
    spent = dict(spent_by_term(ALL, 2016))
    assert spent.keys() == {"2015-2", "2016-1"}
    assert sum(spent.values()) == sum(one.spent for one in selectors.year_view(ALL, 2016))
    page = sign_in(actor_of("auditor")).get(reverse("ledger:bridge") + "?year=2016&by=programme")
    assert "自然年支出按所属学期" in page.content.decode()
