"""Whether anything that a comparison reads is other than last time."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any


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
        if isinstance(one, str):
            seen.update(one.encode())
        else:
            _add(seen, one[0])
    seen.update(b"\0")


def _parts(value: Any) -> Iterator[str | list[Any]]:
    """Yield a value as text, what is to be taken apart further as a list of one."""
    if is_dataclass(value):
        for one in fields(value):
            yield one.name
            yield [getattr(value, one.name)]
    elif isinstance(value, Mapping):
        keys = sorted(value)
        yield repr(keys)
        yield from ([value[key]] for key in keys)
    elif isinstance(value, (set, frozenset)):
        yield repr(sorted(value))
    elif isinstance(value, list) and not all(isinstance(one, tuple) for one in value):
        yield from ([one] for one in value)
    elif isinstance(value, list):
        yield "\n".join(map(tuple.__repr__, value))
    else:
        yield tuple.__repr__(value) if isinstance(value, tuple) else repr(value)
