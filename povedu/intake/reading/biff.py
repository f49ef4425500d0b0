"""What an .xls says beyond its values: error cells and hidden rows, which the parser would hide.

Records are only walked one by one where a byte pattern says that there may be something to find.
"""

import re
import struct
from collections.abc import Iterator

from povedu.intake.reading.cells import ERROR
from povedu.intake.reading.compound import Compound
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.sheetxml import SheetFacts

_FORMULA, _BOOL_OR_ERROR, _ROW, _SHEET, _BEGIN, _END, _LOCKED = (
    *(0x0006, 0x0205, 0x0208, 0x0085, 0x0809, 0x000A, 0x002F),
)
_WORKSHEET = 0x0010
_HIDDEN = 0x20
_NAMES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_MAYBE = re.compile(
    rb"\x05\x02\x08\x00.{7}\x01|\x06\x00.{8}\x02.{5}\xff\xff"
    rb"|\x08\x02\x10\x00.{12}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]",
    re.DOTALL,
)


def facts_of(data: bytes) -> list[SheetFacts]:
    """Return the facts of each sheet in workbook order; raise Unreadable for a broken envelope."""
    stream = Compound(data).stream("Workbook", "Book")
    try:
        starts = _sheet_starts(stream)
    except struct.error as error:
        raise Unreadable("broken") from error
    if not _MAYBE.search(stream):
        return [SheetFacts() for _ in starts]
    return [_facts_at(stream, start) for start in starts]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield (record type, where its content begins, how long it is) from one place on."""
    end = len(stream) - 4
    while at <= end:
        kind, length = struct.unpack_from("<2H", stream, at)
        yield kind, at + 4, length
        at += 4 + length


def _sheet_starts(stream: bytes) -> list[int]:
    starts = []
    for kind, at, length in _records(stream, 0):
        if kind == _LOCKED:
            raise Unreadable("encrypted")
        if kind == _SHEET and length >= 8:
            starts.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == _END:
            break
    return starts


def _facts_at(stream: bytes, start: int) -> SheetFacts:
    """Return one sheet's facts; charts within it, which begin and end too, are passed over."""
    facts, depth = SheetFacts(), 0
    for kind, at, length in _records(stream, start):
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1 and length >= 8:
            _take(facts, kind, stream[at : at + length])
    return facts


def _take(facts: SheetFacts, kind: int, body: bytes) -> None:
    if kind == _BOOL_OR_ERROR and body[7]:
        _error(facts, body, body[6])
    elif kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        _error(facts, body, body[8])
    elif kind == _ROW and len(body) >= 16 and body[12] & _HIDDEN:
        facts.hidden_rows += 1


def _error(facts: SheetFacts, body: bytes, code: int) -> None:
    row, column = struct.unpack_from("<2H", body)
    facts.special[row, column] = ERROR + _NAMES.get(code, "#N/A")
