"""A worksheet's XML, looked over before any spreadsheet library unpacks it into memory.

Two cells at A1 and XFD1048576 take 1.5 KB and make a reader ask for 550 GB; one merged range can do
the same. The scan runs compiled byte patterns over chunks that are cut between rows, so that it
costs a fraction of the parsing that follows: rows as most programs write them pass one pattern,
only others are looked at closely. It also finds what the parser would hide: error
values, formulas saved without a result, hidden rows, repeated and impossible cell references.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from povedu.intake.reading.cells import ERROR, UNCACHED, column_index, letters
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits

_LONGEST_ROW = 64 * 1024 * 1024
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PREFIX = re.compile(rb"<(/?)\w+:")
_TO_SPACE = bytes.maketrans(b"\t\r\n", b"   ")
_REF = rb"<c (?:[^>]*?\s)?r=[\"']"
_MALFORMED = re.compile(_REF + rb"(?![A-Z]{1,3}[1-9]\d{0,6}[\"'])[^\"']*[\"']")
_REFS = re.compile(_REF + rb"([A-Z]+\d+)[\"'](?=(?:[^>]*[^/])?>)")
_PLAIN_REFS = re.compile(rb"<c r=\"([A-Z]+\d+)")
_ROW_NUMBER = re.compile(rb"<row\s(?:[^>]*?\s)?r=[\"'](\d+)[\"']")
_HIDDEN = re.compile(rb"<row\s[^>]*?\bhidden=[\"'](?:1|true)[\"']")
_MERGE = re.compile(rb"<mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_ERROR = re.compile(
    rb"<c (?=[^>]*\bt=[\"']e[\"'])(?:[^>]*?\s)?r=[\"']([A-Z]+)(\d+)[\"'][^>]*>"
    rb"(?:(?!</c>).)*?<v>([^<]*)<",
    re.DOTALL,
)
# A formula followed by no value. A string result may be empty (t="str"), so that is not one.
_FORMULA = re.compile(
    rb"<c (?![^>]*\bt=[\"']str[\"'])(?:[^>]*?\s)?r=[\"']([A-Z]+)(\d+)[\"'][^>/]*>"
    rb"\s*<f(?: [^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)


_DECLARES = b"<!"
_CELL_OR_ROW = re.compile(rb"<(?:\w+:)?(?:c[ />]|row\b)")
_PLAIN_COLUMNS = 64


def _plain_row() -> re.Pattern[bytes]:
    """Return a pattern of one row as most programs write it.

    Its cells carry the row's own number and go from left to right, each column at most once, and
    hold a value of a plain type: such a row can hide nothing. Groups never give back what they
    took, so that a row which is otherwise costs one attempt.
    """
    cells = b"".join(
        rb'(?><c r="%s\1"(?: s="\d{1,9}")?(?:/>|(?: t="(?:s|n|str|b|inlineStr)")?>'
        rb"(?:<v>[^<]*</v>|<is><t(?: [^<>]*)?>[^<]*</t></is>)</c>))?+" % letters(index).encode()
        for index in range(_PLAIN_COLUMNS)
    )
    attributes = rb'(?: [A-Za-z0-9:]+="[^"<>]*")*+'
    return re.compile(rb'<row r="([1-9]\d{0,6})"' + attributes + rb"(?>/>|>" + cells + rb"</row>)")


_PLAIN_ROW = _plain_row()


@dataclass
class SheetFacts:
    """What a worksheet's XML says beyond its values; coordinates are zero-based."""

    special: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    repeated: str = ""


def _within(number: int) -> bytes:
    """Return a pattern for decimal numbers that surely do not exceed ``number``."""
    digits = str(number)
    lead = int(digits[0])
    shorter = rb"[1-9]\d{0,%d}" % (len(digits) - 2) if len(digits) > 1 else b"[1-9]"
    return shorter + (rb"|[1-%d]\d{%d}" % (lead - 1, len(digits) - 1) if lead > 1 else b"")


class SheetScan:
    """Scan one worksheet part; ``finish`` raises Unreadable or returns its facts."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.facts = SheetFacts()
        self.last_row = 0
        rows = _within(limits.sheet_rows)
        near = rb"(?:[A-Z]|[A-H][A-Z]|I[A-V])(?:%s)[\"']" % rows
        # One pass tells that every cell is close by and well named; only else look closer.
        self._odd = re.compile(rb"<c(?! r=\"(?:[A-Z]|[A-H][A-Z]|I[A-V])(?:%s)\")" % rows)
        self._far = re.compile(_REF + rb"(?!%s)([A-Z]+)(\d+)[\"'](?:[^>]*[^/>])?>(?!\s*</)" % near)
        self._bare_far = re.compile(
            rb"<row\s(?:[^>]*?\s)?r=[\"'](?!(?:%s)[\"'])(\d+)[\"'][^>]*>\s*<c"
            rb"(?:>| (?![^>]*r=)[^>]*[^/>]>)" % rows
        )

    def feed(self, block: bytes) -> None:
        """Judge one run of whole rows."""
        end = self._plain_until(block)
        if end:
            if b"hidden" in block:
                self.facts.hidden_rows += len(_HIDDEN.findall(block))
            block = block[end:]
            if b"<mergeCell" in block:
                self._merges(_unprefixed(block))
            return
        self._closely(block)

    def _plain_until(self, block: bytes) -> int:
        """Return where a run of plain rows ends that is all the block holds; 0 where it is not."""
        first = end = block.find(b"<row")
        if (
            first < 0
            or self.limits.columns < _PLAIN_COLUMNS
            or _CELL_OR_ROW.search(block, 0, first)
        ):
            return 0
        last = self.last_row
        for found in _PLAIN_ROW.finditer(block, first):
            number = int(found[1])
            if found.start() != end or number <= last:
                return 0
            last, end = number, found.end()
        if end == first or last > self.limits.sheet_rows or _CELL_OR_ROW.search(block, end):
            return 0
        self.last_row = last
        return end

    def _closely(self, block: bytes) -> None:
        block = _unprefixed(block)
        odd = self._odd.search(block) is not None
        if odd:
            block = block.translate(_TO_SPACE)
            self._references(block)
        self._repeats(block, odd=odd)
        self._rows(block)
        if b"hidden" in block:
            self.facts.hidden_rows += len(_HIDDEN.findall(block))
        self._specials(block)
        if b"<mergeCell" in block:
            self._merges(block)

    def _references(self, block: bytes) -> None:
        bad = _MALFORMED.search(block)
        if bad:
            raise Unreadable("cell-reference", cell=bad[0].decode("ascii", "replace")[-20:])
        for found in self._far.finditer(block):
            self._too_far(column_index(found[1].decode()), int(found[2]))
        for found in self._bare_far.finditer(block):
            self._too_far(0, int(found[1]))

    def _repeats(self, block: bytes, *, odd: bool) -> None:
        """Note a reference that stands twice; a reader would keep either of the two values."""
        if not odd:
            refs = _PLAIN_REFS.findall(block)
            if len(set(refs)) == len(refs):
                return
            block = block.translate(_TO_SPACE)
        refs = _REFS.findall(block)  # cells without a value left out
        if len(set(refs)) != len(refs) and not self.facts.repeated:
            twice, _count = Counter(refs).most_common(1)[0]
            self.facts.repeated = twice.decode()

    def _too_far(self, column: int, row: int) -> None:
        if column >= self.limits.columns:
            raise Unreadable("too-many-columns", limit=self.limits.columns)
        if row > self.limits.sheet_rows:
            raise Unreadable("too-many-rows", limit=self.limits.rows, row=row)

    def _rows(self, block: bytes) -> None:
        numbers = [int(number) for number in _ROW_NUMBER.findall(block)]
        if not numbers:
            return
        if numbers[0] <= self.last_row or any(a >= b for a, b in zip(numbers, numbers[1:])):  # noqa: B905  # the second is shorter by one on purpose
            raise Unreadable("cell-reference", cell=f"row {numbers[0]}")
        self.last_row = numbers[-1]

    def _specials(self, block: bytes) -> None:
        special = self.facts.special
        if b't="e"' in block or b"t='e'" in block:
            for found in _ERROR.finditer(block):
                place = (int(found[2]) - 1, column_index(found[1].decode()))
                special[place] = ERROR + found[3].decode("utf-8", "replace")
        if b"<f" in block:
            for found in _FORMULA.finditer(block):
                special[int(found[2]) - 1, column_index(found[1].decode())] = UNCACHED

    def _merges(self, block: bytes) -> None:
        for found in _MERGE.finditer(block):
            first, last = column_index(found[1].decode()), column_index(found[3].decode())
            top, bottom = int(found[2]), int(found[4])
            tall = bottom - top + 1 > self.limits.sheet_rows
            if tall or (last - first + 1) * (bottom - top + 1) > self.limits.sheet_rows * 4:
                raise Unreadable("merged-too-large", limit=self.limits.sheet_rows)


def _unprefixed(block: bytes) -> bytes:
    """Return markup without namespace prefixes, the one spelling that the patterns know."""
    return _PREFIX.sub(rb"<\1", block) if b":c " in block or b":row" in block else block


def _cut(buffer: bytes) -> int:
    return max(buffer.rfind(b"<row"), buffer.rfind(b":row") - 4, 0)


def blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a part's bytes cut before the start of a row, so that no cell is torn apart."""
    rest = b""
    for chunk in chunks:
        buffer = rest + chunk
        at = _cut(buffer)
        if at == 0 and len(buffer) > _LONGEST_ROW:
            raise Unreadable("broken")
        if at:
            yield buffer[:at]
        rest = buffer[at:]
    if rest:
        yield rest


def refuse_dtd(block: bytes) -> None:
    """Raise Unreadable where XML declares a document type: entity bombs and outside references."""
    if block[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in block[:64]:
        raise Unreadable("broken")
    if _DECLARES in block and _DTD.search(block):
        raise Unreadable("unsafe-xml")
