"""The poverty system's exports in the five layouts that counties really have."""

from collections.abc import Iterator
from random import Random

from tests.intake.corpus.cases import (
    FORMATS,
    Case,
    Column,
    Line,
    Page,
    can_hold,
    other_lines,
    titles_for,
)
from tests.intake.corpus.people import Child, plain
from tests.intake.corpus.traits import TRAITS

LAYOUTS = {
    "国扶系统": (
        "行政县 乡镇 行政村 自然村 户编号 人编号 姓名 证件号码 人数 与户主关系 民族"
        " 文化程度 在校生状况 健康状况 劳动技能 务工状况 务工时间 参加大病医疗 脱贫属性"
        " 脱贫年度 贫困户属性 主要致贫原因 危房户 饮水安全 饮水困难 人均纯收入 联系电话"
    ),
    "已脱贫人口": (
        "序号 数据日期 县(市、区、旗) 乡(镇) 行政村 自然村 户编号 人编号 姓名 证件号码"
        " 人数 与户主关系 民族 文化程度 在校生状况 健康状况 劳动技能 务工时间（月）"
        " 是否参加大病保险 致贫原因1 危房户 是否解决安全饮用水 人均纯收入 户联系电话"
        " 人联系电话 首次识别时间 人员识别时间 户类型 易返贫致贫户(监测对象)类型"
        " 风险是否消除 风险识别时间 风险消除时间"
    ),
    "人口全字段": (
        "省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族"
        " 户联系电话 成员联系电话 年度 与户主关系 文化程度 在校生状况 劳动技能"
        " 务工时间（月） 健康状况 政治面貌 务工企业名称 是否享受低保 失学或辍学原因"
        " 是否会讲普通话 户主姓名 户主证件号码 识别标准"
    ),
    "防返贫全字段": (
        "省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族"
        " 家庭成员联系电话 与户主关系 文化程度 在校生状况 健康状况 监测对象类别"
        " 识别监测时间 义务教育阶段未上学原因 是否享受农村居民最低生活保障 教育帮扶"
        " 户主证件号码 户主姓名"
    ),
    "内蒙古": (
        "家庭编号 旗区 苏木乡 噶查村 户主姓名 性别 证件号码 姓名 与户主关系 民族"
        " 文化程度 在校生状况 健康状况 劳动能力 务工状况 务工时间（月） 是否参加新农合"
    ),
}
MEANING = {
    **dict.fromkeys(("乡镇", "乡(镇)", "乡", "苏木乡"), "township"),
    **dict.fromkeys(("行政村", "村", "噶查村"), "village"),
    **dict.fromkeys(("户编号", "家庭编号"), "household_no"),
    **dict.fromkeys(("人编号", "人口编号"), "person_no"),
    "姓名": "name",
    "性别": "sex",
    "出生日期": "birth_on",
    "证件号码": "id_number",
    "与户主关系": "relation",
    "民族": "ethnicity",
    "文化程度": "education_level",
    "在校生状况": "school_state",
    "健康状况": "health",
    "户主姓名": "head_name",
}
TRAITS_USED = (
    *("lower_x", "full_width", "spaced", "quoted", "fifteen_digits", "id_as_number"),
    *("id_as_scientific_text", "wrong_check", "too_short", "no_name", "middle_dot"),
)
WORDS = {
    "township": "东山镇",
    "village": "李家村",
    "relation": "之子",
    "ethnicity": "苗族",
    "education_level": "",
    "school_state": "七年级",
    "health": "健康",
    "head_name": "王大山",
}


def member(child: Child, n: int) -> Child:
    """Return a child as a member of a household of the register."""
    kept = {name: child.cells[name] for name in ("name", "sex", "id_number", "birth_on")}
    found = Child(kept, child.outcome, child.more, child.needs)
    for name, word in WORDS.items():
        found.put(name, word, word)
    for name, number in (("household_no", f"H{n // 3:06d}"), ("person_no", f"P{n:06d}")):
        found.put(name, number, number)
    return found


def page(rng: Random, layout: str) -> Page:
    columns = []
    for heading in LAYOUTS[layout].split():
        known = MEANING.get(heading, "")
        filled = {"序号": "serial", "县": "某县", "人数": "4"}.get(heading)
        columns.append(Column(known, heading, fill=filled))
    members = [TRAITS[name](rng, 800 + at) for at, name in enumerate(TRAITS_USED)]
    members += [plain(rng, 850 + at) for at in range(4)]
    lines = [Line(member(child, at)) for at, child in enumerate(members)]
    lines.append(other_lines(rng, "total", len(columns)))
    return Page("人口", columns, lines, titles=titles_for(rng, 1))


def registers() -> Iterator[Case]:
    """Yield each layout in every format that can hold it."""
    for layout in LAYOUTS:
        for fmt in FORMATS:
            case = Case(f"{layout}.{fmt}", [page(Random(layout), layout)], fmt, "poverty-register")
            if can_hold(case):
                yield case
