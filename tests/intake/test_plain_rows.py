"""Rows as most programs write them are told from rows that need a closer look."""

import pytest

from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits
from povedu.intake.reading.sheetxml import SheetScan

LIMITS = Limits(
    file_bytes=1,
    unzipped_bytes=1,
    zip_ratio=1,
    zip_entries=1,
    sheets=1,
    rows=100,
    columns=256,
    child_memory_bytes=1,
    child_cpu_seconds=1,
    child_wall_seconds=1,
)
HEAD = b"<worksheet><cols/><sheetData>"
ROW = b'<row r="1" spans="1:2"><c r="A1" s="3" t="s"><v>7</v></c><c r="C1"><v>1.5</v></c></row>'
TAIL = b"</sheetData></worksheet>"


def scanned(block: bytes) -> tuple[int, SheetScan]:
    scan = SheetScan(LIMITS)
    return scan._plain_until(block), scan


def test_a_plain_run_is_told_to_its_end() -> None:
    more = b'<row r="5" ht="20" hidden="1"><c r="B5" t="inlineStr"><is><t>x</t></is></c></row>'
    block = HEAD + ROW + b'<row r="4"/>' + more
    end, scan = scanned(block + TAIL)
    assert end == len(block)
    assert scan.last_row == 5
    whole = SheetScan(LIMITS)
    whole.feed(block + b'</sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>')
    assert (whole.facts.hidden_rows, whole.last_row) == (1, 5)
    with pytest.raises(Unreadable) as found:
        whole.feed(HEAD + b'<row r="6"/></sheetData><mergeCell ref="A2:XFD1048576"/>')
    assert found.value.code == "merged-too-large"


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',  # twice
        b'<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>',  # backwards
        b'<row r="2"><c r="A3"><v>1</v></c></row>',  # of another row
        b'<row r="1"><c r="A1"><v>1</v></c></row>',  # no later row
        b'<row r="2"><c r="XFD2"><v>1</v></c></row>',  # far to the right
        b'<row r="9999999"><c r="A9999999"><v>1</v></c></row>',  # far below
        b'<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>',
        b'<row r="2"><c r="A2"><f>1+1</f><v></v></c></row>',
        b'<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row>',
        b'<row r="2"><c r="A2"><v>1</v></c>',
    ],
)
def test_anything_else_is_looked_at_closely(row: bytes) -> None:
    assert scanned(HEAD + ROW + row + TAIL)[0] == 0


def test_a_repeated_cell_is_still_named() -> None:
    scan = SheetScan(LIMITS)
    scan.feed(HEAD + ROW + b'<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>')
    assert scan.facts.repeated == "A2"
    with pytest.raises(Unreadable):
        SheetScan(LIMITS).feed(HEAD + b'<row r="999999"><c r="A999999"><v>1</v></c></row>')
