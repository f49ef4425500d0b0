"""From a run to the queue: start a comparison, settle what it finds by key, take one back."""

import re
import time

from playwright.sync_api import expect


def finished_run(desk):
    """Open the newest run as soon as the worker has done one."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        page = desk.open("/students/runs/")
        if page.locator("table tbody a").count():
            page.click("table tbody a >> nth=0")
            return page
        time.sleep(2)
    raise AssertionError("no run came about")


def test_a_run_a_decision_by_key_and_an_undo(sit_down):
    desk = sit_down("aid")
    page = desk.open("/students/runs/start/")
    page.select_option("select[name=term]", "2016-1")
    page.click("form button.btn-primary")
    page.wait_for_url(re.compile(r"/jobs/"))
    page = finished_run(desk)
    expect(page.get_by_role("heading", name="适龄儿童去向")).to_be_visible()

    page = desk.open("/students/findings/queue/?kind=probable-match")
    expect(page.locator("table.comparison")).to_be_visible()
    assert page.locator(".decision").count() == 2
    first = page.url
    done = page.locator(".queue-progress").inner_text()
    page.keyboard.press("2")
    page.wait_for_url(lambda url: url != first)
    assert page.locator(".queue-progress").inner_text() != done
    page.click("form.undo button")
    page.wait_for_url(first)
    assert page.locator(".decision").count() == 2
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)


def test_the_clerk_answers_for_the_own_school_only(sit_down):
    desk = sit_down("clerk")
    page = desk.open("/students/")
    schools = set(page.locator("table tbody td:nth-child(3)").all_inner_texts())
    assert len(schools) == 1
    page = desk.open("/students/findings/")
    assert page.locator("h1").inner_text()


def test_a_child_is_found_and_its_number_stays_masked(sit_down):
    desk = sit_down("aid")
    page = desk.open("/students/?hardship=registered_poor")
    page.click("table tbody a >> nth=0")
    expect(page.get_by_role("tab", name="困难身份")).to_be_visible()
    page.get_by_role("tab", name="困难身份").click()
    expect(page.locator("#tab-part table")).to_be_visible()
    assert not re.search(r"\b\d{17}[\dX]\b", page.inner_text("body"))
