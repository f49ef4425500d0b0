"""Lists of student loans: one contract a row, one a year for a borrower, caps by the year."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from subsidies.models import Loan
from subsidies.rules.loans import cap_of, is_too_long
from tests.factories import CountyCalendarFactory, LoanFactory, actor_of, sign_in
from tests.factories.values import id_number, name_of
from tests.intake.door import bring_in
from tests.intake.makers import workbook, wrong_check
from tests.subsidies.county import County

HEADING = [
    *(
        "序号",
        "贷款合同编号",
        "申请学年",
        "借款学生",
        "身份证号",
        "共同借款人",
        "共同借款人身份证号",
    ),
    *("关系", "高校名称", "学历", "首贷/续贷", "合同金额", "放款日期", "到期日"),
]


def row(n: int, contract: str, **cells: Any) -> list[Any]:
    told = {"year": "2016-2017学年", "name": name_of(n), "id": id_number(n), "co": "张父"}
    told |= {"co_id": id_number(500 + n, birth_on=date(1975, 5, 5)), "relation": "父亲"}
    told |= {"college": "某某大学", "level": "本科", "kind": "首贷", "amount": 8000}
    told |= {"granted": "2016-11-15", "due": "20330920"}
    return [1, contract, *{**told, **cells}.values()]


@pytest.mark.parametrize(
    ("year", "level", "cap"),
    [
        (2013, "undergraduate", 6000),
        (2016, "college", 8000),
        (2016, "postgraduate", 12_000),
        (2021, "undergraduate", 12_000),
        (2022, "postgraduate", 16_000),
        (2023, "undergraduate", 16_000),
        (2024, "undergraduate", 20_000),
        (2026, "postgraduate", 25_000),
    ],
)
def test_the_cap_is_that_of_the_year(year: int, level: str, cap: int) -> None:
    assert cap_of(year, level) == cap


def test_no_loan_runs_longer_than_twenty_two_years() -> None:
    assert not is_too_long(date(2016, 11, 15), date(2038, 11, 15))
    assert is_too_long(date(2016, 11, 15), date(2038, 11, 16))


def test_a_list_of_contracts_comes_in_row_by_row(county: County, tmp_path: Any) -> None:
    county.children(1)
    rows = [
        ["生源地信用助学贷款台账"],
        HEADING,
        row(0, "HT001"),
        row(1, "HT002", amount="1.2万", level="硕士", kind="续贷"),
        row(2, "HT003", amount="8,001"),
        row(3, "HT001"),  # the first contract again
        row(0, "HT005"),  # a second contract of the same person and year
        row(0, "HT006", year="2015"),
        row(4, "", amount=6000),
        row(4, "HT008", level="小学"),
        row(4, "HT009", co_id=id_number(4)),
        row(4, "HT010", due="2016-01-01"),
        row(4, "HT011", due="2050-01-01"),
        row(5, "HT012", id=wrong_check(id_number(5))),
        row(6, "HT013", year="2016-2018"),
        row(6, "HT014", amount="八千"),
        ["合计", "", "", "", "", "", "", "", "", "", "", 99_000],
    ]
    answer, truth, _values = bring_in(tmp_path, "loans", rows, "--apply")
    assert truth == {
        3: ("ready", set()),
        4: ("ready", set()),
        5: ("warned", {"loan-over-cap"}),
        6: ("refused", {"row-repeated"}),
        7: ("refused", {"loan-again"}),
        8: ("ready", set()),
        9: ("refused", {"value-missing"}),
        10: ("refused", {"value-unknown"}),
        11: ("refused", {"co-borrower-same"}),
        12: ("refused", {"dates-out-of-order"}),
        13: ("warned", {"loan-too-long"}),
        14: ("warned", {"id-checksum"}),
        15: ("refused", {"term-unknown"}),
        16: ("refused", {"amount-unreadable"}),
    }
    assert answer["applied"] == {"new": 6, "changed": 0, "unchanged": 0}
    first = Loan.objects.get(contract_no="HT001")
    assert (first.student.name, first.academic_year) == (name_of(0), 2016)
    assert (first.due_on, first.co_borrower_relation) == (date(2033, 9, 20), "父亲")
    second = Loan.objects.get(contract_no="HT002")
    assert (second.amount, second.level, second.is_renewal) == (
        Decimal("12000.00"),
        "postgraduate",
        True,
    )
    assert set(Loan.objects.filter(is_over_cap=True).values_list("contract_no", flat=True)) == {
        "HT003"
    }
    assert Loan.objects.get(contract_no="HT012").borrower_index == ""


def test_a_known_contract_is_brought_up_to_the_list(county: County, tmp_path: Any) -> None:
    bring_in(tmp_path, "loans", [HEADING, row(0, "HT001"), row(1, "HT002")], "--apply")
    later = [
        [*HEADING, "贷款状态"],
        [*row(0, "HT001", amount=9000), "放款"],
        [*row(1, "HT002"), ""],
    ]
    answer = bring_in(tmp_path, "loans", later, "--apply")[0]
    assert answer["applied"] == {"new": 0, "changed": 1, "unchanged": 1}
    loan = Loan.objects.get(contract_no="HT001")
    assert (loan.state, loan.amount, loan.is_over_cap, loan.version) == (
        "granted",
        Decimal("9000.00"),
        True,
        2,
    )
    assert loan.borrower_id_number.reveal() == id_number(0)
    other = bring_in(tmp_path, "loans", [HEADING, row(0, "HT009")])[1]
    assert other[2] == ("refused", {"loan-again"})


def test_a_second_person_brings_contracts_in_and_may_take_them_back(county: County) -> None:
    CountyCalendarFactory()
    maker, checker = sign_in(county.maker), sign_in(county.checker)
    file = SimpleUploadedFile("loans.xlsx", workbook([HEADING, row(0, "HT001")]))
    assert maker.post("/intake/add/loans/", {"file": file}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch = ImportBatch.objects.get()
    assert maker.post(f"/intake/{batch.pk}/apply/", {}).status_code == 400
    checker.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    page = maker.get("/subsidies/loans/").content.decode()
    assert "HT001" in page
    assert id_number(0) not in page
    checker.post(f"/intake/{batch.pk}/undo/", {"reason": "wrong year"})
    execute(Job.objects.latest("created_at").pk)
    assert not Loan.objects.exists()


def test_a_school_sees_no_loans(county: County) -> None:
    LoanFactory(county=county.division)
    clerk = actor_of(
        "school_clerk",
        division_prefix=county.school.division_id[:9],
        school_code=county.school.code,
    )
    assert sign_in(clerk).get("/subsidies/loans/").status_code in (403, 404)
