"""Hostile and odd files, each made in a few lines; no real one is needed to be prepared."""

import io
import zipfile

import openpyxl

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
    'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>'
)
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package(*sheets: str, extra: dict[str, bytes] | None = None, prolog: str = "") -> bytes:
    """Return an .xlsx whose sheets have the given <sheetData> (and what follows it)."""
    out = io.BytesIO()
    names = "".join(
        f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELS}"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'{prolog}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f"<sheets>{names}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_RELS}">{links}</Relationships>'
        )
        for n, body in enumerate(sheets, start=1):
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'{prolog}<worksheet xmlns="{_MAIN}">{body}</worksheet>',
            )
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def cell(ref: str, text: str = "x") -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def data(*rows: str) -> str:
    return f"<sheetData>{''.join(rows)}</sheetData>"


ONE = data(f'<row r="1">{cell("A1")}</row>')


def sparse_corners() -> bytes:
    return package(
        data(f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>')
    )


def merge_bomb() -> bytes:
    return package(ONE + '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')


def zip_bomb() -> bytes:
    return package(ONE, extra={"xl/worksheets/sheet2.xml": b"<a>" + b" " * 40_000_000})


def many_sheets() -> bytes:
    return package(*([ONE] * 20_000))


def doctype() -> bytes:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return package(ONE, prolog=f'<?xml version="1.0"?>{bomb}')


def outside_entity() -> bytes:
    reach = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return package(data(f'<row r="1">{cell("A1", "&a;")}</row>'), prolog=reach)


def many_rows() -> bytes:
    rows = "".join(f'<row r="{n}">{cell(f"A{n}")}</row>' for n in range(1, 202_500))
    return package(data(rows))


def many_columns() -> bytes:
    return package(data(f'<row r="1">{cell("A1")}{cell("IW1")}</row>'))


def bad_reference() -> bytes:
    return package(data(f'<row r="1">{cell("A0")}</row>'))


def repeated_reference() -> bytes:
    return package(data(f'<row r="1">{cell("A1", "one")}{cell("A1", "two")}</row>'))


def rows_backwards() -> bytes:
    return package(data(f'<row r="2">{cell("A2")}</row><row r="1">{cell("A1")}</row>'))


def hidden_far_cell() -> bytes:
    return package(data('<row r="1048576"><c><v>1</v></c></row>'))


def encrypted() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    return head + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def truncated() -> bytes:
    return package(ONE)[:-40]


def wordy() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def broken_xml() -> bytes:
    return package('<sheetData><row r="1"><c r="A1"><v>1</row>')


HOSTILE = {
    "sparse corners": (sparse_corners, {"too-many-columns", "too-many-rows"}),
    "merge bomb": (merge_bomb, {"merged-too-large"}),
    "zip bomb": (zip_bomb, {"zip-ratio", "too-large-unzipped"}),
    "20,000 sheets": (many_sheets, {"too-many-sheets"}),
    "entity bomb": (doctype, {"unsafe-xml"}),
    "outside entity": (outside_entity, {"unsafe-xml"}),
    "too many rows": (many_rows, {"too-many-rows"}),
    "too many columns": (many_columns, {"too-many-columns"}),
    "impossible reference": (bad_reference, {"cell-reference"}),
    "repeated reference": (repeated_reference, {"cell-reference"}),
    "rows backwards": (rows_backwards, {"cell-reference"}),
    "far cell without reference": (hidden_far_cell, {"too-many-rows"}),
    "encrypted": (encrypted, {"encrypted"}),
    "truncated": (truncated, {"broken"}),
    "a Word file": (wordy, {"not-a-table"}),
    "broken XML": (broken_xml, {"broken", "too-heavy"}),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), {"not-a-table"}),
    "PDF": (lambda: b"%PDF-1.7\n", {"not-a-table"}),
    "empty": (lambda: b"", {"empty"}),
    "only spaces": (lambda: b"  \r\n\t ", {"empty"}),
    "half a zip": (lambda: b"PK\x03\x04" + bytes(100), {"broken"}),
    "OLE of nothing": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        {"not-a-table"},
    ),
    "OLE that says Workbook": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"),
        {"broken", "too-heavy"},
    ),
    "binary noise": (lambda: bytes(range(1, 32)) * 100, {"not-a-table", "encoding"}),
    "undecodable": (
        lambda: "姓名,证号\n".encode("gbk") + b"\xff\xff\x80" * 5,
        {"encoding", "not-a-table"},
    ),
    "HTML without a table": (lambda: b"<html><body><p>no</p></body></html>", {"not-a-table"}),
    "MHTML": (lambda: b"MIME-Version: 1.0\r\nContent-Type: x\r\n", {"not-a-table"}),
    "HTML with a huge span": (
        lambda: b"<table><tr><td colspan=100000>x</td></tr></table>",
        {"too-many-columns"},
    ),
}


def blank_styled_rows() -> bytes:
    """A million formatted rows without a value, as "format the whole column" leaves them."""
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    rows = f'<row r="1">{cell("A1", "姓名")}{cell("B1", "身份证号")}</row>'
    rows += f'<row r="2">{cell("A2", "王一")}{cell("B2", "530623200501011232")}</row>'
    rows += "".join(f'<row r="{n}"><c r="A{n}"/></row>' for n in range(3, 1_048_577))
    return package(data(rows))


def document(body: str) -> bytes:
    """Return an .ods whose one table has the given rows."""
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def document_cell(more: str = "", kind: str = ' office:value-type="string"') -> str:
    return f"<table:table-cell{kind} {more}><text:p>x</text:p></table:table-cell>"


def document_row(cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{cells}</table:table-row>"


_FAR = "table:number-rows-repeated"
HOSTILE |= {
    "OpenDocument value repeated down": (
        lambda: document(document_row(document_cell(), f'{_FAR}="1048576"')),
        {"too-many-rows"},
    ),
    "OpenDocument value far down": (
        lambda: document(
            document_row("<table:table-cell/>", f'{_FAR}="1000000"') + document_row(document_cell())
        ),
        {"too-many-rows"},
    ),
    "OpenDocument value repeated across": (
        lambda: document(document_row(document_cell('table:number-columns-repeated="16384"'))),
        {"too-many-columns"},
    ),
    "OpenDocument formula far right": (
        lambda: document(
            document_row(
                '<table:table-cell table:number-columns-repeated="16000"/>'
                '<table:table-cell table:formula="of:=1"/>'
            )
        ),
        {"too-many-columns"},
    ),
    "OpenDocument merge bomb": (
        lambda: document(
            document_row(
                document_cell(
                    'table:number-columns-spanned="16384" table:number-rows-spanned="1048576"'
                )
            )
        ),
        {"merged-too-large"},
    ),
    "OpenDocument with 3,000 sheets": (
        lambda: document(
            document_row(document_cell()) + '</table:table><table:table table:name="n">' * 3000
        ),
        {"too-many-sheets"},
    ),
    "OpenDocument entity bomb": (
        lambda: _with_prolog(document(document_row(document_cell()))),
        {"unsafe-xml"},
    ),
    "a number beyond all numbers": (
        lambda: package(data('<row r="1"><c r="A1"><v>1e999</v></c></row>')),
        {"broken"},
    ),
}


def _with_prolog(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "content.xml":
                part = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + part
            target.writestr(name, part)
    return out.getvalue()
