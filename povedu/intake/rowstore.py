"""The stored form of staged rows: cells, values and problems, sealed.

Rows are sealed in blocks of columns, ``BLOCK_ROWS`` at a time: sealing one by one, and naming every
field of every row, was what staging spent most of its time on. A block is compressed JSON, ``[row
numbers, raw columns, value columns, {position: problems}]``, where ``null`` stands for a column of
values that equals its raw cells. A row that somebody mends afterwards has a payload of its own,
``[raw cells, values, problems]``, that goes before the block's; the block is never written again.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import orjson
from django.db.models import Count, Min, Q, QuerySet

from povedu.bulk import chunked
from povedu.intake.cleaning import SheetReading
from povedu.intake.frame import Frame
from povedu.intake.kinds import IntakeKind
from povedu.intake.models import ImportBatch, ImportBlock, ImportRow
from povedu.intake.problems import Problem
from povedu.intake.reading.cells import Cell
from povedu.protected import seal, unseal

CONTEXT = "intake.row"
BLOCK_ROWS = 500
_WALK = 2000
_BLOCKS_AT_ONCE = 10
_TEXTS_KNOWN = 10_000  # a column of more distinct texts hardly repeats any


def _block_context(batch_id: int, position: int) -> str:
    """Return what binds a block to its place: in another batch, or elsewhere in it, it is shut."""
    return f"intake.block.{batch_id}.{position}"


def _json(document: object) -> bytes:
    return orjson.dumps(document, default=str)  # of a Decimal its exact text


def block_numbers(readings: Sequence[SheetReading]) -> Iterator[int]:
    """Yield in which block each row of the frame lies."""
    position = 0
    for reading in readings:
        if reading.heading is not None:
            for start in range(0, len(reading.rows.data), BLOCK_ROWS):
                yield from [position] * len(reading.rows.data[start : start + BLOCK_ROWS])
                position += 1


def sealed_blocks(
    readings: Sequence[SheetReading], frame: Frame, kind: IntakeKind, batch_id: int
) -> Iterator[tuple[int, int, bytes]]:
    """Yield (batch, position, sealed block) for the frame's rows; none spans two sheets."""
    at = position = 0
    for reading in readings:
        if reading.heading is None:
            continue
        cells = [reading.sheet.columns[one.index] for one in reading.heading.columns]
        where = {one.field: i for i, one in enumerate(reading.heading.columns)}
        rows = reading.rows.data
        for start in range(0, len(rows), BLOCK_ROWS):
            chosen = rows[start : start + BLOCK_ROWS]
            span = slice(at + start, at + start + len(chosen))
            raw = [_picked(column, chosen) for column in cells]
            values = [
                _unless_same(frame.values[name][span], raw, where.get(name))
                for name in kind.columns
            ]
            said = {
                str(place - span.start): [one.packed() for one in frame.problems[place]]
                for place in range(span.start, span.stop)
                if frame.problems.get(place)
            }
            body = zlib.compress(_json([[row + 1 for row in chosen], raw, values, said]), 1)
            yield batch_id, position, seal(body, context=_block_context(batch_id, position))
            position += 1
        at += len(rows)


def _picked(column: list[Cell], rows: Sequence[int]) -> list[Cell]:
    if rows[-1] - rows[0] + 1 == len(rows):
        return column[rows[0] : rows[-1] + 1]
    return [column[row] for row in rows]


def _unless_same(values: list[Any], raw: list[list[Cell]], index: int | None) -> list[Any] | None:
    """Return a column of values, None where it is its raw cells over again."""
    same = index is not None and set(map(type, values)) == {str} and values == raw[index]
    return None if same else values


class StagedRow(Protocol):
    """What a staged row says about where its content is."""

    @property
    def sheet(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def block(self) -> int: ...
    @property
    def payload(self) -> bytes | memoryview: ...


@dataclass
class StoredRow:
    """A row opened again; ``values`` by field name in Python form."""

    raw: list[Cell]
    values: dict[str, Any]
    problems: list[Problem]


@dataclass
class StoredColumns:
    """Opened rows of one sheet as columns; ``problems`` by position among them."""

    sheet: int
    numbers: list[int]
    columns: list[list[Any]]
    problems: dict[int, list[Problem]]


@dataclass
class _Block:
    """An opened block."""

    numbers: list[int]
    raw: list[list[Cell]]
    values: list[list[Any]]
    problems: dict[str, list[list[str]]]

    @cached_property
    def at(self) -> dict[int, int]:
        return {number: at for at, number in enumerate(self.numbers)}

    def said(self, at: int) -> list[Problem]:
        return [Problem.unpacked(one) for one in self.problems.get(str(at), ())]


def _loaded(load: Callable[[Any], Any], values: list[Any]) -> list[Any]:
    """Return values in Python form, each distinct one made once."""
    known = {value: load(value) for value in set(values)}
    return [known[value] for value in values]


def _once(values: list[Any], known: dict[str, str]) -> list[Any]:
    """Return a column of texts of which each repeating one is kept once."""
    if len(known) > _TEXTS_KNOWN or set(map(type, values)) != {str}:
        return values
    return list(map(known.setdefault, values, values))


class RowReader:
    """Open the rows of one batch: knows each sheet's columns and the kind's fields."""

    def __init__(self, kind: IntakeKind, batch: ImportBatch) -> None:
        self.batch_id = batch.pk
        self.names = list(kind.columns)
        self.loaders = {
            name: column.widget.load
            for name, column in kind.columns.items()
            if type(column.widget).load.__qualname__ != "LedgerWidget.load"
        }
        self.raw_index: list[dict[str, int]] = [
            {one["field"]: at for at, one in enumerate(sheet["mapping"]) if one["field"]}
            for sheet in batch.sheets
        ]
        self._held: dict[int, _Block] = {}
        self._texts: list[dict[str, str]] = [{} for _name in self.names]

    def fetch(self, rows: Iterable[StagedRow]) -> None:
        """Open the blocks that rows lie in, in one query, in place of those held before."""
        self._hold({row.block: row.sheet for row in rows if not row.payload})

    def _hold(self, wanted: dict[int, int]) -> None:
        """Hold the blocks at some positions, each with its sheet, and no others."""
        self._held = {at: block for at, block in self._held.items() if at in wanted}
        missing = wanted.keys() - self._held.keys()
        if missing:
            stored = ImportBlock.objects.filter(batch=self.batch_id, position__in=missing)
            for position, content in stored.values_list("position", "content"):
                self._held[position] = self._opened(position, bytes(content), wanted[position])

    def _opened(self, position: int, content: bytes, sheet: int) -> _Block:
        body = unseal(content, context=_block_context(self.batch_id, position))
        numbers, raw, stored, problems = orjson.loads(zlib.decompress(body))
        index, values = self.raw_index[sheet], []
        for name, column, texts in zip(self.names, stored, self._texts, strict=True):
            if column is None:
                column = raw[index[name]]
            load = self.loaders.get(name)
            values.append(_loaded(load, column) if load else _once(column, texts))
        return _Block(numbers, raw, values, problems)

    def open(self, row: StagedRow) -> StoredRow:
        """Return a row's cells, values and problems."""
        if row.payload:
            raw, stored, problems = orjson.loads(unseal(bytes(row.payload), context=CONTEXT))
            values = dict(zip(self.names, stored, strict=True))
            for name, load in self.loaders.items():
                values[name] = load(values[name])
            return StoredRow(raw, values, [Problem.unpacked(one) for one in problems])
        if row.block not in self._held:
            self.fetch([row])
        block = self._held[row.block]
        at = block.at[row.number]
        return StoredRow(
            [column[at] for column in block.raw],
            {name: column[at] for name, column in zip(self.names, block.values, strict=True)},
            block.said(at),
        )

    def walk(self, rows: "QuerySet[ImportRow]") -> Iterator[tuple[ImportRow, StoredRow]]:
        """Yield rows with what is stored of them, some at a time."""
        for some in chunked(rows.iterator(chunk_size=_WALK), _WALK):
            self.fetch(some)
            for row in some:
                yield row, self.open(row)

    def columns(self, rows: "QuerySet[ImportRow]") -> Iterator[StoredColumns]:
        """Yield rows as columns in the order of the kind's fields, in the order of the file.

        A block of which all rows are wanted as it has them is taken as it is: of these rows the
        database is asked for no more than how many they are.
        """
        spans = (
            rows.values("sheet", "block")
            .annotate(
                first=Min("number"), count=Count("pk"), own=Count("pk", filter=~Q(payload=b""))
            )
            .order_by("sheet", "first")
        )
        for some in chunked(spans, _BLOCKS_AT_ONCE):
            self._hold({span["block"]: span["sheet"] for span in some})
            for span in some:
                block = self._held.get(span["block"])
                if block and not span["own"] and span["count"] == len(block.numbers):
                    said = {int(at): block.said(int(at)) for at in block.problems}
                    yield StoredColumns(span["sheet"], block.numbers, block.values, said)
                    continue
                of_block = rows.filter(sheet=span["sheet"], block=span["block"])
                of_block = of_block.only("sheet", "number", "block", "payload").order_by("number")
                for chosen in chunked(of_block.iterator(chunk_size=_WALK), _WALK):
                    yield self._picked(span["sheet"], chosen, block)

    def _picked(self, sheet: int, rows: Sequence[StagedRow], block: _Block | None) -> StoredColumns:
        """Return some rows of a block (None where all have payloads of their own) as columns."""
        found = StoredColumns(sheet, [row.number for row in rows], [], {})
        if block is None:
            found.columns = [[None] * len(rows) for _name in self.names]
        else:
            places = [block.at[row.number] for row in rows]
            found.columns = [[column[at] for at in places] for column in block.values]
        for at, row in enumerate(rows):
            if row.payload or block is None:
                opened = self.open(row)
                for name, column in zip(self.names, found.columns, strict=True):
                    column[at] = opened.values[name]
                said = opened.problems
            else:
                said = block.said(block.at[row.number])
            if said:
                found.problems[at] = said
        return found

    def pack(self, row: StoredRow) -> bytes:
        """Return the payload of a row that is not as its block has it."""
        values = [row.values[name] for name in self.names]
        body = [row.raw, values, [one.packed() for one in row.problems]]
        return seal(_json(body), context=CONTEXT)
