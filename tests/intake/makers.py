"""Files as clerks send them, made for tests; every person in them is invented."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl

from tests.factories.values import id_number

HEADINGS = (
    *("序号", "学生\n姓名*", "性 别", "身份证件号（必填）", "全国学籍号", "年级", "班级"),
    *("是否住校", "困难类型", "监护人", "联系电话", "备注"),
)


def workbook(
    rows: Sequence[Sequence[Any]], *, merges: Sequence[str] = (), title: str = "花名册"
) -> bytes:
    """Return an .xlsx of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merges:
        sheet.merge_cells(area)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def child_row(n: int, name: str, number: Any = None, **cells: Any) -> list[Any]:
    """Return a roster row of the n-th child; ``number`` replaces the valid one."""
    valid = id_number(n)
    row = {
        "序号": n,
        "姓名": name,
        "性别": "男" if int(valid[16]) % 2 else "女",
        "证号": valid if number is None else number,
        "学籍号": "",
        "年级": "三年级",
        "班级": "1班",
        "住校": "√",
        "困难": "",
        "监护人": "",
        "电话": "",
        "备注": "",
    }
    row.update(cells)
    return list(row.values())


def wrong_check(number: str) -> str:
    """Return a number whose check character does not fit."""
    return number[:17] + ("1" if number[17] != "1" else "2")


def sample_roster() -> bytes:
    """Return the roster of the walk-through.

    A title row, alias headings, ten good children, three bad numbers, two rows without a name, one
    repeated row, a total and a signature line.
    """
    good = [child_row(n, f"王小{'一二三四五六七八九十'[n]}") for n in range(10)]
    bad = [
        child_row(20, "李大一", wrong_check(id_number(20))),
        child_row(21, "李大二", float(id_number(21)[:17] + "0")),
        child_row(22, "李大三", "53062320"),
    ]
    nameless = [child_row(30, None), child_row(31, " ")]
    repeated = [list(good[4])]
    return workbook(
        [
            ["某某小学2016年秋季学期学生花名册"],
            list(HEADINGS),
            *good,
            *bad,
            *nameless,
            *repeated,
            ["合计", "16人"],
            ["填表人：", None, None, "审核人："],
        ],
        merges=["A1:L1"],
    )
