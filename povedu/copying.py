"""PostgreSQL's COPY: columns of values turned into its text form and streamed in."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Any

from django.db import connection

_COPY_BYTES = 256 * 1024
_AHEAD = 8  # blocks made and not yet sent
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


def _text(block: list[Sequence[Any]]) -> bytes:
    lines = map("\t".join, zip(*map(_copy_column, block), strict=True))
    return ("\n".join(lines) + "\n").encode()


class _Stream(io.RawIOBase):
    """Blocks of columns as COPY's bytes, made while the database takes in the ones before."""

    def __init__(self, blocks: Iterable[list[Sequence[Any]]]) -> None:
        self.blocks = iter(blocks)
        self.count = 0
        self.rest = b""
        self.at = 0
        self.fault: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes; none at the end."""
        if self.at >= len(self.rest):
            try:
                self.rest, self.at = self.next_bytes(), 0
            except Exception as error:
                self.fault = error  # the driver would tell of it as text only
                raise
        start, self.at = self.at, self.at + size if size > 0 else len(self.rest)
        return self.rest[start : self.at]

    def next_bytes(self) -> bytes:
        """Return the next block's bytes; none at the end."""
        block = next(self.blocks, None)
        if block is None:
            return b""
        self.count += len(block[0])
        return _text(block)


class _Stopped(Exception):
    """Whoever was making rows has given up: the COPY under way must not end well."""


class _Ahead:
    """One connection's COPYs, sent by a thread of their own while the caller makes more rows.

    The connection is that thread's from a COPY's first block until ``settle`` has returned.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self.thread: Thread | None = None
        self._begin()

    def _begin(self) -> None:
        self.cursor = connection.connection.cursor()
        self.waiting: SimpleQueue[str | bytes | None] = SimpleQueue()
        self.room = Semaphore(_AHEAD)
        self.fault: Exception | None = None
        self.stopped = False

    def send(self, statement: str, blocks: Iterable[list[Sequence[Any]]]) -> int:
        """Make a COPY's blocks and leave the sending to the thread; return how many rows."""
        if self.thread is None:
            self._begin()
            self.thread = Thread(target=self._run, daemon=True)
            self.thread.start()
        stream = _Stream(blocks)
        self.waiting.put(statement)
        try:
            while not self.fault and (block := stream.next_bytes()):
                self.room.acquire()
                self.waiting.put(block)
        except BaseException:
            self.stop()
            raise
        self.waiting.put(b"")
        if self.fault:
            self.settle()
        return stream.count

    def settle(self) -> None:
        """Wait until all is sent and the connection free; raise what the database said."""
        if self.thread is None:
            return
        self.waiting.put(None)
        self.thread.join()
        self.thread = None
        if self.fault is not None:
            with connection.wrap_database_errors:
                raise self.fault

    def stop(self) -> None:
        """Break off a COPY under way: what it has written so far is rolled back."""
        if self.thread is None:
            return
        self.stopped = True
        self.waiting.put(b"")
        self.waiting.put(None)
        self.thread.join()
        self.thread = None

    def _run(self) -> None:
        while (said := self.waiting.get()) is not None:
            if not isinstance(said, str):
                self.room.release()  # left over from a COPY that failed
                continue
            try:
                if self.fault is None:
                    self.cursor.copy_expert(said, _Sent(self), _COPY_BYTES)
            except Exception as error:  # noqa: BLE001  # raised again in the caller's thread
                self.fault = error


class _Sent(io.RawIOBase):
    """The sending thread's view of one COPY."""

    def __init__(self, ahead: _Ahead) -> None:
        self.ahead = ahead
        self.rest = b""
        self.at = 0

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes; none at the end."""
        if self.at >= len(self.rest):
            block = self.ahead.waiting.get()
            if self.ahead.stopped:
                raise _Stopped
            assert isinstance(block, bytes)  # noqa: S101  # a statement follows an end only
            if block:
                self.ahead.room.release()
            self.rest, self.at = block, 0
        start, self.at = self.at, self.at + size if size > 0 else len(self.rest)
        return self.rest[start : self.at]


_ahead: ContextVar[_Ahead | None] = ContextVar("ahead", default=None)


@contextmanager
def sending_ahead() -> Iterator[None]:
    """Go on making rows while PostgreSQL takes in the streamed ones before; no more on SQLite.

    Inside, a streamed write returns when its rows are made, and its faults come with the next
    question asked of the database, which waits until all is sent, or with the end of the block.
    """
    if connection.vendor != "postgresql" or _ahead.get() is not None:
        yield
        return
    ahead = _Ahead()

    def after_all_is_sent(execute: Callable[..., Any], *question: Any) -> Any:
        ahead.settle()
        return execute(*question)

    token = _ahead.set(ahead)
    try:
        with connection.execute_wrapper(after_all_is_sent):
            try:
                yield
            except BaseException:
                ahead.stop()
                raise
            ahead.settle()
    finally:
        _ahead.reset(token)


def copy_in(
    table: str, columns: Sequence[str], blocks: Iterable[list[Sequence[Any]]], *, streamed: bool
) -> int:
    """COPY blocks of database-ready columns into a table; return how many rows.

    ``streamed`` blocks are made inside one COPY, so that making them may not ask the database.
    """
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    statement = f"COPY {connection.ops.quote_name(table)} ({quoted}) FROM STDIN"
    ahead = _ahead.get()
    if ahead is not None:
        if streamed:
            return ahead.send(statement, blocks)
        ahead.settle()
    streams = [_Stream(blocks)] if streamed else (_Stream([block]) for block in blocks)
    count = 0
    with connection.cursor() as cursor:
        for stream in streams:
            with connection.wrap_database_errors:  # a cursor wraps its own methods only
                try:
                    cursor.copy_expert(statement, stream, _COPY_BYTES)
                except Exception as error:  # noqa: BLE001  # whatever it is, raised again
                    raise stream.fault or error from None
            count += stream.count
    return count
