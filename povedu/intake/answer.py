"""Answer: the clerk's own workbook back, problem cells marked and the reason beside each row."""

import hashlib
import hmac
import re
import secrets
import zipfile
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from povedu.intake.kinds import IntakeKind, kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.problems import Outcome, Problem, declined_codes, sentence
from povedu.intake.reading.cells import as_text, column_index
from povedu.intake.rowstore import RowReader, StoredRow
from povedu.jobs import store

TOKEN_HEADING = "行标识（请勿改动）"  # noqa: S105  # a column heading, part of the file format
_RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_AMBER = PatternFill("solid", start_color="FFFFEB9C", end_color="FFFFEB9C")
_FORMULA = re.compile(r"^[\s]*[=+\-@＝＋－＠\t\r]")
_TOKEN = re.compile(r"B(\d+)-(\d+)-(\d+)-([0-9a-f]{12})")
_KEPT_FORMATS = ("xlsx", "xlsm")
# Beyond these the formatting is not worth minutes of waiting and a gigabyte of memory.
_LARGEST_KEPT = 20_000  # rows
_LARGEST_UNZIPPED = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer file."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Marked:
    """A row to hand back: where it is, what became of it, what is said about it."""

    sheet: int
    number: int
    outcome: str
    declined: set[str]
    stored: StoredRow


def row_token(batch_id: int, sheet: int, number: int) -> str:
    """Return the sign by which a handed-back row is known again when it returns."""
    text = f"B{batch_id}-{sheet}-{number}"
    key = settings.SECRET_KEY.encode()
    return f"{text}-{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:12]}"


def read_token(token: str) -> tuple[int, int, int] | None:
    """Return (batch, sheet, Excel row) of a token that we gave, None for anything else."""
    found = _TOKEN.fullmatch(token.strip())
    if found is None:
        return None
    batch, sheet, number = int(found[1]), int(found[2]), int(found[3])
    given = row_token(batch, sheet, number)
    return (batch, sheet, number) if secrets.compare_digest(given, token.strip()) else None


def safe_text(text: str) -> str:
    """Return text that no spreadsheet takes for a formula when it is typed or saved as text."""
    return f"'{text}" if _FORMULA.match(text) else text


def answer_file(batch: ImportBatch) -> Answer:
    """Return the marked workbook of a batch: warned and refused rows with their reasons."""
    kind = kind_of(batch.kind)
    chosen = batch.rows.exclude(outcome=Outcome.READY).order_by("sheet", "number")
    rows = [
        _Marked(row.sheet, row.number, row.outcome, declined_codes(row.codes), stored)
        for row, stored in RowReader(kind, batch).walk(chosen)
    ]
    book = _own_workbook(batch, kind, rows) or _new_workbook(batch, kind, rows)
    out = BytesIO()
    book.save(out)
    stem = batch.file_name.rsplit(".", 1)[0]
    return Answer(_("%(name)s_处理结果.xlsx") % {"name": stem}, out.getvalue())


def _reasons(kind: IntakeKind, marked: _Marked) -> str:
    said = [
        _sentence(kind, problem, marked.number)
        for problem in marked.stored.problems
        if not problem.is_repair
    ]
    said += [
        _("%(repair)s这一修正没有被接受，请自行改正。")
        % {"repair": _sentence(kind, problem, marked.number)}
        for problem in marked.stored.problems
        if problem.code in marked.declined
    ]
    state = _("退回：") if marked.outcome == Outcome.REFUSED else _("已收，请核对：")
    return state + "\n".join(said)


def _sentence(kind: IntakeKind, problem: Problem, row: int) -> str:
    column = kind.columns.get(problem.field)
    return sentence(problem, row, column.label if column else problem.field)


def _own_workbook(batch: ImportBatch, kind: IntakeKind, rows: list[_Marked]) -> Workbook | None:
    """Mark the clerk's own workbook; None where its format cannot be written back."""
    if batch.format not in _KEPT_FORMATS or batch.rows_count > _LARGEST_KEPT:
        return None
    data = store.read(batch.store_key)
    with zipfile.ZipFile(BytesIO(data)) as package:
        if sum(part.file_size for part in package.infolist()) > _LARGEST_UNZIPPED:
            return None
    try:
        book = load_workbook(BytesIO(data))
    except (InvalidFileException, KeyError, ValueError, TypeError, IndexError, AttributeError):
        return None  # what the reader understood and this library does not
    by_sheet: dict[int, list[_Marked]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet, []).append(row)
    for at, described in enumerate(batch.sheets):
        if described["header_rows"] and described["name"] in book.sheetnames:
            _mark(batch, kind, book[described["name"]], (at, by_sheet.get(at, [])))
    return book


def _mark(
    batch: ImportBatch, kind: IntakeKind, sheet: Worksheet, part: tuple[int, list[_Marked]]
) -> None:
    at, rows = part
    described = batch.sheets[at]
    last = max((column_index(one["column"]) for one in described["mapping"]), default=0) + 1
    reason_column, token_column = last + 1, last + 2
    heading_row = described["header_rows"][-1]
    _put_heading(sheet, heading_row, reason_column, _("处理意见"))
    _put_heading(sheet, heading_row, token_column, TOKEN_HEADING)
    sheet.column_dimensions[_letters(reason_column)].width = 60
    sheet.column_dimensions[_letters(token_column)].hidden = True
    for row in rows:
        fill = _RED if row.outcome == Outcome.REFUSED else _AMBER
        _put_text(sheet.cell(row.number, reason_column), _reasons(kind, row), fill)
        token = row_token(batch.pk, row.sheet, row.number)
        _put_text(sheet.cell(row.number, token_column), token)
        _mark_cells(kind, sheet, row)


def _mark_cells(kind: IntakeKind, sheet: Worksheet, row: _Marked) -> None:
    for problem in row.stored.problems:
        if not problem.cell or (problem.is_repair and problem.code not in row.declined):
            continue
        cell = sheet[problem.cell]
        if isinstance(cell, MergedCell):
            continue
        cell.fill = _RED
        cell.comment = Comment(_sentence(kind, problem, row.number), "povedu", height=90, width=320)


def _letters(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number))


def _put_heading(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    _put_text(cell, text)
    beside = sheet.cell(row, max(column - 1, 1))
    if not isinstance(beside, MergedCell) and beside.has_style:
        cell._style = copy(beside._style)  # type: ignore[attr-defined]  # the whole look at once
    else:
        cell.font = Font(bold=True)


def _put_text(cell: Any, text: str, fill: PatternFill | None = None) -> None:
    """Write text as text: no value of ours ever becomes a formula."""
    if isinstance(cell, MergedCell):
        return
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    if fill is not None:
        cell.fill = fill


def _new_workbook(batch: ImportBatch, kind: IntakeKind, rows: Iterable[_Marked]) -> Workbook:
    """Build a workbook of the rows to correct, for files that cannot be written back."""
    book = Workbook()
    del book[book.sheetnames[0]]
    by_sheet: dict[int, list[_Marked]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet, []).append(row)
    for at, described in enumerate(batch.sheets):
        if not described["header_rows"]:
            continue
        sheet = book.create_sheet(_sheet_name(described["name"], at))
        headings = [one["header"] for one in described["mapping"]]
        _write_row(sheet, 1, [*headings, _("处理意见"), TOKEN_HEADING], bold=True)
        for number, row in enumerate(by_sheet.get(at, []), start=2):
            _write_returned(batch, kind, sheet, (number, row))
        _shape(sheet, len(headings))
    if not book.sheetnames:
        book.create_sheet(_("处理结果"))
    return book


def _write_returned(
    batch: ImportBatch, kind: IntakeKind, sheet: Worksheet, part: tuple[int, _Marked]
) -> None:
    number, row = part
    texts = [as_text(cell) for cell in row.stored.raw]
    token = row_token(batch.pk, row.sheet, row.number)
    _write_row(sheet, number, [*texts, _reasons(kind, row), token])
    where = {one["field"]: at for at, one in enumerate(batch.sheets[row.sheet]["mapping"], start=1)}
    for problem in row.stored.problems:
        told = not problem.is_repair or problem.code in row.declined
        if told and problem.field in where:
            cell = sheet.cell(number, where[problem.field])
            cell.fill = _RED
            cell.comment = Comment(
                _sentence(kind, problem, row.number), "povedu", height=90, width=320
            )


def _write_row(sheet: Worksheet, number: int, texts: list[str], *, bold: bool = False) -> None:
    for column, text in enumerate(texts, start=1):
        cell = sheet.cell(number, column)
        _put_text(cell, text)
        if bold:
            cell.font = Font(bold=True)


def _shape(sheet: Worksheet, columns: int) -> None:
    for column in range(1, columns + 1):
        sheet.column_dimensions[_letters(column)].width = 18
    sheet.column_dimensions[_letters(columns + 1)].width = 60
    sheet.column_dimensions[_letters(columns + 2)].hidden = True
    sheet.freeze_panes = "A2"


def _sheet_name(name: str, at: int) -> str:
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31] or f"Sheet{at + 1}"
