"""A workbook written straight down: each row leaves as soon as it is given.

Office Open XML (ECMA-376) parts go into the zip one after another, so memory stays flat, nothing
is spooled to disk in the clear and the target need not be seekable. Text is typed as text
(``inlineStr``) and no cell can be a formula, because none is ever written. openpyxl's write-only
mode takes several times as long: ``python -m benchmarks.money``.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)")  # text that reads like an escape is escaped
_NUMBER_FORMATS = {164: "#,##0.00", 165: "yyyy-mm-dd", 166: "yyyy-mm-dd hh:mm:ss"}
_FLUSH = 256  # rows gathered before they are compressed
ROW = "\0"  # stands for a cell's row until it is known; no text of a workbook can hold it


@dataclass(frozen=True, slots=True)
class Style:
    """How cells look: one row of the style table."""

    number_format: int = 0  # 0 general, 49 text, 164 money, 165 date, 166 instant
    font: int = 0  # 0 plain, 1 bold, 2 title
    fill: int = 0  # 0 none, 2 heading
    border: int = 0  # 0 none, 1 line below, 2 line above
    wrap: bool = False
    quoted: bool = False  # stays text when somebody edits it


STYLES = {
    "plain": Style(),
    "text": Style(49),
    "quoted": Style(49, quoted=True),
    "money": Style(164),
    "date": Style(165),
    "instant": Style(166),
    "heading": Style(49, font=1, fill=2, border=1, wrap=True),
    "total": Style(0, font=1, border=2),
    "total-money": Style(164, font=1, border=2),
    "title": Style(49, font=2),
    "label": Style(49, font=1),
    "note": Style(49, wrap=True),
}
STYLE_IDS = {name: at for at, name in enumerate(STYLES)}


def column_name(place: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_xml(text: str, style: str) -> str:
    """Return the end of a cell element holding text, from its style on."""
    safe = escape(text)
    if "_x" in safe:
        safe = _ESCAPED.sub("_x005F_", safe)
    return f's="{STYLE_IDS[style]}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def plain_xml(style: str) -> tuple[str, str]:
    """Return what ``text_xml`` puts around text that needs neither escapes nor its white space."""
    return f's="{STYLE_IDS[style]}" t="inlineStr"><is><t>', "</t></is></c>"


def number_xml(number: str, style: str) -> str:
    """Return the end of a cell element holding a number written in digits."""
    return f's="{STYLE_IDS[style]}"><v>{number}</v></c>'


class SheetWriter:
    """One worksheet being written; rows are numbered from 1 and only ever added below."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._names: list[str] = []
        self._waiting: list[str] = []
        self.rows = 0

    def add(self, cells: Sequence[str | None]) -> None:
        """Add a row of ``text_xml``/``number_xml`` cells; None leaves a cell out."""
        self.rows += 1
        at = self.rows
        while len(self._names) < len(cells):
            self._names.append(f'<c r="{column_name(len(self._names))}')
        row = [
            f'{name}{at}" {cell}'
            for name, cell in zip(self._names, cells, strict=False)
            if cell is not None
        ]
        self._waiting.append(f'<row r="{at}">{"".join(row)}</row>')
        if len(self._waiting) >= _FLUSH:
            self.flush()

    def add_columns(self, columns: Sequence[Sequence[str]]) -> None:
        """Add rows given as columns of whole cells with ``ROW`` in them, "" for none."""
        self.flush()
        first = self.rows + 1
        rows = [
            f'<row r="{at}">{"".join(cells)}</row>'.replace(ROW, str(at))
            for at, cells in enumerate(zip(*columns, strict=True), start=first)
        ]
        self.rows += len(rows)
        self._part.write("".join(rows).encode())

    def flush(self) -> None:
        """Send the gathered rows on."""
        self._part.write("".join(self._waiting).encode())
        self._waiting.clear()


class WorkbookWriter:
    """A workbook whose sheets are written one after another and shown in any order."""

    def __init__(self, target: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._names: dict[int, str] = {}

    @contextmanager
    def sheet(
        self, name: str, widths: Iterable[float], *, tab: int, heading: bool = False
    ) -> "Iterator[SheetWriter]":
        """Write the sheet shown as the ``tab``-th; ``heading`` freezes its first row."""
        self._names[tab] = name
        pane = (
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            if heading
            else ""
        )
        columns = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(widths, start=1)
        )
        with self._zip.open(f"xl/worksheets/sheet{tab}.xml", "w", force_zip64=True) as part:
            part.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}">'
                '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
                f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
                f"<cols>{columns}</cols><sheetData>".encode()
            )
            writer = SheetWriter(part)
            yield writer
            writer.flush()
            part.write(
                b'</sheetData><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
                b"<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>"
                b"</worksheet>"
            )

    def close(self) -> None:
        """Write the parts that name the sheets, and end the file."""
        tabs = sorted(self._names)
        for path, body in (
            ("[Content_Types].xml", _content_types(tabs)),
            ("_rels/.rels", _relations([(1, "officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", self._workbook(tabs)),
            ("xl/_rels/workbook.xml.rels", _workbook_relations(tabs)),
            ("xl/styles.xml", _styles()),
        ):
            self._zip.writestr(path, _HEAD + body)
        self._zip.close()

    def _workbook(self, tabs: list[int]) -> str:
        sheets = "".join(
            f'<sheet name={quoteattr(self._names[tab])} sheetId="{tab}" r:id="rId{tab}"/>'
            for tab in tabs
        )
        titles = "".join(
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">'
            f"{escape(_quoted_name(self._names[tab]))}!$1:$1</definedName>"
            for at, tab in enumerate(tabs)
            if tab > 1
        )
        return (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
            f"<definedNames>{titles}</definedNames></workbook>"
        )


def _quoted_name(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _content_types(tabs: list[int]) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{tab}.xml", "worksheet") for tab in tabs]
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{_TYPES}.{kind}+xml"/>' for path, kind in parts
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(links: Iterable[tuple[int, str, str]]) -> str:
    body = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, kind, target in links
    )
    return f'<Relationships xmlns="{_RELS}">{body}</Relationships>'


def _workbook_relations(tabs: list[int]) -> str:
    sheets = [(tab, "worksheet", f"worksheets/sheet{tab}.xml") for tab in tabs]
    return _relations([*sheets, (max(tabs) + 1, "styles", "styles.xml")])


def _styles() -> str:
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'
        for number, code in _NUMBER_FORMATS.items()
    )
    fonts = "".join(
        f'<font>{weight}<sz val="{size}"/><name val="微软雅黑"/><charset val="134"/></font>'
        for weight, size in (("", 11), ("<b/>", 11), ("<b/>", 16))
    )
    edge = "<left/><right/>{}{}<diagonal/>"
    borders = "".join(
        f"<border>{edge.format(top, bottom)}</border>"
        for top, bottom in (
            ("<top/>", "<bottom/>"),
            ("<top/>", '<bottom style="thin"/>'),
            ('<top style="thin"/>', "<bottom/>"),
        )
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_NUMBER_FORMATS)}">{formats}</numFmts>'
        f'<fonts count="3">{fonts}</fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFDCE6F1"/></patternFill></fill>'
        f'</fills><borders count="3">{borders}</borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{len(STYLES)}">'
        f"{''.join(_style(style) for style in STYLES.values())}</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def _style(style: Style) -> str:
    quoted = ' quotePrefix="1"' if style.quoted else ""
    wrap = ' wrapText="1"' if style.wrap else ""
    return (
        f'<xf numFmtId="{style.number_format}" fontId="{style.font}" fillId="{style.fill}"'
        f' borderId="{style.border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"'
        f' applyBorder="1" applyAlignment="1"{quoted}><alignment vertical="top"{wrap}/></xf>'
    )
