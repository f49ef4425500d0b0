"""A bank's result file: what it is about is paid once; everything else goes back with a reason."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from povedu.ledger.models import LedgerEntry
from subsidies.models import BankReturn, DisbursementBatch, Payment
from tests.factories import CountyCalendarFactory, actor_of, sign_in
from tests.intake.door import bring_in
from tests.intake.makers import workbook
from tests.subsidies.county import County

HEADING = ["批次号", "序号", "收款人", "卡号", "发生额(元)", "处理结果", "失败原因", "入账日期"]


@pytest.fixture
def sent(county: County) -> list[Payment]:
    """Six payments of five hundred on their way, in line order."""
    CountyCalendarFactory()
    county.children(6)
    programme = county.programme("p", "500")
    county.granted(programme)
    batch = county.released(programme, due_by=date(2016, 12, 31))
    return list(batch.payments.order_by("line_no"))


def line(payment: Payment, result: str = "成功", **cells: Any) -> list[Any]:
    row = {
        "batch": payment.batch.number,
        "line": payment.line_no,
        "name": payment.payee_name,
        "card": payment.account.reveal(),
        "amount": "500.00",
        "result": result,
        "reason": "",
        "day": "20161110",
    }
    return list({**row, **cells}.values())


def test_a_messy_answer_settles_what_it_is_about_and_refuses_the_rest(
    sent: list[Payment], tmp_path: Any
) -> None:
    one, two, three, four, five, six = sent
    rows = [
        ["代发业务处理结果清单"],
        ["打印日期：2016-11-10"],
        HEADING,
        line(one),
        line(two, "失败", reason="账户已销户", day=""),
        line(one),  # the first line again
        line(three, amount="5,00"),
        line(three, amount=50),
        line(four, card="6217000099999999999"),
        line(five, batch="没有的批次"),
        line(six, line=77, card=""),
        line(six, "处理中"),
        line(six, day=""),
        line(six, day="2099-01-01"),
        line(six, line=1),  # renumbered by the bank: the card says whose it is
        line(three, name="别人"),
        ["合计", "", "", "", 2000],
    ]
    answer, truth, _values = bring_in(tmp_path, "bank-return", rows, "--apply")
    assert truth == {
        4: ("ready", set()),
        5: ("ready", set()),
        6: ("refused", {"row-repeated"}),
        7: ("refused", {"amount-unreadable"}),  # a comma that separates no thousands
        8: ("refused", {"amount-differs"}),
        9: ("refused", {"account-differs"}),
        10: ("refused", {"batch-unknown"}),
        11: ("refused", {"line-unknown"}),
        12: ("refused", {"result-missing"}),
        13: ("refused", {"date-missing"}),
        14: ("refused", {"date-ahead"}),
        15: ("ready", set()),
        16: ("warned", {"payee-differs"}),
    }
    assert answer["applied"] == {"new": 0, "changed": 4, "unchanged": 0}
    assert dict(Payment.objects.values_list("line_no", "state")) == {
        1: "settled",
        2: "returned",
        3: "settled",
        4: "sent",
        5: "sent",
        6: "settled",
    }
    two.refresh_from_db()
    one.refresh_from_db()
    assert (two.return_reason, one.settled_on) == ("账户已销户", date(2016, 11, 10))
    paid = LedgerEntry.objects.filter(subject__startswith="payment:", amount__gt=0)
    assert sum(entry.amount for entry in paid) == Decimal(1500)


def test_nothing_is_posted_twice(sent: list[Payment], tmp_path: Any) -> None:
    rows = workbook([HEADING, *(line(one) for one in sent[:3])])
    bring_in(tmp_path, "bank-return", rows, "--apply")
    entries = LedgerEntry.objects.count()
    same = bring_in(tmp_path, "bank-return", rows, "--apply")[0]
    assert (same["already_applied"], same["applied"]) == (True, None)
    more = [HEADING, *(line(one) for one in sent[:4])]
    answer, truth, _values = bring_in(tmp_path, "bank-return", more, "--apply")
    assert [truth[row] for row in (2, 3, 4)] == [("refused", {"already-answered"})] * 3
    assert answer["applied"] == {"new": 0, "changed": 1, "unchanged": 0}
    assert LedgerEntry.objects.count() == entries + 2
    assert BankReturn.objects.count() == 2


def test_a_file_that_names_its_batch_only_in_its_name(sent: list[Payment], tmp_path: Any) -> None:
    heading = ["序号", "金额", "状态"]
    rows = [heading, [1, 500, "S"], [2, 500.0, "FAIL"]]
    batch = DisbursementBatch.objects.get()
    _answer, truth, values = bring_in(
        tmp_path, "bank-return", rows, "--as-of", "2016-11-10", name=f"回盘{batch.number}.xlsx"
    )
    assert truth == {2: ("ready", set()), 3: ("ready", set())}
    assert (values[2]["batch_number"], values[2]["is_paid"]) == (batch.number, True)
    assert (values[3]["settled_on"], values[3]["is_paid"]) == ("2016-11-10", False)


def staged(client: Any, rows: list[Any]) -> ImportBatch:
    file = SimpleUploadedFile("return.xlsx", workbook(rows))
    assert client.post("/intake/add/bank-return/", {"file": file}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    return ImportBatch.objects.latest("pk")


def test_somebody_else_posts_what_was_uploaded_and_the_list_shows_it(
    county: County, sent: list[Payment]
) -> None:
    maker, checker = sign_in(county.maker), sign_in(county.checker)
    batch = staged(maker, [HEADING, *(line(one) for one in sent[:2])])
    assert maker.post(f"/intake/{batch.pk}/apply/", {}).status_code == 400
    assert not BankReturn.objects.exists()
    checker.post(f"/intake/{batch.pk}/apply/", {})
    execute(Job.objects.latest("created_at").pk)
    assert Payment.objects.filter(state="settled").count() == 2
    page = maker.get("/subsidies/returns/").content.decode()
    assert "return.xlsx" in page
    refused = checker.post(f"/intake/{batch.pk}/undo/", {"reason": "x"})
    assert refused.status_code == 400
    assert Payment.objects.filter(state="settled").count() == 2


def test_a_payment_answered_since_staging_moves_nothing(
    county: County, sent: list[Payment]
) -> None:
    maker, checker = sign_in(county.maker), sign_in(county.checker)
    first = staged(maker, [HEADING, *(line(one) for one in sent[:2])])
    second = staged(maker, [HEADING, *(line(one) for one in sent[1:3])])
    for batch in (first, second):
        checker.post(f"/intake/{batch.pk}/apply/", {})
        execute(Job.objects.latest("created_at").pk)
        batch.refresh_from_db()
    assert (first.applied["settled"], second.state) == (2, "staged")
    assert "已有回盘" in checker.get(f"/jobs/{second.job_id}/").content.decode()
    assert Payment.objects.filter(state="settled").count() == 2
    assert BankReturn.objects.count() == 1


def test_another_offices_batch_is_unknown(county: County, sent: list[Payment]) -> None:
    other = sign_in(actor_of("office_staff", office="nutrition"))
    batch = staged(other, [HEADING, line(sent[0])])
    assert batch.refused_count == 1
    assert "batch-unknown" in batch.summary["codes"]
