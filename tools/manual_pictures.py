"""Take the pictures of the manual from a running demo county: ``manual_pictures.py URL``."""

import sys
import tempfile
from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "manual" / "pictures"
PASSWORD = "Qinghe-2016"  # noqa: S105  # of the demo county only
PICTURES = (
    ("clerk", "todo", "/"),
    ("clerk", "upload", "/intake/add/roster/"),
    ("aid", "queue", "/students/findings/queue/"),
    ("aid", "settling-queue", "/students/findings/queue/?kind=not-on-roster"),
    ("aid", "settling-board", "/students/findings/board/"),
    ("aid", "settling-rules", "/students/rules/"),
    ("aid", "settling-assignments", "/students/assignments/"),
    ("aid", "student", "/students/1/"),
    ("aid", "programme", "/subsidies/programmes/1/"),
    ("aid", "programme-form", "/subsidies/programmes/add/"),
    ("aid", "simulation", "/subsidies/programmes/1/simulate/?term=2016-1&scale=120"),
    ("aid", "quotas", "/subsidies/quotas/"),
    ("aid-head", "application", "/subsidies/determinations/264/"),
    ("aid", "changes", "/subsidies/changes/"),
    ("aid", "allocation", "/subsidies/allocations/2/"),
    ("aid", "awards", "/subsidies/awards/"),
    ("aid", "notices", "/subsidies/notices/"),
    ("aid", "matrix", "/subsidies/matrix/"),
    ("aid", "doubts", "/subsidies/doubts/"),
    ("aid", "recovery", "/subsidies/recoveries/1/"),
    ("aid", "account", "/subsidies/accounts/6690/"),
    ("aid", "sample", "/subsidies/samples/1/"),
    ("aid", "batches", "/subsidies/batches/"),
    ("admin", "payment-rules", "/subsidies/batches/rules/"),
    ("auditor", "batch-approvals", "/subsidies/batches/1/?tab=approvals"),
    ("auditor", "bridge", "/ledger/bridge/?year=2016&by=source"),
    ("finance", "correction", "/ledger/corrections/add/"),
    ("projects", "projects", "/schools/projects/"),
    ("meals", "meals", "/schools/meals/month/"),
    ("leader", "dashboard", "/reports/dashboard/"),
    ("leader", "summary", "/reports/summary/2016/"),
    ("auditor", "ledger", "/ledger/"),
    ("aid", "loans", "/subsidies/loans/"),
    ("aid", "gifts", "/subsidies/gifts/"),
    ("aid", "donor-report", "/subsidies/donors/1/report/"),
    ("aid", "letters", "/subsidies/letters/"),
    ("leader", "counties", "/reports/counties/2016/"),
)


def main(address: str) -> None:
    """Sign in as each person once and photograph the pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        pages = {}
        for username, name, path in PICTURES:
            if username not in pages:
                context = browser.new_context(viewport={"width": 1366, "height": 768})
                page = pages[username] = context.new_page()
                page.goto(f"{address}/accounts/login/")
                page.fill("input[name=username]", username)
                page.fill("input[name=password]", PASSWORD)
                page.click("form button.btn-primary")
                page.wait_for_load_state("networkidle")
            page = pages[username]
            answer = page.goto(address + path)
            if answer is None or not answer.ok:
                raise SystemExit(f"{path} is no page of this county: no picture of {name}")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(FOLDER / f"{name}.png"))
        _intake(pages["clerk"], address)
        _reconcile(pages["aid"], address)
        browser.close()


def _reconcile(page: Page, address: str) -> None:
    """Reconcile the term, compare two snapshots, and photograph what comes of it."""
    page.goto(f"{address}/students/runs/start/")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/jobs/*/")
    page.get_by_text("已完成", exact=True).wait_for(timeout=120_000)
    page.goto(f"{address}/students/comparisons/start/snapshots/")
    register = "select[name={}] option:has-text('扶贫数据库')"
    for name, place in (("before", 1), ("after", 0)):
        found = page.locator(register.format(name)).nth(place).get_attribute("value")
        page.select_option(f"select[name={name}]", found)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/jobs/*/")
    page.get_by_text("已完成", exact=True).wait_for(timeout=120_000)
    for name, path, row in (
        ("ledgers", "/students/ledgers/", ""),
        ("away", "/students/away/?place=out_of_county", ""),
        ("partition", "/students/runs/", "partition/"),
        ("comparison", "/students/comparisons/", ""),
    ):
        page.goto(address + path)
        if name in ("partition", "comparison"):
            first = page.locator("table.screen-table tbody a").first.get_attribute("href")
            page.goto(f"{address}{first}{row}")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(FOLDER / f"{name}.png"))


def _intake(page: Page, address: str) -> None:
    """Bring one small messy class in and photograph every step."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "转入学生.xlsx"
        _messy_class().save(file)
        page.goto(f"{address}/intake/add/roster/")
        page.set_input_files("input[type=file]", str(file))
        page.check("input[name=is_supplement]")
        page.screenshot(path=str(FOLDER / "intake-upload.png"))
        page.click("main form button.btn-primary")
        page.wait_for_url("**/intake/*/")
    batch = page.url
    _await(page, batch, "数据行")
    for name, path in (
        ("detail", ""),
        ("headings", "headings/"),
        ("rows", "rows/?outcome=warned"),
    ):
        page.goto(batch + path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(FOLDER / f"intake-{name}.png"))
    page.goto(f"{batch}apply/")
    page.click("main form button.btn-primary")
    _await(page, batch, "已导入：新增")
    page.goto(f"{batch}undo/")
    page.screenshot(path=str(FOLDER / "intake-undo.png"))


def _await(page: Page, path: str, text: str) -> None:
    for _ in range(60):
        page.goto(path)
        if text in page.inner_text("main"):
            return
        page.wait_for_timeout(1000)
    raise TimeoutError(text)


def _messy_class() -> Workbook:
    """Return a class as a clerk would send it; the people are invented."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["三年级转入学生登记"])
    sheet.append(["姓名", "身份证号", "年级", "娃儿班", "是否住校"])
    for number, name in enumerate(("赵 一", "钱 二", "孙三", "李四", "周五", None)):
        faulty = name in ("孙三", "李四")
        digits = f"53062320070{number + 1}1500{number}"
        cell = digits[:8] if faulty else digits + _check(digits)
        sheet.append([name, cell, "三年级", "2班", "√"])
    sheet.append(["合计", 6])
    return book


def _check(digits: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return "10X98765432"[total % 11]


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
