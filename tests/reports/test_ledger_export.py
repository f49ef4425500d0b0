"""The exported ledger: an auditor can walk the chain with the file alone."""

import csv
import hashlib
import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command

from povedu.audit.models import AuditEntry
from povedu.cells import unguarded
from povedu.jobs.runner import run_now
from povedu.jobs.services import enqueue
from povedu.ledger.chain import COLUMNS, GENESIS
from povedu.ledger.choices import Account
from povedu.ledger.models import LedgerHead
from povedu.ledger.services import Leg, post
from reports.exports.ledger import LedgerFilter, write_ledger
from tests.factories import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(office, now):
    for number in range(3):
        day, fen = date(2016, 11, 1 + number), 100_050 if number == 0 else -20_025
        other = Account.INCOME if number == 0 else Account.EXPENSE
        legs = [
            Leg(1, day, Account.CASH, fen, "central", "p", memo="=HYPERLINK(1)"),
            Leg(1, day, other, -fen, "central", "p", memo="=HYPERLINK(1)"),
        ]
        post(actor=office, now=now, county_code="530623", legs=legs)


def exported(auditor, now, fmt="csv", **chosen):
    target = io.BytesIO()
    written = write_ledger(target, fmt, actor=auditor, now=now, chosen=LedgerFilter(2016, **chosen))
    return written, target


def test_the_chain_is_walked_from_the_csv_alone(entries, auditor, now):
    written, target = exported(auditor, now)
    assert written.rows == 6
    lines = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))
    previous = GENESIS
    for line in lines[1:7]:
        texts = [unguarded(cell) for cell in line[: len(COLUMNS)]]
        text = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
        assert texts[-1] == previous
        previous = line[len(COLUMNS)]
        assert hashlib.sha256(text.encode()).hexdigest() == previous
    assert LedgerHead.objects.get(pk="530623").hash == previous
    assert previous in target.getvalue().decode()


def test_totals_are_money_in_and_out(entries, auditor, now):
    written, _target = exported(auditor, now, "xlsx")
    assert written.totals == {"cash_in": Decimal("1000.50"), "cash_out": Decimal("400.50")}


def test_the_job_names_its_totals_as_the_columns_are_headed(entries, auditor, now):
    params = {"year": 2016, "format": "csv"}
    job = enqueue(kind="reports.export_ledger", params=params, actor=auditor, now=now, wake=False)
    assert run_now(job).result["figures"] == [
        ["行数", 6],
        ["收入（元）", "1,000.50"],
        ["支出（元）", "400.50"],
    ]


def test_nothing_in_it_runs(entries, auditor, now):
    _written, target = exported(auditor, now, "xlsx")
    sheet = openpyxl.load_workbook(target).worksheets[1]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_filters_narrow_and_are_said(entries, auditor, now):
    written, _ = exported(auditor, now, source="county")
    assert written.rows == 0
    written, target = exported(auditor, now, programme="p", source="central")
    assert written.rows == 6
    assert "p" in target.getvalue().decode()


def test_another_county_sees_none_of_it(entries, now):
    stranger = actor_of("auditor", division_prefix="530699")
    assert exported(stranger, now)[0].rows == 0
    township = actor_of("township_officer", division_prefix="530623100")
    assert exported(township, now)[0].rows == 0


def test_the_command_writes_and_logs(entries, tmp_path, capsys):
    path = tmp_path / "ledger.xlsx"
    call_command("export_ledger", "--year", "2016", "--output", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 6
    assert openpyxl.load_workbook(path).sheetnames == ["说明", "数据"]
    assert AuditEntry.objects.filter(verb="ledger.export", count=6).exists()
