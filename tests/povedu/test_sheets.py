"""Exports: what is written is read back, and nothing in it runs."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from povedu import sheets
from povedu.cells import CELL_UNITS, guarded, plain_text, unguarded
from povedu.sheets import Column, Cover

NOW = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)
COLUMNS = [
    Column("no", "编号"),
    Column("name", "姓名"),
    Column("count", "人数", "number", total=True),
    Column("amount", "金额", "money", total=True),
    Column("on", "日期", "date"),
]
COVER = Cover(
    "资金台账", "审计员", NOW, [("年度", "2016")], chain_head="ab" * 32, notes=["=1+1 不会执行"]
)
DANGEROUS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    " =1",
    "'=1",
    "\n=1",
]

texts = st.one_of(
    st.sampled_from([*DANGEROUS, "-5.20", "+86", "_x0041_", "a,b", '"', "", "530623199901011234"]),
    st.text(max_size=40),
)
money = st.decimals(Decimal("-9999999999.99"), Decimal("9999999999.99"), places=2)
rows = st.lists(
    st.tuples(
        texts,
        texts,
        st.none() | st.integers(-(10**9), 10**9),
        st.none() | money,
        st.none() | st.dates(),
    ),
    max_size=12,
)


def expected(row):
    no, name, count, amount, on = row
    return [
        plain_text(no),
        plain_text(name),
        "" if count is None else str(count),
        "" if amount is None else f"{amount:.2f}",
        "" if on is None else on.isoformat(),
    ]


def canonical_sha(lines):
    digest = hashlib.sha256()
    for cells in [[c.key for c in COLUMNS], *lines]:
        digest.update(
            (json.dumps(cells, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        )
    return digest.hexdigest()


@settings(max_examples=60, deadline=None)
@given(rows)
def test_csv_comes_back_equal(data):
    raw = io.BytesIO()
    written = sheets.write_csv(raw, COLUMNS, data, COVER)
    assert raw.getvalue().startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.getvalue().decode("utf-8-sig"), newline="")))
    body = lines[1 : 1 + len(data)]
    back = [[unguarded(a), unguarded(b), *rest] for a, b, *rest in body]
    assert back == [expected(row) for row in data]
    assert written.sha256 == canonical_sha(back)
    assert written.totals["amount"] == sum((r[3] or 0 for r in data), Decimal(0))
    assert written.rows == len(data)


def cell_text(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value


@settings(max_examples=40, deadline=None)
@given(rows)
def test_xlsx_comes_back_equal(data):
    raw = io.BytesIO()
    written = sheets.write_xlsx(raw, COLUMNS, data, COVER)
    book = openpyxl.load_workbook(raw, data_only=False)
    assert len(book.sheetnames) == 2
    sheet = book.worksheets[1]
    back = []
    for at, row in enumerate(data, start=2):
        cells = [sheet.cell(at, place) for place in range(1, 6)]
        assert all(cell.data_type != "f" for cell in cells)
        texts = [openpyxl.utils.escape.unescape(cell_text(c.value)) for c in cells[:2]]
        count = "" if cells[2].value is None else str(int(cells[2].value))
        amount = "" if cells[3].value is None else f"{cells[3].value:.2f}"
        back.append([*texts, count, amount, cell_text(cells[4].value)])
        assert back[-1] == expected(row)
    assert written.sha256 == canonical_sha(back)


@settings(max_examples=10, deadline=None)
@given(rows.filter(bool), st.sampled_from(["deed", "AT&T <1>", " a_x0041_", "=1+1"]))
def test_a_thousand_rows_come_back_equal(few, subject):
    """Columns that repeat themselves, that never do, and that change from one block to the next."""
    data = [
        (f"{subject}{n}", few[n % len(few)][1], n if n % 3 else None, Decimal(n % 7), few[0][4])
        for n in range(1000)
    ]
    table, text = io.BytesIO(), io.BytesIO()
    written = sheets.write_xlsx(table, COLUMNS, data, COVER)
    assert written.sha256 == canonical_sha(map(expected, data))
    assert written.sha256 == sheets.write_csv(text, COLUMNS, data, COVER).sha256
    sheet = openpyxl.load_workbook(table).worksheets[1]
    for row, cells in zip(data, sheet.iter_rows(min_row=2), strict=False):
        names = [openpyxl.utils.escape.unescape(cell_text(c.value)) for c in cells[:2]]
        count, amount = cells[2].value, f"{cells[3].value:.2f}"
        said = ["" if count is None else str(count), amount, cell_text(cells[4].value)]
        assert [*names, *said] == expected(row)
    lines = list(csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig"), newline="")))
    back = [[unguarded(a), unguarded(b), *rest] for a, b, *rest in lines[1:1001]]
    assert back == [expected(row) for row in data]


def test_both_formats_carry_one_hash_and_say_it():
    data = [("1", "王伟", 3, Decimal("1000.50"), date(2016, 9, 1))]
    table, text = io.BytesIO(), io.BytesIO()
    one = sheets.write(table, "xlsx", COLUMNS, data, COVER)
    two = sheets.write(text, "csv", COLUMNS, data, COVER)
    assert one.sha256 == two.sha256
    front = openpyxl.load_workbook(table).worksheets[0]
    said = {row[0].value: row[1].value for row in front.iter_rows() if row[0].value}
    assert one.sha256 in said.values()
    assert COVER.chain_head in said.values()
    assert said["行数"] == "1"
    assert said["合计：金额"] == "1000.50"
    assert said["导出时间"] == "2026-11-22 20:00:05"
    assert one.sha256 in text.getvalue().decode()


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_text_stays_text(text):
    raw = io.BytesIO()
    sheets.write_xlsx(raw, COLUMNS[:2], [(text, "x")], COVER)
    with zipfile.ZipFile(raw) as parts:
        xml = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in xml
    assert 't="inlineStr"' in xml
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["-5", "+8613800000000", "-12.5%", "王伟", "'引号", "a=b"])
def test_harmless_text_is_left_alone(text):
    assert guarded(text) == text


@given(st.text())
def test_guard_is_undone_exactly(text):
    assert unguarded(guarded(text)) == text


def test_too_long_a_cell_is_cut_and_said():
    raw = io.BytesIO()
    written = sheets.write_xlsx(raw, COLUMNS[:2], [("学" * 40_000, "x")], COVER)
    assert written.cut == 1
    book = openpyxl.load_workbook(raw)
    assert len(book.worksheets[1]["A2"].value) == CELL_UNITS
    assert any(row[0].value == "截短的单元格" for row in book.worksheets[0].iter_rows())


def test_rows_beyond_a_sheet_continue_on_the_next(monkeypatch):
    monkeypatch.setattr(sheets, "SHEET_ROWS", 10)
    raw = io.BytesIO()
    written = sheets.write_xlsx(raw, COLUMNS[:1], ((str(n),) for n in range(20)), COVER)
    book = openpyxl.load_workbook(raw)
    assert [sheet.max_row for sheet in book.worksheets[1:]] == [11, 11]
    assert written.rows == 20


def test_calamine_reads_it_with_the_total_below():
    raw = io.BytesIO()
    sheets.write_xlsx(
        raw, COLUMNS, (("1", "王伟", n, Decimal(1), None) for n in range(2000)), COVER
    )
    raw.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(raw)
    assert book.sheet_names == ["说明", "数据"]
    data = book.get_sheet_by_name("数据").to_python()
    assert data[2000][:4] == ["1", "王伟", 1999, 1]
    assert data[2001][0] == "合计"
    assert data[2001][3] == 2000


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="pdf"):
        sheets.write(io.BytesIO(), "pdf", COLUMNS, [], COVER)
