"""Approval by levels, deadlines, the money in hand, and what a bank's file can hold."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from povedu.errors import Conflict, Refusal
from povedu.scope import Scope
from povedu.working_days import is_working_day, overdue_from, overdue_since
from students.models import PayeeAccount
from subsidies import exports
from subsidies.choices import BankLayout
from subsidies.models import BatchApproval, DisbursementBatch, Payment, PaymentRules, Programme
from subsidies.rules.approvals import levels_needed
from subsidies.rules.bank_lines import can_hold
from subsidies.selectors.batches import deadline_of, overdue_batches
from subsidies.selectors.cash import cash_in_hand
from subsidies.services import batching, disbursement, receipts, returns
from tests.factories import BatchApprovalFactory, UserFactory, actor_of, sign_in
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

ALL = Scope.everything()
NOW = SHANGHAI_NOON
DAY = NOW.date()
MONEY = st.integers(1, 10**9)


@pytest.fixture
def programme(county: County) -> Programme:
    county.children(4)
    made = county.programme("p", "500", standard={"categories": ["registered_poor"]})
    county.granted(made)
    return made


def frozen(county: County, programme: Programme, **rules: Any) -> DisbursementBatch:
    PaymentRules.objects.filter(pk=county.division.pk).update(**rules)
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    return disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)


# --- levels -------------------------------------------------------------------------------------


@given(MONEY, st.none() | MONEY, st.none() | MONEY)
def test_levels_rise_with_the_amount(amount: int, second: int | None, third: int | None) -> None:
    needed = levels_needed(amount, second, third)
    assert 1 <= needed <= 3
    assert levels_needed(amount + 1, second, third) >= needed
    assert levels_needed(amount, None, None) == 1
    if second is not None:
        assert levels_needed(second, second, None) == 2
        assert levels_needed(second - 1, second, None) == 1


def test_a_large_batch_takes_a_second_different_approver(
    county: County, programme: Programme
) -> None:
    batch = frozen(county, programme, second_from=Decimal("2000.00"))
    assert (batch.amount, batch.levels) == (Decimal(2000), 2)
    first = disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    assert first.state == "frozen"
    with pytest.raises(Refusal, match="已审批过"):
        disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    with pytest.raises(Refusal):
        disbursement.approve_batch(batch=batch, actor=county.maker, now=NOW)
    with pytest.raises(Conflict), transaction.atomic():
        disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)
    other = actor_of("approver", office="aid")
    done = disbursement.approve_batch(batch=batch, actor=other, now=NOW)
    assert (done.state, done.approved_by_id) == ("approved", other.user_id)
    assert disbursement.release_batch(batch=batch, actor=county.maker, now=NOW).state == "released"


def test_a_small_batch_takes_one(county: County, programme: Programme) -> None:
    batch = frozen(county, programme, second_from=Decimal("2000.01"))
    done = disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    assert (done.levels, done.state) == (1, "approved")


def test_freezing_anew_voids_the_approvals_given(county: County, programme: Programme) -> None:
    batch = frozen(county, programme, second_from=Decimal(1000))
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    disbursement.send_back(batch=batch, note="look", actor=county.checker, now=NOW)
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
    again = disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    assert again.state == "frozen"
    assert list(BatchApproval.objects.values_list("round", "level")) == [(1, 1), (2, 1)]
    with pytest.raises(DatabaseError), transaction.atomic():
        BatchApproval.objects.update(round=2)


def test_the_database_itself_wants_every_approval(county: County, programme: Programme) -> None:
    batch = frozen(county, programme, second_from=Decimal(1000))

    def force() -> None:
        DisbursementBatch.objects.filter(pk=batch.pk).update(
            state="approved",
            approved_by=county.checker.user_id,
            approved_at=NOW,
            approved_digest=batch.digest,
        )

    with pytest.raises(DatabaseError), transaction.atomic():
        force()
    BatchApprovalFactory(batch=batch, approved_by_id=county.checker.user_id)
    with pytest.raises(DatabaseError), transaction.atomic():
        force()
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchApprovalFactory(batch=batch, level=2, approved_by_id=batch.made_by_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchApprovalFactory(batch=batch, level=2, approved_by_id=county.checker.user_id)
    BatchApprovalFactory(batch=batch, level=2, approved_by=UserFactory())
    force()


def test_rules_are_set_in_a_form_by_the_administrator_only(county: County) -> None:
    url = reverse("subsidies:payment-rules")
    sent = {
        "second_from": "100000",
        "encoding": "gbk",
        "freeze_days": "5",
        "approve_days": "1",
        "release_days": "2",
        "return_days": "5",
        "close_days": "9",
    }
    admin = sign_in(actor_of("county_admin"))
    assert sign_in(county.maker).post(url, sent).status_code == 403
    assert admin.post(url, {**sent, "third_from": "100000"}).status_code == 400
    assert admin.post(url, sent).status_code == 302
    kept = PaymentRules.objects.get()
    assert (kept.second_from, kept.third_from, kept.encoding) == (Decimal(100000), None, "gbk")
    assert not kept.checks_cash


# --- deadlines ----------------------------------------------------------------------------------


@given(st.dates(date(2015, 1, 1), date(2025, 12, 1)), st.integers(1, 20), st.integers(0, 60))
def test_both_sides_of_a_deadline_agree(began: date, count: int, later: int) -> None:
    today = began + timedelta(days=later)
    assert (overdue_from(began, count) <= today) == (began <= overdue_since(today, count))
    passed = sum(is_working_day(began + timedelta(days=n)) for n in range(1, later))
    assert (began <= overdue_since(today, count)) == (passed >= count)


def test_a_step_is_overdue_after_its_working_days(county: County, programme: Programme) -> None:
    batch = frozen(county, programme, approve_days=2)  # Tuesday 8 November 2016

    def late(day: date) -> bool:
        return overdue_batches(ALL, "", day).filter(pk=batch.pk).exists()

    assert deadline_of(batch) == date(2016, 11, 11)
    assert [late(date(2016, 11, day)) for day in (8, 10, 11)] == [False, False, True]
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    batch = disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)
    assert [late(date(2016, 11, day)) for day in (15, 16)] == [False, True]  # five for the bank
    returns.settle_batch(batch=batch, settled_on=DAY, actor=county.maker, now=NOW)
    assert not late(date(2016, 11, 16))
    assert late(date(2016, 12, 1))
    batch = disbursement.close_batch(batch=batch, actor=county.maker, now=NOW)
    assert deadline_of(batch) is None
    assert not late(date(2017, 12, 1))


def test_what_is_overdue_stands_in_the_list_of_work(county: County, programme: Programme) -> None:
    frozen(county, programme)
    page = sign_in(county.checker).get("/").content.decode()
    assert "审批逾期的发放批次" in page
    listed = sign_in(county.checker).get(reverse("subsidies:batch-list") + "?overdue=true")
    assert "FF" in listed.content.decode()
    PaymentRules.objects.update(approve_days=250)
    DisbursementBatch.objects.update(frozen_at="2026-11-20T00:00:00Z")
    assert "审批逾期的发放批次" not in sign_in(county.checker).get("/").content.decode()


# --- cash in hand -------------------------------------------------------------------------------


def arrive(county: County, amount: str, programme: Programme | None = None) -> None:
    receipts.enter_receipt(
        county=county.division,
        source="county",
        amount=Decimal(amount),
        received_on=DAY,
        programme=programme,
        actor=county.maker,
        now=NOW,
    )


def test_freezing_needs_the_money_in_hand(county: County, programme: Programme) -> None:
    arrive(county, "1500.00", programme)
    with pytest.raises(Refusal, match="缺 500.00 元"):
        frozen(county, programme, checks_cash=True)
    arrive(county, "500.00")
    batch = DisbursementBatch.objects.get()
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
    assert cash_in_hand(programme)["county"] == 0
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)


def test_money_of_one_programme_is_not_spent_on_another(
    county: County, programme: Programme
) -> None:
    other = county.programme("q", "500", standard={"categories": ["registered_poor"]})
    county.granted(other)
    arrive(county, "2000.00", other)
    with pytest.raises(Refusal, match="缺 2000.00 元"):
        frozen(county, programme, checks_cash=True)
    arrive(county, "3000.00")
    disbursement.freeze_batch(batch=programme.batches.get(), actor=county.maker, now=NOW)
    assert cash_in_hand(programme)["county"] == 1000
    assert cash_in_hand(other)["county"] == 3000
    assert cash_in_hand(programme, without=programme.batches.get())["county"] == 3000
    second = frozen(county, other)
    assert second.state == "frozen"
    assert cash_in_hand(programme)["county"] == 1000


def test_money_gone_since_freezing_stops_the_release(county: County, programme: Programme) -> None:
    arrive(county, "2000.00", programme)
    batch = frozen(county, programme, checks_cash=True)
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    from povedu.ledger.services import Leg, post

    back = [
        Leg(1, DAY, account, sign * 50_000, "county", "p")
        for account, sign in (("income", 1), ("cash", -1))
    ]
    post(county_code="530623", legs=back, actor=county.maker, now=NOW)
    with pytest.raises(Refusal, match="缺 500.00 元"):
        disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)


# --- the bank's file ----------------------------------------------------------------------------


def test_gb18030_holds_rare_names_and_gb2312_names_those_it_cannot_hold(
    county: County, programme: Programme
) -> None:
    card = PayeeAccount.objects.order_by("pk")[1]
    PayeeAccount.objects.filter(pk=card.pk).update(payee_name="王𬭎喆")
    batch = frozen(county, programme)
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    batch = disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)
    text = exports.bank_text(batch, BankLayout.BANK, "gb18030", now=NOW).decode("gb18030")
    line = batch.payments.get(payee_name="王𬭎喆").line_no
    assert f"\r\n{line}|王𬭎喆|" in text
    client, url = sign_in(county.maker), reverse("subsidies:batch-file", args=[batch.pk])
    asked = {"layout": "finance", "form": "txt", "encoding": "gb2312"}
    refused = client.post(url, asked)
    assert refused.status_code == 400
    assert f"第 {line} 行王𬭎喆" in refused.content.decode()
    taken = client.post(url, {**asked, "encoding": ""}).content.decode("gb18030")
    assert f"|{county.school.name}|王𬭎喆|" in taken
    assert "县级 500.00" in taken.splitlines()[line]


@given(st.text(st.characters(codec="utf-8"), max_size=4))
def test_every_name_that_is_held_comes_back(name: str) -> None:
    for encoding in ("gb18030", "gbk", "gb2312"):
        if can_hold(name, encoding):
            assert name.encode(encoding).decode(encoding) == name
    assert can_hold(name, "gb18030") or any(one >= "\ue000" for one in name)


def test_a_name_the_countys_encoding_cannot_hold_stays_out(
    county: County, programme: Programme
) -> None:
    card = PayeeAccount.objects.order_by("pk")[1]
    PayeeAccount.objects.filter(pk=card.pk).update(payee_name="王𬭎")
    batch = frozen(county, programme, encoding="gbk")
    assert batch.payments_count == 3


def test_freezing_names_the_lines_an_encoding_cannot_hold(
    county: County, programme: Programme
) -> None:
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    Payment.objects.filter(batch=batch, line_no=3).update(payee_name="王𬭎")
    PaymentRules.objects.update(encoding="gbk")
    with pytest.raises(Refusal, match="第 3 行王𬭎"):
        disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)


def test_the_file_stays_the_same_after_a_return_was_given_up(
    county: County, programme: Programme
) -> None:
    batch = county.released(programme)
    before = exports.bank_text(batch, BankLayout.BANK, "gb18030", now=NOW)
    returns.settle_batch(
        batch=batch, settled_on=DAY, actor=county.maker, now=NOW, returned={1: "moved away"}
    )
    back = batch.payments.get(line_no=1)
    disbursement.give_up_payment(payment=back, reason="left", actor=county.maker, now=NOW)
    assert exports.bank_text(batch, BankLayout.BANK, "gb18030", now=NOW) == before
    assert disbursement.content_digest(batch) == batch.approved_digest


# --- one key, one answer ------------------------------------------------------------------------


def test_one_key_counts_once_and_for_one_content(county: County) -> None:
    admin = sign_in(actor_of("county_admin"))
    url = reverse("subsidies:payment-rules")
    days = dict.fromkeys(("freeze_days", "approve_days", "release_days", "return_days"), "5")
    sent = {**days, "close_days": "9", "encoding": "gb18030", "form_token": "k1"}
    first = admin.post(url, sent)
    PaymentRules.objects.update(close_days=77)
    again = admin.post(url, sent)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert PaymentRules.objects.get().close_days == 77
    other = admin.post(url, {**sent, "close_days": "10"})
    assert other.status_code == 409
    assert "内容与上次不同" in other.content.decode()
    by_header = {**sent, "form_token": "", "close_days": "11"}
    for _ in range(2):
        assert admin.post(url, by_header, headers={"Idempotency-Key": "k2"}).status_code == 302
    assert PaymentRules.objects.get().close_days == 11
