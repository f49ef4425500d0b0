"""Which rows below a heading are data: totals, signatures, notes, blanks and repeats are not.

The test runs over columns: rows are only looked at one by one where a cell that names the row's
subject is blank, or one of the first cells reads like a total, a signature or a heading.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from povedu.identity import tidy
from povedu.intake.header import Heading
from povedu.intake.kinds import IntakeKind
from povedu.intake.reader import SheetData
from povedu.intake.reading.cells import Cell, Column, as_text
from povedu.intake.wording import MARKING, NOTE, SIGNATURE, TOTAL, squeezed

_ID_LIKE = re.compile(r"[1-9]\d{14,17}[\dXx]?")
_SERIAL = re.compile(r"[\d.、]{1,7}")
_FIRST = 4  # a total or signature begins in one of the first columns


@dataclass
class SheetRows:
    """The data rows of a sheet (zero-based) and the rows passed over, each with why."""

    data: Sequence[int] = ()
    skipped: list[tuple[int, str]] = field(default_factory=list)


def _matching(column: Column, start: int, wanted: set[Cell]) -> Iterator[int]:
    if wanted:
        for row, cell in enumerate(column[start:], start=start):
            if cell in wanted:
                yield row


def _odd_cells(cells: Iterable[Cell], headings: set[str]) -> set[Cell]:
    """Return the distinct cells that may mark a row as no data."""
    odd: set[Cell] = set()
    initials = {heading[:1] for heading in headings}
    for cell in cells:
        if isinstance(cell, float) or (cell[:1].isdigit() and cell[-1:].isdigit()):
            continue
        text = tidy(cell)
        if text.isalpha() and text[0].lower() not in initials and not MARKING.search(text):
            continue  # a name, as nearly all cells here are
        if (
            squeezed(text) in headings
            or TOTAL.match(text)
            or SIGNATURE.search(text)
            or NOTE.match(text)
        ):
            odd.add(cell)
    return odd


def _suspects(sheet: SheetData, heading: Heading, keys: list[int]) -> set[int]:
    start = heading.rows[-1] + 1
    headings = {squeezed(text) for one in heading.columns for text in one.header.split("/")} - {""}
    suspects: set[int] = set()
    for index in {*keys, *(one.index for one in heading.columns[:_FIRST])}:
        column = sheet.columns[index]
        distinct = dict.fromkeys(column[start:])
        wanted = _odd_cells(distinct, headings)
        if index in keys:
            wanted |= {cell for cell in distinct if _is_blank(cell)}
        suspects.update(_matching(column, start, wanted))
    return suspects


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.isalnum() and not tidy(cell)


def find_rows(sheet: SheetData, heading: Heading, kind: IntakeKind) -> SheetRows:
    """Return the data rows of a sheet and name the others."""
    fields = heading.fields()
    keys = [fields[name] for name, column in kind.columns.items() if column.key and name in fields]
    keys = keys or [fields[name] for name in kind.must]
    last = _last_row(sheet)
    judge = _Judge(sheet, heading, keys)
    skipped: dict[int, str] = {}
    for row in sorted(_suspects(sheet, heading, keys)):
        if row <= last:
            why = judge.why_not_data(row)
            if why:
                skipped[row] = why
    start = heading.rows[-1] + 1
    data: Sequence[int] = range(start, last + 1)
    if skipped:
        data = [row for row in data if row not in skipped]
    return SheetRows(data, sorted(skipped.items()))


def _last_row(sheet: SheetData) -> int:
    """Return the last row that holds anything; styled blank rows below it are not mentioned."""
    last = -1
    for column in sheet.columns:
        row = len(column) - 1
        while row > last and _is_blank(column[row]):
            row -= 1
        last = max(last, row)
    return last


class _Judge:
    """Look at one suspect row."""

    def __init__(self, sheet: SheetData, heading: Heading, keys: list[int]) -> None:
        self.sheet = sheet
        self.heading = heading
        self.keys = keys
        self.headings = {
            squeezed(text) for one in heading.columns for text in one.header.split("/")
        } - {""}
        self.serial = {
            one.index
            for one in heading.columns
            if squeezed(one.header) in ("序号", "编号", "no", "no.", "序", "行号")
        }
        top = heading.rows[0]
        self.titles = {tidy(as_text(cell)) for column in sheet.columns for cell in column[:top]} - {
            ""
        }

    def why_not_data(self, row: int) -> str:
        """Return blank, header, total, signature, note or title; "" for a row of data."""
        cells = [
            (index, text)
            for index, column in enumerate(self.sheet.columns)
            if (text := tidy(as_text(column[row])))
        ]
        if all(index in self.serial and _SERIAL.fullmatch(text) for index, text in cells):
            return "blank"
        texts = [text for _, text in cells]
        repeated = sum(squeezed(text) in self.headings for text in texts)
        if repeated * 2 > len(texts) and (repeated > 1 or len(texts) == 1):
            return "header"
        if any(index in self.keys and _ID_LIKE.fullmatch(text) for index, text in cells):
            return ""
        return self._marked(cells, texts)

    def _marked(self, cells: list[tuple[int, str]], texts: list[str]) -> str:
        first = texts[: _FIRST - 1]
        if any(TOTAL.fullmatch(text) for text in first):
            return "total"
        few = len(texts) <= max(3, len(self.heading.columns) * 2 // 5)
        if few and any(NOTE.match(text) for text in first):
            return "note"
        if few and any(SIGNATURE.search(text) for text in texts):
            return "signature"
        if len(texts) == 1:
            return self._single(*cells[0])
        return ""

    def _single(self, index: int, text: str) -> str:
        if text in self.titles:
            return "title"
        if index not in self.keys and (index == 0 or len(text) > 12):
            return "note"
        return ""
