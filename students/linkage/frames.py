"""Rows of matching as the columns that Splink compares."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from povedu import identity
from students.linkage.variants import folded
from students.rules.matching import Child, Listed

if TYPE_CHECKING:
    import pyarrow as pa

Digits = Mapping[int, str]  # a row's stated number by key, in the clear, in memory only


def _people(rows: Sequence[Child] | Sequence[Listed], digits: Digits) -> dict[str, list[Any]]:
    """Return the columns that both sides fill alike; None where unknown."""

    def column(value: Callable[[Any], Any]) -> list[Any]:
        return [value(row) or None for row in rows]

    return {
        "row": [row.pk for row in rows],
        "name": column(lambda row: row.name),
        "folded": column(lambda row: folded(row.name)),
        "pinyin": column(lambda row: row.pinyin),
        "surname": column(lambda row: row.name[:1]),
        "given": column(lambda row: row.name[1:]),
        "sex": column(lambda row: row.sex),
        "birth": column(lambda row: f"{row.birth_on:%Y%m%d}" if row.birth_on else None),
        "day": column(lambda row: row.birth_on and row.birth_on.toordinal()),
        "township": column(lambda row: row.township),
        "village": column(lambda row: row.village),
        "stated": column(lambda row: row.stated_index or row.id_index),
        "first_15": column(lambda row: row.first_15_index),
        "digits": column(lambda row: digits.get(row.pk)),
    }


def _elders(names: Iterable[str]) -> dict[str, list[Any]]:
    elders = [identity.normal_name(name) if name else None for name in names]
    return {
        "elder": [name or None for name in elders],
        "elder_pinyin": [identity.pinyin(name) if name else None for name in elders],
    }


def children_frame(children: Sequence[Child], digits: Digits) -> "pa.Table":
    """Return the roster's side."""
    return _table(
        _people(children, digits)
        | _elders(child.guardian for child in children)
        | {
            "family": [None] * len(children),
            "valid": [child.confirmed and child.id_index or None for child in children],
        }
    )


def entries_frame(entries: Sequence[Listed], digits: Digits) -> "pa.Table":
    """Return the register's side; whoever is the head has no other for an elder."""
    return _table(
        _people(entries, digits)
        | _elders(entry.head for entry in entries)
        | {
            "family": [entry.family or None for entry in entries],
            "valid": [entry.id_index or None for entry in entries],
        }
    )


def _table(columns: Mapping[str, list[Any]]) -> "pa.Table":
    import pyarrow as pa

    types = {"row": pa.int64(), "day": pa.int32(), "family": pa.list_(pa.string())}
    return pa.table(
        {name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()}
    )
