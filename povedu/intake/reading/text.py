"""Text files: the encoding decided strictly, the separator by the lines themselves."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from charset_normalizer import from_bytes

from povedu.intake.reading.cells import Column, shown
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits

BLOCK_ROWS = 5000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = "\t,;|，"
# Characters that GB 18030-2000 still kept in the private area and Unicode has since encoded.
_FROM_PRIVATE = str.maketrans(
    dict(
        zip(
            "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue7c7",
            "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u1e3f",
            strict=True,
        )
    )
)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _bare_utf16(data: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark, told by where the zero bytes stand."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(4, len(head) // 40) or min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def decoded(data: bytes) -> tuple[str, str]:
    """Return (text, encoding): mark, strict UTF-8, UTF-16, GB 18030, then a careful guess."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _try(data, encoding)
            if text is None:
                raise Unreadable("encoding")
            return text, encoding
    wide = _bare_utf16(data)
    for encoding in ("utf-8", wide or "gb18030", "gb18030"):
        text = _try(data, encoding)
        if text is not None and (encoding != "utf-8" or wide is None):
            return text.translate(_FROM_PRIVATE), encoding
    best = from_bytes(data[: 512 * 1024]).best()
    text = _try(data, best.encoding) if best is not None else None
    if best is None or text is None:
        raise Unreadable("encoding")
    return text, best.encoding


def refuse_binary(text: str) -> None:
    """Raise Unreadable for bytes that decode but are no text a person wrote."""
    head = text[:65536]
    control = sum(1 for character in head if character < " " and character not in "\t\r\n")
    if control > max(8, len(head) // 100):
        raise Unreadable("not-a-table", found="binary")


def separator_of(text: str) -> str:
    """Return the separator that splits the first lines most evenly."""
    lines = [line for line in text[:65536].splitlines() if line.strip()][:30]
    best, score = ",", 0.0
    for candidate in _SEPARATORS:
        counts = [line.count(candidate) for line in lines]
        most = max(counts, default=0)
        even = sum(count == most for count in counts)
        if most and even * min(most, 50) > score:
            best, score = candidate, even * min(most, 50)
    return best


def rows_of(text: str, limits: Limits) -> Iterator[list[str]]:
    """Yield the rows of delimited text; raise Unreadable beyond the limits."""
    csv.field_size_limit(1024 * 1024)
    reader = csv.reader(StringIO(shown(text), newline=""), delimiter=separator_of(text))
    try:
        for number, row in enumerate(reader, start=1):
            if number > limits.sheet_rows:
                if not any(cell.strip() for cell in row):
                    continue
                raise Unreadable("too-many-rows", limit=limits.rows, row=number)
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise Unreadable("too-many-columns", limit=limits.columns)
            yield row[: limits.columns]
    except csv.Error as error:
        raise Unreadable("broken") from error


def column_blocks(rows: Iterator[list[str]]) -> Iterator[list[Column]]:
    """Yield blocks of columns from ragged rows; short rows are padded with blanks."""
    while chunk := list(islice(rows, BLOCK_ROWS)):
        width = max(map(len, chunk))
        for row in chunk:
            if len(row) < width:
                row.extend([""] * (width - len(row)))
        yield [list(values) for values in zip(*chunk, strict=True)]
