"""Zipped workbooks (.xlsx .xlsm .ods) and .xls: judged part by part, then read by calamine."""

import re
import zipfile
from collections.abc import Iterator
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
from povedu.intake.reading.package import Meter, format_of, open_package
from povedu.intake.reading.sheetxml import SheetFacts, SheetScan, blocks, refuse_dtd, repeats

BLOCK_ROWS = 5000
_SKIP = (".bin", ".png", ".jpg", ".jpeg", ".emf", ".wmf", ".gif", ".tif", ".tiff", ".rdf", ".svm")
_REPEATED = re.compile(rb"number-(rows|columns)-repeated=\"(\d+)\"")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Sheet:
    """One sheet as read: blocks of columns, each block at most ``BLOCK_ROWS`` rows."""

    name: str
    hidden: bool = False
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    blocks: Iterator[list[Column]] = field(default_factory=lambda: iter(()))


def judged(data: bytes, limits: Limits) -> tuple[str, dict[str, SheetFacts]]:
    """Return a package's format and the facts of each sheet by name; raise Unreadable."""
    archive = open_package(data, limits)
    fmt = format_of(archive)
    meter = Meter(limits)
    facts: dict[str, SheetFacts] = {}
    for name in archive.namelist():
        if name.lower().endswith(_SKIP):
            continue
        if fmt == "ods" and name == "content.xml":
            _judge_ods(archive, meter, limits)
        else:
            facts[name] = _judge_part(archive, name, meter, limits)
    if fmt == "ods":
        return fmt, {}
    parts = _sheet_parts(archive)
    for part in parts.values():
        if part in facts and repeats(meter.parts(archive, part)):
            raise Unreadable("cell-reference", cell=part.rpartition("/")[2])
    if len(parts) > limits.sheets:
        raise Unreadable("too-many-sheets", limit=limits.sheets, found=len(parts))
    return fmt, {title: facts[part] for title, part in parts.items() if part in facts}


def _judge_part(archive: zipfile.ZipFile, name: str, meter: Meter, limits: Limits) -> SheetFacts:
    scan = SheetScan(limits)
    for block in blocks(meter.parts(archive, name)):
        refuse_dtd(block)
        scan.feed(block)
    return scan.facts


def _judge_ods(archive: zipfile.ZipFile, meter: Meter, limits: Limits) -> None:
    """Refuse values repeated beyond the limits; blank repeats are how every ods ends."""
    rest = b""
    for chunk in meter.parts(archive, "content.xml"):
        refuse_dtd(chunk)
        buffer = rest + chunk
        at = max(buffer.rfind(b"<table:table-row"), 0)
        _judge_ods_rows(buffer[:at], limits)
        rest = buffer[at:]
    _judge_ods_rows(rest, limits)


def _judge_ods_rows(buffer: bytes, limits: Limits) -> None:
    for row in buffer.split(b"<table:table-row")[1:]:
        if b"-repeated" not in row or b"office:value-type" not in row:
            continue
        head, _, cells = row.partition(b">")
        for found in _REPEATED.finditer(head):
            if int(found[2]) > limits.rows:
                raise Unreadable("too-many-rows", limit=limits.rows, row=int(found[2]))
        for cell in cells.split(b"<table:table-cell")[1:]:
            found_in = _REPEATED.search(cell.partition(b">")[0])
            if found_in and b"office:value-type" in cell and int(found_in[2]) > limits.columns:
                raise Unreadable("too-many-columns", limit=limits.columns)


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return ElementTree.fromstring(archive.read(name))
    except KeyError:
        return None
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, ValueError) as error:
        raise Unreadable("broken") from error


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each worksheet by sheet name, in workbook order."""
    book, links = _xml(archive, "xl/workbook.xml"), _xml(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        raise Unreadable("broken")
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(_REL), "")
            parts[sheet.get("name", "")] = (
                target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            )
    return parts


def sheets_of(data: bytes, facts: dict[str, SheetFacts], limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of a judged workbook; raise Unreadable where calamine cannot read it."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        if len(book.sheet_names) > limits.sheets:
            raise Unreadable("too-many-sheets", limit=limits.sheets, found=len(book.sheet_names))
        for meta in book.sheets_metadata:
            yield _sheet(book, meta, facts.get(meta.name, SheetFacts()), limits)
    except PasswordError as error:
        raise Unreadable("encrypted") from error
    except CalamineError as error:
        if "password" in str(error).lower():
            raise Unreadable("encrypted") from error
        raise Unreadable("broken") from error


def _sheet(book: CalamineWorkbook, meta: Any, facts: SheetFacts, limits: Limits) -> Sheet:
    sheet = Sheet(
        meta.name, hidden=meta.visible != SheetVisibleEnum.Visible, hidden_rows=facts.hidden_rows
    )
    if "Work" not in str(meta.typ) or sheet.hidden:
        return sheet
    source = book.get_sheet_by_name(meta.name)
    if source.start is None:
        return sheet
    left = source.start[1]
    if left + source.width > limits.columns:
        raise Unreadable("too-many-columns", limit=limits.columns)
    if source.start[0] + source.height > limits.sheet_rows:
        raise Unreadable("too-many-rows", limit=limits.rows, row=source.start[0] + source.height)
    sheet.merges = [
        (top, first, bottom, last)
        for (top, first), (bottom, last) in source.merged_cell_ranges or []
    ]
    sheet.blocks = _column_blocks(source, left, facts)
    return sheet


def _column_blocks(source: Any, left: int, facts: SheetFacts) -> Iterator[list[Column]]:
    rows = source.iter_rows()
    at = 0
    while chunk := list(islice(rows, BLOCK_ROWS)):
        columns: list[Column] = [[""] * len(chunk) for _ in range(left)]
        columns += [plain_column(list(values)) for values in zip(*chunk, strict=True)]
        for (row, column), mark in facts.special.items():
            if at <= row < at + len(chunk) and column < len(columns):
                columns[column][row - at] = mark
        yield columns
        at += len(chunk)
