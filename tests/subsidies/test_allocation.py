"""Money split to schools: sums, priorities, two people, and what is lacking."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from django.urls import reverse

from povedu.errors import Conflict, Refusal
from povedu.ledger.services.corrections import ask_correction, decide_correction
from povedu.scope import Scope
from schools.models import School
from subsidies.models import Allocation, AllocationLine, FundReceipt, Programme
from subsidies.selectors.allocation import gap_rows, gap_rows_of, unallocated
from subsidies.selectors.payments import receipts
from subsidies.services import allocation as services
from subsidies.services.receipts import enter_receipt
from tests.factories import FundReceiptFactory, SchoolFactory, sign_in
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

TODAY = SHANGHAI_NOON.date()
EQUAL = {"poor": 25, "boarders": 25, "pupils": 25, "remote": 25}


@pytest.fixture
def setting(county: County) -> tuple[County, Programme, School]:
    """Two schools: three registered poor and two others here, one poor and four others there."""
    point = SchoolFactory(code="POINT00001", kind="teaching_point")
    county.children(3)
    county.children(2, hardships=["rural_low"])
    county.children(1, school=point, is_boarder=True)
    county.children(4, hardships=["rural_low"], school=point)
    county.children(5, hardships=[], school=point)
    programme = county.programme(
        "p", "500", standard={"categories": ["registered_poor", "rural_low"], "stage": "primary"}
    )
    return county, programme, point


def plan(
    county: County, programme: Programme, amount: str, receipt: FundReceipt | None = None
) -> Allocation:
    money = receipt or FundReceiptFactory(county=county.division, amount=Decimal(amount))
    return services.propose_allocation(
        programme=programme,
        term=AUTUMN,
        receipt=money,
        amount=Decimal(amount),
        weights=EQUAL,
        actor=county.maker,
        now=SHANGHAI_NOON,
    )


def by_school(allocation: Allocation) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    return {
        line.school.kind: (line.first_amount, line.factor_amount, line.gap)
        for line in allocation.lines.select_related("school")
    }


def test_money_taken_back_is_marked_and_no_longer_split(
    setting: tuple[County, Programme, School],
) -> None:
    county, programme, _point = setting
    given = {"county": county.division, "source": "county", "received_on": TODAY}
    wrong, right = (
        enter_receipt(amount=Decimal(amount), actor=county.maker, now=SHANGHAI_NOON, **given)
        for amount in ("150000", "1500")
    )
    asked = ask_correction(
        county_code=county.division.pk[:6],
        transaction_no=1,
        reason="typed twice a zero too many",
        effective_on=TODAY,
        actor=county.maker,
        now=SHANGHAI_NOON,
    )
    assert dict(receipts(Scope("")).values_list("pk", "correction")) == {
        wrong.pk: "asked",
        right.pk: "",
    }
    assert unallocated(wrong) == 0
    decide_correction(correction=asked, approved=True, actor=county.checker, now=SHANGHAI_NOON)
    with pytest.raises(Refusal):
        plan(county, programme, "1500", wrong)
    assert plan(county, programme, "1500", right).amount == Decimal(1500)
    page = sign_in(county.maker).get(reverse("subsidies:receipt-list") + "?correction=posted")
    text = page.content.decode()
    assert "已冲回" in text
    assert "150,000.00" in text
    assert ">1,500.00" not in text


def test_too_little_goes_to_the_registered_poor_alone(
    setting: tuple[County, Programme, School],
) -> None:
    county, programme, _point = setting
    found = by_school(plan(county, programme, "1000"))
    assert found["primary"] == (Decimal(750), Decimal(0), Decimal(1750))
    assert found["teaching_point"] == (Decimal(250), Decimal(0), Decimal(2250))


def test_the_rest_goes_by_factors_and_sums_exactly(
    setting: tuple[County, Programme, School],
) -> None:
    county, programme, point = setting
    allocation = plan(county, programme, "3333.33")
    found = by_school(allocation)
    assert (found["primary"][0], found["teaching_point"][0]) == (Decimal(1500), Decimal(500))
    # 1,333.33 by factors: here 5/10 of the poor and 5/15 of the pupils, there the rest and all
    # boarders and all of the teaching points.
    assert found["primary"][1] == Decimal("278.00")
    assert found["teaching_point"][1] == Decimal("1055.33")
    total = allocation.lines.aggregate(total=Sum("amount"))["total"]
    assert total == allocation.amount
    line = AllocationLine.objects.get(allocation=allocation, school=point)
    assert (line.poor_count, line.eligible_count, line.boarders_count, line.pupils_count) == (
        1,
        5,
        1,
        10,
    )
    assert line.is_remote
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationLine.objects.filter(pk=line.pk).update(amount=Decimal(1))


def test_a_second_plan_fills_what_the_first_left(
    setting: tuple[County, Programme, School],
) -> None:
    county, programme, _point = setting
    first = plan(county, programme, "3333.33")
    services.approve_allocation(allocation=first, actor=county.checker, now=SHANGHAI_NOON)
    [row] = gap_rows(Scope.everything(), "", AUTUMN, today=TODAY)
    assert (row.need, row.allocated, row.gap) == (
        Decimal(5000),
        Decimal("3333.33"),
        Decimal("1666.67"),
    )
    second = plan(county, programme, "1666.67")
    assert {one[2] for one in by_school(second).values()} == {Decimal(0)}
    services.approve_allocation(allocation=second, actor=county.checker, now=SHANGHAI_NOON)
    assert [one.gap for one in gap_rows_of(programme, AUTUMN, today=TODAY)] == [0, 0]
    assert gap_rows(Scope.everything(), "", AUTUMN, today=TODAY)[0].gap == 0


def test_two_people_and_one_move(setting: tuple[County, Programme, School]) -> None:
    county, programme, _point = setting
    allocation = plan(county, programme, "1000")
    with pytest.raises(Refusal, match="他人"):
        services.approve_allocation(allocation=allocation, actor=county.maker, now=SHANGHAI_NOON)
    with pytest.raises(Refusal, match="原因"):
        services.withdraw_allocation(
            allocation=allocation, reason=" ", actor=county.maker, now=SHANGHAI_NOON
        )
    services.approve_allocation(
        allocation=allocation, actor=county.checker, now=SHANGHAI_NOON, note="agreed"
    )
    with pytest.raises(Conflict):
        services.withdraw_allocation(
            allocation=allocation, reason="late", actor=county.maker, now=SHANGHAI_NOON
        )
    for broken in ({"approved_by": county.maker.user_id}, {"approved_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Allocation.objects.filter(pk=allocation.pk).update(**broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        Allocation.objects.filter(pk=allocation.pk).update(state="proposed")


def test_money_is_split_once(setting: tuple[County, Programme, School]) -> None:
    county, programme, _point = setting
    receipt = FundReceiptFactory(county=county.division, amount=Decimal(1500))
    first = plan(county, programme, "1000", receipt)
    with pytest.raises(Refusal, match=r"500\.00"):
        plan(county, programme, "501", receipt)
    assert unallocated(receipt) == Decimal(500)
    services.withdraw_allocation(
        allocation=first, reason="wrong", actor=county.maker, now=SHANGHAI_NOON
    )
    assert plan(county, programme, "1500", receipt).amount == Decimal(1500)


def test_what_cannot_be_split_is_refused(setting: tuple[County, Programme, School]) -> None:
    county, programme, _point = setting
    other = county.programme("other", "500", standard={"stage": "senior"})
    with pytest.raises(Refusal, match="没有学校"):
        plan(county, other, "100")
    theirs = FundReceiptFactory(county=county.division, programme=other, amount=Decimal(100))
    with pytest.raises(Refusal, match="不属于"):
        plan(county, programme, "100", theirs)
    with pytest.raises(Refusal, match="权重"):
        services.propose_allocation(
            programme=programme,
            term=AUTUMN,
            receipt=FundReceiptFactory(county=county.division),
            weights={"poor": 0},
            actor=county.maker,
            now=SHANGHAI_NOON,
        )
    assert not Allocation.objects.exists()


def test_from_the_form_to_the_printed_sheet(setting: tuple[County, Programme, School]) -> None:
    county, programme, point = setting
    receipt = FundReceiptFactory(county=county.division, amount=Decimal("2500.50"))
    clerk = sign_in(county.maker)
    answer = clerk.post(
        reverse("subsidies:allocation-add"),
        {
            "programme": programme.pk,
            "term": AUTUMN.code,
            "receipt": receipt.pk,
            "unit": "100",
            **dict.fromkeys(EQUAL, "25"),
            "form_token": "one",
        },
    )
    allocation = Allocation.objects.get()
    assert answer.url == allocation.get_absolute_url()
    assert allocation.amount == Decimal("2500.50")
    page = clerk.get(reverse("subsidies:allocation-print", args=[allocation.pk])).content.decode()
    assert "人民币贰仟伍佰元伍角整" in page
    assert point.name in page
    approve = reverse("subsidies:allocation-approve", args=[allocation.pk])
    assert clerk.get(approve).status_code == 403
    head = sign_in(county.checker)
    assert head.post(approve, {"form_token": "two"}).status_code == 302
    allocation.refresh_from_db()
    assert allocation.state == "approved"
    assert "2,499.50" in clerk.get(allocation.get_absolute_url()).content.decode()
    assert clerk.get(reverse("subsidies:gap-list")).status_code == 200
