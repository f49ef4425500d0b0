"""Doubts, back-pay and recovery: found with evidence, decided once, made good, never deleted."""

import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.errors import Conflict, Refusal
from povedu.ledger.models import LedgerEntry
from povedu.ledger.selectors import verify
from povedu.protected import IdNumber
from povedu.scope import Scope
from students.models import Enrolment, PayeeAccount, Student
from subsidies.choices import CellState, DoubtKind, DoubtState
from subsidies.models import (
    AidCell,
    Award,
    BackPay,
    Doubt,
    Payment,
    Recovery,
    RecoveryReceipt,
)
from subsidies.rules.doubts import Home, are_one_family
from subsidies.rules.recovery import slice_of
from subsidies.selectors.doubt_words import details, evidence_line
from subsidies.services import awards, batching, recovery, returns
from subsidies.services.backpay import make_back_pays
from subsidies.services.doubts import decide_doubt, undo_doubt
from subsidies.services.matrix import compute_matrix
from subsidies.services.programmes import SourceShare, set_source_rules
from tests.factories import (
    HouseholdFactory,
    HouseholdMemberFactory,
    PastPaymentFactory,
    SchoolFactory,
    TeacherFactory,
    actor_of,
    sign_in,
)
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, SPRING, County, at

POOR = {"categories": ["registered_poor"]}
NOW = SHANGHAI_NOON
ACT = {"now": NOW}


def look(county: County, now: Any = NOW) -> None:
    compute_matrix(county=county.division, term=AUTUMN, actor=county.maker, now=now)


def kinds() -> dict[str, int]:
    open_ones = Doubt.objects.filter(state=DoubtState.OPEN)
    return dict(Counter(open_ones.values_list("kind", flat=True)))


def settled(county: County, code: str = "p", **more: Any) -> Payment:
    programme = county.programme(code, "500", standard=POOR, **more)
    county.granted(programme)
    county.paid(programme)
    return Payment.objects.filter(batch__programme=programme).order_by("pk")[0]


# --- doubts -------------------------------------------------------------------------------------


def test_a_county_without_fault_has_no_doubt(county: County) -> None:
    county.children(3)
    settled(county)
    look(county)
    assert kinds() == {}


def test_a_forgotten_child_and_a_break_are_found(county: County) -> None:
    (child,) = county.children(1, terms=[SPRING, AUTUMN])
    programme = county.programme("p", "500", standard=POOR)
    spring = at(2016, 5, 10)
    county.granted(programme, SPRING, spring)
    county.paid(programme, SPRING, spring)
    county.children(1)
    other = Student.objects.latest("pk")
    awards.propose_awards(
        programme=programme, term=AUTUMN, actor=county.maker, now=NOW, students=[other.pk]
    )
    look(county)
    assert kinds() == {DoubtKind.MISSED: 1, DoubtKind.BREAK: 1}
    assert {one.student for one in Doubt.objects.all()} == {child}
    words = evidence_line(Doubt.objects.get(kind=DoubtKind.BREAK))
    assert words.startswith("2016年春季学期已发放")


def share_card(county: County, count: int) -> list[Student]:
    children = county.children(count)
    first = PayeeAccount.objects.get(student=children[0])
    PayeeAccount.objects.filter(student__in=children).update(
        account=first.account, account_index=first.account_index, payee_name=first.payee_name
    )
    return children


def test_one_card_for_children_of_several_families(county: County) -> None:
    share_card(county, 2)
    settled(county)
    look(county)
    assert kinds() == {DoubtKind.SHARED_CARD: 1}
    doubt = Doubt.objects.get()
    assert "2 名学生、2 笔款项" in evidence_line(doubt)
    assert len(details(doubt)) == 1 + 2 + 2
    assert not any(
        one.account.reveal() in line for one in Payment.objects.all() for line in details(doubt)
    )


def test_brothers_and_sisters_may_share_a_card_but_not_very_many(county: County) -> None:
    children = share_card(county, 4)
    household = HouseholdFactory(county=county.division)
    for one in children:
        HouseholdMemberFactory(household=household, id_number=one.id_number)
    settled(county)
    look(county)
    assert kinds() == {DoubtKind.MANY: 1}


@pytest.mark.parametrize(
    ("homes", "same"),
    [
        ([Home(1, ""), Home(1, "x")], True),
        ([Home(1, "x"), Home(2, "x")], True),
        ([Home(1, ""), Home(2, "")], False),
        ([Home(None, ""), Home(None, "")], False),
        ([Home(None, "x"), Home(None, "y")], False),
    ],
)
def test_who_is_one_family(homes: list[Home], same: bool) -> None:
    assert are_one_family(homes) is same


def test_a_payee_whom_nobody_approved(county: County) -> None:
    county.children(1)
    payment = settled(county)
    look(county)
    assert kinds() == {}
    PayeeAccount.objects.all().delete()
    look(county)
    assert kinds() == {DoubtKind.PAYEE: 1}
    assert Doubt.objects.get().payment == payment


def test_a_card_of_a_teacher_by_number_and_by_name(county: County) -> None:
    one, other, _child = county.children(3)
    number = "530623198001012417"
    PayeeAccount.objects.filter(student=one).update(payee_id_number=IdNumber(number))
    teacher = TeacherFactory(school=SchoolFactory(division=county.school.division))
    type(teacher).objects.filter(pk=teacher.pk).update(
        id_number=IdNumber(number), id_index=IdNumber(number).index
    )
    named = TeacherFactory(school=county.school, name=f"Payee {other.name}")
    settled(county)
    look(county)
    assert kinds() == {DoubtKind.TEACHER_CARD: 2}
    by = {d.student: d.evidence["by"] for d in Doubt.objects.all()}
    assert by == {one: "number", other: "name"}
    Student.objects.filter(pk=other.pk).update(guardian_name=named.name)
    look(county)
    assert kinds() == {DoubtKind.TEACHER_CARD: 1}


def test_two_schools_duplicates_and_leavers(county: County) -> None:
    moved, twice, left = county.children(3)
    payment = settled(county)
    assert payment is not None
    Enrolment.objects.create(
        student=moved,
        term=AUTUMN.code,
        school=SchoolFactory(division=county.school.division),
        stage="primary",
        grade=3,
    )
    PastPaymentFactory(
        county=county.division,
        programme=payment.batch.programme,
        student=twice,
        id_number=twice.id_number,
        id_index=twice.id_index,
    )
    Enrolment.objects.filter(student=left).update(state="left")
    look(county)
    assert kinds() == {
        DoubtKind.TWO_SCHOOLS: 1,
        DoubtKind.DUPLICATE: 1,
        DoubtKind.AFTER_LEAVING: 1,
    }
    assert {d.kind: d.student for d in Doubt.objects.all()} == {
        DoubtKind.TWO_SCHOOLS: moved,
        DoubtKind.DUPLICATE: twice,
        DoubtKind.AFTER_LEAVING: left,
    }
    for doubt in Doubt.objects.all():
        assert all(details(doubt))


def test_an_amount_that_is_not_the_standard(county: County) -> None:
    county.children(2)
    settled(county)
    one, other = Award.objects.order_by("pk")
    Award.objects.filter(pk=one.pk).update(amount=Decimal(501))
    other.standard.categories = []
    look(county)
    assert kinds() == {DoubtKind.AMOUNT: 1}
    assert "决定 501.00 元，标准 500.00 元" in evidence_line(Doubt.objects.get())


def test_a_decision_is_remembered_until_the_evidence_changes(county: County) -> None:
    share_card(county, 2)
    settled(county)
    look(county)
    doubt = Doubt.objects.get()
    with pytest.raises(Refusal, match="核查依据"):
        decide_doubt(doubt=doubt, decision="dismissed", actor=county.maker, now=NOW)
    decide_doubt(doubt=doubt, decision="dismissed", reason="cousins", actor=county.maker, now=NOW)
    look(county)
    assert kinds() == {}
    with pytest.raises(Conflict):
        decide_doubt(doubt=doubt, decision="confirmed", actor=county.maker, now=NOW)
    with pytest.raises(Refusal):
        undo_doubt(doubt=doubt, actor=county.checker, now=NOW)
    undo_doubt(doubt=doubt, actor=county.maker, now=NOW)
    assert kinds() == {DoubtKind.SHARED_CARD: 1}
    decide_doubt(doubt=doubt, decision="confirmed", actor=county.maker, now=NOW)
    third = county.children(1)[0]
    first = PayeeAccount.objects.order_by("pk")[0]
    PayeeAccount.objects.filter(student=third).update(
        account=first.account, account_index=first.account_index, payee_name=first.payee_name
    )
    programme = Payment.objects.all()[0].batch.programme
    county.granted(programme)
    county.paid(programme)
    look(county)
    assert kinds() == {DoubtKind.SHARED_CARD: 1}
    assert doubt.decisions.count() == 2


def test_a_child_looked_into_and_not_to_be_aided_is_not_missed_again(county: County) -> None:
    county.children(1)
    county.granted(county.programme("p", "500", standard=POOR))
    (child,) = county.children(1)
    look(county)
    decide_doubt(
        doubt=Doubt.objects.get(),
        decision="dismissed",
        reason="family declined in writing",
        actor=county.maker,
        now=NOW,
    )
    look(county)
    cell = AidCell.objects.get(student=child)
    assert (cell.state, cell.reason) == (CellState.NOT_ELIGIBLE, "waived")
    assert cell.detail == "family declined in writing"
    assert kinds() == {}


# --- back-pay -----------------------------------------------------------------------------------


def test_back_pay_goes_the_ordinary_way(county: County) -> None:
    county.children(2, card=False)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    county._cards(list(Student.objects.all()))
    (late,) = county.children(1)
    look(county, at(2017, 1, 20))
    cells = AidCell.objects.select_related("matrix")
    assert Counter(one.state for one in cells) == {"overdue": 2, "missed": 1}
    with pytest.raises(Refusal, match="补发事由"):
        make_back_pays(cells=cells, reason=" ", actor=county.maker, now=NOW)
    made = make_back_pays(cells=cells, reason="left out", actor=county.maker, now=NOW)
    assert {(one.kind, one.students_count, one.amount) for one in made} == {
        ("awards", 1, Decimal(500)),
        ("payments", 2, Decimal(1000)),
    }
    award = Award.objects.get(student=late)
    assert (award.state, award.job_id) == ("proposed", BackPay.objects.get(kind="awards").run_id)
    batch = BackPay.objects.get(kind="payments").batch
    assert batch is not None
    assert batch.state == "draft"
    assert batch.payments.count() == 2
    with pytest.raises(Refusal, match="都不能补发"):
        make_back_pays(
            cells=cells.filter(state="paid"), reason="again", actor=county.maker, now=NOW
        )
    with pytest.raises(Refusal):  # nothing twice: the same cells, not computed anew
        make_back_pays(cells=cells, reason="again", actor=county.maker, now=NOW)
    assert BackPay.objects.count() == 2


def test_money_that_came_back_is_sent_again_by_a_back_pay(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    batch = county.released(programme)
    returns.settle_batch(
        batch=batch, settled_on=NOW.date(), returned={1: "closed"}, actor=county.maker, now=NOW
    )
    look(county)
    cells = AidCell.objects.select_related("matrix")
    (made,) = make_back_pays(cells=cells, reason="new card", actor=county.maker, now=NOW)
    assert made.batch is not None
    assert made.batch.payments.get().attempt == 2


# --- recovery -----------------------------------------------------------------------------------

calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
    st.lists(st.integers(1, 10**6), max_size=6),
)
def test_slices_never_give_a_fen_to_two_sources(paid: list[int], wanted: list[int]) -> None:
    sources = [(f"s{n}", amount) for n, amount in enumerate(paid)]
    got: Counter[str] = Counter()
    taken = 0
    for amount in wanted:
        if taken + amount > sum(paid):
            with pytest.raises(ValueError, match="beyond"):
                slice_of(sources, taken, amount)
            continue
        part = slice_of(sources, taken, amount)
        assert sum(share for _source, share in part) == amount
        got.update(dict(part))
        taken += amount
    assert all(got[name] <= amount for name, amount in sources)
    assert sum(got.values()) == taken


def balance(account: str, source: str = "") -> Decimal:
    rows = LedgerEntry.objects.filter(account=account)
    if source:
        rows = rows.filter(source=source)
    return sum((one.amount for one in rows), Decimal(0))


def ask(county: County, payment: Payment, amount: str = "500") -> Recovery:
    return recovery.propose_recovery(
        payment=payment,
        amount=Decimal(amount),
        cause="duplicate",
        reason="paid twice",
        actor=county.maker,
        now=NOW,
    )


def test_a_recovery_from_asking_to_the_last_yuan(county: County) -> None:
    county.children(1)
    shares = [SourceShare("central", Decimal(300)), SourceShare("county")]
    payment = settled(county, shares=shares)
    one = ask(county, payment, "400")
    assert balance("expense") == Decimal(500)
    with pytest.raises(Refusal, match="经办人不能审批"):
        recovery.approve_recovery(recovery=one, actor=county.maker, now=NOW)
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    assert balance("recoverable") == Decimal(400)
    assert balance("expense") == Decimal(100)
    assert {(part.source, part.amount) for part in one.sources.all()} == {
        ("central", Decimal(300)),
        ("county", Decimal(100)),
    }
    cash = balance("cash")
    given = {"recovery": one, "received_on": NOW.date(), "actor": county.maker, "now": NOW}
    recovery.receive_recovery(**given, amount=Decimal(350), document="R1")
    with pytest.raises(Conflict, match="凭证号"):
        recovery.receive_recovery(**given, amount=Decimal(10), document="R1")
    with pytest.raises(Refusal, match="最多 50"):
        recovery.receive_recovery(**given, amount=Decimal(51), document="R2")
    assert one.state == "approved"
    recovery.receive_recovery(**given, amount=Decimal(50), document="R2")
    assert one.state == "collected"
    assert balance("recoverable") == 0
    assert balance("recoverable", "central") == 0
    assert balance("cash") - cash == Decimal(400)
    assert verify(Scope("530623")).ok
    assert Payment.objects.get(pk=payment.pk).state == "settled"


def test_what_cannot_be_collected_is_written_off_by_another(county: County) -> None:
    county.children(1)
    one = ask(county, settled(county))
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    recovery.receive_recovery(
        recovery=one,
        received_on=NOW.date(),
        amount=Decimal(120),
        document="R1",
        actor=county.maker,
        now=NOW,
    )
    with pytest.raises(Refusal):
        recovery.write_off_recovery(recovery=one, note="dead", actor=county.maker, now=NOW)
    recovery.write_off_recovery(recovery=one, note="minute 3", actor=county.checker, now=NOW)
    assert one.state == "written-off"
    assert balance("recoverable") == 0
    assert balance("expense") == Decimal(380)


def test_a_payment_gives_back_no_more_than_it_gave(county: County) -> None:
    county.children(1)
    payment = settled(county)
    first = ask(county, payment, "300")
    with pytest.raises(Refusal, match="最多还可追回 200"):
        ask(county, payment, "201")
    recovery.refuse_recovery(recovery=first, note="no", actor=county.checker, now=NOW)
    ask(county, payment, "500")
    assert Recovery.objects.count() == 2


def test_money_that_has_not_arrived_is_not_recovered(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    county.released(programme)
    with pytest.raises(Refusal, match="已到账"):
        ask(county, Payment.objects.get())


def test_the_database_has_the_last_word_on_recoveries(county: County) -> None:
    county.children(1)
    payment = settled(county)
    one = ask(county, payment, "300")

    def refused(act: Any) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

    fields = {
        "payment": payment,
        "cause": "other",
        "reason": "x",
        "payer_name": "x",
        "made_by_id": county.maker.user_id,
        "made_at": NOW,
    }
    refused(lambda: Recovery.objects.create(number="X1", amount=Decimal(201), **fields))
    Recovery.objects.create(number="X2", amount=Decimal(200), **fields)
    rows = Recovery.objects.filter(pk=one.pk)
    refused(lambda: rows.update(amount=Decimal(1)))
    refused(lambda: rows.update(state="collected"))
    refused(lambda: rows.update(state="approved", approved_by_id=county.maker.user_id))
    receipt = {
        "recovery": one,
        "received_on": NOW.date(),
        "entered_by_id": county.maker.user_id,
        "entered_at": NOW,
    }
    refused(lambda: RecoveryReceipt.objects.create(document="R0", amount=Decimal(1), **receipt))
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    refused(lambda: RecoveryReceipt.objects.create(document="R0", amount=Decimal(301), **receipt))
    kept = RecoveryReceipt.objects.create(document="R0", amount=Decimal(300), **receipt)
    refused(lambda: RecoveryReceipt.objects.filter(pk=kept.pk).update(amount=Decimal(1)))
    refused(lambda: RecoveryReceipt.objects.filter(pk=kept.pk).delete())


def test_what_is_recovered_whole_says_so_in_the_matrix(county: County) -> None:
    county.children(1)
    one = ask(county, settled(county))
    look(county)
    assert AidCell.objects.get().state == CellState.PAID
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    look(county)
    assert AidCell.objects.get().state == CellState.RECOVERED


# --- pages --------------------------------------------------------------------------------------


def browser(role: str = "office_staff") -> Any:
    client = sign_in(actor_of(role, office="aid"))
    session = client.session
    session["term"] = AUTUMN.code
    session.save()
    return client


def bulk(client: Any, name: str, action: str) -> str:
    url = reverse(f"subsidies:{name}")
    chosen = {"do": f"bulk-{action}", "all": "1"}
    asked = client.post(url, chosen)
    assert asked.status_code == 200, asked.content.decode()[:300]
    done = client.post(
        url, {**chosen, "confirmed": "1", "form_token": name.ljust(32, "0")}, follow=True
    )
    assert done.status_code == 200
    return str(done.content.decode())


def test_one_click_makes_back_pay_of_what_was_missed(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    (late,) = county.children(1)
    look(county)
    set_source_rules(  # the page goes by today's clock: late money is this year's
        programme=programme,
        year=time.localtime().tm_year,
        shares=[SourceShare("county")],
        actor=county.maker,
        now=NOW,
    )
    shown = bulk(browser(), "cell-list", "back_pay")
    assert "已生成补发单" in shown
    assert Award.objects.get(student=late).state == "proposed"
    papers = browser("auditor").get(reverse("subsidies:back-pay-list")).content.decode()
    assert BackPay.objects.get().number in papers


def test_a_doubt_is_decided_in_the_queue_and_recovered_from_the_list(county: County) -> None:
    share_card(county, 2)
    payment = settled(county)
    look(county)
    client = browser()
    doubt = Doubt.objects.get()
    shown = client.get(reverse("subsidies:doubt-queue-item", args=[doubt.pk]))
    assert payment.payee_name in shown.content.decode()
    assert (
        "没有已核查属实"
        in client.post(
            reverse("subsidies:doubt-list"),
            {"do": "bulk-recover", "all": "1", "confirmed": "1", "form_token": "b" * 32},
        ).content.decode()
    )
    answer = client.post(
        reverse("subsidies:doubt-queue-item", args=[doubt.pk]),
        {"do": "decide", "decision": "confirmed", "form_token": "c" * 32},
    )
    assert answer.status_code in (200, 302)
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.CONFIRMED
    assert "已提出追回 1 笔" in bulk(client, "doubt-list", "recover")
    asked = Recovery.objects.get()
    assert (asked.payment, asked.amount) == (payment, payment.amount)
    head = browser("approver")
    page = head.get(reverse("subsidies:recovery-detail", args=[asked.pk])).content.decode()
    assert "批准" in page
    head.post(
        reverse("subsidies:recovery-approve", args=[asked.pk]), {"form_token": "d" * 32, "note": ""}
    )
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_overdue_money_is_found_when_its_time_has_passed(county: County) -> None:
    county.children(1)
    county.granted(county.programme("p", "500", standard=POOR))
    look(county)
    assert kinds() == {}
    look(county, NOW + timedelta(days=60))
    assert kinds() == {DoubtKind.OVERDUE: 1}
    assert batching.make_batch(
        programme=Award.objects.get().programme, term=AUTUMN, actor=county.maker, now=NOW
    )
    look(county, NOW + timedelta(days=60))
    assert kinds() == {}
    assert Doubt.objects.get().state == DoubtState.GONE
