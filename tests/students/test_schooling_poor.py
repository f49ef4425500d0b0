"""Households poor because of schooling: the published figures of one county from plain records."""

import io
import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from povedu.figures import flat, resum
from povedu.scope import Scope
from reports.rules.wording import sentence
from reports.selectors import lines
from students.models import Household, RegisterEntry
from students.selectors.schooling_poor import figures
from tests import factories as make
from tests.factories import actor_of, sign_in
from tests.factories.values import id_number
from tests.students.world import World

# Published by a county in 2017: households, persons, students by stage.
HOUSEHOLDS, PERSONS = 896, 4371
STUDENTS = {"学前教育": 41, "小学": 381, "八年级": 555, "普通高中二年级": 528, "中职一年级": 75}
HIGHER = {"本科二年级": 300, "高职高专一年级": 156}
HEADINGS = (
    *("乡镇", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "在校生状况"),
    *("文化程度", "贫困户属性", "主要致贫原因"),
)


def rows():
    """Yield the register's rows: heads first, then students, then the others, in turn."""
    states = [state for words in (STUDENTS, HIGHER) for state, n in words.items() for _ in range(n)]
    others = PERSONS - HOUSEHOLDS - len(states)
    people = ["", *[""] * (HOUSEHOLDS - 1), *states, *[""] * others]
    for n, state in enumerate(people):
        house = n % HOUSEHOLDS
        relation = "户主" if n < HOUSEHOLDS else "之子"
        yield (
            *("T1", "V", f"H{house:05d}", f"P{n:06d}", f"张{n:04d}"[:4], id_number(n), relation),
            *(state, "" if state else "小学", "一般贫困户", "因学"),
        )
    yield "T1", "V", "H99999", "P999999", "李病", id_number(99_999), "户主", "小学", "", "", "因病"


@pytest.fixture
def register(db, tmp_path):
    World().build()
    path = tmp_path / "register.csv"
    lines = [HEADINGS, *rows()]
    path.write_text("\n".join(",".join(line) for line in lines), encoding="gbk")
    out = io.StringIO()
    call_command(
        *("intake", "poverty-register", str(path), "--as-of", "2017-06-30", "--apply", "--json"),
        stdout=out,
    )
    assert json.loads(out.getvalue())["applied"]["new"] == PERSONS + 1
    return path


def test_the_published_figures_come_out_of_the_register(register):
    found = figures(Scope("530623"))
    assert (found["households"], found["persons"], found["students"]) == (896, 4371, 2036)
    assert {name: n for name, n in found["by_stage"].items() if n} == {
        "preschool": 41,
        "primary": 381,
        "junior": 555,
        "senior": 528,
        "vocational": 75,
        "higher": 456,
    }
    assert Household.objects.count() == 897, "the control: another cause does not count"
    assert figures(Scope("530623101"))["households"] == 0
    page = sign_in(actor_of("office_staff", office="aid")).get(reverse("students:schooling-list"))
    text = page.content.decode()
    for number in ("896", "4,371", "2,036", "41", "381", "555", "528", "75", "456"):
        assert f'<dd class="num">{number}</dd>' in text
    assert "共 896 条" in text


def test_the_years_summary_says_the_same_and_its_rows_add_up_to_it(register):
    assert lines.annual_summary(Scope("530623"), 2016).find("schooling-poor") is None
    told = lines.annual_summary(Scope("530623"), 2017).find("schooling-poor")
    assert told.line.persons == 2036
    assert told.line.measures["households"] == 896
    assert told.line.measures["people"] == 4371
    assert sum(told.line.measures["stages"].values()) == 2036
    assert "因学致贫户896户、4371人，其中在校学生2036人：学前41人、小学381人" in sentence(
        told.line, told.last
    )
    figures_said = flat(told.line.figures())
    for personal in (True, False):
        found = lines.rows_behind(Scope("530623"), 2017, "schooling-poor", personal=personal)
        again = resum(found)
        if not personal:
            again.pop("rows")
        assert {path: figures_said.get(path, 0) for path in again} == again
    assert lines.annual_summary(Scope("530623101"), 2017).find("schooling-poor") is None


def test_the_roster_says_better_than_the_register_at_which_stage_somebody_is(register):
    child = RegisterEntry.objects.filter(school_state="小学").first()
    pupil = make.StudentFactory(id_number=child.id_number, stage="junior", grade=7)
    make.EnrolmentFactory(student=pupil, school=pupil.school, term="2017-1", stage="junior")
    stages = lines.annual_summary(Scope("530623"), 2017).find("schooling-poor").line.measures
    assert stages["stages"]["小学"] == STUDENTS["小学"] - 1
    own = Scope("530623", school_code=pupil.school.code)
    told = lines.annual_summary(own, 2017).find("schooling-poor").line
    assert told.measures["households"] == 1
