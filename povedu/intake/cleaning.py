"""Cleaning by columns: each distinct cell once, every repair and problem noted at its row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from povedu.intake.frame import Frame
from povedu.intake.header import Heading, Vocabulary, find_heading
from povedu.intake.kinds import Column, Context, IntakeKind
from povedu.intake.problems import Problem
from povedu.intake.reader import FileData, SheetData
from povedu.intake.reading.cells import ERROR, UNCACHED, Cell, as_text, letters
from povedu.intake.rows import SheetRows, find_rows
from povedu.intake.widgets import Cleaned, Cleaner

_BROKEN_FORMULA = (ERROR, UNCACHED)


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


def clean(readings: list[SheetReading], kind: IntakeKind, context: Context) -> Frame:
    """Return the frame of cleaned values with every cell's repairs and problems noted."""
    frame = Frame(sheets=[reading.sheet.name for reading in readings])
    for at, reading in enumerate(readings):
        frame.column_of.append(reading.heading.fields() if reading.heading else {})
        frame.places.extend((at, row) for row in reading.rows.data)
    for name, column in kind.columns.items():
        values: list[Any] = []
        for at, reading in enumerate(readings):
            if reading.heading is None:
                continue
            index = frame.column_of[at].get(name)
            heading = next(
                (one.header for one in reading.heading.columns if one.index == index), ""
            )
            cleaner = column.widget_under(heading).cleaner(context.lookups)
            cells = _cells(reading, index)
            if index is None:
                values.extend([cleaner("").value] * len(cells))
            else:
                values.extend(_clean_column(frame, (name, column), cells, cleaner, len(values)))
        frame.set_column(name, values)
    return frame


def _cells(reading: SheetReading, index: int | None) -> list[Cell]:
    rows = reading.rows.data
    if index is None:
        return [""] * len(rows)
    column = reading.sheet.columns[index]
    if rows and rows[-1] - rows[0] + 1 == len(rows):
        return column[rows[0] : rows[-1] + 1]
    return [column[row] for row in rows]


def _clean_column(
    frame: Frame, about: tuple[str, Column], cells: list[Cell], cleaner: Cleaner, start: int
) -> list[Any]:
    known: dict[Cell, Any] = {}
    noted: dict[Cell, Cleaned] = {}
    for cell in dict.fromkeys(cells):
        cleaned = clean_cell(cell, cleaner)
        known[cell] = cleaned.value
        if cleaned.fixes or cleaned.problems:
            noted[cell] = cleaned
    if noted:
        _note_all(frame, about, cells, noted, start)
    return [known[cell] for cell in cells]


def clean_cell(cell: Cell, cleaner: Cleaner) -> Cleaned:
    """Clean one cell; a formula without a result is never taken for a blank or a zero."""
    if isinstance(cell, str) and cell[:2] in _BROKEN_FORMULA:
        return Cleaned(cleaner("").value, (), ("formula-error",))
    return cleaner(cell)


def note_cell(
    frame: Frame, at: int, about: tuple[str, Column], cell: Cell, cleaned: Cleaned
) -> None:
    """Note one cell's repairs and problems at its row."""
    name, column = about
    for code in cleaned.fixes:
        frame.note(at, code, name, as_text(cell), _shown(column, cleaned.value))
    for code in cleaned.problems:
        frame.note(at, code, name, as_text(cell))


def _note_all(
    frame: Frame,
    about: tuple[str, Column],
    cells: list[Cell],
    noted: dict[Cell, Cleaned],
    start: int,
) -> None:
    name, column = about
    shown = {
        cell: (as_text(cell), _shown(column, cleaned.value)) for cell, cleaned in noted.items()
    }
    letter = letters(frame.column_of[frame.places[start][0]][name])
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
