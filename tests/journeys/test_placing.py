"""After a run: each figure of the partition opens its children, and two snapshots are compared."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.test_findings import finished_run


def number(text):
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def total(page):
    return number(page.locator("h1 .page-count").inner_text())


def a_run(desk):
    page = desk.open("/students/runs/")
    if not page.locator("table tbody a").count():
        page = desk.open("/students/runs/start/")
        page.select_option("select[name=term]", "2016-1")
        page.click("form button.btn-primary")
        page.wait_for_url(re.compile(r"/jobs/"))
    return finished_run(desk)


def test_each_figure_opens_its_children_and_the_ledgers_agree(sit_down):
    desk = sit_down("aid")
    page = a_run(desk)
    page.click("a:has-text('适龄儿童去向分布')")
    whole = page.locator("table.screen-table tfoot a").last
    figure, address = number(whole.inner_text()), whole.get_attribute("href")
    suspected = page.locator("table.screen-table tfoot a[href*='place=suspected']")
    missing, children = number(suspected.inner_text()), suspected.get_attribute("href")
    assert total(desk.open(address)) == figure
    assert total(desk.open(children)) == missing
    page = desk.open("/students/ledgers/")
    row = page.locator("tbody tr:has(a:has-text('疑似辍学台账'))")
    assert number(row.locator("td").first.inner_text()) == missing
    expect(row.get_by_text("一致", exact=True)).to_be_visible()


def test_two_snapshots_are_compared_and_a_list_is_answered(sit_down):
    desk = sit_down("aid")
    run = re.search(r"/runs/(\d+)/", a_run(desk).url)[1]
    page = desk.open("/students/comparisons/start/snapshots/")
    for name, place in (("before", 1), ("after", 0)):
        option = page.locator(f"select[name={name}] option:has-text('扶贫数据库')").nth(place)
        page.select_option(f"select[name={name}]", option.get_attribute("value"))
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/jobs/"))
    deadline = time.monotonic() + 120
    while not (found := desk.open("/students/comparisons/").locator("tbody a")).count():
        assert time.monotonic() < deadline, "no comparison came about"
        time.sleep(1)
    page = desk.open(found.first.get_attribute("href"))
    expect(page.get_by_text(re.compile(r"个月内新增 [\d,]+ 人"))).to_be_visible()
    new = page.locator("dl.facts a[href*='kind=new']")
    figure, address = number(new.inner_text()), new.get_attribute("href")
    assert total(desk.open(address)) == figure

    page = desk.open(f"/subsidies/feedback/{run}/list/")
    figures = page.locator("dl.facts dd a").all_inner_texts()
    assert sum(map(number, figures)) == total(page)
