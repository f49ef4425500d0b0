"""The aid office prepares, its head approves, the bank answers, the batch is closed."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.site import Desk

Sit = Callable[[str], Desk]
LONG = 60_000  # milliseconds; a job waits for its worker


def _go(page: Page) -> None:
    page.click("form .form-foot button.btn-primary")
    page.wait_for_load_state("networkidle")


def _finish(page: Page) -> None:
    """Wait for a job's end and follow it to its result."""
    result = page.locator(".job a.btn-primary")
    expect(result).to_be_visible(timeout=LONG)
    result.click()
    page.wait_for_load_state("networkidle")


def test_from_run_to_closed_batch(sit_down: Sit, tmp_path: Path) -> None:
    desk, head = sit_down("aid"), sit_down("aid-head")
    page = desk.open("/subsidies/programmes/add/")
    page.fill("input[name=code]", "winter-clothes")
    page.fill("input[name=name]", "冬季补助")
    page.select_option("select[name=cadence]", "once")
    page.fill("input[name=starts_on]", "2016-09-01")
    page.uncheck("input[name=needs_notice]")
    _go(page)
    programme = page.url.split("?")[0]

    page.goto(f"{programme}standards/add/")
    page.fill("input[name=starts_on]", "2016-09-01")
    page.select_option("select[name=stage]", "vocational")
    page.select_option("select[name=boarding]", "day")
    page.select_option("select[name=categories]", "registered_poor")
    page.fill("input[name=year_amount]", "200")
    page.fill("input[name=instalment_amount]", "200")
    _go(page)

    year = page.evaluate("new Date().getFullYear().toString()")
    page.goto(f"{programme}sources/")
    page.fill("input[name=year]", year)
    page.select_option("select[name=source_1]", "county")
    _go(page)

    page = desk.open("/subsidies/awards/run/choose/")
    page.select_option("select[name=programme]", label="冬季补助")
    page.select_option("select[name=term]", "2016-1")
    page.click("form button.btn-primary")
    expect(page.locator("main")).to_contain_text("冬季补助")
    page.click("form button.btn-primary")
    _finish(page)
    expect(page.locator("table")).to_contain_text("冬季补助")

    number = programme.rstrip("/").split("/")[-1]
    boss = head.open(f"/subsidies/programmes/{number}/approve/2016-1/")
    _go(boss)

    page = desk.open("/subsidies/batches/add/")
    page.select_option("select[name=programme]", label="冬季补助")
    page.select_option("select[name=term]", "2016-1")
    _go(page)
    _finish(page)
    batch = page.url.split("?")[0]
    name = re.sub(r"\s.*", "", page.locator("h1").inner_text().strip())
    page.goto(f"{batch}freeze/")
    _go(page)

    boss.goto(f"{batch}approve/")
    _go(boss)
    expect(boss.locator("main")).to_contain_text("已审批")

    page.goto(f"{batch}release/")
    _go(page)
    _finish(page)
    page.goto(f"{batch}file/")
    page.select_option("select[name=form]", "txt")
    with page.expect_download() as taken:
        page.click("form .form-foot button.btn-primary")
    sent = Path(taken.value.path()).read_bytes().decode("gb18030").splitlines()
    assert sent[0].startswith(name)
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    rows = [line.split("|") for line in sent[1:]]
    answer = "序号,金额,结果,到账日期,原因\r\n" + "".join(
        f"{row[0]},{row[4]},成功,{today},\r\n" for row in rows
    )
    back = tmp_path / "back.csv"
    back.write_bytes(answer.encode("gb18030"))
    page.goto(f"{batch}return/")
    page.set_input_files("input[name=file]", back)
    _go(page)
    expect(page.locator("main")).to_contain_text("待入账")
    page.goto(f"{page.url.split('?')[0]}apply/")
    _go(page)
    _finish(page)
    page.goto(f"{batch}close/")
    _go(page)
    expect(page.locator("main")).to_contain_text("已关闭")

    auditor = sit_down("auditor").open("/ledger/verify/")
    auditor.click("form .form-foot button.btn-primary")
    expect(auditor.locator("main")).to_contain_text("台账完好", timeout=LONG)
