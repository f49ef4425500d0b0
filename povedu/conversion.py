"""What turns columns of a field's values into what the database's driver stores."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from povedu.copying import is_constant

# Python types that the drivers store as they are, by a field's internal type.
_STORED = {
    **dict.fromkeys(("CharField", "TextField"), str),
    **dict.fromkeys(("BooleanField",), bool),
    **dict.fromkeys(("BinaryField",), bytes),
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
    if internal == "DateField" and connection.vendor == "postgresql":
        return date
    return _STORED.get(internal)


def column_conversion(field: Any) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return what turns a column of a field's values into what the driver stores.

    A column of values that the driver stores as they are passes untouched; a field class may bring
    its own way for whole columns (``prepared_column``).
    """
    own = getattr(field, "prepared_column", None)
    if own is not None:
        prepared: Callable[[Sequence[Any]], Sequence[Any]] = own
        return prepared
    plain, convert = {_stored_type(field), type(None)}, _conversion(field)

    def change(column: Sequence[Any]) -> Sequence[Any]:
        if set(map(type, column)) <= plain:
            return column
        if is_constant(column):
            return [convert(column[0])] * len(column)
        return [value if type(value) in plain else convert(value) for value in column]

    return change


def _conversion(field: Any) -> Callable[[Any], Any]:
    """Return the field's own conversion to a value that the driver stores."""
    link = connections[DEFAULT_DB_ALIAS]  # the proxy looks its thread up at every attribute
    if field.get_internal_type() == "DateField" and link.vendor == "sqlite":
        return str
    return lambda value: _plain(field.get_db_prep_save(value, link))


def _plain(value: Any) -> Any:
    adapted = getattr(value, "adapted", None)  # psycopg2 Json and Binary wrappers
    if adapted is None:
        return value
    if isinstance(adapted, (bytes, bytearray, memoryview)):
        return bytes(adapted)
    dumps = getattr(value, "dumps", None)
    return dumps(adapted) if dumps else adapted
