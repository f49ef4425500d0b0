"""Settling a run's findings: of every kind, together, back again, and with a school's answer."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.test_findings import finished_run

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer\n%%EOF\n"


def settled(page) -> int:
    """Return how many the queue says are settled."""
    text = page.locator(".queue-progress span").first.inner_text()
    return int(re.search(r"已处理 ([\d,]+)", text)[1].replace(",", ""))


def ensure_run(sit_down):
    desk = sit_down("aid")
    page = desk.open("/students/runs/")
    if not page.locator("table tbody a").count():
        page = desk.open("/students/runs/start/")
        page.select_option("select[name=term]", "2016-1")
        page.click("form button.btn-primary")
        page.wait_for_url(re.compile(r"/jobs/"))
        finished_run(desk)
    return desk


def test_twenty_findings_of_many_kinds_are_settled_by_key(sit_down):
    desk = ensure_run(sit_down)
    page = desk.open("/students/findings/queue/")
    offered = page.locator("select[name=kind] option").evaluate_all(
        "options => options.map(one => one.value).filter(Boolean)"
    )
    met, done = set(), 0
    for kind in offered:
        if done >= 20:
            break
        page = desk.open(f"/students/findings/queue/?kind={kind}")
        for _turn in range(4):
            plain = page.locator(".decision:not([data-asks-reason])")
            if not plain.count():
                break
            before, address = settled(page), page.url
            page.keyboard.press(plain.last.get_attribute("data-key"))
            page.wait_for_url(lambda url, address=address: url != address)
            assert settled(page) == before + 1
            met.add(kind)
            done += 1
    assert done >= 20
    assert len(met) >= 5
    page = desk.open("/students/findings/decisions/")
    assert page.locator("table tbody tr").count() >= 20


def test_identical_cases_go_together_and_come_back_later(sit_down):
    desk = ensure_run(sit_down)
    page = desk.open("/students/findings/queue/?kind=not-on-register")
    before = settled(page)
    page.get_by_role("link", name=re.compile("一并处理")).click()
    page.check("input[name=answer] >> nth=-1")
    page.fill("input[name=note]", "逐户电话核实，均已脱离困难")
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(r"/findings/queue/"))
    together = settled(page) - before
    assert together > 1
    page = desk.open("/students/findings/decisions/?kind=not-on-register")
    page.click("table tbody a >> nth=0")
    page.get_by_role("link", name="撤销结论").click()
    page.check("input[name=whole]")
    page.click("main form button.btn-danger")
    page.wait_for_url(re.compile(r"/findings/queue/\d+/"))
    page = desk.open("/students/findings/queue/?kind=not-on-register")
    assert settled(page) <= before


def test_a_school_answers_with_a_paper_and_the_bureau_settles(sit_down, tmp_path: Path):
    desk = ensure_run(sit_down)
    clerk = sit_down("clerk")
    listed = clerk.open("/students/findings/?state=open")
    listed.click("table tbody a >> nth=0")
    address = listed.url.removeprefix(clerk.site.url)
    page = desk.open(address)
    page.get_by_role("link", name="交办学校", exact=True).click()
    page.fill("textarea[name=words]", "请核对户口簿后答复")
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(address))

    page = clerk.open("/")
    expect(page.get_by_text("待答复的交办")).to_be_visible()
    page = clerk.open(address)
    assert not page.locator(".decision").count()
    page.get_by_role("link", name="答复", exact=True).click()
    paper = tmp_path / "证明.pdf"
    paper.write_bytes(PDF)
    page.fill("textarea[name=words]", "已入户核对，情况属实")
    page.fill("input[name=caption]", "户口簿扫描件")
    page.set_input_files("input[type=file]", str(paper))
    page.click("main form button.btn-primary")
    page.wait_for_url(re.compile(address))

    page = desk.open(address)
    expect(page.get_by_text("已入户核对，情况属实")).to_be_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name="户口簿扫描件").click()
    assert Path(taken.value.path()).read_bytes() == PDF
    plain = page.locator(".decision:not([data-asks-reason])").last
    page.keyboard.press(plain.get_attribute("data-key"))
    page.wait_for_url(lambda url: address not in url)
    page = desk.open("/students/assignments/?state=closed")
    assert page.locator("table tbody tr").count() == 1


def test_what_a_register_contradicts_is_listed_apart_for_its_owner(sit_down):
    desk = ensure_run(sit_down)
    page = desk.open("/students/rules/")
    assert page.locator("main table tbody tr").count() == 28
    page.locator("main table tbody td.num a").first.click()
    page.wait_for_url(re.compile(r"/rules/findings/"))
    assert page.locator("table tbody tr").count() >= 1
