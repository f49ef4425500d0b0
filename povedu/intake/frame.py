"""The table that intake works on: columns of cleaned values beside what was said about each row."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

from povedu.intake.problems import Outcome, Problem, outcome_of
from povedu.intake.reading.cells import letters


class RowPlaces(Sequence[tuple[int, int]]):
    """Where rows stand, (sheet, zero-based row) each, in six bytes and not a hundred."""

    def __init__(self) -> None:
        self.sheets = array("H")
        self.rows = array("I")

    def extend(self, sheets: Iterable[int], rows: Iterable[int]) -> None:
        """Append rows, one sheet each."""
        self.sheets.extend(sheets)
        self.rows.extend(rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[int, int]]: ...
    def __getitem__(self, at: int | slice) -> tuple[int, int] | list[tuple[int, int]]:
        if isinstance(at, slice):
            return list(zip(self.sheets[at], self.rows[at], strict=True))
        return self.sheets[at], self.rows[at]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self.sheets, self.rows, strict=True)


@dataclass
class Frame:
    """All data rows of a file as columns of one length.

    ``sheets`` are the sheets' names; ``places`` is (sheet, zero-based row) per row; ``values`` the
    cleaned columns by field name; ``column_of`` the column of each field per sheet. ``problems``
    and ``outcomes`` are sparse: a row that is not in ``outcomes`` takes the worst of its problems.
    ``seen`` is (target, version) of the record a row was compared with when it was staged.
    """

    sheets: list[str] = field(default_factory=list)
    places: Sequence[tuple[int, int]] = ()
    values: dict[str, list[Any]] = field(default_factory=dict)
    column_of: list[dict[str, int]] = field(default_factory=list)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    seen: dict[int, tuple[int, int | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    def column(self, name: str) -> list[Any]:
        """Return a column's values; blanks where the file has no such column."""
        found = self.values.get(name)
        return found if found is not None else [""] * len(self.places)

    def set_column(self, name: str, values: list[Any]) -> None:
        """Put a column of values in place."""
        self.values[name] = values

    def has(self, name: str) -> bool:
        """Say whether the file has a column for a field."""
        return any(name in columns for columns in self.column_of)

    def cell_name(self, at: int, name: str) -> str:
        """Return the Excel name of a row's cell for a field, "" where the sheet has no column."""
        sheet, row = self.places[at]
        index = self.column_of[sheet].get(name)
        return "" if index is None else f"{letters(index)}{row + 1}"

    def note(self, at: int, code: str, name: str, old: object = "", new: object = "") -> None:
        """Say something about one cell."""
        problem = Problem(code, name, self.cell_name(at, name), str(old), str(new))
        self.problems.setdefault(at, []).append(problem)

    def note_fault(self, at: int, code: str, name: str) -> None:
        """Say that a cell is not as it must be, unless it has a fault of its own already."""
        said = self.problems.get(at, ())
        if not any(one.field == name and not one.is_repair for one in said):
            self.note(at, code, name)

    def codes(self, at: int) -> set[str]:
        """Return the codes noted for a row."""
        return {problem.code for problem in self.problems.get(at, ())}

    def withdraw(self, at: int, codes: Iterable[str], name: str) -> None:
        """Take back problems of one cell that another cell has settled."""
        gone = set(codes)
        self.problems[at] = [
            one for one in self.problems.get(at, ()) if one.field != name or one.code not in gone
        ]

    def propose(self, at: int, code: str, name: str, new: str) -> None:
        """Put what is likely right beside a problem of one cell; nothing is changed by it."""
        self.problems[at] = [
            replace(one, new=new) if (one.code, one.field) == (code, name) else one
            for one in self.problems.get(at, ())
        ]

    def refuse(self, at: int) -> None:
        """Send a row back whatever its problems are."""
        self.outcomes[at] = Outcome.REFUSED

    def outcome(self, at: int) -> Outcome:
        """Return what becomes of a row."""
        decided = self.outcomes.get(at)
        return decided or outcome_of(self.problems.get(at, []))
