"""The screens in a real Chromium: policy, accessibility, keys, narrow screens."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from schools.models import School

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo", "schools"),
]
AXE = Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js"
LOOK = os.environ.get("POVEDU_LOOK", "")  # a folder: pictures of every page go there
WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


class Desk:
    """A signed-in browser that remembers everything that went wrong."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.faults: list[str] = []
        self.outside: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        expected = "Failed to load resource" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.faults.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.outside.append(request.url)

    def go(self, path: str) -> None:
        response = self.page.goto(self.origin + path)
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        self.page.wait_for_load_state("networkidle")

    def axe(self) -> list[str]:
        found = self.page.evaluate(
            "source => { (0, eval)(source);"
            " return axe.run(document, {resultTypes: ['violations']}); }",
            AXE.read_text(),
        )
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@pytest.fixture
def desk(live_server: Any, staff: Any, browser: Any) -> Iterator[Desk]:
    context = browser.new_context(viewport=WIDE, locale="en-GB")
    context.add_cookies(
        [
            {
                "name": "sessionid",
                "value": staff.cookies["sessionid"].value,
                "url": live_server.url,
            }
        ]
    )
    yield Desk(context.new_page(), live_server.url)
    context.close()


def pages() -> dict[str, str]:
    pk = School.objects.order_by("pk")[0].pk
    return {
        "home": "/",
        "list": "/demo/schools/?per_page=20",
        "filtered": "/demo/schools/?kind=primary&has_canteen=false",
        "empty": "/demo/schools/?kind=senior",
        "detail": f"/demo/schools/{pk}/",
        "detail-tab": f"/demo/schools/{pk}/?tab=all",
        "form": f"/demo/schools/{pk}/edit/",
        "action": f"/demo/schools/{pk}/close/",
        "wizard": "/demo/wizard/name/",
        "queue": f"/demo/queue/{pk}/",
        "board": "/demo/board/",
        "job": "/demo/job/",
        "missing": "/demo/none/",
        "refusal": "/demo/refusing/",
        "bad": "/demo/schools/?nonsense=1",
    }


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_screen_keeps_the_policy_and_axe_finds_nothing(desk: Desk, size: Any) -> None:
    desk.page.set_viewport_size(size)
    wrong: list[str] = []
    for name, path in pages().items():
        desk.go(path)
        if LOOK:
            desk.page.screenshot(path=f"{LOOK}/{name}-{size['width']}.png", full_page=True)
        wrong += [f"{name}: {fault}" for fault in desk.axe()]
        overflow = desk.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > 1:
            wrong.append(f"{name}: {overflow}px wider than the window")
    assert wrong == []
    assert desk.faults == []
    assert desk.outside == []


def test_queue_is_worked_by_keys(desk: Desk) -> None:
    desk.go("/demo/queue/")
    page = desk.page
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("k")
    page.wait_for_url(first)
    page.keyboard.press("3")  # asks for a reason and stays
    assert page.evaluate("document.activeElement.id") == "decision-reason"
    page.keyboard.type("重名待核")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("3")
    page.wait_for_url(lambda url: url != first)
    assert "已处理 1 / 30" in page.content()
    second = page.url
    page.keyboard.press("1")
    page.wait_for_url(lambda url: url != second)
    assert School.objects.filter(principal_name="same").count() == 1
    page.keyboard.press("u")
    page.wait_for_url(lambda url: url.endswith(second.rsplit("/", 2)[1] + "/"))
    assert "已处理 1 / 30" in page.content()
    assert desk.faults == []


def test_bulk_bar_filters_and_columns_work_by_mouse(desk: Desk) -> None:
    desk.go("/demo/schools/?per_page=20")
    page = desk.page
    bar = page.locator("[data-bulk-bar]")
    assert not bar.is_visible()
    page.locator("[data-select-page]").check()
    assert bar.is_visible()
    assert page.locator("[data-bulk-count]").inner_text() == "20"
    page.locator("[data-bulk-all]").check()
    assert page.locator("[data-bulk-count]").inner_text() == "30"
    bar.get_by_role("button", name="停办").click()
    page.wait_for_selector("text=将停办 30 所学校")
    page.go_back()
    page.select_option("select[name=kind]", "primary")
    page.wait_for_url("**kind=primary**")
    assert "setting=" not in page.url
    page.locator(".column-chooser summary").click()
    page.locator('.column-panel input[value="code"]').uncheck()
    page.get_by_role("button", name="应用").click()
    page.wait_for_load_state()
    assert "学校标识码" not in page.locator("thead").inner_text()
    assert desk.faults == []


def test_tabs_load_without_a_whole_page_and_back_works(desk: Desk) -> None:
    pk = School.objects.order_by("pk")[0].pk
    desk.go(f"/demo/schools/{pk}/")
    page = desk.page
    page.get_by_role("tab", name="同乡镇学校").click()
    page.wait_for_selector("text=青河镇第2小学")
    assert page.url.endswith("?tab=all")
    assert page.get_by_role("tab", name="同乡镇学校").get_attribute("aria-selected") == "true"
    page.go_back()
    page.wait_for_selector("text=第 1 部分")
    assert desk.faults == []


def test_double_click_sends_once_and_unsaved_text_is_guarded(desk: Desk) -> None:
    desk.go("/demo/schools/add/")
    page = desk.page
    page.fill("input[name=name]", "双击小学")
    page.fill("input[name=code]", "2153666666")
    page.select_option("select[name=kind]", "primary")
    page.locator(".form-foot .btn-primary").dblclick()
    page.wait_for_url("**/demo/schools/")
    assert School.objects.filter(code="2153666666").count() == 1
    assert desk.faults == []


def test_chart_draws_shows_its_table_and_saves_a_picture(desk: Desk) -> None:
    desk.go("/demo/board/")
    page = desk.page
    page.wait_for_selector("#coverage-chart svg")
    assert page.locator("#coverage-table").is_hidden()
    page.locator('[data-chart-toggle="coverage"]').click()
    assert page.locator("#coverage-table").is_visible()
    page.locator('[data-chart-toggle="coverage"]').click()
    with page.expect_download() as saved:
        page.locator('[data-chart-save="coverage"]').click()
    assert saved.value.suggested_filename.endswith(".png")
    assert desk.faults == []
    assert desk.outside == []


def test_navigation_is_a_drawer_on_a_phone(desk: Desk) -> None:
    desk.page.set_viewport_size(NARROW)
    desk.go("/")
    menu = desk.page.locator("#navigation")
    assert not menu.is_visible()
    desk.page.locator(".masthead-toggle").click()
    assert menu.is_visible()
    desk.page.keyboard.press("Escape")
    assert not menu.is_visible()
