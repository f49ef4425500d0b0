"""The ledger as finance software and the year's two rhythms as a spreadsheet."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from povedu.ledger.services import Leg, post_many
from reports.exports.bridge import write_bridge
from reports.exports.ledger import LedgerFilter
from reports.exports.vouchers import CODES, write_vouchers

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(office, now):
    legs = [
        Leg(1, date(2016, 3, 1), "cash", 90_000, "province", "p", subject="receipt:1"),
        Leg(1, date(2016, 3, 1), "income", -90_000, "province", "p", subject="receipt:1"),
        Leg(2, date(2016, 10, 1), "expense", 50_000, "province", "p", "s1", "2016-1", "payment:7"),
        Leg(2, date(2016, 10, 1), "cash", -50_000, "province", "p", "s1", "2016-1", "payment:7"),
        Leg(3, date(2017, 4, 1), "expense", 20_000, "province", "p", "s1", "2016-2", "payment:8"),
        Leg(3, date(2017, 4, 1), "cash", -20_000, "province", "p", "s1", "2016-2", "payment:8"),
    ]
    return post_many(county_code="530623", legs=legs, actor=office, now=now)


def lines_of(target):
    text = target.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_vouchers_have_day_number_summary_account_debit_and_credit(posted, auditor, now):
    target = io.BytesIO()
    written = write_vouchers(target, "csv", actor=auditor, now=now, chosen=LedgerFilter(2016))
    assert written.totals == {"debit": Decimal(1400), "credit": Decimal(1400)}
    lines = lines_of(target)
    assert lines[0][:7] == [
        "日期",
        "凭证号",
        "摘要",
        "科目代码",
        "科目名称",
        "借方金额",
        "贷方金额",
    ]
    assert lines[3] == [
        *("2016-10-01", "2", "资助发放 p", CODES["expense"], "资助与项目支出", "500.00", ""),
        *("省级", "p", "s1"),
    ]
    assert lines[4][5:7] == ["", "500.00"]
    assert f"6 {posted.hash}" in target.getvalue().decode()


def test_the_bridge_goes_out_as_a_file(posted, auditor, now):
    target = io.BytesIO()
    written = write_bridge(target, "csv", actor=auditor, now=now, chosen=LedgerFilter(2016))
    lines = lines_of(target)
    assert lines[1] == ["收入", "p", "省级", "900.00", "0.00", "900.00", "0.00", "0.00"]
    assert lines[2] == ["支出", "p", "省级", "0.00", "500.00", "500.00", "200.00", "700.00"]
    assert written.rows == 2
    empty = write_bridge(
        io.BytesIO(), "xlsx", actor=auditor, now=now, chosen=LedgerFilter(2016, source="city")
    )
    assert empty.rows == 0


def test_the_command_writes_either(posted, tmp_path, capsys):
    for content, rows in (("entries", 4), ("vouchers", 4), ("bridge", 2)):
        path = str(tmp_path / f"{content}.csv")
        given = ("--year", "2016", "--format", "csv", "--content", content, "--output", path)
        call_command("export_ledger", *given)
        assert capsys.readouterr().out.startswith(f"{rows} rows")
