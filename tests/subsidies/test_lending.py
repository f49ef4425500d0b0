"""Loans one by one: entered, renewed, granted, relieved; by forms, by the people who may."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.errors import Refusal
from povedu.figures import flat, resum
from povedu.money import ZERO
from povedu.scope import Scope
from subsidies.models import Loan, LoanCap, LoanRelief
from subsidies.rules import reliefs as rules
from subsidies.rules.loans import Cap, cap_of, with_own
from subsidies.rules.reliefs import Contract
from subsidies.selectors.loan_lines import LINE, LOANS
from subsidies.services import reliefs
from tests.factories import LoanFactory, LoanReliefFactory, id_number, sign_in
from tests.subsidies.county import SHANGHAI_NOON as NOW
from tests.subsidies.county import County

NUMBER, PARENT = id_number(7), id_number(8, birth_on=date(1975, 5, 5))
# A busy machine draws slowly; what is drawn matters, not how fast.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CONTRACT = {
    "borrower_name": "Borrower",
    "borrower_id_number": NUMBER,
    "contract_no": "L-1",
    "academic_year": 2016,
    "college": "College",
    "level": "undergraduate",
    "amount": "8000",
    "co_borrower_name": "Parent",
    "co_borrower_id_number": PARENT,
}


@pytest.fixture
def office(county: County) -> Any:
    return sign_in(county.maker)


def post(client: Any, name: str, data: dict[str, Any], *args: Any) -> Any:
    token = {"form_token": str(uuid4())}
    return client.post(reverse(f"subsidies:{name}", args=args), {**token, **data})


def test_a_contract_is_entered_renewed_granted_and_seen_year_by_year(office: Any) -> None:
    assert post(office, "loan-add", CONTRACT).status_code == 302
    loan = Loan.objects.get()
    assert (loan.borrower_id_number.reveal(), loan.is_over_cap) == (NUMBER, False)
    again = {**CONTRACT, "contract_no": "L-2"}
    assert "该学年已有合同" in post(office, "loan-add", again).content.decode()
    due = {"granted_on": "2016-10-20", "due_on": "2033-09-20"}
    assert post(office, "loan-grant", due, loan.pk).status_code == 302
    assert post(office, "loan-grant", {**due}, loan.pk).status_code == 409
    terms = {**CONTRACT, "contract_no": "L-3", "academic_year": 2017}
    assert post(office, "loan-renew", terms, loan.pk).status_code == 302
    renewed = Loan.objects.get(contract_no="L-3")
    assert (renewed.is_renewal, renewed.borrower_index) == (True, loan.borrower_index)
    page = office.get(reverse("subsidies:loan-detail", args=[loan.pk])).content.decode()
    assert "L-1" in page
    assert "L-3" in page
    assert NUMBER not in page
    earlier = {**terms, "contract_no": "L-4", "academic_year": 2016}
    assert "续贷学年应晚于" in post(office, "loan-renew", earlier, loan.pk).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "8001"}, "超过该学年最高额 8,000"),
        ({"borrower_id_number": f"{NUMBER[:-1]}?"}, "身份证号有误"),
        ({"co_borrower_id_number": NUMBER}, "是同一人"),
        ({"academic_year": "2099"}, "学年尚未到来"),
    ],
)
def test_what_cannot_be_is_refused(office: Any, wrong: dict[str, str], said: str) -> None:
    answer = post(office, "loan-add", {**CONTRACT, **wrong})
    assert said in answer.content.decode()
    assert not Loan.objects.exists()
    assert post(office, "loan-add", {**CONTRACT}).status_code == 302


def test_above_the_cap_needs_a_reason_and_stays_marked(office: Any) -> None:
    over = {**CONTRACT, "amount": "8500", "over_cap_reason": "bank agreed"}
    assert post(office, "loan-add", over).status_code == 302
    assert Loan.objects.get().is_over_cap
    listed = office.get(reverse("subsidies:loan-list") + "?is_over_cap=true").content.decode()
    assert "L-1" in listed


def test_a_county_sets_its_own_cap(office: Any, county: County) -> None:
    cap = {"since_year": 2016, "usual_amount": 9000, "postgraduate_amount": 13000, "document": "D"}
    assert post(office, "cap-add", cap).status_code == 302
    assert post(office, "loan-add", {**CONTRACT, "amount": "9000"}).status_code == 302
    assert not Loan.objects.get().is_over_cap
    assert LoanCap.objects.get().county == county.division
    wrong = {**cap, "postgraduate_amount": 8000}
    assert "研究生最高额不低于" in post(office, "cap-add", wrong).content.decode()


def test_relief_is_claimed_by_one_decided_by_another_and_paid_once(
    office: Any, county: County
) -> None:
    loan = LoanFactory(county=county.division, state="repaying")
    claim = {"cause": "illness", "year": 2016, "amount": "3000", "evidence": "letter"}
    assert post(office, "relief-add", claim, loan.pk).status_code == 302
    relief = LoanRelief.objects.get()
    with pytest.raises(Refusal, match="登记人不能审核"):
        reliefs.decide_relief(relief=relief, approved=True, note="", actor=county.maker, now=NOW)
    checker, agreed = sign_in(county.checker), {"approved": "1", "note": ""}
    assert post(checker, "relief-decide", agreed, relief.pk).status_code == 302
    paid = {"paid_on": "2016-11-01"}
    assert post(office, "relief-pay", paid, relief.pk).status_code == 302
    assert post(office, "relief-pay", {**paid}, relief.pk).status_code == 409
    relief.refresh_from_db()
    assert (relief.state, relief.paid_on) == ("paid", date(2016, 11, 1))
    more = {**claim, "year": 2015, "amount": "5000.01"}
    assert "超过可申请的 5,000.00" in post(office, "relief-add", more, loan.pk).content.decode()
    page = reverse("subsidies:loan-detail", args=[loan.pk])
    assert "申请代偿或救助" in office.get(page).content.decode()
    assert post(office, "relief-add", {**more, "amount": "5000"}, loan.pk).status_code == 302
    assert "申请代偿或救助" not in office.get(page).content.decode()  # nothing is left of the debt


def test_service_at_the_grassroots_is_paid_in_thirds(county: County) -> None:
    loan = LoanFactory(county=county.division, state="repaying", academic_year=2010, amount=6000)
    LoanFactory(
        county=county.division,
        state="repaying",
        academic_year=2011,
        amount=4000,
        borrower_index=loan.borrower_index,
    )
    about = {
        "loan": loan,
        "cause": "grassroots",
        "evidence": "e",
        "actor": county.maker,
        "now": NOW,
    }
    since = date(2014, 7, 1)
    with pytest.raises(Refusal, match="未满 1 年"):
        reliefs.apply_relief(year=2014, served_from=since, **about)
    parts = [
        reliefs.apply_relief(year=year, served_from=since, **about).amount
        for year in (2015, 2016, 2017)
    ]
    assert parts == [Decimal("3333.33"), Decimal("3333.33"), Decimal("3333.34")]
    with pytest.raises(Refusal, match="申请完毕"):
        reliefs.apply_relief(year=2018, served_from=since, **about)


def test_the_database_keeps_maker_and_checker_apart_and_moves_in_order(county: County) -> None:
    relief = LoanReliefFactory(loan__county=county.division)
    rows = LoanRelief.objects.filter(pk=relief.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="approved", decided_by=relief.entered_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="approved")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(kind="compensation")
    rows.update(state="approved", decided_by=county.checker.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state="pending")
    assert connection.vendor in {"sqlite", "postgresql"}


def test_the_line_of_the_year_opens_rows_that_sum_to_it(county: County) -> None:
    first = LoanFactory(county=county.division, amount=7000)
    LoanFactory(county=county.division, is_renewal=True, amount=9000, is_over_cap=True)
    LoanFactory(county=county.division, state="cancelled")
    LoanFactory(county=county.division, academic_year=2015, borrower_index=first.borrower_index)
    scope = Scope(county.division.pk[:6])
    [line] = LOANS.lines(scope, 2016)
    assert (line.persons, line.amount) == (2, Decimal(16000))
    assert line.measures == {"contracts": 2, "renewals": 1, "over_cap": 1}
    told = flat(line.figures())
    for personal in (True, False):
        found = LOANS.rows(scope, 2016, LINE, personal=personal)
        assert found is not None
        summed = resum(found)
        if personal:
            assert summed["persons"] == 2
        for path in set(summed) - {"rows"}:
            assert summed[path] == told[path], path
    assert LOANS.lines(Scope("530999"), 2016) == []


yuan_amounts = st.decimals(min_value=1, max_value=200_000, places=2)


@calm
@given(total=yuan_amounts)
def test_parts_of_a_compensation_make_the_whole(total: Decimal) -> None:
    parts = [rules.part_of(total, number) for number in (1, 2, 3)]
    assert sum(parts, ZERO) == total
    assert max(parts) - min(parts) <= Decimal("0.02")


@calm
@given(
    contracts=st.lists(
        st.builds(
            Contract,
            st.integers(2005, 2030),
            st.sampled_from(["college", "undergraduate", "postgraduate"]),
            yuan_amounts,
        )
    )
)
def test_never_more_is_compensable_than_lent_or_allowed(contracts: list[Contract]) -> None:
    total = rules.compensable(contracts)
    assert total <= sum((one.amount for one in contracts), ZERO)
    assert total <= sum((cap_of(one.academic_year, one.level) for one in contracts), ZERO)


def test_own_caps_stand_before_the_shipped_ones() -> None:
    caps = with_own([Cap(2014, Decimal(1), Decimal(2)), Cap(2018, Decimal(3), Decimal(4))])
    assert [cap_of(year, "college", caps) for year in (2013, 2014, 2017, 2018, 2021)] == [
        *(6000, 1, 1, 3, 12_000)
    ]
