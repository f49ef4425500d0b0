"""Words and arithmetic of the summary: pure rules."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from povedu.figures import Line
from povedu.paper.document import Annex, Heading, Paper, Paragraph, Table
from reports.rules import frozen, text
from reports.rules.checks import mismatches
from reports.rules.text import Facts, Told
from reports.rules.wording import sentence

PRESCHOOL = Line(
    "preschool",
    "学前教育资助",
    "subsidies",
    "programme",
    persons=1983,
    person_times=1983,
    amount=Decimal(2974500),
    by_source={"county": Decimal(1971500), "province": Decimal(1003000)},
    measures={"boarder_terms": 0, "day_terms": 1983, "schools": 3},
    rows=1983,
)
LAST = replace(PRESCHOOL, amount=Decimal(2474500), persons=1700)
FACTS = Facts(2016, "云岭县", [Told(PRESCHOOL, LAST)])


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def test_a_programme_reads_as_a_sentence():
    said = sentence(PRESCHOOL, LAST)
    assert "1983人" in said
    assert "297.45万元" in said
    assert "省级资金100.30万元、县级资金197.15万元" in said
    assert "比上年增加50.00万元，增长20.2%" in said


def test_quota_is_named_against_fact():
    said = sentence(replace(PRESCHOOL, persons=260, person_times=260, quota=245), None)
    assert "计划指标245人，实际资助260人，超出计划15人。" in said


def test_placeholders_are_looked_up_and_nothing_is_run():
    words, missing = text.fill_line(
        "{{year}} {{ preschool.persons }} {{preschool.wan}} {{preschool.source.county}}"
        " {{preschool.last.wan}} {{county}}",
        FACTS,
    )
    assert words == "2016 1983 297.45 197.15 247.45 云岭县"
    assert missing == []
    assert text.unknown_names("{{ 1 + 1 }} {{__class__}} {% x %} {{year}}") == [
        "1 + 1",
        "__class__",
    ]
    assert text.unknown_names("{{year") == ["{{"]


def test_a_paragraph_without_figures_is_left_out_and_reported():
    done = text.fill("# 甲\n{{nothing.wan}}万元\n# 乙\n有{{preschool.persons}}人", FACTS)
    assert done.blocks == [Heading(1, "乙"), Paragraph("有1983人")]
    assert done.missing == ["nothing.wan"]


def test_sections_and_tables_unfold():
    done = text.fill("# 学生资助\n{{lines:subsidies}}\n{{table:all}}\n{{lines:pay}}", FACTS)
    assert isinstance(done.blocks[1], Paragraph)
    table = done.blocks[2]
    assert isinstance(table, Table)
    assert table.rows == [["学前教育资助", "1,983", "1,983", "297.45", "247.45", "50.00"]]


def test_shipped_text_names_only_what_exists():
    shipped = (Path(text.__file__).parent / "summary.txt").read_text(encoding="utf-8")
    assert text.unknown_names(shipped) == []


PAPER = Paper(
    "题",
    [Heading(1, "一"), Paragraph("文"), Table("表", ["a"], [["1"]], frozenset({0}), (1.0,), "注")],
    dated_on=date(2017, 1, 5),
    annexes=[Annex("附", [Paragraph("x")])],
)


def test_a_paper_is_frozen_and_thawed_whole():
    packed = json.loads(json.dumps(frozen.pack(PAPER), ensure_ascii=False))
    again = frozen.unpack(packed)
    assert frozen.pack(again) == packed
    assert again.dated_on == PAPER.dated_on
    assert frozen.digest(packed) == frozen.digest(frozen.pack(again))


def test_differences_name_the_figure():
    def content(persons, amount):
        return {
            "p": {
                "id": "p",
                "title": "P",
                "persons": persons,
                "by_source": {"county": amount},
                "rows": 3,
                "trace": "x",
            }
        }

    found = frozen.differences(content(3, 10), content(4, 10))
    assert [(one.figure, one.then, one.now) for one in found] == [("persons", 3, 4)]
    found = frozen.differences(content(3, 10), {})
    assert [(one.figure, one.then, one.now) for one in found] == [("rows", 3, None)]
    assert frozen.differences(content(1, 1), content(1, 1)) == []


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("寄宿生 1991 人 × 500 元 = 99.55 万元", True),
        ("817.6 = 616 + 82.4 + 119.2 (万元)", True),
        ("163 = 17+52+39+26+8+10+11 (人)", True),
        ("163 = 77 + 85 (人)", False),
        ("157 = 122 + 33 (人)", False),
        ("290046 = 106838+56325+59040+31780+36063 (平方米)", True),
        ("2036 = 41+381+555+528+75+456 (人)", True),
        ("688 人次 = 570 住校 + 118 走读; 570×1765 + 118×1565 = 119.072 万元", True),
        ("1462 人 × 2000 元 = 146.2 万元", False),
        ("新建校舍 76311 ≤ 高中总需求 59040 (平方米)", False),
        ("10 - 3 = 7", True),
        ("没有算式的文字，2016年。", True),
    ],
)
def test_wrong_arithmetic_is_found(words, right):
    found = mismatches(words)
    assert (found == []) is right
    if not right:
        assert found[0].left != found[0].right


def test_person_times_at_a_yearly_rate_are_found():
    known = {Decimal(1462): Decimal(1000)}
    (found,) = mismatches("1462人×2000元=292.4万元", known)
    assert found.kind == "person-times"
    assert (found.left, found.right) == (2000, 1000)
