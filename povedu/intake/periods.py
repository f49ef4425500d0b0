"""Terms and months as ledgers write them: 2016年秋季, 2016-2017学年第一学期, 2016年9月, 9月."""

import re
from datetime import date
from typing import Any

from povedu.intake.reading.cells import DATE, Cell
from povedu.intake.widgets import BLANK, Cleaned, LedgerWidget, text_of
from povedu.terms import Term

_HALVES = {
    **dict.fromkeys(("1", "一", "上", "秋", "秋季"), 1),
    **dict.fromkeys(("2", "二", "下", "春", "春季"), 2),
}
_HALF = "([12一二上下]|秋季?|春季?)"
_YEARS = r"(20\d\d)\s*[-—–~至/]+\s*(20\d\d)"
_SCHOOL_YEAR = re.compile(rf"{_YEARS}\s*学?年?度?\s*[-,，]?\s*\(?第?{_HALF}(?:学期)?\)?")
_ONE_YEAR = re.compile(rf"(20\d\d)\s*学年度?\s*第?{_HALF}(?:学期)?")
_SEASON = re.compile(r"(20\d\d)\s*年?\s*(秋|春)季?(?:学期)?")
_HALF_YEAR = re.compile(r"(20\d\d)\s*年?\s*(上|下)半年")
_MONTH = re.compile(r"(20\d\d)\s*[-/.年]?\s*(\d{1,2})\s*月?(?:份)?")
_BARE_MONTH = re.compile(r"(\d{1,2})\s*月?(?:份)?")


def read_term(text: str) -> Term | None:
    """Return the term that words name, None where they name none or contradict themselves.

    A season goes by the calendar year it falls in: 2017年春季 is 2016-2. 上学期 and 第一学期 are
    the autumn of an academic year, 上半年 the spring of a calendar year.
    """
    try:
        return Term.parse(text)
    except ValueError:
        pass
    if found := _SCHOOL_YEAR.fullmatch(text):
        first, last = int(found[1]), int(found[2])
        return Term(first, _HALVES[found[3]]) if last == first + 1 else None
    if found := _ONE_YEAR.fullmatch(text):
        return Term(int(found[1]), _HALVES[found[2]])
    found = _SEASON.fullmatch(text) or _HALF_YEAR.fullmatch(text)
    if not found:
        return None
    year = int(found[1])
    return Term(year, 1) if found[2] in "秋下" else Term(year - 1, 2)


_MENTIONS = (_SCHOOL_YEAR, _ONE_YEAR, _SEASON)


def terms_in(text: str) -> set[Term]:
    """Return the terms that a title mentions anywhere, such as 某校2016年秋季学期花名册."""
    bare = text.replace(" ", "")
    found = {read_term(one[0]) for pattern in _MENTIONS for one in pattern.finditer(bare)}
    return {term for term in found if term is not None}


class TermWidget(LedgerWidget):
    """A term in any of its words; the value is its code."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text:
            return BLANK
        term = None if cell_is_date(cell) else read_term(text.replace(" ", ""))
        if term is None:
            return Cleaned("", fixes, ("term-unknown",))
        return Cleaned(term.code, () if text in (term.code, term.label) else ("fixed-alias",))


class MonthWidget(LedgerWidget):
    """A month; the value is its first day, or its number alone where the cell gives no year."""

    def _clean(self, cell: Cell) -> Cleaned:
        if cell_is_date(cell):
            return Cleaned(date.fromisoformat(str(cell)[2:12]).replace(day=1), ("fixed-date",))
        text, _fixes = text_of(cell)
        if not text:
            return Cleaned(None)
        value = read_month(text)
        if value is None:
            return Cleaned(None, (), ("date-unreadable",))
        plain = isinstance(value, int) or text == f"{value:%Y-%m}"
        return Cleaned(value, () if plain else ("fixed-date",))

    def dump(self, value: Any) -> Any:
        """Write a month as its year and number."""
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def load(self, value: Any) -> Any:
        """Read the written form, with or without a day."""
        return read_month(value[:7]) if isinstance(value, str) and value else value


def cell_is_date(cell: Cell) -> bool:
    """Say whether a spreadsheet has made a date of a cell."""
    return isinstance(cell, str) and cell.startswith(DATE)


def read_month(text: str) -> date | int | None:
    """Return the month that words name: its first day, or 1 to 12 where no year is given."""
    if found := _MONTH.fullmatch(text):
        number = int(found[2])
        return date(int(found[1]), number, 1) if 1 <= number <= 12 else None
    if found := _BARE_MONTH.fullmatch(text):
        return int(found[1]) if 1 <= int(found[1]) <= 12 else None
    return None


def month_in(value: date | int | None, year: int | None) -> date | None:
    """Return the first day of a month, its year taken from beside it where it has none."""
    if isinstance(value, int):
        return date(year, value, 1) if year and 1900 < year < 2100 else None
    return value
