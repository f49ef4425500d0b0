"""Whether anything that a comparison reads is other than last time."""

import hashlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import chain
from typing import Any

_PLAIN = frozenset({str, int, bool, float, date, type(None)})


def fingerprint(*values: Any) -> str:
    """Return 64 hex characters, equal for equal content: rows in their order, mappings by key.

    Rows are tuples of plain values; what holds rows may be a dataclass, a mapping or a sequence.
    """
    seen = hashlib.sha256()
    for value in values:
        _add(seen, value)
    return seen.hexdigest()


def _add(seen: "hashlib._Hash", value: Any) -> None:
    for one in _parts(value):
        if isinstance(one, bytes):
            seen.update(one)
        else:
            _add(seen, one[0])
    seen.update(b"\0")


def _parts(value: Any) -> Iterator[bytes | list[Any]]:
    """Yield a value as bytes, what is to be taken apart further as a list of one."""
    if is_dataclass(value):
        for one in fields(value):
            yield one.name.encode()
            yield [getattr(value, one.name)]
    elif isinstance(value, Mapping):
        keys = sorted(value)
        yield [keys]
        yield [[value[key] for key in keys]]
    elif isinstance(value, (set, frozenset)):
        yield repr(sorted(value)).encode()
    elif isinstance(value, list):
        yield from _rows(value)
    else:
        yield (tuple.__repr__(value) if isinstance(value, tuple) else repr(value)).encode()


def _rows(rows: list[Any]) -> Iterator[bytes | list[Any]]:
    """Yield rows column by column, which takes a fifth of the time; of other lists each member."""
    kinds = set(map(type, rows))
    if kinds <= _PLAIN:
        yield _column(rows)
    elif all(issubclass(kind, tuple) for kind in kinds) and len(set(map(len, rows))) == 1:
        yield b"%d rows of %d" % (len(rows), len(rows[0]))
        yield from map(_column, zip(*rows, strict=True))
    else:
        yield b"%d" % len(rows)
        yield from ([one] for one in rows)


def _column(values: Sequence[Any]) -> bytes:
    """Return a column's values as bytes that no other column has."""
    kinds = set(map(type, values))
    head = b"\0%d" % len(values)
    if kinds == {str}:
        text = "\0".join(values)
        if text.count("\0") == len(values) - 1:  # else a value holds what divides them
            return head + b"s" + text.encode(errors="surrogatepass")
    elif kinds == {bool}:
        return head + b"b" + bytes(values)
    elif kinds == {int}:
        with suppress(OverflowError):
            return head + b"i" + array("q", values).tobytes()
    elif kinds == {tuple} and set(map(type, chain.from_iterable(values))) <= {str}:
        lengths = array("q", map(len, values)).tobytes()
        return head + b"t" + lengths + _column([*chain.from_iterable(values)])
    elif kinds == {str, type(None)}:
        known = ["" if value is None else value for value in values]
        return head + b"n" + bytes(value is None for value in values) + _column(known)
    elif kinds and kinds <= {date, type(None)}:
        return head + b"d" + array("i", [day.toordinal() if day else 0 for day in values]).tobytes()
    return head + b"r" + repr([*values]).encode(errors="surrogatepass")
