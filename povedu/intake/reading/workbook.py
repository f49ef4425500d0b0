"""Zipped workbooks (.xlsx .xlsm .ods) and .xls: judged part by part, then read by calamine."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from povedu.intake.reading.cells import Column, plain_column
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits
from povedu.intake.reading.opendoc import DocumentScan
from povedu.intake.reading.package import Meter, format_of, open_package
from povedu.intake.reading.sheetxml import SheetFacts, SheetScan, blocks, refuse_dtd

BLOCK_ROWS = 5000
_SKIP = (".bin", ".png", ".jpg", ".jpeg", ".emf", ".wmf", ".gif", ".tif", ".tiff", ".rdf", ".svm")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Sheet:
    """One sheet as read: blocks of columns, each block at most ``BLOCK_ROWS`` rows."""

    name: str
    hidden: bool = False
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    blocks: Iterator[list[Column]] = field(default_factory=lambda: iter(()))


def judged(data: bytes, limits: Limits) -> tuple[str, list[SheetFacts]]:
    """Return a package's format and the facts of each sheet in order; raise Unreadable."""
    archive = open_package(data, limits)
    fmt = format_of(archive)
    meter = Meter(limits)
    facts: dict[str, SheetFacts] = {}
    sheets: list[SheetFacts] = []
    for name in archive.namelist():
        if name.lower().endswith(_SKIP):
            continue
        if fmt == "ods" and name == "content.xml":
            sheets = DocumentScan(limits).scan(meter.parts(archive, name))
        else:
            facts[name] = _judge_part(archive, name, meter, limits)
    if fmt == "ods":
        _judge_count(sheets, limits)
        return fmt, sheets
    parts = _sheet_parts(archive)
    _judge_count(parts, limits)
    found = [facts.get(part, SheetFacts()) for part in parts]
    for sheet in found:
        if sheet.repeated:
            raise Unreadable("cell-reference", cell=sheet.repeated)
    return fmt, found


def _judge_count(sheets: Sequence[object], limits: Limits) -> None:
    if len(sheets) > limits.sheets:
        raise Unreadable("too-many-sheets", limit=limits.sheets, found=len(sheets))


def _judge_part(archive: zipfile.ZipFile, name: str, meter: Meter, limits: Limits) -> SheetFacts:
    scan = SheetScan(limits)
    for block in blocks(meter.parts(archive, name)):
        refuse_dtd(block)
        scan.feed(block)
    return scan.facts


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return ElementTree.fromstring(archive.read(name))
    except KeyError:
        return None
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, ValueError) as error:
        raise Unreadable("broken") from error


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """Return the part of each sheet in workbook order."""
    book, links = _xml(archive, "xl/workbook.xml"), _xml(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        raise Unreadable("broken")
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = []
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(_REL), "")
            parts.append(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    return parts


def sheets_once_judged(
    data: bytes, verdict: Callable[[], tuple[str, list[SheetFacts]]], limits: Limits
) -> tuple[str, Iterator[Sheet]]:
    """Return a package's format and sheets; parse the first while the verdict is awaited."""
    try:
        book = _Book(data)
        book.read_ahead()
    except Unreadable:
        verdict()  # what the judge has against the file tells more
        raise
    fmt, facts = verdict()
    return fmt, _sheets(book, facts, limits)


def sheets_of(data: bytes, facts: list[SheetFacts], limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a judged workbook; raise Unreadable where calamine cannot read it."""
    return _sheets(_Book(data), facts, limits)


def _sheets(book: "_Book", facts: list[SheetFacts], limits: Limits) -> Iterator[Sheet]:
    _judge_count(book.sheets, limits)
    if len(facts) != len(book.sheets):
        raise Unreadable("broken")
    for meta, known in zip(book.sheets, facts, strict=True):
        yield _sheet(book, meta, known, limits)


class _Book:
    """A workbook as calamine reads it; what it says of a file it cannot read is Unreadable."""

    def __init__(self, data: bytes) -> None:
        with _told():
            self.book = CalamineWorkbook.from_filelike(BytesIO(data))
            self.sheets: list[Any] = self.book.sheets_metadata
        self.ahead: dict[str, Any] = {}

    def read_ahead(self) -> None:
        """Parse the first sheet that will be asked for."""
        for meta in self.sheets:
            if _is_shown(meta):
                self.ahead[meta.name] = self.cells(meta.name)
                return

    def cells(self, name: str) -> Any:
        """Return a sheet's cells, parsed once."""
        with _told():
            return self.ahead.pop(name, None) or self.book.get_sheet_by_name(name)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except PasswordError as error:
        raise Unreadable("encrypted") from error
    except CalamineError as error:
        if "password" in str(error).lower():
            raise Unreadable("encrypted") from error
        raise Unreadable("broken") from error


def _is_shown(meta: Any) -> bool:
    return "Work" in str(meta.typ) and meta.visible == SheetVisibleEnum.Visible


def _sheet(book: _Book, meta: Any, facts: SheetFacts, limits: Limits) -> Sheet:
    sheet = Sheet(
        meta.name, hidden=meta.visible != SheetVisibleEnum.Visible, hidden_rows=facts.hidden_rows
    )
    if not _is_shown(meta):
        return sheet
    source = book.cells(meta.name)
    if source.start is None:
        return sheet
    left = source.start[1]
    if left + source.width > limits.columns:
        raise Unreadable("too-many-columns", limit=limits.columns)
    if source.start[0] + source.height > limits.sheet_rows:
        raise Unreadable("too-many-rows", limit=limits.rows, row=source.start[0] + source.height)
    sheet.merges = facts.merges or [
        (top, first, bottom, last)
        for (top, first), (bottom, last) in source.merged_cell_ranges or []
    ]
    sheet.blocks = _column_blocks(source, left, facts)
    return sheet


def _column_blocks(source: Any, left: int, facts: SheetFacts) -> Iterator[list[Column]]:
    """Yield the blocks with what the scan found put in, beyond the parser's last cell too."""
    rows = source.iter_rows()
    width = max([left + source.width, *(column + 1 for _row, column in facts.special)])
    last = max(facts.special, default=(-1, 0))[0]
    at = 0
    while (chunk := list(islice(rows, BLOCK_ROWS))) or at <= last:
        height = len(chunk) or min(last + 1 - at, BLOCK_ROWS)
        columns: list[Column] = [[""] * height for _ in range(left)]
        columns += [plain_column(values) for values in zip(*chunk, strict=True)]
        columns += [[""] * height for _ in range(width - len(columns))]
        for (row, column), mark in facts.special.items():
            if at <= row < at + height:
                columns[column][row - at] = mark
        yield columns
        at += height
