"""PostgreSQL's COPY: columns of values turned into its text form and streamed in."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

COPY_BYTES = 256 * 1024
Block = Sequence[Sequence[Any]]  # columns of one length
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def _hexadecimal(value: bytes | memoryview) -> str:
    return "\\\\x" + value.hex()


_COPY_TEXT: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    int: str,
    type(None): lambda _: r"\N",
    bool: lambda value: "t" if value else "f",
    date: date.isoformat,
    datetime: datetime.isoformat,
    bytes: _hexadecimal,
    memoryview: _hexadecimal,
}


def _copy_text(value: Any) -> str:
    known = _COPY_TEXT.get(type(value))
    return known(value) if known else _escaped(str(value))


def _copy_column(values: Sequence[Any]) -> Iterable[str]:
    """Return a column in COPY's text form; one type throughout takes the short way."""
    types = set(map(type, values))
    if types == {str}:
        return map(_escaped, values) if _SPECIAL.search("".join(values)) else values
    if types == {int}:
        return map(str, values)
    if types == {bytes}:
        return map(_hexadecimal, values)
    if is_constant(values):
        return [_copy_text(values[0])] * len(values)
    return map(_copy_text, values)


def is_constant(values: Sequence[Any]) -> bool:
    """Say whether a column holds one and the same object throughout."""
    if not isinstance(values, (list, tuple)):
        return False  # an array or a range makes an object for each look at it
    return len(set(map(id, values))) == 1


def copy_text(block: Block) -> bytes:
    """Return a block of columns as lines of COPY's text form."""
    lines = map("\t".join, zip(*map(_copy_column, block), strict=True))
    return ("\n".join(lines) + "\n").encode()


class Source(io.RawIOBase):
    """Pieces of bytes as the file that COPY reads."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = b""
        self.at = 0
        self.fault: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes; none at the end."""
        if self.at >= len(self.rest):
            try:
                self.rest, self.at = next(self.pieces, b""), 0
            except Exception as error:
                self.fault = error  # the driver would tell of it as text only
                raise
        start, self.at = self.at, self.at + size if size > 0 else len(self.rest)
        return self.rest[start : self.at]


class _Stream(Source):
    """Blocks of columns, each made when COPY asks for it."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        super().__init__(self._texts(blocks))
        self.count = 0

    def _texts(self, blocks: Iterable[Block]) -> Iterator[bytes]:
        for block in blocks:
            self.count += len(block[0])
            yield copy_text(block)


def copy_in(table: str, columns: Sequence[str], blocks: Iterable[Block], *, streamed: bool) -> int:
    """COPY blocks of database-ready columns into a table; return how many rows.

    ``streamed`` blocks are made inside one COPY, so that making them may not ask the database.
    """
    statement = copy_statement(table, columns)
    streams = [_Stream(blocks)] if streamed else (_Stream([block]) for block in blocks)
    count = 0
    with connection.cursor() as cursor:
        for stream in streams:
            with connection.wrap_database_errors:  # a cursor wraps its own methods only
                try:
                    cursor.copy_expert(statement, stream, COPY_BYTES)
                except Exception as error:  # noqa: BLE001  # whatever it is, raised again
                    raise stream.fault or error from None
            count += stream.count
    return count


def copy_statement(table: str, columns: Sequence[str]) -> str:
    """Return the statement that takes rows in COPY's text form."""
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    return f"COPY {connection.ops.quote_name(table)} ({quoted}) FROM STDIN"
