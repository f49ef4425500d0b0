"""The projects office runs a project from plan to use; a school reports its month of meals."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.site import Desk

Sit = Callable[[str], Desk]


def _png() -> bytes:
    """Return a grey picture of four pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\x80\x80" * 2))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def _save(page: Page) -> None:
    page.click("form .form-foot button")
    page.wait_for_load_state("networkidle")


def _step(page: Page, project: str, state: str, day: str) -> None:
    page.goto(f"{project}advance/")
    page.select_option("select[name=to]", state)
    page.fill("input[name=on]", day)
    _save(page)
    expect(page.locator("#tab-part")).to_contain_text(day)


def test_a_project_from_plan_to_use(sit_down: Sit, tmp_path: Path) -> None:
    desk = sit_down("projects")
    page = desk.open("/schools/projects/batches/add/")
    page.fill("input[name=code]", "repairs-2016-b")
    page.fill("input[name=name]", "校舍维修改造 2016 补充批")
    page.select_option("select[name=category]", "repair")
    page.fill("input[name=year]", "2016")
    _save(page)
    expect(page.locator("table")).to_contain_text("校舍维修改造 2016 补充批")

    page.goto(f"{desk.site.url}/schools/projects/add/")
    page.select_option("select[name=batch]", label="校舍维修改造 2016 补充批")
    page.fill("input[name=number]", "WX-001")
    page.fill("input[name=name]", "教学楼屋面维修")
    page.select_option("select[name=category]", "repair")
    page.select_option("select[name=school]", index=3)
    _save(page)
    project = page.url.split("?")[0]
    expect(page.locator("h1")).to_contain_text("教学楼屋面维修")

    page.goto(f"{project}funding/")
    page.fill("input[name=central]", "300000")
    page.fill("input[name=county]", "50000")
    _save(page)
    expect(page.locator("#tab-part tfoot")).to_contain_text("350,000.00")

    _step(page, project, "tendering", "2016-03-01")
    _step(page, project, "under_way", "2016-04-10")

    page.goto(f"{project}pay/")
    page.fill("input[name=paid_on]", "2016-05-01")
    page.select_option("select[name=source]", "county")
    page.fill("input[name=amount]", "50000.01")
    desk.complaints.clear()
    _save(page)
    expect(page.locator("main form")).to_contain_text("不足支付")
    desk.complaints.clear()  # the browser notes the refusal's status
    page.fill("input[name=amount]", "50000")
    _save(page)
    expect(page.locator("#tab-part")).to_contain_text("50,000.00")

    picture = tmp_path / "roof.png"
    picture.write_bytes(_png())
    page.goto(f"{project}photos/add/")
    page.set_input_files("input[name=photo]", str(picture))
    page.fill("input[name=taken_on]", "2016-05-02")
    page.fill("input[name=caption]", "施工前")
    _save(page)
    expect(page.locator(".photos figcaption")).to_contain_text("施工前")
    drawn = page.locator(".photos img").evaluate("picture => picture.naturalWidth")
    assert drawn == 2

    for state, day in (("main_structure", "2016-06-01"), ("complete", "2016-07-01")):
        _step(page, project, state, day)
    _step(page, project, "in_use", "2016-09-01")
    expect(page.locator(".facts")).to_contain_text("已投入使用")

    auditor = sit_down("auditor")
    seen = auditor.open(project.removeprefix(desk.site.url))
    expect(seen.locator("h1")).to_contain_text("教学楼屋面维修")
    expect(seen.get_by_role("link", name="编辑")).to_have_count(0)


def test_a_school_reports_its_month_of_meals(sit_down: Sit) -> None:
    desk = sit_down("clerk")
    page = desk.open("/schools/meals/add/?month=2016-08")
    page.select_option("select[name=mode]", "canteen")
    page.fill("input[name=pupils_count]", "100")
    page.fill("input[name=feeding_days]", "2")
    page.fill("input[name=meals_count]", "198")
    page.fill("input[name=standard]", "4")
    _save(page)
    expect(page.locator("h1")).to_contain_text("2016-08")
    expect(page.locator("table")).to_contain_text("792.00")
