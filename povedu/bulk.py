"""Set-wise writing: COPY on PostgreSQL, executemany on SQLite, the same call for both."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models

from povedu import writes
from povedu.ahead import sent_ahead, settle
from povedu.conversion import column_conversion
from povedu.copying import copy_in

_CHUNK = 5000
_BLOCK = 1000  # rows made at a time: few enough that the database need not wait for the first


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the cycle collector while millions of values are built that hold no cycles.

    Walking them over and over took a third of an import. Counting references goes on as ever.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chunked(rows: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """Yield lists of at most ``size`` rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


class Derived(Sequence[Any]):
    """A column made from others, some rows at a time as they are written, and never held whole."""

    def __init__(self, make: Callable[..., list[Any]], *columns: Sequence[Any]) -> None:
        self._make, self._columns = make, columns

    def __len__(self) -> int:
        return len(self._columns[0])

    def __getitem__(self, at: Any) -> Any:
        span = at if isinstance(at, slice) else slice(at, at + 1)
        made = self._make(*(column[span] for column in self._columns))
        return made if isinstance(at, slice) else made[0]


class Repeated(Sequence[Any]):
    """A column of one value."""

    def __init__(self, value: Any, height: int) -> None:
        self._value, self._height = value, height

    def __len__(self) -> int:
        return self._height

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._value] * len(range(self._height)[at])
        return self._value


def _sliced(columns: Sequence[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Yield columns of one length as blocks."""
    height = len(columns[0])
    for start in range(0, height, _BLOCK):
        block = [column[start : start + _BLOCK] for column in columns]
        if any(len(column) != len(block[0]) for column in block):
            raise ValueError("columns of different lengths")
        yield block


def _column_blocks(
    rows: Iterable[Sequence[Any]], size: int = _BLOCK
) -> Iterator[list[Sequence[Any]]]:
    """Turn rows into blocks of columns: what is done per column is done once, not per value."""
    for chunk in chunked(rows, size):
        yield list(zip(*chunk, strict=True))


def _executemany(table: str, columns: Sequence[str], blocks: Iterable[list[Sequence[Any]]]) -> int:
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {connection.ops.quote_name(table)} ({quoted}) VALUES ({marks})"  # noqa: S608  # names come from models
    count = 0
    with connection.cursor() as cursor:
        for block in blocks:
            cursor.executemany(statement, list(zip(*block, strict=True)))
            count += len(block[0])
    return count


def _write(
    table: str, columns: Sequence[str], blocks: Iterable[list[Sequence[Any]]], *, streamed: bool
) -> int:
    if streamed and (sent := sent_ahead(table, columns, blocks)) is not None:
        return sent
    settle()
    if connection.vendor == "postgresql":
        return copy_in(table, columns, blocks, streamed=streamed)
    return _executemany(table, columns, blocks)


def write_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, streamed: bool = False
) -> int:
    """Insert database-ready rows into a table by column name; return how many.

    ``streamed`` rows are drawn while the database takes in the ones before: faster, but then they
    must not ask it anything themselves.
    """
    return _write(table, columns, _column_blocks(rows), streamed=streamed)


def insert_rows(
    model: type[models.Model],
    field_names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    streamed: bool = False,
    at_once: int = _BLOCK,
) -> int:
    """Insert rows of Python values, one value per named field; return how many.

    Values go through each field's own conversion, so money, sealed values and JSON are stored as
    ``save`` would store them, and a field not named takes its default as ``save`` would give it.
    Constraints are the database's; an IntegrityError leaves nothing behind inside the caller's
    transaction. ``streamed`` as in ``write_rows``; ``at_once`` rows are made at a time, fewer where
    each is large.
    """
    ear = writes.listener(model)
    if ear is not None:
        field_names, rows = _keyed(model, field_names, rows)
        rows = ear.noted(model, rows, field_names.index("id"))
    return _insert(model, field_names, _column_blocks(rows, at_once), streamed=streamed)


def insert_columns(
    model: type[models.Model], columns: Mapping[str, Sequence[Any]], *, streamed: bool = False
) -> int:
    """Insert as ``insert_rows`` does what is at hand as columns of one length, by field name."""
    height = len(next(iter(columns.values())))
    ear = writes.listener(model)
    if ear is not None:
        if "id" not in columns:
            columns = {"id": reserve_ids(model, height), **columns}
        ear.touched(model).note_entered(columns["id"])
    if not height:
        return 0
    return _insert(model, list(columns), _sliced(list(columns.values())), streamed=streamed)


def _insert(
    model: type[models.Model],
    field_names: Sequence[str],
    blocks: Iterable[list[Sequence[Any]]],
    *,
    streamed: bool,
) -> int:
    named: list[Any] = [model._meta.get_field(name) for name in field_names]
    others = _unnamed(model, {field.name for field in named})
    convert = [column_conversion(field) for field in (*named, *others)]

    def converted() -> Iterator[list[Sequence[Any]]]:
        for block in blocks:
            height = len(block[0])
            block.extend(_defaults(field, height) for field in others)
            yield [change(column) for change, column in zip(convert, block, strict=True)]

    columns = [field.column for field in (*named, *others)]
    return _write(model._meta.db_table, columns, converted(), streamed=streamed)


def _defaults(field: Any, height: int) -> list[Any]:
    if field.has_default() and callable(field.default):
        return [field.get_default() for _ in range(height)]
    return [field.get_default()] * height


def _keyed(
    model: type[models.Model], field_names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """Give rows that would get their keys from the database keys of their own, to be known by."""
    if "id" in field_names:
        return field_names, rows
    known = rows if isinstance(rows, list) else list(rows)
    keys = reserve_ids(model, len(known))
    return ("id", *field_names), ((key, *row) for key, row in zip(keys, known, strict=True))


def _unnamed(model: type[models.Model], named: set[str]) -> list["models.Field[Any, Any]"]:
    """Return the fields that need a default from Python: those the database fills are left out."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in named
        and not field.generated
        and not field.has_db_default()
        and (not field.primary_key or field.has_default())
    ]


@contextmanager
def staged(
    name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]
) -> Iterator[str]:
    """Hold rows in a temporary table for a set-wise join; drop it afterwards.

    ``columns`` are (name, SQL type) pairs that both databases know: text, bigint, date, boolean.
    """
    table = f"staged_{name}"
    declared = ", ".join(f"{connection.ops.quote_name(n)} {t}" for n, t in columns)
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {quoted}")
        cursor.execute(f"CREATE TEMPORARY TABLE {quoted} ({declared})")
    try:
        write_rows(table, [n for n, _ in columns], rows)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(  # a rough idea will do, of a table that lives for one statement
                    f"SET default_statistics_target = 10; ANALYZE {quoted};"
                    " RESET default_statistics_target"
                )
        yield table
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {quoted}")


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Return so many fresh primary keys, so that rows can name each other before insertion.

    Nearly always they follow each other: then a range.

    Call inside the transaction that inserts: on SQLite it holds the one write lock.
    """
    if not count:
        return ()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            sequence = cursor.fetchone()[0]  # looked up per row it would cost more than the keys
            cursor.execute(
                "WITH drawn AS MATERIALIZED (SELECT nextval(%s::regclass) AS key"
                " FROM generate_series(1, %s)) SELECT min(key), max(key),"
                " CASE WHEN max(key) - min(key) >= count(*) THEN array_agg(key) END FROM drawn",
                [sequence, count],
            )
            first, last, scattered = cursor.fetchone()  # so many rows would take longer to fetch
            return scattered or range(first, last + 1)
        quoted = connection.ops.quote_name(table)
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {quoted}")  # noqa: S608  # a model's table
        last = cursor.fetchone()[0]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        used = cursor.fetchone()
    first = max(last, used[0] if used else 0) + 1
    return range(first, first + count)


def update_rows(
    model: type[models.Model], field_names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Update rows by primary key in one statement; each row is (key, value, …); return how many.

    Values go through each field's own conversion, as in ``insert_rows``.
    """
    key = model._meta.pk
    assert key is not None  # noqa: S101  # every model here has one
    fields: list[Any] = [key, *(model._meta.get_field(name) for name in field_names)]
    convert = [column_conversion(field) for field in fields]
    columns = [str(field.column) for field in fields]
    types = [str(key.rel_db_type(connection))]
    types += [
        str(field.rel_db_type(connection)) if field.is_relation else str(field.db_type(connection))
        for field in fields[1:]
    ]
    blocks = (
        [change(column) for change, column in zip(convert, block, strict=True)]
        for block in _column_blocks(rows)
    )
    converted = [row for block in blocks for row in zip(*block, strict=True)]
    if not converted:
        return 0
    ear = writes.listener(model)
    keys = [row[0] for row in converted] if ear is not None else []
    before = writes.images(model, keys, field_names)
    quote = connection.ops.quote_name
    with staged(
        model._meta.model_name or "rows", list(zip(columns, types, strict=True)), converted
    ) as t:
        settings = ", ".join(f"{quote(name)} = s.{quote(name)}" for name in columns[1:])
        table = quote(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {settings} FROM {quote(t)} s"  # noqa: S608  # names come from models
                f" WHERE {table}.{quote(columns[0])} = s.{quote(columns[0])}"
            )
    if ear is not None:
        ear.note_changes(model, before, writes.images(model, keys, field_names))
    return len(converted)


def delete_rows(model: type[models.Model], keys: Iterable[int]) -> int:
    """Delete rows by primary key in one statement; return how many.

    Nothing else is followed: rows that still point at them are the database's to refuse.
    """
    gone = sorted(set(keys))
    ear = writes.listener(model)
    if ear is not None:
        touched = ear.touched(model)
        names = writes.all_names(model)
        entered = touched.entered()
        old = [key for key in gone if key not in entered]
        entered.difference_update(gone)
        touched.deleted.update(writes.images(model, old, [*names]))
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    rows = ([key] for key in gone)
    with staged("gone", [("id", "bigint")], rows) as t, connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM {quote(t)})")  # noqa: S608  # a model's table
    return len(gone)
