"""Rows of matching as the columns that Splink compares."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from povedu import identity
from students.linkage.variants import folded
from students.rules.matching import Child, Listed

if TYPE_CHECKING:
    import pyarrow as pa

Digits = Mapping[int, str]  # a row's stated number by key, in the clear, in memory only


def _people(rows: Sequence[Child] | Sequence[Listed], digits: Digits) -> dict[str, list[Any]]:
    """Return the columns that both sides fill alike; None where unknown."""
    held = dict(zip(type(rows[0])._fields, zip(*rows, strict=True), strict=True)) if rows else {}

    def column(name: str) -> list[Any]:
        return [value or None for value in held.get(name, ())]

    names, births = column("name"), column("birth_on")
    folds = {name: folded(name) for name in {*names} if name}
    dates = {day: f"{day:%Y%m%d}" for day in {*births} if day}
    numbers = zip(held.get("stated_index", ()), held.get("id_index", ()), strict=True)
    return {
        "row": [*held.get("pk", ())],
        "name": names,
        "folded": [*map(folds.get, names)],
        "pinyin": column("pinyin"),
        "surname": [name and name[:1] for name in names],
        "given": [name and name[1:] or None for name in names],
        "sex": column("sex"),
        "birth": [*map(dates.get, births)],
        "day": [day and day.toordinal() for day in births],
        "township": column("township"),
        "village": column("village"),
        "stated": [stated or known or None for stated, known in numbers],
        "first_15": column("first_15_index"),
        "digits": [*map(digits.get, held.get("pk", ()))],
    }


def _elders(names: Iterable[str]) -> dict[str, list[Any]]:
    stated = [*names]
    known = {name: identity.normal_name(name) or None for name in {*stated} if name}
    sounds = {name: identity.pinyin(name) for name in known.values() if name}
    elders = [known.get(name) for name in stated]
    return {"elder": elders, "elder_pinyin": [name and sounds[name] for name in elders]}


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
