"""Writing ahead: a thread hands blocks of rows to the database while the caller makes more.

Both drivers let go of the interpreter while the database works. On PostgreSQL a block is COPY's
text, on SQLite the values of one INSERT of many rows: as many single INSERTs would ask for the
interpreter back after each row.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Any, Protocol

from django.db import connection, transaction

from povedu.copying import COPY_BYTES, Block, Source, copy_statement, copy_text

_AHEAD = 8  # blocks made and not yet handed over
_BLOCKS_EACH = 10  # of one COPY: its keys are checked at its end, while more rows are made


class _Stopped(Exception):
    """Whoever was making rows has given up: the write under way must not end well."""


class _Driver(Protocol):
    """How one database takes blocks: made in the caller's thread, written in the other."""

    def made(self, block: Block) -> Any: ...
    def write(self, table: str, columns: Sequence[str], made: Iterator[Any]) -> None: ...


class _Copy:
    """PostgreSQL's COPY."""

    def __init__(self) -> None:
        self.cursor = connection.connection.cursor()

    def made(self, block: Block) -> bytes:
        return copy_text(block)

    def write(self, table: str, columns: Sequence[str], made: Iterator[bytes]) -> None:
        self.cursor.copy_expert(copy_statement(table, columns), Source(made), COPY_BYTES)


class _Insert:
    """SQLite's INSERT of many rows."""

    def __init__(self) -> None:
        self.link: sqlite3.Connection = connection.connection
        self.most = self.link.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)

    def made(self, block: Block) -> tuple[Any, ...]:
        return tuple(chain.from_iterable(zip(*block, strict=True)))

    def write(self, table: str, columns: Sequence[str], made: Iterator[tuple[Any, ...]]) -> None:
        names = ", ".join(map(connection.ops.quote_name, columns))
        row = f"({', '.join('?' * len(columns))})"
        step = self.most // len(columns) * len(columns)
        for values in made:
            for start in range(0, len(values), step):
                some = values[start : start + step]
                rows = ", ".join([row] * (len(some) // len(columns)))
                self.link.execute(
                    f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES {rows}",  # noqa: S608  # names come from models
                    some,
                )


class _Ahead:
    """One connection's writes, made by a thread of their own while the caller makes more rows.

    The connection is that thread's from a write's first block until ``settle`` has returned.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self.thread: Thread | None = None
        self._begin()

    def _begin(self) -> None:
        self.driver: _Driver = _Copy() if connection.vendor == "postgresql" else _Insert()
        self.waiting: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.room = Semaphore(_AHEAD)
        self.fault: Exception | None = None
        self.stopped = False

    def send(self, table: str, columns: Sequence[str], blocks: Iterable[Block]) -> int:
        """Make a write's blocks and leave the rest to the thread; return how many rows."""
        if self.thread is None:
            self._begin()
            self.thread = Thread(target=self._run, daemon=True)
            self.thread.start()
        count = sent = 0
        try:
            with transaction.mark_for_rollback_on_error():  # some of the blocks are in already
                for block in blocks:
                    if self.fault:
                        break
                    made = self.driver.made(block)
                    if sent % _BLOCKS_EACH == 0:
                        self.waiting.put(("write", (table, columns)))
                    self.room.acquire()
                    self.waiting.put(("block", made))
                    count, sent = count + len(block[0]), sent + 1
        except BaseException:
            self.stop()
            raise
        if self.fault:
            self.settle()
        return count

    def settle(self) -> None:
        """Wait until all is written and the connection free; raise what the database said."""
        self._end()
        if self.fault is not None:
            fault, self.fault = self.fault, None
            with connection.wrap_database_errors:
                raise fault

    def stop(self) -> None:
        """Break off a write under way: what it has written so far is rolled back."""
        self.stopped = True
        self._end()
        self.fault = None  # the caller's own is told

    def _end(self) -> None:
        if self.thread is not None:
            self.waiting.put(("end", None))
            self.thread.join()
            self.thread = None

    def _run(self) -> None:
        said, about = self.waiting.get()
        while said != "end":
            if said == "block":
                self.room.release()  # left over from a write that failed
                said, about = self.waiting.get()
                continue
            pieces = _Pieces(self)
            try:
                if self.fault is None:
                    table, columns = about
                    self.driver.write(table, columns, iter(pieces))
            except Exception as error:  # noqa: BLE001  # raised again in the caller's thread
                self.fault = error
            said, about = pieces.next or self.waiting.get()


class _Pieces:
    """The blocks of one write, as the thread takes them; ``next`` is what came after them."""

    def __init__(self, ahead: _Ahead) -> None:
        self.ahead = ahead
        self.next: tuple[str, Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        while (said := self.ahead.waiting.get())[0] == "block":
            self.ahead.room.release()
            yield said[1]
        self.next = said
        if self.ahead.stopped:
            raise _Stopped


_ahead: ContextVar[_Ahead | None] = ContextVar("ahead", default=None)


@contextmanager
def sending_ahead() -> Iterator[None]:
    """Go on making rows while the database takes in the streamed ones before.

    Inside, a streamed write returns when its rows are made, and its faults come with the next
    question asked of the database, which waits until all is written, or with the end of the block.
    Foreign keys are checked as rows arrive and not at the commit, when nobody else could work: a
    row is written after those that it names.
    """
    if _ahead.get() is not None:
        yield
        return
    _check_keys("IMMEDIATE")
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
    if not connection.needs_rollback:
        _check_keys("DEFERRED")


def _check_keys(when: str) -> None:
    if connection.vendor == "postgresql":  # SQLite has no such order; it checks at the commit
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {when}")


def sent_ahead(table: str, columns: Sequence[str], blocks: Iterable[Block]) -> int | None:
    """Leave blocks of columns to the thread; return how many rows, None where nobody sends ahead.

    Making the blocks may not ask the database.
    """
    ahead = _ahead.get()
    return None if ahead is None else ahead.send(table, columns, blocks)


def settle() -> None:
    """Wait until what was sent ahead is written."""
    ahead = _ahead.get()
    if ahead is not None:
        ahead.settle()
