"""Doubts about a term's payments: found, decided, remembered."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from povedu.errors import Conflict, Refusal
from povedu.protected import IdNumber
from students.models import Enrolment, PayeeAccount, Student
from subsidies.choices import CellState, DoubtKind, DoubtState
from subsidies.models import (
    AidCell,
    Award,
    Doubt,
    Payment,
    Recovery,
)
from subsidies.rules.doubts import Home, are_one_family
from subsidies.selectors.doubt_words import details, evidence_line
from subsidies.services import awards, batching
from subsidies.services.doubts import decide_doubt, undo_doubt
from tests.factories import (
    HouseholdFactory,
    HouseholdMemberFactory,
    PastPaymentFactory,
    SchoolFactory,
    TeacherFactory,
)
from tests.subsidies.checking import NOW, POOR, browser, bulk, look, settled
from tests.subsidies.county import AUTUMN, SPRING, County, at

ACT = {"now": NOW}


def kinds() -> dict[str, int]:
    open_ones = Doubt.objects.filter(state=DoubtState.OPEN)
    return dict(Counter(open_ones.values_list("kind", flat=True)))


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
