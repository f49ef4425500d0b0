"""Set-wise writing: COPY on PostgreSQL, executemany on SQLite, the same call for both."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

_CHUNK = 5000


def chunked(rows: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """Yield lists of at most ``size`` rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _copy_text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, (bytes, memoryview)):
        return "\\\\x" + bytes(value).hex()
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    statement = f"COPY {connection.ops.quote_name(table)} ({quoted}) FROM STDIN"
    count = 0
    with connection.cursor() as cursor:
        for chunk in chunked(rows):
            text = "".join("\t".join(map(_copy_text, row)) + "\n" for row in chunk)
            with connection.wrap_database_errors:  # a cursor wraps its own methods only
                cursor.copy_expert(statement, io.StringIO(text))
            count += len(chunk)
    return count


def _executemany(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {connection.ops.quote_name(table)} ({quoted}) VALUES ({marks})"  # noqa: S608  # names come from models
    count = 0
    with connection.cursor() as cursor:
        for chunk in chunked(rows):
            cursor.executemany(statement, chunk)
            count += len(chunk)
    return count


def write_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert database-ready rows into a table by column name; return how many."""
    if connection.vendor == "postgresql":
        return _copy(table, columns, rows)
    return _executemany(table, columns, rows)


def insert_rows(
    model: type[models.Model], field_names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Insert rows of Python values, one value per named field; return how many.

    Values go through each field's own conversion, so money, sealed values and JSON are stored as
    ``save`` would store them, and a field not named takes its default as ``save`` would give it.
    Constraints are the database's; an IntegrityError leaves nothing behind inside the caller's
    transaction.
    """
    named: list[Any] = [model._meta.get_field(name) for name in field_names]
    others = _unnamed(model, {field.name for field in named})
    fields = [*named, *others]
    writers = [(_stored_type(field), _conversion(field)) for field in fields]
    varying = any(callable(field.default) for field in others)
    first = [field.get_default() for field in others]

    def converted() -> Iterator[list[Any]]:
        for row in rows:
            rest = [field.get_default() for field in others] if varying else first
            yield [
                value if value is None or type(value) is stored else convert(value)
                for value, (stored, convert) in zip((*row, *rest), writers, strict=True)
            ]

    return write_rows(model._meta.db_table, [field.column for field in fields], converted())


# Python types that the drivers store as they are, by a field's internal type.
_STORED = {
    **dict.fromkeys(("CharField", "TextField"), str),
    **dict.fromkeys(("BooleanField",), bool),
    **dict.fromkeys(
        (
            *("AutoField", "BigAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField"),
            *("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"),
        ),
        int,
    ),
}


def _stored_type(field: Any) -> type | None:
    """Return the type whose values need no conversion for a field, None where all do.

    Asking the field for each of millions of values costs more than the insert itself; a field class
    that converts in its own way (money, sealed values) keeps being asked.
    """
    own = field.target_field if field.is_relation else field
    internal = own.get_internal_type()
    usual = getattr(models, internal, None)
    if usual is None or type(own).get_prep_value is not usual.get_prep_value:
        return None
    return _STORED.get(internal)


def _conversion(field: Any) -> Callable[[Any], Any]:
    """Return the field's own conversion to a value that the driver stores."""
    link = connections[DEFAULT_DB_ALIAS]  # the proxy looks its thread up at every attribute
    if field.get_internal_type() == "DateField" and link.vendor == "sqlite":
        return str
    return lambda value: _plain(field.get_db_prep_save(value, link))


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


def _plain(value: Any) -> Any:
    adapted = getattr(value, "adapted", None)  # psycopg2 Json and Binary wrappers
    if adapted is None:
        return value
    if isinstance(adapted, (bytes, bytearray, memoryview)):
        return bytes(adapted)
    dumps = getattr(value, "dumps", None)
    return dumps(adapted) if dumps else adapted


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
                cursor.execute(f"ANALYZE {quoted}")
        yield table
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {quoted}")


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Return so many fresh primary keys, so that rows can name each other before insertion.

    Call inside the transaction that inserts: on SQLite it holds the one write lock.
    """
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        quoted = connection.ops.quote_name(table)
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {quoted}")  # noqa: S608  # a model's table
        last = cursor.fetchone()[0]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        used = cursor.fetchone()
    first = max(last, used[0] if used else 0) + 1
    return list(range(first, first + count))


def update_rows(
    model: type[models.Model], field_names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Update rows by primary key in one statement; each row is (key, value, …); return how many.

    Values go through each field's own conversion, as in ``insert_rows``.
    """
    key = model._meta.pk
    assert key is not None  # noqa: S101  # every model here has one
    fields: list[Any] = [key, *(model._meta.get_field(name) for name in field_names)]
    convert = [field.get_db_prep_save for field in fields]
    columns = [str(field.column) for field in fields]
    types = [str(key.rel_db_type(connection))]
    types += [
        str(field.rel_db_type(connection)) if field.is_relation else str(field.db_type(connection))
        for field in fields[1:]
    ]
    converted = [
        [_plain(function(value, connection)) for function, value in zip(convert, row, strict=True)]
        for row in rows
    ]
    if not converted:
        return 0
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
    return len(converted)
