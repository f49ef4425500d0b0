"""Columns cleaned as their cells come in, while the reading child is at work on the next ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from povedu.intake.header import Vocabulary, find_heading
from povedu.intake.kinds import IntakeKind
from povedu.intake.reader import SheetData
from povedu.intake.reading.cells import ERROR, UNCACHED, Cell
from povedu.intake.widgets import Cleaned, Cleaner, LedgerWidget, Lookups

_BROKEN_FORMULA = (ERROR, UNCACHED)
_KNOWN = 20_000  # a column of more distinct cells hardly repeats any


def clean_cell(cell: Cell, cleaner: Cleaner) -> Cleaned:
    """Clean one cell; a formula without a result is never taken for a blank or a zero."""
    if isinstance(cell, str) and cell[:2] in _BROKEN_FORMULA:
        return Cleaned(cleaner("").value, (), ("formula-error",))
    return cleaner(cell)


class CleanColumn:
    """The values of a column's cells from row ``start`` on, and what was said of which cell."""

    def __init__(self, widget: LedgerWidget, lookups: Lookups, start: int) -> None:
        self.widget, self.start = widget, start
        self.values: list[Any] = []
        self.noted: dict[Cell, Cleaned] = {}
        self._cleaner = widget.cleaner(lookups)
        self._known: dict[Cell, Any] = {}

    def take(self, cells: Sequence[Cell]) -> None:
        """Clean some cells more, each distinct one once."""
        known, noted = self._known, self.noted
        if len(known) > _KNOWN:
            known.clear()
        for cell in self.widget.doubtful(list(dict.fromkeys(cells))):
            if cell not in known:
                cleaned = clean_cell(cell, self._cleaner)
                known[cell] = cleaned.value
                if cleaned.fixes or cleaned.problems:
                    noted[cell] = cleaned
        self.values.extend(map(known.get, cells, cells) if known else cells)

    def picked(self, rows: Sequence[int]) -> list[Any]:
        """Return the values of some rows of the sheet."""
        if not rows:
            return []
        first, last = rows[0] - self.start, rows[-1] - self.start
        if last - first + 1 == len(rows):
            whole = first == 0 and len(rows) == len(self.values)
            return self.values if whole else self.values[first : last + 1]
        return [self.values[row - self.start] for row in rows]


@dataclass
class _Sheet:
    """A sheet on its way in: up to which row its columns are cleaned."""

    done: int
    columns: dict[int, CleanColumn]


@dataclass
class Ahead:
    """What is cleaned before a file is in whole, by what its first block's heading seems to be.

    Nothing rests on that: a column that turns out to mean something else is cleaned again.
    """

    kind: IntakeKind
    profile: Mapping[str, str]
    lookups: Lookups
    _sheets: dict[int, _Sheet] = field(default_factory=dict)

    def watch(self, sheet: SheetData) -> None:
        """Clean what a sheet has grown by."""
        own = self._sheets.get(id(sheet))
        if own is None:
            own = self._sheets[id(sheet)] = self._begun(sheet)
        for index, column in own.columns.items():
            column.take(sheet.columns[index][own.done :])
        own.done = sheet.row_count

    def _begun(self, sheet: SheetData) -> _Sheet:
        heading = find_heading(sheet, Vocabulary(self.kind, self.profile))
        if heading is None:
            return _Sheet(0, {})
        start = heading.rows[-1] + 1
        merged = {left for top, left, bottom, _right in sheet.merges if bottom > top}
        widgets = {
            one.index: self.kind.columns[one.field].widget_under(one.header)
            for one in heading.columns
            if one.field and one.index not in merged  # cells merged downwards are yet to be filled
        }
        made = {at: CleanColumn(own, self.lookups, start) for at, own in widgets.items()}
        return _Sheet(start, made)

    def column(
        self, sheet: SheetData, index: int, widget: LedgerWidget, rows: Sequence[int]
    ) -> CleanColumn:
        """Hand over a column's values for some rows, cleaned now where they are not yet."""
        own = self._sheets.get(id(sheet))
        found = own.columns.pop(index, None) if own else None
        if found and found.widget is widget and rows and found.start <= rows[0]:
            return found
        fresh = CleanColumn(widget, self.lookups, rows[0] if rows else 0)
        if rows:
            fresh.take(sheet.columns[index][rows[0] : rows[-1] + 1])
        return fresh
