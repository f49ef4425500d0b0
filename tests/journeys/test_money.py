"""Money from a programme's form to a closed batch, and an auditor who checks it without us."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.journeys.site import ROOT, Desk, Site
from tests.journeys.test_main_job import PRIMARY, SLOW

CODE, NAME = "orphan-travel", "孤儿返乡交通补贴"
TERM = "2016-1"
AMOUNT = Decimal(300)
WRONG_CARD = "账户已销户"


def fill(page: Page, **values: Any) -> None:
    """Fill fields by name: text, a choice by value or label, a box ticked or not."""
    for name, value in values.items():
        field = page.locator(f"main form [name={name}]")
        if isinstance(value, bool):
            field.set_checked(value)
        elif field.first.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))


def submit(page: Page) -> None:
    """Press the form's button and stand on another address."""
    before = page.url
    page.click(PRIMARY)
    page.wait_for_url(lambda url: url != before, timeout=SLOW)


def press(page: Page, label: str) -> None:
    """Follow a button of the page's head."""
    before = page.url
    page.locator(".page-buttons").get_by_role("link", name=label, exact=True).click()
    page.wait_for_url(lambda url: url != before)


def done(page: Page) -> None:
    """Wait for the job whose page this is."""
    expect(page.locator("main")).to_contain_text("已完成", timeout=SLOW)


def days_pass(site: Site, number: str) -> None:
    """Let the days of a notice go by."""
    site.manage(
        "shell",
        "-v0",
        "-c",
        "from datetime import timedelta; from subsidies.models import PublicNotice as Notice; "
        f"one, days = Notice.objects.get(number={number!r}), timedelta(9); "
        "one.starts_on -= days; one.ends_on -= days; one.save()",
    )


def batch_address(page: Page, site: Site) -> str:
    """Return the address of the newest batch of the programme."""
    page.goto(f"{site.url}/subsidies/batches/")
    row = page.locator("table tbody tr", has_text=NAME).first
    href = row.locator("a[href*='/batches/']").first.get_attribute("href")
    return f"{site.url}{href}"


def bank_answer(file: Path, sent: Path, *, returned: frozenset[int] = frozenset()) -> int:
    """Write what a bank answers to a file it was sent; return how many lines it had."""
    sheets = load_workbook(sent).worksheets
    rows = [list(row) for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    head = next(order for order, row in enumerate(rows) if "序号" in row)
    line, money = rows[head].index("序号"), rows[head].index("金额")
    book = Workbook()
    target = book.worksheets[0]
    target.append(["序号", "金额", "结果", "到账日期", "原因"])
    count = 0
    for row in rows[head + 1 :]:
        if not str(row[line] or "").isdigit():
            continue
        count += 1
        back = int(row[line]) in returned
        told = ["失败", None, WRONG_CARD] if back else ["成功", str(localdate()), None]
        target.append([row[line], row[money], *told])
    book.save(file)
    return count


class Office:
    """The people of the bureau at their desks, over one programme."""

    def __init__(self, site: Site, sit_down: Callable[[str], Desk], folder: Path) -> None:
        self.site, self.folder = site, folder
        self.desk = sit_down("aid")
        self.maker = self.desk.page
        self.checker = sit_down("aid-head").page
        self.sit_down = sit_down

    def open(self, page: Page, path: str) -> Page:
        page.goto(f"{self.site.url}{path}")
        return page

    def enter_programme(self) -> str:
        """Enter the programme, its dated standard and who pays; return its address."""
        page = self.open(self.maker, "/subsidies/programmes/add/")
        fill(page, code=CODE, name=NAME, kind="cash", cadence="once", payee_kind="guardian")
        fill(page, starts_on="2016-09-01", residence="any", needs_notice=True)
        fill(page, document="青政办发〔2016〕40号", confidence="local")
        submit(page)
        self.open(page, "/subsidies/programmes/")
        page.get_by_role("link", name=NAME).first.click()
        page.wait_for_url(re.compile(r"/programmes/\d+/$"))
        programme = page.url
        page.goto(f"{programme}standards/add/")
        fill(page, starts_on="2016-09-01", stage="primary", boarding="any", confidence="local")
        fill(page, year_amount=AMOUNT, instalment_amount=AMOUNT, document="青政办发〔2016〕40号")
        page.locator("main form input[name=categories][value=orphan]").check()
        submit(page)
        page.goto(f"{programme}sources/")
        fill(page, year=localdate().year, source_1="county")
        submit(page)
        page.goto(programme)
        expect(page.locator("main")).to_contain_text("300.00")
        return programme

    def award(self, programme: str) -> int:
        """Run it, publish, let somebody else approve; return how many children."""
        page = self.open(self.maker, "/subsidies/awards/run/choose/")
        fill(page, programme=programme.rstrip("/").rpartition("/")[2], term=TERM)
        submit(page)
        told = page.inner_text("main")
        count = int(re.search(r"拟定资助 ([\d,]+) 人", told)[1].replace(",", ""))
        assert count >= 30
        submit(page)
        done(page)
        self.open(page, "/subsidies/notices/add/")
        fill(page, programme=programme.rstrip("/").rpartition("/")[2], term=TERM, working_days=3)
        submit(page)
        self.open(page, "/subsidies/notices/")
        page.locator("table tbody tr", has_text=NAME).locator("a").first.click()
        page.wait_for_url(re.compile(r"/notices/\d+/$"))
        notice = page.url
        press(page, "发布公示")
        fill(page, working_days=3)
        submit(page)
        page.goto(notice)
        number = re.search(r"GS[\w-]+", page.inner_text("main"))[0]
        self.checker.goto(f"{programme}approve/{TERM}/")
        expect(self.checker.locator("main")).to_contain_text(re.compile(r"待批准人数\s*0"))
        days_pass(self.site, number)
        press(page, "撤下公示")
        submit(page)
        self.checker.goto(f"{programme}approve/{TERM}/")
        submit(self.checker)
        expect(self.checker.locator(".messages, main").first).to_contain_text(f"已批准 {count} 笔")
        return count

    def receive(self, programme: str, count: int) -> None:
        """Let the money arrive."""
        page = self.sit_down("finance").page
        self.open(page, "/subsidies/receipts/add/")
        fill(page, source="county", amount=AMOUNT * count, received_on=str(localdate()))
        fill(page, programme=programme.rstrip("/").rpartition("/")[2])
        submit(page)

    def ask_two(self) -> None:
        """Let batches from 5,000 yuan on need a second approver."""
        page = self.sit_down("admin").page
        self.open(page, "/subsidies/batches/rules/")
        fill(page, second_from=5000, third_from="")
        submit(page)

    def send(self, programme: str, *, second: Page | None) -> tuple[str, Path]:
        """Make, freeze, approve and release a batch; return its address and its bank file."""
        page = self.open(self.maker, "/subsidies/batches/add/")
        fill(page, programme=programme.rstrip("/").rpartition("/")[2], term=TERM)
        submit(page)
        done(page)
        batch = batch_address(page, self.site)
        page.goto(batch)
        press(page, "冻结送审")
        submit(page)
        for approver in filter(None, (self.checker, second)):
            approver.goto(batch)
            expect(approver.locator("main")).to_contain_text("已冻结，待审批")
            press(approver, "审批")
            submit(approver)
        page.goto(batch)
        press(page, "送银行")
        submit(page)
        done(page)
        page.goto(f"{batch}file/")
        fill(page, layout="bank", form="xlsx")
        with page.expect_download(timeout=SLOW) as download:
            page.click(PRIMARY)
        file = self.folder / download.value.suggested_filename
        download.value.save_as(file)
        return batch, file

    def answer(self, batch: str, sent: Path, *, returned: frozenset[int] = frozenset()) -> int:
        """Upload the bank's answer and post it; return how many lines it had."""
        page, file = self.maker, self.folder / f"回盘-{sent.stem}.xlsx"
        count = bank_answer(file, sent, returned=returned)
        page.goto(f"{batch}return/")
        page.set_input_files("main form input[type=file]", str(file))
        submit(page)
        page.goto(f"{batch}?tab=returns")
        page.locator("main a[href*='/returns/']").first.click()
        page.wait_for_url(re.compile(r"/returns/\d+/$"))
        expect(page.locator("main")).to_contain_text("全部对上")
        press(page, "入账")
        submit(page)
        done(page)
        return count

    def correct(self) -> None:
        """Enter the right card of the child whose payment came back; somebody else agrees."""
        page = self.open(self.maker, "/subsidies/payments/returned/")
        row = page.locator("table tbody tr", has_text=NAME)
        expect(row).to_contain_text(WRONG_CARD)
        payee = row.locator("td").nth(5).inner_text()
        row.get_by_role("link", name="更正账户").click()
        page.wait_for_url("**/payee/add/")
        fill(page, payee_name=payee.strip(), relation="guardian")
        fill(page, bank_name="农村信用社", account="6217000000000009999")
        submit(page)
        self.checker.goto(f"{self.site.url}/students/payees/?state=pending")
        self.checker.locator("table tbody a[href*='/approve/']").first.click()
        self.checker.wait_for_url(re.compile(r"/approve/$"))
        submit(self.checker)

    def close(self, batch: str) -> None:
        """Close a batch, which balances."""
        self.maker.goto(batch)
        press(self.maker, "关闭批次")
        submit(self.maker)
        self.maker.goto(batch)
        expect(self.maker.locator("main")).to_contain_text("已关闭")


def export_ledger(site: Site, page: Page, folder: Path) -> Path:
    """Let an auditor take the year's entries of the ledger as CSV; return the file."""
    page.goto(f"{site.url}/reports/ledger/export/")
    fill(page, content="entries", year=str(localdate().year), format="csv")
    submit(page)
    done(page)
    with page.expect_download(timeout=SLOW) as download:
        page.locator("main a[href*='/jobs/files/']").first.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def verify(file: Path) -> tuple[int, dict[str, Any]]:
    """Check an export with the stand-alone program; return its answer."""
    program = str(ROOT / "tools" / "verify_export.py")
    told = subprocess.run(
        [sys.executable, "-I", program, str(file), "--json"], capture_output=True, text=True
    )
    return told.returncode, json.loads(told.stdout)


def tampered(data: bytes) -> bytes:
    """Change one byte of an amount in the entries; the cover stands behind them."""
    place = data.rindex(b"300.00", 0, data.rindex("# 导出人".encode()))
    return data[:place] + b"8" + data[place + 1 :]


def test_money_from_the_form_of_a_programme_to_a_checked_ledger(
    site: Site, sit_down: Callable[[str], Desk], tmp_path: Path
) -> None:
    office = Office(site, sit_down, tmp_path)
    programme = office.enter_programme()
    count = office.award(programme)
    office.receive(programme, count)
    office.ask_two()
    second = sit_down("finance-head").page
    first, file = office.send(programme, second=second)
    assert 30 <= office.answer(first, file, returned=frozenset({2})) <= count
    office.maker.goto(f"{first}close/")
    office.maker.click(PRIMARY)
    expect(office.maker.locator("main")).to_contain_text("还有 1 笔退回款项")
    office.desk.complaints.clear()  # the refusal itself
    office.correct()
    again, file = office.send(programme, second=None)
    assert office.answer(again, file) == 1
    office.close(again)
    office.close(first)

    exported = export_ledger(site, sit_down("auditor").page, tmp_path)
    status, told = verify(exported)
    assert status == 0, told
    exported.write_bytes(tampered(exported.read_bytes()))
    status, told = verify(exported)
    assert (status, told["ok"]) == (1, False)
