"""What a clerk sees of findings, and that a number stays masked."""

import re

from playwright.sync_api import expect


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
