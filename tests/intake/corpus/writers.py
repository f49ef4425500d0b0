"""Sheets described once and written as every format that clerks send, without an office program."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

import xlsxwriter
import xlwt

EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Fault:
    """An error cell."""

    text: str = "#REF!"


@dataclass(frozen=True)
class Formula:
    """A formula; ``result`` None stands for one that was saved without its result."""

    text: str
    result: Any = None


@dataclass
class Sheet:
    """What a sheet holds: rows of cells, merged areas as (top, left, bottom, right) from zero."""

    rows: list[list[Any]]
    name: str = "Sheet1"
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    is_hidden: bool = False
    styled_rows: int = 0  # formatting without values down to this row
    styled_columns: int = 0


def _last(sheet: Sheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def xlsx(sheets: Sequence[Sheet], *, macros: bool = False) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for top, left, bottom, right in sheet.merges:
            page.merge_range(top, left, bottom, right, "")
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                _put(page, r, c, cell, day)
        _dress(page, sheet, book.add_format({"bg_color": "#EEEEEE", "border": 1}))
    book.close()
    content = _blank_results(out.getvalue())
    return _with_macros(content) if macros else content


def _dress(page: Any, sheet: Sheet, styled: Any) -> None:
    for r in range(len(sheet.rows), sheet.styled_rows):
        page.write_blank(r, 0, None, styled)
    for c in range(_last(sheet), sheet.styled_columns):
        page.write_blank(1, c, None, styled)
    for r in sheet.hidden_rows:
        page.set_row(r, None, None, {"hidden": True})
    for c in sheet.hidden_columns:
        page.set_column(c, c, None, None, {"hidden": True})
    if sheet.is_hidden:
        page.hide()


def _put(page: Any, r: int, c: int, cell: Any, day: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Fault):
        page.write_formula(r, c, "=NA()", None, cell.text)
    elif isinstance(cell, Formula):
        page.write_formula(r, c, cell.text, None, "@none@" if cell.result is None else cell.result)
    elif isinstance(cell, bool):
        page.write_boolean(r, c, cell)
    elif isinstance(cell, (int, float)):
        page.write_number(r, c, cell)
    elif isinstance(cell, date):
        page.write_datetime(r, c, cell, day)
    else:
        page.write_string(r, c, cell)


def _rezipped(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def _blank_results(content: bytes) -> bytes:
    """Take the results away from the formulas that were saved without one."""
    mark = b"<v>@none@</v>"
    if not any(mark in zipfile.ZipFile(io.BytesIO(content)).read(name) for name in _pages(content)):
        return content
    return _rezipped(
        content, lambda _name, part: part.replace(b' t="str"><f>', b"><f>").replace(mark, b"")
    )


def _pages(content: bytes) -> list[str]:
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    return [name for name in names if name.startswith("xl/worksheets/")]


def _with_macros(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + b"Sub Workbook_Open" * 40)
    return out.getvalue()


def xls(sheets: Sequence[Sheet]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    styled = xlwt.easyxf("pattern: pattern solid, fore_colour gray25")
    for sheet in sheets:
        page = book.add_sheet(sheet.name, cell_overwrite_ok=True)
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                _put_old(page, r, c, cell, day)
        _dress_old(page, sheet, styled)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _dress_old(page: Any, sheet: Sheet, styled: Any) -> None:
    for top, left, bottom, right in sheet.merges:
        page.merge(top, bottom, left, right)
    for r in range(len(sheet.rows), min(sheet.styled_rows, 60_000)):
        page.write(r, 0, "", styled)
    for r in sheet.hidden_rows:
        page.row(r).hidden = True
    for c in sheet.hidden_columns:
        page.col(c).hidden = True
    if sheet.is_hidden:
        page.visibility = 1


def _put_old(page: Any, r: int, c: int, cell: Any, day: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Fault):
        page.row(r).set_cell_error(c, {"#N/A": "#N/A!"}.get(cell.text, cell.text))
    elif isinstance(cell, Formula):
        _put_old(page, r, c, cell.result, day)
    elif isinstance(cell, date):
        page.write(r, c, (cell - EPOCH).days, day)
    else:
        page.write(r, c, cell)


_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_MIME = "application/vnd.oasis.opendocument.spreadsheet"


def ods(sheets: Sequence[Sheet]) -> bytes:
    body = "".join(_table(sheet) for sheet in sheets)
    styles = (
        '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}'
        f' office:version="1.2">{styles}<office:body><office:spreadsheet>{body}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest"
            ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
            "</manifest:manifest>",
        )
    return out.getvalue()


def _table(sheet: Sheet) -> str:
    spans = {
        (top, left): (bottom - top + 1, right - left + 1)
        for top, left, bottom, right in sheet.merges
    }
    covered = {
        (r, c)
        for top, left, bottom, right in sheet.merges
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
        if (r, c) != (top, left)
    }
    width = max(_last(sheet), 1 + max((one[3] for one in sheet.merges), default=0))
    rows = []
    for r, row in enumerate(sheet.rows):
        cells = []
        for c in range(width):
            cell = row[c] if c < len(row) else None
            if (r, c) in covered:
                cells.append("<table:covered-table-cell/>")
            else:
                cells.append(_ods_cell(cell, spans.get((r, c))))
        cells.append('<table:table-cell table:number-columns-repeated="1000"/>')
        hidden = ' table:visibility="collapse"' if r in sheet.hidden_rows else ""
        rows.append(f"<table:table-row{hidden}>{''.join(cells)}</table:table-row>")
    rows.append(
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    style = ' table:style-name="hidden"' if sheet.is_hidden else ""
    return f'<table:table table:name="{escape(sheet.name)}"{style}>{"".join(rows)}</table:table>'


def _ods_cell(cell: Any, span: tuple[int, int] | None) -> str:
    more = ""
    if span:
        more = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    if isinstance(cell, Formula):
        more += f' table:formula="of:{escape(cell.text)}"'
        cell = cell.result
    if isinstance(cell, Fault):
        return (
            f'<table:table-cell{more} table:formula="of:=1/0" office:value-type="string"'
            f' office:string-value="" calcext:value-type="error"><text:p>{cell.text}</text:p>'
            "</table:table-cell>"
        )
    if cell is None or cell == "":
        return f"<table:table-cell{more}/>"
    if isinstance(cell, bool):
        value = f'"boolean" office:boolean-value="{str(cell).lower()}"'
    elif isinstance(cell, (int, float)):
        value = f'"float" office:value="{cell!r}"'
    elif isinstance(cell, date):
        value = f'"date" office:date-value="{cell.isoformat()}"'
    else:
        value = '"string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _shown(cell).split("\n"))
    return f"<table:table-cell{more} office:value-type={value}>{lines}</table:table-cell>"


def _shown(cell: Any) -> str:
    """Return a cell as a text file has it: what the screen showed."""
    if cell is None:
        return ""
    if isinstance(cell, Fault):
        return cell.text
    if isinstance(cell, Formula):
        return _shown(cell.result)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and abs(cell) >= 1e11:
        return f"{cell:.5E}"
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell)


def text(sheet: Sheet, *, encoding: str = "utf-8", separator: str = ",", wrap: str = "") -> bytes:
    """Return delimited text; ``wrap`` "=" or "'" protects long numbers as systems do."""
    lines = []
    for row in sheet.rows:
        cells = []
        for cell in row:
            shown = _shown(cell)
            if wrap and len(shown) >= 12 and shown[:-1].isdigit():
                shown = f'="{shown}"' if wrap == "=" else f"'{shown}"
            elif any(mark in shown for mark in (separator, '"', "\n", "\r")):
                shown = '"' + shown.replace('"', '""') + '"'
            cells.append(shown)
        lines.append(separator.join(cells))
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def html(sheet: Sheet, *, encoding: str = "gbk") -> bytes:
    """Return the page that many systems name .xls."""
    spans = {
        (top, left): (bottom - top + 1, right - left + 1)
        for top, left, bottom, right in sheet.merges
    }
    covered = {
        (r, c)
        for top, left, bottom, right in sheet.merges
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
        if (r, c) != (top, left)
    }
    width = _last(sheet)
    rows = []
    for r, row in enumerate(sheet.rows):
        cells = []
        for c in range(width):
            if (r, c) in covered:
                continue
            down, across = spans.get((r, c), (1, 1))
            more = (f" rowspan={down}" if down > 1 else "") + (
                f' colspan="{across}"' if across > 1 else ""
            )
            shown = escape(_shown(row[c] if c < len(row) else None)).replace("\n", "<br>")
            cells.append(f"<td{more} style='mso-number-format:\"\\@\"'>{shown}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = f'<html><head><meta charset="{encoding}"></head><body><table>'
    page = f"{head}{''.join(rows)}</table></body></html>"
    return page.encode(encoding, "xmlcharrefreplace")


def xml_2003(sheets: Sequence[Sheet]) -> bytes:
    pages = []
    for sheet in sheets:
        rows = []
        for row in sheet.rows:
            cells = []
            for cell in row:
                kind = "Number" if isinstance(cell, (int, float)) else "String"
                value = repr(cell) if kind == "Number" else escape(_shown(cell))
                cells.append(f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>')
            rows.append(f"<Row>{''.join(cells)}</Row>")
        pages.append(
            f'<Worksheet ss:Name="{escape(sheet.name)}"><Table>{"".join(rows)}</Table></Worksheet>'
        )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}"'
        f' xmlns:ss="{space}">{"".join(pages)}</Workbook>'
    ).encode()
