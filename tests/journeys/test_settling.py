"""From a run to its lists: findings of every kind, together, back again, and a school's answer."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Desk, compare, finish

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer\n%%EOF\n"
QUEUE, PRIMARY = "/students/findings/queue/", "main form button.btn-primary"
PLAIN = ".decision:not([data-asks-reason])"  # decisions that want no reason
KINDS, ENOUGH, EACH = 6, 20, 4


def number(text):
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def total(page):
    return number(page.locator("h1 .page-count").inner_text())


def settled(page):
    """Return how many the queue says are settled."""
    return number(page.locator(".queue-progress span").first.inner_text())


@pytest.fixture(scope="module")
def run(site, browser):
    """Start a run over the county in the browser, whatever has changed, and return its address."""
    desk = Desk(site, browser, "aid")
    compare(desk)
    page = desk.open("/students/runs/")
    address = page.locator("table tbody a").first.get_attribute("href")
    desk.leave()
    return address


def test_twenty_findings_of_many_kinds_are_settled_by_key_and_one_taken_back(run, sit_down):
    desk = sit_down("aid")
    page = desk.open(run)
    expect(page.get_by_role("heading", name="适龄儿童去向")).to_be_visible()
    kinds = page.locator("dl a[href*='/findings/?']").evaluate_all(
        "links => links.map(one => new URL(one.href).searchParams.get('kind'))"
    )
    met, settled_by_key = set(), 0
    for kind in kinds:
        if settled_by_key >= ENOUGH and len(met) >= KINDS:
            break
        page = desk.open(f"{QUEUE}?kind={kind}")
        expect(page.locator("table.comparison")).to_be_visible()
        for _turn in range(EACH):
            plain = page.locator(PLAIN)
            if not plain.count():
                break
            before, address = settled(page), page.url
            page.keyboard.press(plain.last.get_attribute("data-key"))
            page.wait_for_url(lambda url, address=address: url != address)
            assert settled(page) == before + 1
            met.add(kind)
            settled_by_key += 1
    assert settled_by_key >= ENOUGH
    assert len(met) >= KINDS, met
    before = settled(page)
    page.click("form.undo button")
    page.wait_for_url(re.compile(r"/queue/\d+/"))
    assert settled(page) == before - 1
    page = desk.open("/students/findings/decisions/")
    assert page.locator("table tbody tr").count() >= ENOUGH


def test_the_board_leads_to_what_is_settled_together_and_taken_back_together(run, sit_down):
    desk = sit_down("aid")
    page = desk.open("/students/findings/board/")
    figure = page.locator("tfoot a[href*='kind=not-on-register']")
    waiting = number(figure.inner_text())
    figure.click()
    page.wait_for_url(re.compile(r"kind=not-on-register"))
    before = settled(page)
    page.get_by_role("link", name=re.compile("一并处理")).click()
    page.check("input[name=answer] >> nth=-1")
    page.fill("input[name=note]", "逐户电话核实，均已脱离困难")
    page.click(PRIMARY)
    page.wait_for_url(re.compile(r"/findings/queue/"))
    together = settled(page) - before
    assert 1 < together <= waiting
    page = desk.open("/students/findings/decisions/?kind=not-on-register")
    page.click("table tbody a >> nth=0")
    page.get_by_role("link", name="撤销结论").click()
    page.check("input[name=whole]")
    page.click("main form button.btn-danger")
    page.wait_for_url(re.compile(r"/findings/queue/\d+/"))
    page = desk.open("/students/findings/board/")
    assert number(page.locator("tfoot a[href*='kind=not-on-register']").inner_text()) == waiting


def test_a_school_answers_with_a_paper_and_the_bureau_settles(run, sit_down, tmp_path: Path):
    clerk, desk = sit_down("clerk"), sit_down("aid")
    page = clerk.open("/")
    expect(page.get_by_text("逾期未答复的交办")).to_be_visible()
    page = clerk.open("/students/assignments/?state=overdue")
    page.click("table tbody a >> nth=0")
    page.wait_for_url(re.compile(r"/queue/\d+/"))
    address = page.url.removeprefix(clerk.site.url)
    assert not page.locator(".decision").count()
    page.get_by_role("link", name="答复", exact=True).click()
    paper = tmp_path / "证明.pdf"
    paper.write_bytes(PDF)
    page.fill("textarea[name=words]", "已入户核对，情况属实")
    page.fill("input[name=caption]", "户口簿扫描件")
    page.set_input_files("input[type=file]", str(paper))
    page.click(PRIMARY)
    page.wait_for_url(re.compile(address))

    page = desk.open(address)
    expect(page.get_by_text("已入户核对，情况属实")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="户口簿扫描件").click()
    assert Path(taken.value.path()).read_bytes() == PDF
    page.keyboard.press(page.locator(PLAIN).last.get_attribute("data-key"))
    page.wait_for_url(lambda url: address not in url)
    page = desk.open("/students/assignments/?state=closed")
    assert page.locator("table tbody tr").count() >= 1


def test_each_figure_opens_its_children_and_the_ledgers_agree(run, sit_down):
    desk = sit_down("aid")
    page = desk.open(f"{run}partition/")
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


def test_two_snapshots_are_compared(sit_down):
    desk = sit_down("aid")
    page = desk.open("/students/comparisons/start/snapshots/")
    for name, place in (("before", 1), ("after", 0)):
        option = page.locator(f"select[name={name}] option:has-text('扶贫数据库')").nth(place)
        page.select_option(f"select[name={name}]", option.get_attribute("value"))
    page.click(PRIMARY)
    finish(page)
    page = desk.open("/students/comparisons/")
    page = desk.open(page.locator("tbody a").first.get_attribute("href"))
    expect(page.get_by_text(re.compile(r"个月内新增 [\d,]+ 人"))).to_be_visible()
    new = page.locator("dl.facts a[href*='kind=new']")
    figure, address = number(new.inner_text()), new.get_attribute("href")
    assert total(desk.open(address)) == figure


def test_the_locked_list_is_answered_row_by_row(run, sit_down):
    desk = sit_down("aid")
    page = desk.open(f"/subsidies/feedback/{re.search(r'/runs/([0-9]+)/', run)[1]}/list/")
    expect(page.locator("h1")).to_contain_text("国办锁定名单")
    figures = page.locator("dl.facts dd a").all_inner_texts()
    assert sum(map(number, figures)) == total(page)
    page.get_by_role("link", name="名单外学生").click()
    page.wait_for_url(re.compile(r"/off-list/"))
    assert total(page) > 0
