"""What a cell is between child and parent.

A cell is text (``str``), a number (``float``) or blank (``""``). Three kinds of cell that are
neither travel as text with a leading NUL, which no cell of a real file can hold:

"d2016-09-01" (after the NUL) is a date cell, "e#REF!" an error value, "f" a formula that was saved
without its result.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = str | float
Column = list[Cell]

DATE = "\0d"
ERROR = "\0e"
UNCACHED = "\0f"
_NUL_SHOWN = "\u2400"  # a NUL inside text is kept visible, and removed as a recorded repair


def date_text(value: date) -> str:
    """Return the marker text of a date or of a date with a time of day."""
    if isinstance(value, datetime):
        if value.time() == time(0):
            return DATE + value.date().isoformat()
        return DATE + value.isoformat(timespec="minutes")
    return DATE + value.isoformat()


def _shown_time(value: time | timedelta) -> str:
    return str(value)


_CONVERT: dict[type, Callable[[Any], Cell]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    int: float,
    float: float,
    str: lambda value: value,
    date: date_text,
    datetime: date_text,
    time: _shown_time,
    timedelta: _shown_time,
    type(None): lambda _: "",
}


def plain_column(values: Sequence[Any]) -> Column:
    """Return a parsed column with dates, booleans and NULs in their travelling form."""
    types = set(map(type, values))
    if not types <= {str, float}:
        return [_CONVERT[type(value)](value) for value in values]
    if str in types and "\0" in "".join(map(str, values) if float in types else values):
        return [shown(value) if type(value) is str else value for value in values]
    return list(values)


def shown(text: str) -> str:
    """Return text with every NUL as its visible symbol."""
    return text.replace("\0", _NUL_SHOWN)


def letters(index: int) -> str:
    """Return the column letters of a zero-based index: 0 → A, 27 → AB."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_index(name: str) -> int:
    """Return the zero-based index of column letters."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def as_text(cell: Cell) -> str:
    """Return a cell as a person saw it, for raw storage, headers and messages."""
    if isinstance(cell, str):
        return cell[2:] or "=" if cell[:1] == "\0" else cell
    if cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    return repr(cell)
