"""How values become text and cells of a file, a column of some hundred rows at a time.

A column either says the same again and again (accounts, terms, amounts) or is plain through and
through (hashes, numbers). Both show at a look at the whole column, so that most cells cost no more
than one look-up or one piece of text.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.money import CENT
from povedu.workbook import ROW, column_name, number_xml, plain_xml, text_xml

Kind = Literal["text", "number", "money", "date", "instant"]
CELL_UNITS = 32_767  # UTF-16 units a cell holds

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DANGEROUS = re.compile("^'*(?:[\t\r\n]|[\\s\u200b\ufeff]*[=+\\-@＝＋－＠])")
_SIGNED_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?")
_LOOKED_AT = re.compile(r"[&<>\s=+\-@＝＋－＠]|_x")  # without these a text goes into XML as it is
_EXCEL_DAY_0 = date(1899, 12, 30)
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # Excel invents a 29 February 1900
_EXACT_DIGITS = 15  # of a number in a spreadsheet
_REMEMBERED = 500  # cells a column keeps


# --- text -----------------------------------------------------------------------------------------


def plain_text(value: Any) -> str:
    """Return a value as the text that both formats can hold: no control characters, LF ends."""
    text = value if type(value) is str else str(value)
    if text.isprintable():
        return text
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def guarded(text: str) -> str:
    """Return text with an apostrophe before it where a spreadsheet would run it as a formula."""
    if _DANGEROUS.match(text) and not _SIGNED_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def guarded_all(texts: Sequence[str]) -> Sequence[str]:
    """Return ``guarded`` of each."""
    if _LOOKED_AT.search("".join(texts)):
        return [guarded(text) for text in texts]
    return texts


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    bare = text[1:]
    if text[:1] == "'" and guarded(bare) == text:
        return bare
    return text


def units(text: str) -> int:
    """Return how many UTF-16 units a text has."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str) -> str:
    """Return the beginning that fits a cell, an ellipsis at its end."""
    return text.encode("utf-16-le")[: 2 * (CELL_UNITS - 1)].decode("utf-16-le", "ignore") + "…"


def local(moment: datetime) -> datetime:
    """Return a naive datetime of the installation's time zone, whole seconds."""
    if timezone.is_aware(moment):
        moment = timezone.make_naive(moment)
    return moment.replace(microsecond=0)


def _number_text(value: Any) -> str:
    if type(value) is int:
        return str(value)
    text = f"{Decimal(str(value)) if isinstance(value, float) else Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return plain_text(value)


_TEXTS: dict[Kind, Callable[[Any], str]] = {
    "text": _as_text,
    "number": _number_text,
    "money": lambda value: str(Decimal(value).quantize(CENT)),
    "date": lambda value: value.isoformat()[:10],
    "instant": lambda value: local(value).isoformat(sep=" "),
}


def text_of(kind: Kind, value: Any) -> str:
    """Return a value's canonical text; nothing is ``""``."""
    return "" if value is None else _TEXTS[kind](value)


def texts_of(kind: Kind, values: Sequence[Any]) -> Sequence[str]:
    """Return ``text_of`` of each value of a column."""
    if kind == "text" and set(map(type, values)) == {str} and "".join(values).isprintable():
        return values
    text = _TEXTS[kind]
    return ["" if value is None else text(value) for value in values]


# --- cells ----------------------------------------------------------------------------------------


def _text_cell(text: str) -> str:
    return text_xml(text, "quoted" if _DANGEROUS.match(text) else "text")


def _number_cell(style: str) -> Callable[[str], str]:
    def cell(text: str) -> str:
        if len(text) > _EXACT_DIGITS and len(text.lstrip("-").replace(".", "")) > _EXACT_DIGITS:
            return text_xml(text, "text")  # a spreadsheet would lose digits
        return number_xml(text, style)

    return cell


def _date_cell(text: str) -> str:
    day = date.fromisoformat(text)
    if day < _FIRST_EXCEL_DAY:
        return text_xml(text, "text")
    return number_xml(str((day - _EXCEL_DAY_0).days), "date")


def _instant_cell(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.date() < _FIRST_EXCEL_DAY:
        return text_xml(text, "text")
    days = (moment.date() - _EXCEL_DAY_0).days
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return number_xml(f"{days + seconds / 86400:.10f}", "instant")


_CELLS: dict[Kind, Callable[[str], str]] = {
    "text": _text_cell,
    "number": _number_cell("plain"),
    "money": _number_cell("money"),
    "date": _date_cell,
    "instant": _instant_cell,
}


class Cells:
    """Makes the cells of one column of a worksheet, and keeps those that come again."""

    def __init__(self, kind: Kind, place: int) -> None:
        self._kind, self._make = kind, _CELLS[kind]
        self._head = f'<c r="{column_name(place)}{ROW}" '
        self._known: dict[str, str] = {}

    def of(self, texts: Sequence[str]) -> list[str]:
        """Return the cells of the next rows as XML with ``ROW`` in it, "" where there is none."""
        distinct = set(texts)
        if 2 * len(distinct) > len(texts):
            return self._each(texts)
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        for text in distinct - self._known.keys():
            self._known[text] = self._one(text)
        return [self._known[text] for text in texts]

    def _one(self, text: str) -> str:
        return f"{self._head}{self._make(text)}" if text else ""

    def _each(self, texts: Sequence[str]) -> list[str]:
        """Return cells of which each says something else."""
        if self._kind == "text" and not _LOOKED_AT.search("".join(texts)):
            before, after = plain_xml("text")
        elif self._kind == "number" and max(map(len, texts)) <= _EXACT_DIGITS:
            before, after = number_xml(ROW, "plain").split(ROW)
        else:
            return [self._one(text) for text in texts]
        before = self._head + before
        return [f"{before}{text}{after}" if text else "" for text in texts]
