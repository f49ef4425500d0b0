"""Past payments come in as they are stated, and keep anybody from being paid twice."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from schools.models import School
from students.models import Student
from subsidies.models import Award, PastPayment, PastPaymentWithdrawal
from subsidies.selectors.payments import due_problems, flagged_lines
from subsidies.services import batching
from tests.factories import CountyCalendarFactory, PastPaymentFactory, SchoolFactory, sign_in
from tests.factories.values import id_number, name_of
from tests.intake.door import bring_in
from tests.intake.makers import workbook, wrong_check
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

NATIONAL = [
    *("学生姓名", "学籍号", "证件类型", "证件号码", "性别", "出生日期", "年级", "班级名称"),
    *("申请理由名称", "年份", "月份", "资助档次", "应发金额", "申请理由描述", "专业", "学号"),
    *("入学时间", "银行卡号"),
]
COUNTY = [
    *("资助项目", "资助金额", "营养餐金额", "学期", "省市", "区县", "乡镇", "村组（社区）", "姓名"),
    *("身份证号码", "是否脱贫家庭学生", "户编号", "户类型", "学校全称", "学段", "年级", "贫困类型"),
    "本学期是否享受米脂资助",
]


@pytest.fixture
def school_of(county: County) -> School:
    CountyCalendarFactory()
    return SchoolFactory(code="2153900001", name="县职业中学", kind="vocational")


def national(n: int, month: Any, amount: Any = 200, **cells: Any) -> list[Any]:
    row = dict.fromkeys(NATIONAL, "")
    row |= {
        "学生姓名": name_of(n),
        "证件号码": id_number(n),
        "年份": "2016",
        "月份": month,
        "资助档次": "一档",
        "应发金额": amount,
        "专业": "会计",
    }
    return list({**row, **cells}.values())


def shares(n: int, **cells: Any) -> list[Any]:
    row = dict.fromkeys(COUNTY, "")
    row |= {
        "资助项目": "家庭经济困难寄宿生生活补助",
        "资助金额": 500,
        "学期": "2016年秋季",
        "姓名": name_of(n),
        "身份证号码": id_number(n),
        "学校全称": "县职业中学",
        "学段": "小学",
        "贫困类型": "建档立卡",
        "本学期是否享受米脂资助": "是",
    }
    return list({**row, **cells}.values())


def test_the_national_list_comes_in_month_by_month(
    county: County, school_of: School, tmp_path: Any
) -> None:
    county.children(3, stage="vocational")
    county.programme("vocational-grant", "1000")
    rows = [
        ["2016年秋季学期国家助学金名单"],
        NATIONAL,
        national(0, "9"),
        national(0, "10月"),
        national(0, "9"),  # the first row again
        national(0, "9", amount="300.5"),  # another payment of the same month
        national(1, 9.0, 证件号码="'" + id_number(1).lower()),
        national(2, "9", 证件号码="", 学籍号="G" + id_number(2)),
        national(3, "9"),  # on no roster
        national(4, "9", 证件号码=wrong_check(id_number(4))),
        national(5, "9", 学生姓名="别人", 证件号码=id_number(1)),  # row 7's number
        national(6, "13"),
        national(6, "9", amount="-5"),
        national(6, "9", amount=None),
        national(6, "", 年份=""),
        ["合计", "", "", "", "", "", "", "", "", "", "", "", 3000],
    ]
    answer, truth, values = bring_in(
        tmp_path, "payment-history", workbook(rows, title="国家助学金名单"), "--apply"
    )
    unknown = {"student-unknown"}
    assert truth == {
        3: ("ready", set()),
        4: ("ready", set()),
        5: ("refused", {"row-repeated"}),
        6: ("warned", {"period-again"}),
        7: ("refused", {"id-duplicate-in-file"}),
        8: ("ready", set()),
        9: ("warned", unknown),
        10: ("warned", {"id-checksum"}),
        11: ("refused", {"id-duplicate-in-file"}),
        12: ("refused", {"date-unreadable", *unknown}),
        13: ("refused", {"amount-out-of-range", *unknown}),
        14: ("refused", {"amount-missing", *unknown}),
        15: ("refused", {"term-missing", *unknown}),
    }
    assert answer["applied"] == {"new": 6, "changed": 0, "unchanged": 0}
    first = PastPayment.objects.get(source_row=4)
    assert (first.programme.code, first.term, first.period) == (
        "vocational-grant",
        "2016-1",
        "2016-10",
    )
    assert (first.amount, first.tier, first.student.name) == (Decimal("200.00"), "一档", name_of(0))
    assert PastPayment.objects.get(source_row=8).id_number.reveal() == id_number(2)
    damaged = PastPayment.objects.get(source_row=10)
    assert (damaged.student, damaged.id_index) == (None, "")
    assert values[3]["programme_code"] == "vocational-grant"
    again = bring_in(
        tmp_path, "payment-history", [NATIONAL, national(0, "9")], "--apply", name="国家助学金.xlsx"
    )[0]
    assert again["applied"] == {"new": 0, "changed": 0, "unchanged": 1}


def test_a_countys_workbook_states_aid_and_meals(
    county: County, school_of: School, tmp_path: Any
) -> None:
    county.children(2)
    county.programme("boarder-living", "500", name="义务教育家庭经济困难寄宿生生活补助")
    rows = [
        COUNTY,
        shares(0, 营养餐金额="400", 学期="2016-2017学年第一学期"),
        shares(1, 本学期是否享受米脂资助="否", 资助项目="", 资助金额=""),
        shares(1, 资助金额="0.05万元", 学期="2017年春"),
        shares(1, 资助项目="县里的特别补助"),
        shares(1, 资助金额="", 学期="2015秋"),
        shares(1, 学期="下学期"),
        shares(1, 资助项目="", 资助金额=100),
        shares(1, 资助项目="", 资助金额="", 本学期是否享受米脂资助=""),
    ]
    answer, truth, _values = bring_in(tmp_path, "payment-history", rows, "--apply")
    assert truth == {
        2: ("ready", set()),
        3: ("ready", set()),  # says that nothing was received: nothing to keep
        4: ("ready", set()),
        5: ("warned", {"programme-unknown"}),
        6: ("warned", {"amount-not-stated"}),
        7: ("refused", {"term-unknown"}),
        8: ("refused", {"programme-missing"}),
        9: ("refused", {"amount-missing"}),
    }
    assert answer["applied"] == {"new": 4, "changed": 0, "unchanged": 1}
    kept = {
        (one.source_row, one.programme_label, one.term, one.amount)
        for one in PastPayment.objects.all()
    }
    assert kept == {
        (2, "义务教育家庭经济困难寄宿生生活补助", "2016-1", Decimal("500.00")),
        (2, "营养餐", "2016-1", Decimal("400.00")),
        (4, "义务教育家庭经济困难寄宿生生活补助", "2016-2", Decimal("500.00")),
        (5, "县里的特别补助", "2016-1", Decimal("500.00")),
        (6, "义务教育家庭经济困难寄宿生生活补助", "2015-1", None),
    }
    assert set(PastPayment.objects.values_list("school__code", flat=True)) == {"2153900001"}


def test_a_list_without_any_term_takes_the_one_given(
    county: County, school_of: School, tmp_path: Any
) -> None:
    rows = [["姓名", "身份证号", "资助项目", "金额"], ["王一", id_number(1), "雨露计划", 1500]]
    assert bring_in(tmp_path, "payment-history", rows)[1][2][0] == "refused"
    given = bring_in(tmp_path, "payment-history", rows, "--term", "2015-2")
    assert given[1][2][0] == "warned"
    assert given[2][2]["term"] == "2015-2"


def paid_before(student: Student, programme: Any, **fields: Any) -> PastPayment:
    return PastPaymentFactory(
        county=student.county,
        programme=programme,
        id_number=student.id_number,
        name=student.name,
        **fields,
    )


def test_who_was_paid_before_is_not_awarded_again_and_the_reason_is_shown(county: County) -> None:
    CountyCalendarFactory()
    paid, spring, wrong, _free = county.children(4)
    programme = county.programme("p", "500")
    paid_before(paid, programme)
    paid_before(spring, programme, term="2015-2", period="2015-2")
    withdrawn = paid_before(wrong, programme)
    checker = sign_in(county.checker)
    answer = checker.post(
        f"/subsidies/history/{withdrawn.pk}/withdraw/", {"reason": "not the same child"}
    )
    assert answer.status_code == 302
    assert PastPaymentWithdrawal.objects.get().past_payment == withdrawn
    own = PastPaymentFactory(entered_by_id=county.checker.user_id, county=county.division)
    refused = checker.post(f"/subsidies/history/{own.pk}/withdraw/", {"reason": "mine"})
    assert refused.status_code == 400
    assert PastPaymentWithdrawal.objects.count() == 1
    maker = sign_in(county.maker)
    shown = maker.post(
        "/subsidies/awards/run/choose/",
        {"programme": programme.pk, "term": AUTUMN.code},
        follow=True,
    ).content.decode()
    assert "既往发放记录中已享受" in shown
    result = county.propose(programme)
    assert (result.proposed, result.skipped) == (3, {"paid-before": 1})
    assert not Award.objects.filter(student=paid).exists()


def test_a_yearly_programme_looks_at_the_year_and_an_excluded_one_at_the_term(
    county: County,
) -> None:
    spring, excluded, _free = county.children(3)
    yearly = county.programme("y", "500", cadence="yearly")
    other = county.programme("o", "500")
    yearly.excludes.add(other)
    paid_before(spring, yearly, term="2016-2", period="2016-2")
    paid_before(excluded, other)
    assert county.propose(yearly).skipped == {"paid-before": 1, "excluded": 1}


def test_a_child_confirmed_later_is_recognised(county: County) -> None:
    programme = county.programme("p", "500")
    record = PastPaymentFactory(programme=programme, county=county.division)
    [child, _other] = county.children(2)
    Student.objects.filter(pk=child.pk).update(id_number=record.id_number, id_index=record.id_index)
    result = county.propose(programme)
    assert (result.proposed, result.skipped) == (1, {"paid-before": 1})


def test_evidence_that_comes_after_the_award_stops_the_payment(county: County) -> None:
    first, second = county.children(2)
    programme = county.programme("p", "500")
    county.granted(programme)
    paid_before(first, programme)
    day = date(2016, 12, 31)
    assert [(one.problem, one.student_id) for one in due_problems(programme, "2016-1", day)] == [
        ("paid-before", first.pk)
    ]
    batch = batching.make_batch(
        programme=programme, term=AUTUMN, actor=county.maker, now=SHANGHAI_NOON, due_by=day
    )
    assert [one.instalment.award.student for one in batch.payments.all()] == [second]
    paid_before(second, programme)
    assert [problem for _line, problem in flagged_lines(batch)] == ["paid-before"]


def test_the_record_cannot_be_changed_or_removed(county: County) -> None:
    record = PastPaymentFactory()
    for change in (
        lambda: PastPayment.objects.filter(pk=record.pk).update(amount=1),
        lambda: PastPayment.objects.filter(pk=record.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    record.refresh_from_db()
    assert record.amount == Decimal("500.00")


def test_two_people_bring_a_list_in_and_the_office_finds_it(
    county: County, school_of: School
) -> None:
    county.children(1)
    county.programme("boarder-living", "500")
    maker, checker = sign_in(county.maker), sign_in(county.checker)
    file = SimpleUploadedFile("aid.xlsx", workbook([COUNTY, shares(0)]))
    assert maker.post("/intake/add/payment-history/", {"file": file}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch = ImportBatch.objects.get()
    assert maker.post(f"/intake/{batch.pk}/apply/", {}).status_code == 400
    assert checker.post(f"/intake/{batch.pk}/apply/", {}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    page = maker.get("/subsidies/history/").content.decode()
    assert name_of(0) in page
    assert "已对上" in page
    assert id_number(0) not in page
    found = maker.post("/subsidies/history/", {"do": "search", "q": id_number(0)}, follow=True)
    assert name_of(0) in found.content.decode()
    child = Student.objects.get()
    account = maker.get(f"/subsidies/accounts/{child.pk}/").content.decode()
    assert "既往记录" in account


def test_a_school_sees_the_records_of_its_own_pupils_only(county: County) -> None:
    from tests.factories import actor_of

    other = SchoolFactory(code="2153900002")
    own = PastPaymentFactory(school=county.school, name="Ours00001")
    PastPaymentFactory(school=other, name="Theirs0001")
    clerk = sign_in(
        actor_of(
            "school_clerk",
            division_prefix=county.school.division_id[:9],
            school_code=county.school.code,
        )
    )
    page = clerk.get("/subsidies/history/").content.decode()
    assert own.name in page
    assert "Theirs0001" not in page
