"""Files out: one streaming writer of .xlsx and .csv for every list and ledger export.

A file has a cover (count, totals, filters, content hash, chain head) and its rows. The content
hash is taken over the values, not over the file, so the .xlsx and the .csv of the same rows carry
the same one: SHA-256 over one line per row, the column keys first, each line the JSON array of the
row's cells as text (``ensure_ascii=False``, separators ``,`` and ``:``) and a line feed. Money has
two decimals, dates are ``YYYY-MM-DD``, instants ``YYYY-MM-DD HH:MM:SS`` local, nothing is ``""``.

Text is always typed as text, whatever it begins with; in .csv, which has no types, text that a
spreadsheet would take for a formula gets one leading apostrophe (``unguarded`` takes it off again).
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.money import CENT
from povedu.workbook import SheetWriter, WorkbookWriter, number_xml, text_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import _StrPromise as Lazy

    Label = str | Lazy

Kind = Literal["text", "number", "money", "date", "instant"]
FORMATS = ("xlsx", "csv")
SHEET_ROWS = 1_048_000  # data rows a worksheet holds, below Excel's 1,048,576
CELL_UNITS = 32_767  # UTF-16 units a cell holds
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DANGEROUS = re.compile("^'*(?:[\t\r\n]|[\\s\u200b\ufeff]*[=+\\-@＝＋－＠])")
_SIGNED_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?")
_EXCEL_DAY_0 = date(1899, 12, 30)
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # Excel invents a 29 February 1900


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export: a stable key, its heading, its kind, whether it is summed."""

    key: str
    label: "Label"
    kind: Kind = "text"
    total: bool = False
    width: int = 0  # characters; 0 chooses by kind


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first sheet says about the file: what, by whom, when, and which rows."""

    title: str
    made_by: str
    made_at: datetime
    filters: Sequence[tuple[str, str]] = ()
    chain_head: str = ""
    notes: Sequence[str] = ()


@dataclass(slots=True)
class Written:
    """What went out: the row count, the sums by column key, the content hash, cells cut short."""

    rows: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    sha256: str = ""
    cut: int = 0


Rows = Iterable[Sequence[Any]]
Target = Path | BinaryIO


def write(target: Target, fmt: str, columns: Sequence[Column], rows: Rows, cover: Cover) -> Written:
    """Write rows as ``xlsx`` or ``csv``; raise ValueError for another format."""
    writer: dict[str, Callable[..., Written]] = {"xlsx": write_xlsx, "csv": write_csv}
    if fmt not in writer:
        raise ValueError(f"not an export format: {fmt!r}")
    return writer[fmt](target, columns, rows, cover)


def plain_text(value: Any) -> str:
    """Return a value as the text that both formats can hold: no control characters, LF ends."""
    text = value if type(value) is str else str(value)
    if text.isprintable():
        return text
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def guarded(text: str) -> str:
    """Return text with an apostrophe before it where a spreadsheet would run it as a formula."""
    if _DANGEROUS.match(text) and not _SIGNED_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    bare = text[1:]
    if text[:1] == "'" and guarded(bare) == text:
        return bare
    return text


def write_csv(
    target: Target, columns: Sequence[Column], rows: Rows, cover: Cover | None = None
) -> Written:
    """Write UTF-8 with a byte-order mark, so that Excel and WPS read Chinese, lines ended CRLF.

    With a cover its lines follow the rows after one empty line; every one begins with ``#``.
    """
    tally = _Tally(columns)
    with _opened(target) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="", write_through=True)
        out = csv.writer(text)
        out.writerow([guarded(plain_text(column.label)) for column in columns])
        shape = [column.kind == "text" for column in columns]
        for row in rows:
            cells = tally.take(row)
            out.writerow(
                [
                    guarded(cell) if is_text else cell
                    for cell, is_text in zip(cells, shape, strict=True)
                ]
            )
        written = tally.done()
        if cover is not None:
            out.writerow([])
            for label, value in _cover_lines(cover, columns, written):
                out.writerow([f"# {plain_text(label)}", guarded(plain_text(value))])
        text.detach()
    return written


def write_xlsx(target: Target, columns: Sequence[Column], rows: Rows, cover: Cover) -> Written:
    """Write a workbook row by row in constant memory: a cover sheet and the rows.

    Rows beyond what a worksheet holds continue on a further sheet with the same heading.
    """
    tally = _Tally(columns)
    with _opened(target) as raw:
        book = WorkbookWriter(raw)
        _write_rows(book, columns, iter(rows), tally)
        written = tally.done()
        _write_cover(book, cover, _cover_lines(cover, columns, written))
        book.close()
    return written


class _Tally:
    """Turns rows into canonical text, adds up and hashes as they pass."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._texts = [_TEXTS[column.kind] for column in columns]
        self._summed = [(place, c.key) for place, c in enumerate(columns) if c.total]
        self._digest = hashlib.sha256()
        self._encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        self.written = Written(totals={key: Decimal(0) for _place, key in self._summed})
        self._hash([column.key for column in columns])

    def _hash(self, cells: list[str]) -> None:
        self._digest.update(f"{self._encode(cells)}\n".encode())

    def take(self, row: Sequence[Any]) -> list[str]:
        cells = [
            "" if value is None else text(value)
            for text, value in zip(self._texts, row, strict=True)
        ]
        if max(map(len, cells), default=0) > CELL_UNITS // 2:
            self._cut_long(cells)
        totals = self.written.totals
        for place, key in self._summed:
            if row[place] is not None:
                totals[key] += Decimal(row[place])
        self.written.rows += 1
        self._hash(cells)
        return cells

    def _cut_long(self, cells: list[str]) -> None:
        for place, cell in enumerate(cells):
            if _units(cell) > CELL_UNITS:
                cells[place] = _cut(cell)
                self.written.cut += 1

    def done(self) -> Written:
        self.written.sha256 = self._digest.hexdigest()
        return self.written


def _write_rows(
    book: WorkbookWriter, columns: Sequence[Column], rows: "Iterator[Sequence[Any]]", tally: _Tally
) -> None:
    widths = [column.width or _WIDTHS[column.kind] for column in columns]
    heading = [text_xml(plain_text(column.label), "heading") for column in columns]
    cells = [_remembering(_CELLS[column.kind]) for column in columns]
    held, tab = next(rows, None), 2
    while True:
        name = _("数据") if tab == 2 else _("数据（续%(number)d）") % {"number": tab - 2}
        with book.sheet(name, widths, tab=tab, heading=True) as sheet:
            sheet.add(heading)
            while held is not None and sheet.rows <= SHEET_ROWS:
                pairs = zip(cells, held, tally.take(held), strict=True)
                sheet.add([cell(value, text) if text else None for cell, value, text in pairs])
                held = next(rows, None)
            if held is None:
                _write_total(sheet, columns, tally.written)
                return
        tab += 1


def _remembering(cell: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    """Return a maker of cells that keeps the first hundreds: most columns say the same again."""
    known: dict[str, str] = {}

    def remembered(value: Any, text: str) -> str:
        made = known.get(text)
        if made is None:
            made = cell(value, text)
            if len(known) < _REMEMBERED:
                known[text] = made
        return made

    return remembered


def _write_total(sheet: SheetWriter, columns: Sequence[Column], written: Written) -> None:
    if not written.totals:
        return
    line: list[str | None] = [None] * len(columns)
    line[0] = text_xml(_("合计"), "total")
    for place, column in enumerate(columns):
        if column.total:
            style = "total-money" if column.kind == "money" else "total"
            text = _TEXTS[column.kind](written.totals[column.key])
            line[place] = number_xml(text, style)
    sheet.add(line)


def _write_cover(book: WorkbookWriter, cover: Cover, lines: list[tuple[str, str]]) -> None:
    with book.sheet(_("说明"), [24, 90], tab=1) as sheet:
        sheet.add([text_xml(plain_text(cover.title), "title")])
        sheet.add([])
        for label, value in lines[1:]:
            sheet.add([text_xml(plain_text(label), "label"), text_xml(plain_text(value), "note")])


def _cover_lines(
    cover: Cover, columns: Sequence[Column], written: Written
) -> list[tuple[str, str]]:
    labels = {column.key: column for column in columns}
    lines = [
        (_("标题"), cover.title),
        (_("导出人"), cover.made_by),
        (_("导出时间"), f"{_local(cover.made_at):%Y-%m-%d %H:%M:%S}"),
        (_("行数"), str(written.rows)),
    ]
    for key, total in written.totals.items():
        column = labels[key]
        lines.append((_("合计：%(column)s") % {"column": column.label}, _TEXTS[column.kind](total)))
    lines += [(_("筛选：%(filter)s") % {"filter": label}, value) for label, value in cover.filters]
    lines.append((_("内容校验值（SHA-256）"), written.sha256))
    if cover.chain_head:
        lines.append((_("台账锚（分录数 哈希）"), cover.chain_head))
    if written.cut:
        lines.append((_("截短的单元格"), str(written.cut)))
    lines += [(_("说明"), note) for note in cover.notes]
    return lines


def _local(moment: datetime) -> datetime:
    """Return a naive datetime of the installation's time zone, whole seconds."""
    if timezone.is_aware(moment):
        moment = timezone.make_naive(moment)
    return moment.replace(microsecond=0)


def _number_text(value: Any) -> str:
    text = f"{Decimal(str(value)) if isinstance(value, float) else Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return plain_text(value)


_TEXTS: dict[Kind, Callable[[Any], str]] = {
    "text": _as_text,
    "number": _number_text,
    "money": lambda value: str(Decimal(value).quantize(CENT)),
    "date": lambda value: value.isoformat()[:10],
    "instant": lambda value: _local(value).isoformat(sep=" "),
}


def _text_cell(_value: Any, text: str) -> str:
    return text_xml(text, "quoted" if _DANGEROUS.match(text) else "text")


def _number_cell(style: str) -> Callable[[Any, str], str]:
    def cell(_value: Any, text: str) -> str:
        if len(text) > 15 and len(text.lstrip("-").replace(".", "")) > 15:
            return text_xml(text, "text")  # a spreadsheet would lose digits
        return number_xml(text, style)

    return cell


def _date_cell(value: Any, text: str) -> str:
    day = date.fromisoformat(text)
    if day < _FIRST_EXCEL_DAY:
        return text_xml(text, "text")
    return number_xml(str((day - _EXCEL_DAY_0).days), "date")


def _instant_cell(value: Any, text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.date() < _FIRST_EXCEL_DAY:
        return text_xml(text, "text")
    days = (moment.date() - _EXCEL_DAY_0).days
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return number_xml(f"{days + seconds / 86400:.10f}", "instant")


_CELLS: dict[Kind, Callable[[Any, str], str]] = {
    "text": _text_cell,
    "number": _number_cell("plain"),
    "money": _number_cell("money"),
    "date": _date_cell,
    "instant": _instant_cell,
}
_REMEMBERED = 500
_WIDTHS: dict[Kind, int] = {"text": 16, "number": 10, "money": 14, "date": 12, "instant": 20}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    """Return the beginning that fits a cell, an ellipsis at its end."""
    return text.encode("utf-16-le")[: 2 * (CELL_UNITS - 1)].decode("utf-16-le", "ignore") + "…"


@contextmanager
def _opened(target: Target) -> "Iterator[BinaryIO]":
    if isinstance(target, Path):
        with target.open("wb") as file:
            yield file
    else:
        yield target
