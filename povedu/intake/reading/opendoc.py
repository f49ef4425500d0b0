"""An .ods sheet's XML, looked over row by row before calamine unpacks it.

Values repeated beyond the limits are refused; blank repeats are how every .ods ends. What calamine
does not tell is noted: merged cells, error values, formulas saved without a result, hidden rows.
"""

import re
from collections.abc import Iterable, Iterator

from povedu.intake.reading.cells import ERROR, UNCACHED
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits
from povedu.intake.reading.sheetxml import SheetFacts, refuse_dtd

_CUT = re.compile(rb"<table:table-row\b|</?table:table[ >]")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b")
_REPEAT = re.compile(rb"number-(?:rows|columns)-repeated=[\"'](\d+)[\"']")
_DOWN = re.compile(rb"number-rows-spanned=[\"'](\d+)[\"']")
_ACROSS = re.compile(rb"number-columns-spanned=[\"'](\d+)[\"']")
_HIDDEN = re.compile(rb"table:visibility=[\"'](?:collapse|filter)[\"']")
_SHOWN = re.compile(rb"<text:p[^>]*>([^<]*)<")
_ERROR_TEXT = re.compile(rb"#[A-Z0-9/]+[!?A]|Err:\d{3}")
_VALUED = (b"office:value-type", b"<text:p", b"table:formula")
_LONGEST_ROW = 64 * 1024 * 1024


class DocumentScan:
    """Scan ``content.xml``; ``sheets`` holds the facts of each table, in order."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[SheetFacts] = []
        self._row = 0
        self._depth = 0

    def scan(self, chunks: Iterable[bytes]) -> list[SheetFacts]:
        """Return the facts of every sheet; raise Unreadable beyond the limits."""
        for piece in _pieces(chunks):
            if piece.startswith(b"<table:table-row"):
                if self._depth == 1 and self.sheets:
                    self._take_row(piece)
            elif piece.startswith(b"</table:table"):
                self._depth -= 1
            elif piece.startswith(b"<table:table"):
                self._depth += 1
                if self._depth == 1:
                    self.sheets.append(SheetFacts())
                    self._row = 0
        return self.sheets

    def _take_row(self, piece: bytes) -> None:
        head, _, cells = piece.partition(b">")
        times = _number(_REPEAT, head)
        valued = any(mark in cells for mark in _VALUED)
        if valued:
            if times > self.limits.rows or self._row + times > self.limits.sheet_rows:
                row = self._row + times
                raise Unreadable("too-many-rows", limit=self.limits.rows, row=row)
            if _HIDDEN.search(head):
                self.sheets[-1].hidden_rows += times
        if b"-spanned" in cells or b"table:formula" in cells or _reaches_far(cells):
            self._take_cells(cells)
        self._row += times

    def _take_cells(self, cells: bytes) -> None:
        at = 0
        starts = [found.start() for found in _CELL.finditer(cells)]
        for start, end in zip(starts, [*starts[1:], len(cells)], strict=True):
            cell = cells[start:end]
            head = cell.partition(b">")[0]
            times = _number(_REPEAT, head)
            valued = b"office:value-type" in head or b"table:formula" in head
            if valued and at + times > self.limits.columns:
                raise Unreadable("too-many-columns", limit=self.limits.columns)
            if b"-spanned" in head:
                self._merge(at, head)
            if b"table:formula" in head or b'value-type="error"' in head:
                self._special(at, head, cell)
            at += times

    def _merge(self, at: int, head: bytes) -> None:
        down, across = _number(_DOWN, head), _number(_ACROSS, head)
        if down > self.limits.sheet_rows or down * across > self.limits.sheet_rows * 4:
            raise Unreadable("merged-too-large", limit=self.limits.sheet_rows)
        if down > 1 or across > 1:
            bottom, right = self._row + down - 1, at + across - 1
            self.sheets[-1].merges.append((self._row, at, bottom, right))

    def _special(self, at: int, head: bytes, cell: bytes) -> None:
        shown = _SHOWN.search(cell)
        text = shown[1].strip() if shown else b""
        if b'value-type="error"' in head or _ERROR_TEXT.fullmatch(text):
            self.sheets[-1].special[self._row, at] = ERROR + text.decode("utf-8", "replace")
        elif b"office:value-type" not in head and not text:
            self.sheets[-1].special[self._row, at] = UNCACHED


def _reaches_far(cells: bytes) -> bool:
    """Say whether repeated cells hold values or push values to the right; blank ends do neither."""
    for found in _REPEAT.finditer(cells):
        head = cells[cells.rfind(b"<", 0, found.start()) : cells.find(b">", found.end())]
        pushes = len(found[1]) > 1 and any(mark in cells[found.end() :] for mark in _VALUED)
        if pushes or b"office:value-type" in head:
            return True
    return False


def _number(pattern: re.Pattern[bytes], head: bytes) -> int:
    found = pattern.search(head)
    return max(int(found[1][:9]), 1) if found else 1


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield runs of bytes that each begin with a row or with the start or end of a table."""
    rest = b""
    for chunk in chunks:
        refuse_dtd(chunk)
        buffer = rest + chunk
        starts = [found.start() for found in _CUT.finditer(buffer)]
        for start, end in zip(starts, starts[1:], strict=False):
            yield buffer[start:end]
        rest = buffer[starts[-1] :] if starts else buffer[-32:]
        if len(rest) > _LONGEST_ROW:
            raise Unreadable("broken")
    yield rest
