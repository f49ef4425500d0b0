"""Reading a bank's answer file: any table format, headers by alias, every line kept or refused."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from povedu.errors import Refusal
from povedu.identity import tidy
from povedu.intake.reader import SheetData, read_file
from povedu.intake.reading.cells import DATE, Cell, as_text
from povedu.money import fen
from subsidies.rules.returns import ReturnLine

HEADERS = {
    "line_no": ("序号", "行号", "明细序号", "流水序号", "批次内序号"),
    "amount": ("金额", "金额（元）", "金额(元)", "发生额", "实发金额", "交易金额"),
    "result": ("结果", "状态", "处理结果", "交易状态", "代发结果", "回盘结果"),
    "settled_on": ("到账日期", "交易日期", "入账日期", "处理日期"),
    "reason": ("原因", "失败原因", "退回原因", "退票原因", "备注", "说明"),
}
_REQUIRED = ("line_no", "amount", "result")
PAID = frozenset({"成功", "到账", "已到账", "入账成功", "交易成功", "success", "s", "00", "0000"})
NOT_PAID = frozenset({"失败", "退回", "退票", "未成功", "交易失败", "拒绝", "fail", "failed", "f"})
_HEADER_ROWS = 20
_DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """A bank's answer as read: its lines in order and the hash of the file."""

    lines: list[ReturnLine]
    sha256: str


def read_bank_answer(data: bytes) -> BankAnswer:
    """Return the lines of a bank's answer; raise Refusal where the table is not one."""
    for sheet in read_file(data).sheets:
        found = _header(sheet)
        if found is not None:
            row, places = found
            return BankAnswer(_lines(sheet, row, places), hashlib.sha256(data).hexdigest())
    raise Refusal(
        "return-header",
        _("没有找到表头：至少要有“序号”“金额”“结果”三列。请核对是否为银行回盘文件。"),
        field="file",
    )


def _header(sheet: SheetData) -> tuple[int, dict[str, int]] | None:
    for row in range(min(sheet.row_count, _HEADER_ROWS)):
        titles = [tidy(as_text(column[row])).replace(" ", "") for column in sheet.columns]
        places = {
            name: titles.index(alias)
            for name, aliases in HEADERS.items()
            for alias in aliases
            if alias in titles
        }
        if all(name in places for name in _REQUIRED):
            return row, places
    return None


def _lines(sheet: SheetData, header: int, places: dict[str, int]) -> list[ReturnLine]:
    lines = []
    for row in range(header + 1, sheet.row_count):
        cells = {name: sheet.columns[place][row] for name, place in places.items()}
        if not any(as_text(cell).strip() for cell in cells.values()):
            continue
        if as_text(cells["line_no"]).strip() in ("合计", "总计", "小计"):
            continue
        lines.append(
            ReturnLine(
                row_number=row + 1,
                line_no=_number(cells["line_no"]),
                amount_fen=_amount(cells["amount"]),
                is_paid=_result(cells["result"]),
                settled_on=_day(cells.get("settled_on", "")),
                reason=tidy(as_text(cells.get("reason", "")))[:100],
            )
        )
    return lines


def _number(cell: Cell) -> int | None:
    text = tidy(as_text(cell))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _amount(cell: Cell) -> int | None:
    text = tidy(as_text(cell)).replace(",", "").removeprefix("¥").removesuffix("元")
    try:
        return fen(Decimal(text))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _result(cell: Cell) -> bool | None:
    text = tidy(as_text(cell)).lower()
    if text in PAID:
        return True
    return False if text in NOT_PAID else None


def _day(cell: Cell) -> date | None:
    text = cell.removeprefix(DATE) if isinstance(cell, str) else as_text(cell)
    match = _DAY.match(tidy(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
