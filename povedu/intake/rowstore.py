"""The stored form of a staged row: its cells, values and problems as sealed JSON.

``[[raw cell, …], [value, …], [problem, …]]`` where a value equal to its raw cell is ``[]``. The
texts are made column by column, each distinct cell once: at fifty thousand rows this is what
staging spends most of its time on.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from povedu.intake.cleaning import SheetReading
from povedu.intake.frame import Frame
from povedu.intake.kinds import IntakeKind
from povedu.intake.problems import Problem
from povedu.intake.reading.cells import Cell
from povedu.protected import seal, unseal

CONTEXT = "intake.row"
_SAME = "[]"


def _raw_json(cell: Cell) -> str:
    text: str = encode_basestring(cell) if isinstance(cell, str) else repr(cell)
    return text


def _value_json(value: Any) -> str:
    if isinstance(value, str):
        text: str = encode_basestring(value)
        return text
    if isinstance(value, (date, Decimal)):
        return f'"{value}"'
    return json.dumps(value)


def _through(function: Callable[[Any], str], column: Sequence[Any]) -> list[str]:
    known = {(type(value), value): "" for value in column}
    if len(known) * 2 > len(column):
        return [function(value) for value in column]
    texts = {key: function(key[1]) for key in known}
    return [texts[type(value), value] for value in column]


def sealed_rows(
    readings: Sequence[SheetReading], frame: Frame, kind: IntakeKind
) -> Iterator[bytes]:
    """Yield each row's sealed payload in the frame's order."""
    at = 0
    for reading in readings:
        if reading.heading is None:
            continue
        rows = reading.rows.data
        upper = at + len(rows)
        raw_columns = [
            _picked(reading.sheet.columns[one.index], rows) for one in reading.heading.columns
        ]
        raw = _joined([_through(_raw_json, column) for column in raw_columns], len(rows))
        where = {one.field: raw_columns[i] for i, one in enumerate(reading.heading.columns)}
        values = _joined(
            [_values(frame.values[name][at:upper], where.get(name)) for name in kind.columns],
            len(rows),
        )
        problems = frame.problems
        for number, (cells, cleaned) in enumerate(zip(raw, values, strict=True), start=at):
            said = problems.get(number)
            noted = json.dumps([one.packed() for one in said]) if said else "[]"
            yield seal(f"[[{cells}],[{cleaned}],{noted}]".encode(), context=CONTEXT)
        at = upper


def _picked(column: list[Cell], rows: list[int]) -> list[Cell]:
    if rows and rows[-1] - rows[0] + 1 == len(rows):
        return column[rows[0] : rows[-1] + 1]
    return [column[row] for row in rows]


def _joined(columns: list[list[str]], height: int) -> Iterator[str]:
    return map(",".join, zip(*columns, strict=True)) if columns else iter([""] * height)


def _values(column: list[Any], raw: list[Cell] | None) -> list[str]:
    texts = _through(_value_json, column)
    if raw is None:
        return texts
    return [
        _SAME if value == cell and type(value) is str else text
        for value, cell, text in zip(column, raw, texts, strict=True)
    ]


@dataclass
class StoredRow:
    """A payload opened again; ``values`` by field name in Python form."""

    raw: list[Cell]
    values: dict[str, Any]
    problems: list[Problem]


class RowReader:
    """Open payloads of one batch: knows each sheet's columns and the kind's fields."""

    def __init__(self, kind: IntakeKind, sheets: Sequence[dict[str, Any]]) -> None:
        self.names = list(kind.columns)
        self.loaders = {
            name: column.widget.load
            for name, column in kind.columns.items()
            if type(column.widget).load.__qualname__ != "LedgerWidget.load"
        }
        self.raw_index = [
            {one["field"]: at for at, one in enumerate(sheet["mapping"]) if one["field"]}
            for sheet in sheets
        ]

    def open(self, payload: bytes | memoryview, sheet: int) -> StoredRow:
        """Return the row's cells, values and problems."""
        raw, stored, problems = json.loads(unseal(bytes(payload), context=CONTEXT))
        index = self.raw_index[sheet]
        values = {
            name: raw[index[name]] if value == [] else value
            for name, value in zip(self.names, stored, strict=True)
        }
        for name, load in self.loaders.items():
            values[name] = load(values[name])
        return StoredRow(raw, values, [Problem.unpacked(one) for one in problems])

    def pack(self, row: StoredRow) -> bytes:
        """Return a changed row's payload."""
        values = [json.loads(_value_json(row.values[name])) for name in self.names]
        body = [row.raw, values, [one.packed() for one in row.problems]]
        return seal(json.dumps(body, ensure_ascii=False).encode(), context=CONTEXT)
