"""The feedback table: every child of the list once, and the aided children off it."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.jobs import runner, store
from povedu.jobs.models import Job, JobFile
from students.choices import RegisterKind
from students.models import Finding
from students.services.reconcile import reconcile
from students.services.settle import settle_finding
from tests import factories as make
from tests.factories import actor_of, sign_in
from tests.students.world import NOW, TERM, World

BORN = date(2007, 3, 5)


@pytest.fixture
def world(db):
    return World().build()


def run(world):
    return reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


def award(world, student, name="寄宿生生活补助", **fields):
    programme = fields.pop("programme", None) or make.ProgrammeFactory(
        county=world.county, name=name, office="aid"
    )
    return make.AwardFactory(
        enrolment=student.enrolments.get(), programme=programme, term=TERM.code, **fields
    )


@pytest.fixture
def county(world):
    """A locked list of five, and two aided children, one of them off the list."""
    locked = world.snapshot(RegisterKind.LOCKED_LIST)
    numbers = {
        name: world.next_id(BORN) for name in ("甲在校", "乙受助", "丙在外", "丁失学", "己名单外")
    }
    for name in ("甲在校", "乙受助", "丙在外", "丁失学"):
        world.entry(locked, name, numbers[name], category_as_stated="=脱贫户", household_no="H1")
    world.entry(locked, "戊疑似", world.next_id(date(2008, 1, 2)))
    poverty = world.snapshot()
    world.entry(poverty, "丁失学", numbers["丁失学"])
    world.entry(poverty, "庚仅扶贫", world.next_id(BORN))
    world.student("甲在校", numbers["甲在校"], grade=3)
    world.aided = world.student("乙受助", numbers["乙受助"], grade=4, school="S2")
    off = world.student("己名单外", numbers["己名单外"], grade=4)
    world.student("戊疑似", birth_on=date(2008, 1, 2), grade=2)
    world.student("辛无关", world.next_id(BORN), grade=4)
    award(world, world.aided)
    award(world, off, "社会捐助")
    world.last = run(world)
    missing = Finding.objects.get(kind="not-on-roster", entry__name="丙在外")
    staff = actor_of("office_staff", office="aid")
    settle_finding(
        finding=missing,
        verdict="placed",
        place="out_of_province",
        note="电话核实",
        actor=staff,
        now=NOW,
    )
    return world


@pytest.fixture
def staff(db):
    return sign_in(actor_of("office_staff", office="aid"))


def address(run, query=""):
    return reverse("subsidies:feedback-list", args=[run.pk]) + query


def names(page):
    return {row.get_cell("name") for row in page.context["table"].rows}


def exported(browser, url):
    answer = browser.post(url, {"do": "export"})
    assert answer.status_code == 302
    runner.run_now(Job.objects.get())
    content = store.read(JobFile.objects.get().store_key)
    head, *rows = load_workbook(BytesIO(content)).worksheets[-1].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0]]


def test_every_child_of_the_list_is_told_about(county, staff):
    rows = exported(staff, address(county.last))
    told = {
        row["姓名"]: (row["比对结果"], row["就读学校"], row["资助情况"], row["资助项目"])
        for row in rows
    }
    assert told == {
        "甲在校": ("已匹配，在校", "School 1", "未受助", None),
        "乙受助": ("已匹配，在校", "School 2", "名单内受助", "寄宿生生活补助"),
        "丙在外": ("未找到", None, "未受助", None),
        "丁失学": ("未找到", None, "未受助", None),
        "戊疑似": ("疑似匹配，待确认", "School 1", "未受助", None),
        "己名单外": ("名单外受助", "School 1", "名单外受助", "社会捐助"),
    }
    assert len(rows) == len(told)
    why = {row["姓名"]: row["未找到原因"] for row in rows}
    assert {row["姓名"]: row["名单行号"] for row in rows} == {
        "甲在校": 3,
        "乙受助": 4,
        "丙在外": 5,
        "丁失学": 6,  # the list's row, although the poverty register has the child too
        "戊疑似": 7,
        "己名单外": None,
    }
    assert why["甲在校"] is why["己名单外"] is None
    assert why["丙在外"] == "省外就读（电话核实）"
    assert "不在任何学校花名册" in why["丁失学"]
    assert "姓名与出生日期相同" in why["戊疑似"]
    one = next(row for row in rows if row["姓名"] == "乙受助")
    assert one["年级"] == "四年级"
    assert one["困难类别"] == "=脱贫户"
    assert "*" in one["证件号码"]
    assert AuditEntry.objects.get(verb="list.export").count == len(rows)


def test_a_formula_stays_text(county, staff):
    exported(staff, address(county.last))
    content = store.read(JobFile.objects.get().store_key)
    cells = [cell for row in load_workbook(BytesIO(content)).worksheets[-1].rows for cell in row]
    stated = [cell for cell in cells if cell.value == "=脱贫户"]
    assert len(stated) == 4
    assert {cell.data_type for cell in stated} == {"s"}


def test_without_a_locked_list_the_registers_are_the_list(world, staff):
    poverty = world.snapshot()
    number = world.next_id(BORN)
    world.entry(poverty, "张小明", number)
    world.student("张小明", number, grade=3)
    world.entry(poverty, "刘三", world.next_id(BORN))
    world.entry(poverty, "成年人", world.next_id(date(1980, 1, 1)))
    world.student("辛无关", world.next_id(BORN), grade=4)
    page = staff.get(address(run(world)))
    assert names(page) == {"张小明", "刘三"}


def test_filters_and_the_way_from_the_run(county, staff):
    text = staff.get(reverse("students:run-detail", args=[county.last.pk])).content.decode()
    assert address(county.last) in text
    for query, found in (
        ("?found=off-list", {"己名单外"}),
        ("?aided=true", {"乙受助", "己名单外"}),
        ("?found=not-found", {"丙在外", "丁失学"}),
    ):
        assert names(staff.get(address(county.last, query))) == found, query


def test_only_ones_own_township_and_programmes_are_told(county):
    officer = sign_in(actor_of("township_officer", division_prefix="530623101"))
    assert names(officer.get(address(county.last))) == {"乙受助"}
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623100", school_code="2153000001"))
    assert clerk.get(address(county.last)).status_code == 403
    other = sign_in(actor_of("office_staff", office="nutrition"))
    assert "己名单外" not in names(other.get(address(county.last)))
    stranger = sign_in(actor_of("office_staff", office="aid", division_prefix="530624"))
    assert stranger.get(address(county.last)).status_code == 404


def test_an_award_that_is_not_granted_or_of_another_term_is_no_aid(county, staff):
    child = county.student("壬拟资助", county.next_id(BORN), grade=3)
    one = award(county, child, "拟", state="proposed")
    again = run(county)
    assert "壬拟资助" not in names(staff.get(address(again)))
    type(one).objects.filter(pk=one.pk).update(state="granted")
    assert "壬拟资助" in names(staff.get(address(again)))
    type(one).objects.filter(pk=one.pk).update(term=TERM.previous.code)
    assert "壬拟资助" not in names(staff.get(address(again)))


def test_the_table_costs_the_same_at_any_length(world, staff):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    locked = world.snapshot(RegisterKind.LOCKED_LIST)

    def cost(count):
        for n in range(count):
            number = world.next_id(BORN)
            world.entry(locked, f"甲{n}", number)
            award(world, world.student(f"甲{n}", number, grade=3))
            world.entry(locked, f"无{n}", world.next_id(BORN))
        url = address(run(world))
        staff.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert len(names(staff.get(url))) >= count
        return len(asked)

    few = cost(3)
    assert cost(20) == few
