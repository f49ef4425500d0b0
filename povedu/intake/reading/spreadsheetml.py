"""XML Spreadsheet 2003, which some systems write and name .xls; read as a stream by expat."""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from povedu.intake.reading.cells import DATE, ERROR, Cell, Column
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits
from povedu.intake.reading.sheetxml import refuse_dtd
from povedu.intake.reading.text import BLOCK_ROWS
from povedu.intake.reading.workbook import Sheet

_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def _value(cell: Element) -> Cell:
    data = cell.find(f"{_NS}Data")
    if data is None:
        return ""
    text = "".join(data.itertext())
    kind = data.get(f"{_NS}Type", "String")
    if kind == "Number":
        return float(text)
    if kind == "DateTime":
        return DATE + (text[:10] if text.endswith("T00:00:00.000") else text[:16])
    return ERROR + text if kind == "Error" else text


def _placed(element: Element, following: int, limit: int, code: str) -> int:
    """Return an element's one-based place: its own index, else the one after the last."""
    at = int(element.get(f"{_NS}Index", following))
    if not following <= at <= limit:
        raise Unreadable(code, limit=limit, row=at)
    return at


def _row(element: Element, limits: Limits) -> list[Cell]:
    row: list[Cell] = []
    for cell in element.iter(f"{_NS}Cell"):
        at = _placed(cell, len(row) + 1, limits.columns, "too-many-columns")
        row.extend([""] * (at - 1 - len(row)))
        row.append(_value(cell))
    return row


def _columns(rows: list[list[Cell]]) -> Iterator[list[Column]]:
    for start in range(0, len(rows), BLOCK_ROWS):
        block = rows[start : start + BLOCK_ROWS]
        width = max(map(len, block))
        padded = [row + [""] * (width - len(row)) for row in block]
        yield [list(values) for values in zip(*padded, strict=True)]


def sheets_of(data: bytes, limits: Limits) -> list[Sheet]:
    """Return the worksheets; raise Unreadable for what is malformed or too large."""
    refuse_dtd(data)
    sheets: list[Sheet] = []
    rows: list[list[Cell]] = []
    try:
        for _, element in ElementTree.iterparse(BytesIO(data), forbid_dtd=True):
            if element.tag == f"{_NS}Row":
                at = _placed(element, len(rows) + 1, limits.sheet_rows, "too-many-rows")
                rows.extend([] for _ in range(at - 1 - len(rows)))
                rows.append(_row(element, limits))
                element.clear()
            elif element.tag == f"{_NS}Worksheet":
                sheets.append(Sheet(element.get(f"{_NS}Name", ""), blocks=_columns(rows)))
                rows = []
                element.clear()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable("broken") from error
    if len(sheets) > limits.sheets:
        raise Unreadable("too-many-sheets", limit=limits.sheets, found=len(sheets))
    return sheets
