"""The main job, each person at a browser: roster, reconciliation, money, summary, audit."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.journeys.site import ROOT, Desk, Site, compare

SitDown = Callable[[str], Desk]
PRIMARY = "main form button.btn-primary"
SLOW = 120_000  # a worker on a busy machine


def wait_for(page: Page, path: str, text: str) -> None:
    """Open an address again until a text stands on it."""
    for _ in range(90):
        page.goto(path)
        if text in page.inner_text("main"):
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"{text!r} never came on {path}: {page.inner_text('main')[:800]}")


def test_a_clerk_uploads_a_messy_roster_and_gets_it_back_marked(
    site: Site, sit_down: SitDown, tmp_path: Path
) -> None:
    page = sit_down("clerk").page
    page.goto(f"{site.url}/intake/add/roster/")
    page.set_input_files(
        "input[type=file]", str(site.folder / "samples" / "1-花名册-带标题行.xlsx")
    )
    page.click(PRIMARY)
    page.wait_for_url("**/intake/*/")
    batch = page.url
    wait_for(page, batch, "不会删除任何人")
    expect(page.locator("main")).to_contain_text("将新增 9 人，更新 40 人，3 行退回")
    page.goto(f"{batch}apply/")
    page.click(PRIMARY)
    wait_for(page, batch, "已导入：新增 9")
    expect(page.locator("main")).to_contain_text("3 人身份待确认")
    page.goto(f"{batch}answer/")
    with page.expect_download(timeout=SLOW) as download:
        page.click(PRIMARY)
    answer = tmp_path / "answer.xlsx"
    download.value.save_as(answer)
    sheet = load_workbook(answer).worksheets[0]
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "校验位" in text
    assert text.count("姓名") > 1


def test_the_aid_office_reconciles_and_settles_by_key(site: Site, sit_down: SitDown) -> None:
    desk = sit_down("aid")
    compare(desk)
    page = desk.open("/students/findings/queue/")
    # Other journeys may have settled some before.
    settled = int(re.search(r"已处理 ([\d,]+) /", page.inner_text("main"))[1].replace(",", ""))
    page.keyboard.press("1")
    expect(page.locator("main")).to_contain_text(f"已处理 {settled + 1} /", timeout=20_000)


def test_the_leader_sees_the_year_and_opens_the_rows_behind_a_figure(
    site: Site, sit_down: SitDown
) -> None:
    desk = sit_down("leader")
    page = desk.open("/reports/dashboard/")
    expect(page.locator("h1")).to_contain_text("2016")
    expect(page.locator("main")).to_contain_text("建档立卡学生资助覆盖率")
    page = desk.open("/reports/summary/2016/")
    expect(page.locator("main")).to_contain_text("297.45")
    page = desk.open("/reports/summary/2016/lines/preschool/")
    expect(page.locator("main")).to_contain_text("1,983")
    page = desk.open("/students/")
    desk.complaints.clear()  # the refusal itself: leaders see no persons
    expect(page.locator("body")).to_contain_text("没有权限")


def test_an_auditor_exports_the_ledger_and_checks_it_without_the_system(
    site: Site, sit_down: SitDown, tmp_path: Path
) -> None:
    page = sit_down("auditor").page
    page.goto(f"{site.url}/reports/ledger/export/")
    page.click(PRIMARY)
    page.wait_for_url("**/jobs/*/")
    job = page.url
    wait_for(page, job, "已完成")
    with page.expect_download(timeout=SLOW) as download:
        page.locator("main a[href*='/jobs/files/']").first.click()
    exported = tmp_path / download.value.suggested_filename
    download.value.save_as(exported)
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "tools" / "verify_export.py"), str(exported), "--json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)


def test_a_page_is_english_after_one_click(site: Site, sit_down: SitDown) -> None:
    page = sit_down("projects").page
    page.goto(f"{site.url}/schools/projects/")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page.reload()
    expect(page.locator("h1")).to_contain_text("Projects")
