"""Every kind of ledger by its command: one JSON object, a line per row, the faults named."""

from pathlib import Path
from typing import Any

import pytest

from povedu.intake.kinds import all_kinds, kind_of
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory
from tests.factories.values import id_number
from tests.intake.corpus.cases import SCHOOL
from tests.intake.corpus.writers import Fault, Sheet, xlsx
from tests.intake.door import bring_in

pytestmark = pytest.mark.django_db
_PERSON = {"姓名": "王小一", "证件号码": id_number(1)}
_AS_OF = ("--as-of", "2016-06-30")
_TERM = ("--term", "2016-1")

# By kind: a row as its people write it, and the options that its command needs.
SAMPLES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "roster": ({"学校": "东山小学", "年级": "三年级", "学生姓名": "王小一"}, _TERM),
    "poverty-register": ({**_PERSON, "户编号": "5306230001", "与户主关系": "之子"}, _AS_OF),
    "civil-affairs-register": ({**_PERSON, "低保证号": "D001", "保障人数": 3}, _AS_OF),
    "disability-register": ({"姓名": "王小一", "残疾人证号": id_number(1) + "11"}, _AS_OF),
    "residents": ({**_PERSON, "户籍地址": "某镇某村1号"}, _AS_OF),
    "locked-list": ({**_PERSON, "就读学校": "东山小学", "下达文号": "省扶办〔2016〕1号"}, _AS_OF),
    "dropouts": ({"姓名": "王小一", "身份证号": id_number(1), "原学校": "东山小学"}, ()),
    "schools": ({"学校名称": "南沟教学点", "办学类型": "教学点", "所在乡镇": "中山镇"}, ()),
    "projects": ({"项目名称": "东山小学综合楼", "学校": "东山小学", "中央资金": 120}, ()),
    "equipment": ({"学校": "东山小学", "品名": "课桌椅", "配发数量": 40, "单价（元）": 180}, ()),
    "teachers": ({"姓名": "李老师", "身份证号": id_number(2), "学校": "东山小学"}, ()),
    "meals": ({"学校": "东山小学", "供餐人次": 2000, "年份": 2016, "月份": 9}, ()),
    "postings": ({"姓名": "李老师", "任职学校": "东山小学", "开始日期": "2016-09-01"}, ()),
    "trainings": ({"姓名": "李老师", "培训项目": "国培计划", "开始日期": "2016-09-01"}, ()),
    "payment-history": ({"姓名": "王小一", "资助项目": "国家助学金", "金额（元）": 1000}, _TERM),
    "bank-return": ({"序号": 1, "户名": "王大", "金额": 500, "结果": "成功"}, _AS_OF),
    "gifts": ({"捐助方": "某公司", "学生姓名": "王小一", "金额或折价（元）": 500}, _AS_OF),
    "loans": ({"借款人": "王小一", "贷款金额（元）": 8000, "学年": "2016-2017"}, ()),
}
_ANSWERED = {
    *("kind", "file_sha256", "sheets", "rows", "ready", "warned", "refused", "skipped"),
    *("already_applied", "applied", "error"),
}


@pytest.fixture(autouse=True)
def county(db: None) -> None:
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")


def test_every_kind_is_tried() -> None:
    assert SAMPLES.keys() == {kind.code for kind in all_kinds()}
    assert len(SAMPLES) == 18


@pytest.mark.parametrize("code", SAMPLES)
def test_a_kind_answers_its_command_with_the_whole_contract(code: str, tmp_path: Path) -> None:
    row, options = SAMPLES[code]
    must = kind_of(code).columns[kind_of(code).must[0]]
    table = [
        ["某县台账"],
        [*row, "从未见过的栏"],
        [*row.values(), "自带"],
        [Fault("#REF!") if heading in _headings(must) else cell for heading, cell in row.items()],
        ["合计", "2"],
    ]
    answer, truth, values = bring_in(tmp_path, code, xlsx([Sheet(table, name="台账")]), *options)
    assert answer.keys() >= _ANSWERED
    assert (answer["kind"], answer["error"], answer["applied"]) == (code, None, None)
    assert len(answer["file_sha256"]) == 64
    assert answer["rows"] == answer["ready"] + answer["warned"] + answer["refused"] == 2
    sheet = answer["sheets"][0]
    assert (sheet["name"], sheet["header_rows"], sheet["rows"]) == ("台账", [2], 2)
    assert [one["header"] for one in sheet["mapping"]] == [*row, "从未见过的栏"]
    assert all(one["field"] for one in sheet["mapping"][:-1])
    assert sheet["mapping"][-1]["field"] is None
    assert {(one["row"], one["why"]) for one in answer["skipped"]} == {(5, "total")}
    assert truth[4][0] == "refused"
    assert "formula-error" in truth[4][1]
    assert "formula-error" not in truth[3][1]
    assert values[3].keys() == values[4].keys() == kind_of(code).columns.keys()
    assert any(value not in ("", None, False) for value in values[3].values())


def _headings(column: Any) -> set[str]:
    return {str(column.label), *column.aliases}
