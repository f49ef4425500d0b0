"""Cleaning by columns: each distinct cell once, every repair and problem noted at its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from povedu.intake.columns import Ahead
from povedu.intake.frame import Frame, RowPlaces
from povedu.intake.header import ColumnMeaning, Heading, Vocabulary, find_heading
from povedu.intake.kinds import Column, Context, IntakeKind
from povedu.intake.problems import Problem
from povedu.intake.reader import FileData, SheetData
from povedu.intake.reading.cells import Cell, as_text, column_index, letters
from povedu.intake.rows import SheetRows, find_rows
from povedu.intake.widgets import Cleaned, Lookups


@dataclass
class SheetReading:
    """What intake understood of one sheet."""

    sheet: SheetData
    heading: Heading | None = None
    rows: SheetRows = field(default_factory=SheetRows)

    def skipped(self) -> list[dict[str, Any]]:
        """Return the rows passed over, numbered as Excel does; row 0 stands for the whole sheet."""
        name = self.sheet.name
        if self.heading is None:
            if not self.sheet.columns and not self.sheet.hidden:
                return []
            why = "hidden-sheet" if self.sheet.hidden else "no-heading"
            return [{"sheet": name, "row": 0, "why": why}]
        return [{"sheet": name, "row": row + 1, "why": why} for row, why in self.rows.skipped]

    def titles(self) -> str:
        """Return the sheet's name and what stands above its heading."""
        top = self.heading.rows[0] if self.heading else 0
        above = (as_text(cell) for column in self.sheet.columns for cell in column[:top])
        return "\n".join([self.sheet.name, *filter(None, above)])

    def described(self) -> dict[str, Any]:
        """Return the sheet's part of the command's contract, and what the review adds to it."""
        heading = self.heading
        return {
            "name": self.sheet.name,
            "header_rows": [row + 1 for row in heading.rows] if heading else [],
            "mapping": [
                {
                    "column": letters(one.index),
                    "header": one.header,
                    "field": one.field,
                    "ambiguous": one.ambiguous,
                }
                for one in (heading.columns if heading else [])
            ],
            "rows": len(self.rows.data),
            "hidden_rows": self.sheet.hidden_rows,
        }


def understand(file: FileData, kind: IntakeKind, profile: Mapping[str, str]) -> list[SheetReading]:
    """Return each sheet with its heading and its data rows."""
    vocabulary = Vocabulary(kind, profile)
    readings = []
    for sheet in file.sheets:
        reading = SheetReading(sheet)
        if sheet.columns and not sheet.hidden:
            reading.heading = find_heading(sheet, vocabulary)
            if reading.heading:
                reading.rows = find_rows(sheet, reading.heading, kind)
                _fill_down(sheet, reading.heading, kind)
        readings.append(reading)
    return readings


def _fill_down(sheet: SheetData, heading: Heading, kind: IntakeKind) -> None:
    """Repeat the value of vertically merged cells on every row they cover."""
    columns = kind.columns
    fillable = {one.index for one in heading.columns if not (one.field and columns[one.field].key)}
    start = heading.rows[-1] + 1
    for top, left, bottom, right in sheet.merges:
        if bottom > top >= start and right == left and left in fillable:
            column = sheet.columns[left]
            for row in range(top + 1, min(bottom + 1, len(column))):
                column[row] = column[top]


def clean(readings: list[SheetReading], ahead: Ahead) -> Frame:
    """Return the frame of cleaned values with every cell's repairs and problems noted.

    ``ahead`` has what was cleaned while the file was still being read.
    """
    frame = Frame(sheets=[reading.sheet.name for reading in readings])
    frame.places = places = RowPlaces()
    for at, reading in enumerate(readings):
        frame.column_of.append(reading.heading.fields() if reading.heading else {})
        rows = reading.rows.data
        places.extend(repeat(at, len(rows)), rows)
    _clean_fields(frame, readings, ahead)
    return frame


def clean_row(
    raw: Sequence[Cell],
    place: tuple[int, int],
    sheets: Sequence[Mapping[str, Any]],
    kind: IntakeKind,
    context: Context,
) -> Frame:
    """Return one stored row as a frame of its own, cleaned from its cells as they are now.

    ``place`` is (sheet, zero-based row), ``sheets`` the batch's sheets as ``described``.
    """
    mapping = sheets[place[0]]["mapping"]
    meanings = [ColumnMeaning(column_index(one["column"]), "", one["field"]) for one in mapping]
    sheet = SheetData(sheets[place[0]]["name"])
    sheet.columns = [[""] for _ in range(max((one.index for one in meanings), default=-1) + 1)]
    for meaning, one, cell in zip(meanings, mapping, raw, strict=True):
        meaning.header = one["header"]
        sheet.columns[meaning.index] = [cell]
    reading = SheetReading(sheet, Heading([], meanings), SheetRows([0]))
    frame = Frame(sheets=[one["name"] for one in sheets], places=[place])
    frame.column_of = [{} for _ in sheets]
    frame.column_of[place[0]] = reading.heading.fields() if reading.heading else {}
    _clean_fields(frame, [reading], Ahead(kind, {}, context.lookups))
    return frame


def cell_keys(mapping: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return by which key a correction names each cell: its field, "" for a column of none.

    Where several columns speak for a field, the further ones are named with their letters.
    """
    keys: list[str] = []
    for one in mapping:
        name = one["field"] or ""
        keys.append(f"{name}-{one['column']}" if name and name in keys else name)
    return keys


def _clean_fields(frame: Frame, readings: list[SheetReading], ahead: Ahead) -> None:
    kind = ahead.kind
    for name, column in kind.columns.items():
        values: list[Any] = []
        for reading in readings:
            if reading.heading is None:
                continue
            columns = [
                _clean_column(frame, (name, column), (reading, meaning), ahead, len(values))
                for meaning in reading.heading.columns
                if meaning.field == name
            ] or [_named_by_sheet(frame, name, (reading, kind), ahead.lookups, len(values))]
            some = columns[0] if len(columns) == 1 else _gathered(columns)
            values = values + some if values else some
        frame.set_column(name, values)


def _gathered(columns: list[list[str]]) -> list[str]:
    """Put the values of several columns together, each once."""
    known: dict[tuple[str, ...], str] = {}
    rows = list(zip(*columns, strict=True))
    for row in dict.fromkeys(rows):
        known[row] = "、".join(dict.fromkeys(value for value in row if value))
    return [known[row] for row in rows]


def _named_by_sheet(
    frame: Frame,
    name: str,
    about: tuple[SheetReading, IntakeKind],
    lookups: Lookups,
    start: int,
) -> list[Any]:
    """Return blanks for a field without a column, or what the sheet's own name says for it."""
    reading, kind = about
    column, height = kind.columns[name], len(reading.rows.data)
    cleaner = column.widget.cleaner(lookups)
    naming = kind.sheet_names.get(name)
    cleaned = cleaner(naming(reading.sheet.name, lookups) if naming else "")
    if not naming or cleaned.problems or not cleaned.value:
        return [cleaner("").value] * height
    shown = _shown(column, cleaned.value)
    problem = Problem("fixed-from-sheet", name, "", reading.sheet.name, shown)
    for at in range(start, start + height):
        frame.problems.setdefault(at, []).append(problem)
    return [cleaned.value] * height


def _cells(reading: SheetReading, index: int) -> list[Cell]:
    rows = reading.rows.data
    column = reading.sheet.columns[index]
    if rows and rows[-1] - rows[0] + 1 == len(rows):
        return column[rows[0] : rows[-1] + 1]
    return [column[row] for row in rows]


def _clean_column(
    frame: Frame,
    about: tuple[str, Column],
    source: tuple[SheetReading, ColumnMeaning],
    ahead: Ahead,
    start: int,
) -> list[Any]:
    (reading, meaning), rows = source, source[0].rows.data
    widget = about[1].widget_under(meaning.header)
    cleaned = ahead.column(reading.sheet, meaning.index, widget, rows)
    if cleaned.noted:
        cells = _cells(reading, meaning.index)
        _note_all(frame, about, (letters(meaning.index), cells), cleaned.noted, start)
    return cleaned.picked(rows)


def _note_all(
    frame: Frame,
    about: tuple[str, Column],
    source: tuple[str, list[Cell]],
    noted: dict[Cell, Cleaned],
    start: int,
) -> None:
    name, column = about
    letter, cells = source
    shown = {
        cell: (as_text(cell), _shown(column, cleaned.value)) for cell, cleaned in noted.items()
    }
    problems, places = frame.problems, frame.places
    for at, cell in enumerate(cells, start=start):
        if cell not in noted:
            continue
        cleaned, (old, new) = noted[cell], shown[cell]
        said = problems.setdefault(at, [])
        where = f"{letter}{places[at][1] + 1}"
        said.extend(Problem(code, name, where, old, new) for code in cleaned.fixes)
        said.extend(Problem(code, name, where, old, "") for code in cleaned.problems)


def _shown(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(column.widget.render(value))
    dumped = column.widget.dump(value)
    return str(dumped)
