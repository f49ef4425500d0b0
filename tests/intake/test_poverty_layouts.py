"""The poverty system's export in each of its five layouts, with rows as people send them."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from students.models import Household, RegisterEntry, RegisterSnapshot
from tests.factories import CountyFactory, DivisionFactory
from tests.factories.values import id_number
from tests.intake.makers import workbook, wrong_check

AS_OF = "2022-06-30"
A = (
    *(
        "行政县",
        "乡镇",
        "行政村",
        "自然村",
        "户编号",
        "人编号",
        "姓名",
        "证件号码",
        "人数",
        "与户主关系",
    ),
    *(
        "民族",
        "文化程度",
        "在校生状况",
        "健康状况",
        "劳动技能",
        "务工状况",
        "务工时间",
        "参加大病医疗",
    ),
    *("脱贫属性", "脱贫年度", "贫困户属性", "主要致贫原因", "危房户", "饮水安全", "饮水困难"),
    *("人均纯收入", "联系电话"),
)
B = (
    *(
        "序号",
        "数据日期",
        "县(市、区、旗)",
        "乡(镇)",
        "行政村",
        "自然村",
        "户编号",
        "人编号",
        "姓名",
    ),
    *("证件号码", "人数", "与户主关系", "民族", "文化程度", "在校生状况", "健康状况", "劳动技能"),
    *("务工时间（月）", "是否参加大病保险", "致贫原因1", "危房户", "是否解决安全饮用水"),
    *("人均纯收入", "户联系电话", "人联系电话", "首次识别时间", "人员识别时间", "户类型"),
    *("易返贫致贫户(监测对象)类型", "风险是否消除", "风险识别时间", "风险消除时间"),
)
C = (
    *("省", "市", "县", "乡", "村", "户编号", "人口编号", "姓名", "性别", "出生日期", "证件类型"),
    *(
        "证件号码",
        "民族",
        "户联系电话",
        "成员联系电话",
        "年度",
        "与户主关系",
        "文化程度",
        "在校生状况",
    ),
    *("劳动技能", "务工时间（月）", "健康状况", "政治面貌", "务工企业名称", "是否享受低保"),
    *("是否参加大病保险", "是否参加新型农村合作医疗（城乡居民基本医疗保险）", "失学或辍学原因"),
    *("残疾类别", "户主姓名", "户主证件号码", "是否特困供养人员", "残疾证办证年度", "识别标准"),
)
D = (
    *("省", "市", "县", "乡", "村", "户编号", "人口编号", "姓名", "性别", "证件号码", "民族"),
    *("户联系电话", "家庭成员联系电话", "与户主关系", "文化程度", "在校生状况", "健康状况"),
    *("义务教育阶段未上学原因", "是否义务教育阶段适龄儿童少年失学辍学"),
    *("是否享受农村居民最低生活保障", "是否事实无人抚养儿童", "户类型", "监测对象类别"),
    *("识别监测时间", "风险是否消除", "教育帮扶", "户主证件号码", "户主姓名"),
)
E = (
    *("家庭编号", "旗区", "苏木乡", "噶查村", "户主姓名", "性别", "证件号码", "与户主关系", "民族"),
    *(
        "文化程度",
        "在校生状况",
        "健康状况",
        "劳动能力",
        "务工状况",
        "务工时间（月）",
        "是否参加新农合",
    ),
)
FATHER = id_number(1, birth_on=date(1980, 3, 2), sex="M")
CHILD, GIRL = id_number(2, birth_on=date(2009, 5, 6), sex="M"), id_number(3, sex="F")


@pytest.fixture(autouse=True)
def county(db: None) -> Any:
    CountyFactory()
    DivisionFactory(code="530623100000", name="东山镇")


def run(path: Any, *options: str, kind: str = "poverty-register") -> list[dict[str, Any]]:
    """Bring a file in and return its rows as dumped, the command's answer before them."""
    out, dump = StringIO(), path.with_suffix(".jsonl")
    arguments = [kind, str(path), "--as-of", AS_OF, "--dump", str(dump), "--json", *options]
    call_command("intake", *arguments, stdout=out)
    rows = [json.loads(line) for line in dump.read_text().splitlines()]
    return [json.loads(out.getvalue()), *rows]


def send(path: Any, headings: Any, *people: dict[str, Any]) -> list[dict[str, Any]]:
    """Bring people in under a layout's headings, below a title and above a total."""
    known = set(headings)
    for person in people:
        assert person.keys() <= known, person.keys() - known
    rows = [[person.get(heading, "") for heading in headings] for person in people]
    file = path / "export.xlsx"
    file.write_bytes(workbook([["某县名单"], list(headings), *rows, ["合计", len(rows)]]))
    answer, *lines = run(file, "--apply")
    assert answer["error"] is None
    assert [one["why"] for one in answer["skipped"]] == ["total"]
    assert answer["rows"] == len(people)
    return [answer, *lines]


def codes(row: dict[str, Any]) -> set[str]:
    return {one["code"] for one in row["problems"]}


def values(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row["values"].get(name) for name in names)


STATES = ("relation", "school_state", "education_level")


def test_layout_a_of_2017_to_2020(tmp_path: Any) -> None:
    place = {"行政县": "某县", "乡镇": "东山镇", "行政村": "东山村", "户编号": "4401", "人数": 3}
    answer, head, child, girl, odd = send(
        tmp_path,
        A,
        place
        | {
            "人编号": "01",
            "姓名": "张 三",
            "证件号码": FATHER,
            "与户主关系": "户主",
            "脱贫属性": "已脱贫",
        }
        | {
            "文化程度": "初中",
            "脱贫年度": "2019",
            "贫困户属性": "低保贫困户",
            "主要致贫原因": "因学",
        },
        place
        | {"人编号": "02", "姓名": "张小一", "证件号码": f"{CHILD}42", "与户主关系": "长子"}
        | {"在校生状况": "初一", "贫困户属性": "低保贫困户", "民族": "彝"},
        place
        | {"人编号": "03", "姓名": "张小二", "证件号码": float(GIRL[:17]), "与户主关系": "之女"}
        | {"在校生状况": "小学", "脱贫属性": "未脱贫"},
        place
        | {"人编号": "04", "姓名": "张大", "证件号码": "", "与户主关系": "雇工"}
        | {"在校生状况": "留洋", "文化程度": "秀才", "民族": "火星"},
    )
    assert (answer["ready"], answer["warned"], answer["refused"]) == (2, 2, 0)
    assert values(head, "household_status", "poor_kind", "cause", *STATES) == (
        *("已脱贫", "低保贫困户", "因学", "户主", "", "初中"),
    )
    assert head["values"]["name"] == "张三"
    assert values(child, "id_number", "ethnicity", "household_status", *STATES) == (
        *(CHILD, "彝族", "低保贫困户", "之子", "七年级", ""),
    )
    assert codes(child) == {"fixed-from-certificate", "fixed-alias"}
    assert codes(girl) == {"id-digits-lost"}
    assert [one["column"] for one in odd["problems"] if one["code"] == "value-unknown"] == [
        *("relation", "ethnicity", "school_state", "education_level"),
    ]
    entries = RegisterEntry.objects.order_by("row_number")
    assert [one.category for one in entries] == ["lifted"] * 4  # the register's day is in 2022
    assert [bool(one.id_index) for one in entries] == [True, True, False, False]
    assert {one.division_id for one in entries} == {"530623100000"}
    assert {one.head_name for one in entries} == {"张三"}
    household = Household.objects.get()
    assert (household.head_name, household.members_count) == ("张三", 4)
    assert json.loads(entries[1].extra.reveal())["poor_kind"] == "低保贫困户"


def test_layout_b_of_2022_tells_monitored_households_and_removed_risks(tmp_path: Any) -> None:
    place = {"乡(镇)": "东山镇", "行政村": "东山村", "数据日期": "20220630"}
    answer, head, edge, sudden, plain = send(
        tmp_path,
        B,
        place
        | {
            "序号": 1,
            "户编号": "5501",
            "姓名": "李四",
            "证件号码": FATHER.lower(),
            "与户主关系": "户主",
        }
        | {"户类型": "脱贫户", "易返贫致贫户(监测对象)类型": "脱贫不稳定户", "风险是否消除": "是"}
        | {"户联系电话": "19900001111", "人联系电话": "19900002222", "致贫原因1": "因病"},
        place
        | {
            "序号": 2,
            "户编号": "5502",
            "姓名": "李小一",
            "证件号码": f"'{CHILD}",
            "与户主关系": "孙子",
        }
        | {
            "户类型": "一般农户",
            "易返贫致贫户(监测对象)类型": "边缘易致贫户",
            "风险是否消除": "否",
        },
        place
        | {"序号": 3, "户编号": "5503", "姓名": "李小二", "证件号码": GIRL, "与户主关系": "之女"}
        | {
            "户类型": "普通农户",
            "易返贫致贫户(监测对象)类型": "突发严重困难",
            "风险消除时间": "2022/5/1",
        },
        place
        | {
            "序号": 4,
            "户编号": "5504",
            "姓名": "王五",
            "证件号码": id_number(9),
            "与户主关系": "户主",
        }
        | {"户类型": "一般农户"},
    )
    assert (answer["ready"], answer["warned"], answer["refused"]) == (4, 0, 0)
    assert values(head, "phone", "member_phone", "risk_removed") == (
        *("19900001111", "19900002222", True),
    )
    assert values(edge, "id_number", "monitored_kind", "risk_removed") == (
        *(CHILD, "边缘易致贫户", False),
    )
    assert values(sudden, "monitored_kind", "risk_removed") == ("突发严重困难户", True)
    assert values(plain, "household_status", "monitored_kind") == ("一般农户", "")
    entries = RegisterEntry.objects.order_by("row_number")
    assert [(one.category, one.risk_removed) for one in entries] == [
        *(("unstable", True), ("edge", False), ("sudden", True), ("", None)),
    ]


def test_layout_c_of_all_fields_has_the_head_beside_the_member(tmp_path: Any) -> None:
    household = {"乡": "东山镇", "村": "东山村", "户编号": "6601", "户主姓名": "赵六"}
    answer, child, girl, nameless = send(
        tmp_path,
        C,
        household
        | {
            "人口编号": "1",
            "姓名": "赵·一",
            "性别": "男",
            "出生日期": "2009-05-06",
            "证件号码": CHILD,
        }
        | {
            "证件类型": "居民身份证",
            "与户主关系": "之孙子",
            "在校生状况": "八年级",
            "成员联系电话": "19900003333",
        }
        | {"户主证件号码": FATHER, "失学或辍学原因": "厌学", "是否享受低保": "是"},
        household
        | {"人口编号": "2", "姓名": "赵小二", "性别": "男", "证件号码": wrong_check(GIRL)}
        | {"与户主关系": "之孙女", "在校生状况": "非在校生"},
        household | {"人口编号": "3", "证件号码": id_number(8)},
    )
    assert (answer["ready"], answer["warned"], answer["refused"]) == (1, 1, 1)
    assert values(child, "person_no", "head_name", "absence_reason", "on_allowance") == (
        *("1", "赵六", "厌学", True),
    )
    assert values(girl, "school_state", "birth_on") == ("", None)
    assert codes(girl) == {"id-checksum", "fixed-alias"}
    assert "name-missing" in codes(nameless)
    assert RegisterEntry.objects.count() == 2


def test_layout_d_after_2022_keeps_its_own_columns(tmp_path: Any) -> None:
    household = {"乡": "东山镇", "村": "东山村", "户编号": "7701", "户主姓名": "钱七"}
    answer, child, repeated, other = send(
        tmp_path,
        D,
        household
        | {
            "人口编号": "1",
            "姓名": "钱小一",
            "证件号码": CHILD,
            "与户主关系": "之子",
            "教育帮扶": "雨露计划",
        }
        | {"是否义务教育阶段适龄儿童少年失学辍学": "否", "是否事实无人抚养儿童": "√"}
        | {"户类型": "脱贫户", "监测对象类别": "无", "识别监测时间": "2021年3月"},
        household | {"人口编号": "1", "姓名": "钱小一", "证件号码": CHILD, "与户主关系": "之子"},
        household
        | {"人口编号": "2", "姓名": "钱小二", "性别": "男", "证件号码": GIRL, "与户主关系": "之女"}
        | {"家庭成员联系电话": "1990000444", "监测对象类别": "一类"},
    )
    assert (answer["ready"], answer["warned"], answer["refused"]) == (1, 1, 1)
    assert values(child, "education_help", "out_of_school", "unattended", "identified_on") == (
        *("雨露计划", False, True, "2021-03-01"),
    )
    assert values(child, "household_status", "monitored_kind") == ("脱贫户", "")
    assert "id-duplicate-in-file" in codes(repeated)
    assert codes(other) == {"id-sex-mismatch", "value-unknown"}


def test_layout_e_of_inner_mongolia_has_names_under_the_heading_of_heads(tmp_path: Any) -> None:
    place = {"旗区": "某旗", "苏木乡": "东山镇", "噶查村": "东山村", "家庭编号": "8801"}
    answer, head, child, misnamed = send(
        tmp_path,
        E,
        place | {"户主姓名": "巴特尔", "性别": "男", "证件号码": FATHER, "与户主关系": "户主"},
        place
        | {
            "户主姓名": "巴雅尔",
            "性别": "男",
            "证件号码": CHILD,
            "与户主关系": "之子",
            "在校生状况": "九年级",
        }
        | {"民族": "蒙古", "劳动能力": "无劳动力"},
        place | {"户主姓名": "巴特尔", "性别": "女", "证件号码": GIRL, "与户主关系": "之女"},
    )
    assert (answer["ready"], answer["warned"], answer["refused"]) == (2, 1, 0)
    assert values(head, "name", "household_no", "township", "village") == (
        *("巴特尔", "8801", "东山镇", "东山村"),
    )
    assert values(child, "name", "ethnicity", "labour") == ("巴雅尔", "蒙古族", "无劳动力")
    assert codes(misnamed) == {"name-of-head"}
    household = Household.objects.get()
    assert (household.head_name, household.members.count()) == ("巴特尔", 3)


def test_corrected_rows_of_the_same_day_add_to_their_household(tmp_path: Any) -> None:
    place = {"乡镇": "东山镇", "户编号": "4401"}
    send(
        tmp_path,
        A,
        place | {"姓名": "张三", "证件号码": FATHER, "与户主关系": "户主"},
        place | {"姓名": "", "证件号码": CHILD, "与户主关系": "之子"},
    )
    assert Household.objects.get().members.count() == 1
    answer, _row = send(
        tmp_path, A, place | {"姓名": "张小一", "证件号码": CHILD, "与户主关系": "之子"}
    )
    assert answer["applied"] == {"new": 1, "changed": 0, "unchanged": 0}
    household = Household.objects.get()
    assert sorted(household.members.values_list("name", flat=True)) == ["张三", "张小一"]
    assert household.members_count == 2
    assert RegisterSnapshot.objects.get().entries_count == 2
