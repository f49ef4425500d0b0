"""Households poor because of schooling: the published figures of one county from plain records."""

import io
import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from povedu.scope import Scope
from students.models import Household
from students.selectors.schooling_poor import figures
from tests.factories import actor_of, sign_in
from tests.factories.base import id_number
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
