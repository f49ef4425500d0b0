"""Files out: one streaming writer of .xlsx and .csv for every list and ledger export.

A file has a cover (count, totals, filters, content hash, chain head) and its rows. The content
hash is taken over the values, not over the file, so the .xlsx and the .csv of the same rows carry
the same one: SHA-256 over one line per row, the column keys first, each line the JSON array of the
row's cells as text (``ensure_ascii=False``, separators ``,`` and ``:``) and a line feed. Money has
two decimals, dates are ``YYYY-MM-DD``, instants ``YYYY-MM-DD HH:MM:SS`` local, nothing is ``""``.

Text is always typed as text, whatever it begins with; in .csv, which has no types, text that a
spreadsheet would take for a formula gets one leading apostrophe (``cells.unguarded`` takes it off).
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
from django.utils.translation import gettext as _

from povedu.cells import (
    CELL_UNITS,
    Cells,
    Kind,
    cut,
    guarded,
    guarded_all,
    local,
    plain_text,
    text_of,
    texts_of,
    units,
)
from povedu.workbook import SheetWriter, WorkbookWriter, number_xml, text_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import _StrPromise as Lazy

    Label = str | Lazy

FORMATS = ("xlsx", "csv")
SHEET_ROWS = 1_048_000  # data rows a worksheet holds, below Excel's 1,048,576
_AT_ONCE = 256  # rows that are written together
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


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
    """What went out: the row count, the sums by column key, the content hash, cells cut short.

    ``labels`` are the headings of the columns that were added up.
    """

    rows: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
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
        waiting = iter(rows)
        while held := _next(waiting):
            texts = tally.take(held)
            for place, column in enumerate(columns):
                if column.kind == "text":
                    texts[place] = guarded_all(texts[place])
            out.writerows(zip(*texts, strict=True))
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
        self._kinds = [column.kind for column in columns]
        self._summed = [(place, c.key) for place, c in enumerate(columns) if c.total]
        self._digest = hashlib.sha256()
        self.written = Written(
            totals={key: Decimal(0) for _place, key in self._summed},
            labels={column.key: str(column.label) for column in columns if column.total},
        )
        self._hash([[column.key] for column in columns])

    def _hash(self, columns: Sequence[Sequence[str]]) -> None:
        lines = map(orjson.dumps, zip(*columns, strict=True))
        self._digest.update(b"".join([line + b"\n" for line in lines]))

    def take(self, rows: Sequence[Sequence[Any]]) -> list[Sequence[str]]:
        """Return the next rows (one at least) as columns of text."""
        values = list(zip(*rows, strict=True))
        columns = [texts_of(*one) for one in zip(self._kinds, values, strict=True)]
        for place, texts in enumerate(columns):
            if max(map(len, texts)) > CELL_UNITS // 2:
                columns[place] = self._cut_long(texts)
        totals = self.written.totals
        for place, key in self._summed:
            totals[key] += sum(Decimal(one) for one in values[place] if one is not None)
        self.written.rows += len(rows)
        self._hash(columns)
        return columns

    def _cut_long(self, texts: Sequence[str]) -> list[str]:
        self.written.cut += sum(units(text) > CELL_UNITS for text in texts)
        return [cut(text) if units(text) > CELL_UNITS else text for text in texts]

    def done(self) -> Written:
        self.written.sha256 = self._digest.hexdigest()
        return self.written


def _next(rows: "Iterator[Sequence[Any]]") -> list[Sequence[Any]]:
    return list(islice(rows, _AT_ONCE))


def _write_rows(
    book: WorkbookWriter, columns: Sequence[Column], rows: "Iterator[Sequence[Any]]", tally: _Tally
) -> None:
    widths = [column.width or _WIDTHS[column.kind] for column in columns]
    heading = [text_xml(plain_text(column.label), "heading") for column in columns]
    cells = [Cells(column.kind, place) for place, column in enumerate(columns)]
    held, tab = _next(rows), 2
    while True:
        name = _("数据") if tab == 2 else _("数据（续%(number)d）") % {"number": tab - 2}
        with book.sheet(name, widths, tab=tab, heading=True) as sheet:
            sheet.add(heading)
            while held and sheet.rows <= SHEET_ROWS:
                fit = SHEET_ROWS + 1 - sheet.rows
                texts = tally.take(held[:fit])
                sheet.add_columns([one.of(said) for one, said in zip(cells, texts, strict=True)])
                held = held[fit:] or _next(rows)
            if not held:
                _write_total(sheet, columns, tally.written)
                return
        tab += 1


def _write_total(sheet: SheetWriter, columns: Sequence[Column], written: Written) -> None:
    if not written.totals:
        return
    line: list[str | None] = [None] * len(columns)
    line[0] = text_xml(_("合计"), "total")
    for place, column in enumerate(columns):
        if column.total:
            style = "total-money" if column.kind == "money" else "total"
            text = text_of(column.kind, written.totals[column.key])
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
        (_("导出时间"), f"{local(cover.made_at):%Y-%m-%d %H:%M:%S}"),
        (_("行数"), str(written.rows)),
    ]
    for key, total in written.totals.items():
        column = labels[key]
        lines.append(
            (_("合计：%(column)s") % {"column": column.label}, text_of(column.kind, total))
        )
    lines += [(_("筛选：%(filter)s") % {"filter": label}, value) for label, value in cover.filters]
    lines.append((_("内容校验值（SHA-256）"), written.sha256))
    if cover.chain_head:
        lines.append((_("台账锚（分录数 哈希）"), cover.chain_head))
    if written.cut:
        lines.append((_("截短的单元格"), str(written.cut)))
    lines += [(_("说明"), note) for note in cover.notes]
    return lines


_WIDTHS: dict[Kind, int] = {"text": 16, "number": 10, "money": 14, "date": 12, "instant": 20}


@contextmanager
def _opened(target: Target) -> "Iterator[BinaryIO]":
    if isinstance(target, Path):
        with target.open("wb") as file:
            yield file
    else:
        yield target
