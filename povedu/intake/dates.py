"""Dates as people write them in ledgers."""

import re
from datetime import date, timedelta
from typing import Any

from povedu.intake.reading.cells import DATE, Cell
from povedu.intake.widgets import Cleaned, LedgerWidget, text_of

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?)?月?(?:[ T].*)?")
_EPOCH = date(1899, 12, 30)
_EARLIEST, _LATEST = 1900, 2100


class DateWidget(LedgerWidget):
    """A date as a cell, a serial number, eight digits or many kinds of text."""

    text_cell = False

    def _clean(self, cell: Cell) -> Cleaned:
        if isinstance(cell, str) and cell.startswith(DATE):
            day = date.fromisoformat(cell[2:12])
            if not _EARLIEST <= day.year <= _LATEST:
                return Cleaned(None, (), ("date-unreadable",))
            return Cleaned(day, ("fixed-date",) if cell[12:] else ())
        text, _fixes = text_of(cell)
        if not text:
            return Cleaned(None)
        found = _serial(text) or _eight(text) or _written(text)
        if found is None or not _EARLIEST <= found.year <= _LATEST:
            return Cleaned(None, (), ("date-unreadable",))
        return Cleaned(found, () if cell == found.isoformat() else ("fixed-date",))

    def load(self, value: Any) -> Any:
        """Read the ISO form."""
        return date.fromisoformat(value) if value else None


def _serial(text: str) -> date | None:
    return _EPOCH + timedelta(int(text)) if text.isdecimal() and len(text) == 5 else None


def _eight(text: str) -> date | None:
    if not (text.isdecimal() and text.isascii() and len(text) in (6, 8)):
        return None
    day = int(text[6:]) if len(text) == 8 else 1
    return _date(int(text[:4]), int(text[4:6]), day)


def _written(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    return _date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
