"""A roster from upload to answer and back: a heading taught, a cell mended, rows sent again."""

from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.factories.values import id_number
from tests.journeys.site import Desk, Site
from tests.journeys.test_main_job import PRIMARY, SLOW, wait_for

SitDown = Callable[[str], Desk]
FIRST = 7000  # children whom the demo county does not know


def messy(path: Path) -> Path:
    """Write a class of six: a strange heading, spaces in names, two faulty numbers, no name."""
    book = Workbook()
    sheet = book.active
    sheet.append(["三年级转入学生登记"])
    sheet.append(["姓名", "身份证号", "年级", "娃儿班", "是否住校"])
    for n, name in enumerate(("赵 一", "钱 二", "孙三", "李四", "周五")):
        number = id_number(FIRST + n)
        cell = number[:8] if n in (2, 3) else number
        sheet.append([name, cell, "三年级", "2班", "√"])
    sheet.append([None, id_number(FIRST + 9), "三年级", "2班", "√"])
    sheet.append(["合计", 6])
    book.save(path)
    return path


def upload(page: Page, site: Site, path: Path) -> str:
    page.goto(f"{site.url}/intake/add/roster/")
    page.set_input_files("input[type=file]", str(path))
    page.check("input[name=is_supplement]")
    page.click(PRIMARY)
    page.wait_for_url("**/intake/*/")
    wait_for(page, page.url, "数据行")
    return page.url


def test_a_roster_is_understood_mended_brought_in_answered_and_taken_back(
    site: Site, sit_down: SitDown, tmp_path: Path
) -> None:
    page = sit_down("clerk").page
    batch = upload(page, site, messy(tmp_path / "转入.xlsx"))

    expect(page.locator("main")).to_contain_text("没有认出或有歧义：娃儿班")
    page.click("text=指定一次，以后自动采用")
    page.select_option("select[name='s0-D']", label="班级")
    page.click(PRIMARY)
    page.wait_for_url("**/intake/*/")
    expect(page.locator("main")).not_to_contain_text("没有认出")
    expect(page.locator("main")).to_contain_text("将新增 5 人，更新 0 人，1 行退回")

    page.click("text=去掉空格、引号和不可见字符")
    row = page.locator("tbody tr").filter(has_text="钱二")
    row.get_by_role("button", name="不接受").first.click()
    expect(page.locator("#row-counts")).to_contain_text("退回 2")
    row.get_by_role("button", name="恢复这一修正").click()
    expect(page.locator("#row-counts")).to_contain_text("退回 1")

    page.goto(f"{batch}rows/?code=id-length")
    row = page.locator("tbody tr").filter(has_text="孙三")
    row.get_by_label("身份证号").fill(id_number(FIRST + 2))
    row.get_by_role("button", name="改正").click()
    expect(page.locator("#row-counts")).to_contain_text("可导入 4 + 需留意 1 + 退回 1")

    page.goto(f"{batch}apply/")
    page.click(PRIMARY)
    wait_for(page, batch, "已导入：新增 5")
    expect(page.locator("main")).to_contain_text("1 人身份待确认")

    page.goto(f"{batch}answer/")
    with page.expect_download(timeout=SLOW) as download:
        page.click(PRIMARY)
    answer = tmp_path / "处理结果.xlsx"
    download.value.save_as(answer)
    book = load_workbook(answer)
    sheet = book.active
    assert sheet["F6"].value.startswith("已收，请核对：")
    assert sheet["F8"].value.startswith("退回：")
    sheet["B6"] = id_number(FIRST + 3)
    sheet["A8"] = "吴六"
    for number in (9, 7, 5, 4, 3):  # only the marked rows go back
        sheet.delete_rows(number)
    book.save(answer)
    second = upload(page, site, answer)
    expect(page.locator("main")).to_contain_text("将新增 1 人，更新 1 人，0 行退回")
    page.goto(f"{second}apply/")
    page.click(PRIMARY)
    wait_for(page, second, "已导入：新增 1，更新 1")

    page.goto(f"{second}undo/")
    expect(page.locator("main")).to_contain_text("将把 2 项恢复到导入前的样子")
    page.fill("textarea[name=reason]", "家长更正了转入学校")
    page.click(PRIMARY.replace("btn-primary", "btn-danger"))
    wait_for(page, second, "已回退")
    expect(page.locator("main")).to_contain_text("恢复原状 2")
    page.goto(f"{batch}undo/")
    expect(page.locator("main")).to_contain_text("将把 5 项恢复到导入前的样子")
