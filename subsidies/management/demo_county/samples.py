"""Sample files as messy as clerks really send them, for a newcomer to upload."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from schools.choices import Stage
from subsidies.management.demo_county.cohorts import Child
from subsidies.management.demo_county.invention import SURNAMES, Inventor
from subsidies.management.demo_county.places import COUNTY_NAME, County, Place

_ROSTER = (
    *("序号", "学生\n姓名*", "性别", "身份证号码", "全国学籍号", "年级", "班 级", "是否住校"),
    *("困难类型", "监护人姓名", "联系电话", "家庭住址", "备注"),
)
_GRADES = "一二三四五六"


def _sheet(title: str, width: int) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  # a new workbook has one
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    return book, sheet


def _roster_row(order: int, child: Child, id_number: str) -> list[Any]:
    return [
        *(order, child.name, "男" if child.is_boy else "女", id_number, f"G{child.id_number}"),
        *(f"{_GRADES[child.grade - 1]}年级", f"{child.birth_on.day % 3 + 1}班"),
        *("√" if child.is_boarder else "", child.stated, child.guardian, "", "", ""),
    ]


def _roster(folder: Path, school: Place, pupils: Sequence[Child], inventor: Inventor) -> None:
    """Write the roster of the clerk's walk-through: 3 bad numbers, 2 nameless rows, 1 repeat."""
    book, sheet = _sheet(f"{COUNTY_NAME}{school.name}2016年秋季学期学生花名册", len(_ROSTER))
    sheet.append([f"填报单位：{school.name}（盖章）", "", "", "", "填报日期：2016年9月5日"])
    sheet.append(list(_ROSTER))
    rows = [_roster_row(0, child, child.id_number) for child in pupils[:40]]
    for order in range(6):  # new pupils whom no register has
        is_boy = order % 2 == 0
        birth_on = date(2010, 1, 10 + order)
        number = inventor.id_number(birth_on, is_boy=is_boy)
        name = inventor.name(is_boy=is_boy, surname=SURNAMES[order])
        rows.append(
            [
                0,
                name,
                "男" if is_boy else "女",
                number,
                "",
                "一年级",
                "1班",
                "否",
                "",
                inventor.name(is_boy=True, surname=SURNAMES[order]),
                inventor.phone(),
                "",
                "",
            ]
        )
    for order in (40, 41, 42):  # the check character does not fit; no student number to help
        child = pupils[order]
        wrong = child.id_number[:17] + ("1" if child.id_number[17] != "1" else "2")
        row = _roster_row(0, child, wrong)
        row[1], row[4] = inventor.name(is_boy=child.is_boy), ""
        rows.append(row)
    rows.append(list(rows[5]))  # a whole repeat
    for order in (43, 44):
        row = _roster_row(0, pupils[order], pupils[order].id_number)
        row[1] = ""
        rows.append(row)
    rows[3][3] = f" {str(rows[3][3])[:6]} {str(rows[3][3])[6:]}"  # spaces inside
    rows[7][3] = f"'{rows[7][3]}"  # an apostrophe typed in
    rows[9][1] = f"{rows[9][1][:1]}　{rows[9][1][1:]}"  # a wide space in the name
    for order, row in enumerate(rows, start=1):
        row[0] = order
        sheet.append(row)
    sheet.append(["合计", f"{len(rows)}人"])
    sheet.append(["填表人：", "", "", "审核人：", "", "", "校长："])
    for cell in sheet["D"]:
        cell.number_format = "@"
    book.save(folder / "1-花名册-带标题行.xlsx")


def _numeric_roster(folder: Path, pupils: Sequence[Child]) -> None:
    """Write numbers as numbers: Excel has lost the last three digits."""
    book, sheet = _sheet("学生花名册", 5)
    sheet.append(["姓名", "性别", "身份证号", "年级", "班级"])
    for child in pupils[45:60]:
        lost = (
            float(child.id_number[:17] + "0")
            if child.id_number[-1] == "X"
            else float(child.id_number)
        )
        sex = "男" if child.is_boy else "女"
        sheet.append([child.name, sex, lost, f"{child.grade}", f"{child.birth_on.day % 3 + 1}班"])
    book.save(folder / "2-花名册-证号成了数字.xlsx")


def _ansi_roster(folder: Path, pupils: Sequence[Child]) -> None:
    """Write the “ANSI” CSV that old systems export, numbers wrapped so that Excel keeps them."""
    lines = ["姓名,性别,身份证件号,年级,班级,就读方式"]
    lines += [
        f'{child.name},{"1" if child.is_boy else "2"},="{child.id_number}",'
        f"{_GRADES[child.grade - 1]}年级,{child.birth_on.day % 3 + 1}班,"
        f"{'2' if child.is_boarder else '1'}"
        for child in pupils[60:90]
        if child.name.encode("gbk", "ignore").decode("gbk") == child.name
    ]
    (folder / "3-花名册-旧系统导出.csv").write_bytes("\r\n".join(lines).encode("gbk"))


_POVERTY = (
    *(
        "县(市、区、旗)",
        "乡(镇)",
        "行政村",
        "自然村",
        "户编号",
        "人编号",
        "姓名",
        "证件号码",
        "人数",
    ),
    *("与户主关系", "民族", "文化程度", "在校生状况", "健康状况", "劳动技能", "主要致贫原因"),
    *("户类型", "联系电话"),
)


def _poverty(folder: Path, pupils: Sequence[Child], names: dict[str, str]) -> None:
    """Write a register page that calls itself .xls and is tab-separated GBK text."""
    lines = ["\t".join(_POVERTY)]
    poor = [child for child in pupils if child.poor_since]
    for order, child in enumerate(poor[:80]):
        lines.append(
            "\t".join(
                (
                    *(COUNTY_NAME, names[f"{child.village[:9]}000"], names[child.village], ""),
                    *(f"{child.village}9{order:05d}", f"{child.village}9{order:05d}01", child.name),
                    *(f"'{child.id_number}", "1", "之子" if child.is_boy else "之女", "汉族", ""),
                    *("小学" if child.stage == Stage.PRIMARY else "学前教育", "健康", "", "因学"),
                    *("建档立卡贫困户", ""),
                )
            )
        )
    text = "\r\n".join(lines)
    (folder / "4-扶贫系统导出-名为xls.xls").write_bytes(text.encode("gb18030"))


def _relief(folder: Path, pupils: Sequence[Child], inventor: Inventor) -> None:
    """Write the civil-affairs list: heads of household under a two-row merged header."""
    book, sheet = _sheet("2016年第三季度农村低保资金发放名册", 9)
    sheet.append(
        ["序号", "户主姓名", "身份证号码", "低保证号", "保障人数", "", "领取金额", "", "备注"]
    )
    sheet.append(["", "", "", "", "总人数", "其中儿童", "月标准", "合计", ""])
    for area in ("A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:H2", "I2:I3"):
        sheet.merge_cells(area)
    for order, child in enumerate(pupils[:25], start=1):
        number = inventor.id_number(date(1975, 3, order), is_boy=True)
        sheet.append([order, child.guardian, number, f"DB{order:05d}", 3, 1, 180, 540, ""])
    sheet.append(["合计", "", "", "", 75, 25, "", 13500, ""])
    book.save(folder / "5-民政低保名册-两行表头.xlsx")


def _schools(folder: Path) -> None:
    book, sheet = _sheet(f"{COUNTY_NAME}学校名录（补充）", 6)
    sheet.append(["学校标识码", "学校名称", "办学类型", "举办者", "所在乡镇", "所在村"])
    sheet.append(["2530699901", "青龙镇希望小学", "小学", "公办", "青龙镇", ""])
    sheet.append(["2530699902", "白水镇阳光幼儿园", "幼儿园", "民办", "白水镇", ""])
    book.save(folder / "6-学校名录.xlsx")


def _teachers(folder: Path, school: Place, inventor: Inventor) -> None:
    book, sheet = _sheet("教师花名册", 10)
    sheet.append(
        [
            "教师编号",
            "姓名",
            "性别",
            "身份证号",
            "学校",
            "岗位",
            "任教学科",
            "职称",
            "用工性质",
            "参加工作时间",
        ]
    )
    for order in range(8):
        is_boy = order % 2 == 0
        number = inventor.id_number(date(1990, 2, 1 + order), is_boy=is_boy)
        sheet.append(
            [
                f"T9{order:04d}",
                inventor.name(is_boy=is_boy),
                "男" if is_boy else "女",
                number,
                school.name,
                "专任教师",
                "语文",
                "二级教师",
                "特岗",
                "2016.9",
            ]
        )
    book.save(folder / "7-教师花名册.xlsx")


def _projects(folder: Path, school: Place) -> None:
    book, sheet = _sheet("校舍维修改造项目公示表", 9)
    sheet.append(
        [
            "项目编号",
            "学校名称",
            "实施年度",
            "项目类型",
            "项目名称",
            "1.中央资金(万元)",
            "2.省级资金(万元)",
            "建设规模",
            "完成情况",
        ]
    )
    sheet.append(
        [
            "W-001",
            school.name,
            "2016",
            "维修改造",
            f"{school.name}围墙维修",
            12.5,
            3,
            "120平方米",
            "正在施工",
        ]
    )
    sheet.append(
        [
            "W-002",
            school.name,
            "2016",
            "维修改造",
            f"{school.name}厕所改造",
            8,
            2.4,
            "60平方米",
            "正在招标",
        ]
    )
    book.save(folder / "8-建设项目.xlsx")


def write_samples(
    folder: Path, county: County, children: Sequence[Child], names: dict[str, str]
) -> None:
    """Write the sample files into a folder; later runs replace them."""
    folder.mkdir(parents=True, exist_ok=True)
    inventor = Inventor()
    inventor.random.seed(99)
    inventor.used.update(child.id_number for child in children)
    own = [one for one in county.schools if "中心小学" in one.name and one.township in (1, 2)]
    first, second = own[0], own[1]
    by_school = {
        school.key: [one for one in children if one.school is school and not one.bad_id]
        for school in own
    }
    _roster(folder, first, by_school[first.key], inventor)
    _numeric_roster(folder, by_school[first.key])
    _ansi_roster(folder, by_school[second.key])
    _poverty(folder, by_school[first.key] + by_school[second.key], names)
    _relief(folder, by_school[first.key], inventor)
    _schools(folder)
    _teachers(folder, first, inventor)
    _projects(folder, first)
