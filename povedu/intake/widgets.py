"""How one cell becomes one value: each widget cleans for intake and shows for export and template.

``cleaner`` returns a function of a cell that the mechanism calls once per distinct value. It says
what it did: the value, the repairs (``fixed-…``) and the problems, never silently.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NamedTuple

from import_export import widgets

from povedu import identity
from povedu.identity import tidy
from povedu.intake.reading.cells import DATE, Cell, as_text
from povedu.protected import Secret

Lookups = Mapping[str, Mapping[str, Any]]
_DIGITS_LOST = 1e15  # a spreadsheet number of sixteen digits or more is no longer exact
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")
_SPACE = re.compile(r"\s+")
_UNIT = re.compile(r"(?:万元|万|元|人|台|套|个|间|座|平方米|平米|m2|㎡)$")
_CODE = re.compile(r"[A-Z]?[0-9]*").fullmatch
_MOBILE = re.compile(r"[0-9]{11}").fullmatch
_ACCOUNT = re.compile(r"[0-9]{8,32}").fullmatch
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")  # what a font or an encoding has lost


class Cleaned(NamedTuple):
    """A cell's value, the codes of its repairs, and the codes of its problems."""

    value: Any
    fixes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


Cleaner = Callable[[Cell], Cleaned]
BLANK = Cleaned("")


def text_of(cell: Cell) -> tuple[str, tuple[str, ...]]:
    """Return a cell's tidied text and the repairs that took."""
    if isinstance(cell, float):
        return as_text(cell), ()
    if cell.isascii() and cell.isalnum():
        return cell, ()
    text = as_text(cell)
    clean = tidy(text)
    if clean == text:
        return clean, ()
    return clean, ("fixed-width",) if len(clean) == len(text) else ("fixed-space",)


class LedgerWidget(widgets.Widget):  # type: ignore[misc]  # the library is untyped
    """Base: text as it stands, trimmed and in one width."""

    text_cell = True  # the template formats the column as text
    identifier = False

    def __init__(self, *, identifier: bool = False, single_line: bool = True) -> None:
        super().__init__()
        self.identifier = identifier
        self.single_line = single_line

    def cleaner(self, lookups: Lookups) -> Cleaner:
        """Return the function that cleans one cell."""
        return self._clean

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if self.identifier and _lost_digits(cell, text):
            return Cleaned(text, fixes, ("id-digits-lost",))
        if isinstance(cell, str) and cell.startswith(DATE):
            return Cleaned(text, fixes, ("value-unknown",))
        if self.single_line and "\n" in text:
            text = _SPACE.sub("" if not text.isascii() else " ", text)
            fixes = fixes or ("fixed-space",)
        return Cleaned(text, fixes)

    def doubtful(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """Return which distinct cells have to be cleaned: every other one is its own value."""
        if type(self) is not LedgerWidget:
            return cells
        return [cell for cell in cells if not (isinstance(cell, str) and _CODE(cell))]

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Clean for django-import-export's own path; raise ValueError for a problem."""
        cell: Cell = "" if value is None else value
        cleaned = self.cleaner({})(float(cell) if isinstance(cell, int) else cell)
        if cleaned.problems:
            raise ValueError(cleaned.problems[0])
        return cleaned.value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Show for export: protected values masked, dates as ISO."""
        if value is None:
            return ""
        return value.isoformat() if isinstance(value, date) else str(value)

    def dump(self, value: Any) -> Any:
        """Return the JSON form of a cleaned value."""
        return value.isoformat() if isinstance(value, date) else value

    def load(self, value: Any) -> Any:
        """Return a cleaned value from its JSON form."""
        return value


def _lost_digits(cell: Cell, text: str) -> bool:
    if isinstance(cell, float):
        return abs(cell) >= _DIGITS_LOST
    return bool(_SCIENTIFIC.fullmatch(text))


class NameWidget(LedgerWidget):
    """A person's name: inner spaces of two-character names and the many middle dots put right."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text:
            return Cleaned("", (), ("name-missing",))
        if isinstance(cell, float) or text.isdigit():
            return Cleaned(text, fixes, ("value-unknown",))
        if text.isalpha():  # neither spaces nor dots nor anything private
            return Cleaned(text, fixes)
        shown = text
        if not text.isascii():
            shown = _SPACE.sub("", text)
        for dot in "•．‧∙⋅・･":
            shown = shown.replace(dot, "·")
        if shown != text:
            code = "fixed-space" if len(shown) != len(text) else "fixed-width"
            fixes = tuple(dict.fromkeys((*fixes, code)))
        if _PRIVATE.search(shown):
            return Cleaned(shown, fixes, ("value-unknown",))
        return Cleaned(shown, fixes)


class OptionalNameWidget(NameWidget):
    """A name that may be left out, such as a guardian's."""

    def _clean(self, cell: Cell) -> Cleaned:
        cleaned = super()._clean(cell)
        return BLANK if cleaned.problems == ("name-missing",) else cleaned


class IdWidget(LedgerWidget):
    """A resident identity number; damage by spreadsheets is told by the cell's type.

    The value is the full valid number, or what was stated where it is none.
    """

    identifier = True

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(identifier=True)
        self.required = required

    def doubtful(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """Pass over whole numbers whose check character fits."""
        return identity.not_plain_ids(cells)

    def _clean(self, cell: Cell) -> Cleaned:
        if isinstance(cell, float):
            return self._number(cell)
        reading = identity.read_id.__wrapped__(as_text(cell))
        if reading.problems == ("id-missing",):
            return Cleaned("", (), ("id-missing",) if self.required else ())
        return Cleaned(reading.id_number or reading.stated, reading.fixes, reading.problems)

    def _number(self, cell: float) -> Cleaned:
        text = as_text(cell)
        if abs(cell) >= _DIGITS_LOST:
            whole = f"{cell:.0f}"
            return Cleaned(whole[:15] + "0" * (len(whole) - 15), (), ("id-digits-lost",))
        reading = identity.read_id(text)
        return Cleaned(reading.id_number or reading.stated, reading.fixes, reading.problems)


class ChoiceWidget(LedgerWidget):
    """One of a list, found by its label, its stored form or an alias."""

    def __init__(
        self, choices: Any, aliases: Mapping[str, str] | None = None, *, code: str = "value-unknown"
    ) -> None:
        super().__init__()
        self.choices = choices
        self.aliases = dict(aliases or {})
        self.code = code

    @cached_property
    def _known(self) -> dict[str, str]:
        from django.utils.translation import override

        with override("zh-hans"):
            known = {tidy(str(label)): str(value) for value, label in self.choices}
        known |= {str(value): str(value) for value, _ in self.choices}
        return known

    @property
    def labels(self) -> list[str]:
        """Return the labels for the template's drop-down, in order."""
        return [str(label) for _, label in self.choices]

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text:
            return BLANK
        if text in self._known:
            value = self._known[text]
            return Cleaned(value, fixes if self.dump(value) == text else ("fixed-alias",))
        if text in self.aliases:
            return Cleaned(self.aliases[text], ("fixed-alias",))
        return Cleaned("", fixes, (self.code,))

    def dump(self, value: Any) -> Any:
        """Show the label, which is the ledger's own word."""
        from django.utils.translation import override

        with override("zh-hans"):
            return next((str(label) for known, label in self.choices if known == value), value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Show the label."""
        return next((str(label) for known, label in self.choices if known == value), value or "")


class FlagWidget(LedgerWidget):
    """Yes or no in the ways people tick: 是 否 √ × 1 0 有 无 Y N."""

    _YES = frozenset({"是", "√", "✓", "✔", "☑", "1", "Y", "YES", "TRUE", "T", "有", "对", "V"})
    _NO = frozenset({"否", "×", "✗", "✘", "X", "0", "N", "NO", "FALSE", "F", "无", "不是", "没有"})
    _NO_MARKS = frozenset({"-", "—", "/", "不"})

    def __init__(
        self, *, blank: bool | None = None, yes: tuple[str, ...] = (), no: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self.blank = blank
        self.yes, self.no = self._YES | set(yes), self._NO | self._NO_MARKS | set(no)

    labels = ("是", "否")

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text:
            return Cleaned(self.blank)
        word = text.upper()
        if word in self.yes:
            return Cleaned(True, fixes if word == "是" else ("fixed-alias",))
        if word in self.no:
            return Cleaned(False, fixes if word == "否" else ("fixed-alias",))
        return Cleaned(self.blank, (), ("value-unknown",))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Show 是 or 否, the words of every ledger."""
        return "" if value is None else self.labels[0] if value else self.labels[1]


class NumberWidget(LedgerWidget):
    """A decimal number: thousands separators and units tolerated, value × ``scale``."""

    text_cell = False

    def __init__(self, *, scale: Decimal = Decimal(1), whole: bool = False) -> None:
        super().__init__()
        self.scale, self.whole = scale, whole

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        if not text:
            return Cleaned(None)
        bare = _UNIT.sub("", text.replace(",", "").replace(" ", ""))
        unit = Decimal(10_000) if text.endswith(("万", "万元")) else self.scale
        try:
            number = Decimal(bare) * unit
        except InvalidOperation:
            return Cleaned(None, (), ("value-unknown",))
        if not number.is_finite() or abs(number) > 10**12 or (self.whole and number % 1):
            return Cleaned(None, (), ("value-unknown",))
        value = int(number) if self.whole else number.quantize(Decimal("0.01"))
        plain = bare == cell or isinstance(cell, float)
        return Cleaned(value, () if plain and value == number else ("fixed-number",))

    def dump(self, value: Any) -> Any:
        """Give integers as numbers and decimals as exact text."""
        return str(value) if isinstance(value, Decimal) else value

    def load(self, value: Any) -> Any:
        """Read the exact text."""
        return Decimal(value) if isinstance(value, str) and value else value


class PhoneWidget(LedgerWidget):
    """A telephone number: separators dropped; several numbers keep the first."""

    def __init__(self) -> None:
        super().__init__(identifier=True)

    def doubtful(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """Pass over eleven digits."""
        return [cell for cell in cells if not (isinstance(cell, str) and _MOBILE(cell))]

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text:
            return BLANK
        digits = re.sub(r"[\s\-()+]", "", re.split(r"[/,;、，；]", text)[0])
        digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
        if not (digits.isdecimal() and 7 <= len(digits) <= 12):
            return Cleaned(text, fixes, ("value-unknown",))
        return Cleaned(digits, fixes or (("fixed-space",) if digits != text else ()))


class AccountWidget(LedgerWidget):
    """A bank card or passbook number, text only: a number has lost its last digits."""

    def __init__(self) -> None:
        super().__init__(identifier=True)

    def doubtful(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        """Pass over as many digits as accounts have."""
        return [cell for cell in cells if not (isinstance(cell, str) and _ACCOUNT(cell))]

    def _clean(self, cell: Cell) -> Cleaned:
        cleaned = super()._clean(cell)
        if cleaned.problems or not cleaned.value:
            return cleaned
        digits = re.sub(r"[\s\-]", "", cleaned.value)
        fixes = cleaned.fixes or (("fixed-space",) if digits != cleaned.value else ())
        if not (digits.isdecimal() and 8 <= len(digits) <= 32):
            return Cleaned(digits, fixes, ("value-unknown",))
        return Cleaned(digits, fixes)


class LookupWidget(LedgerWidget):
    """A thing of a register, found by any of the names that ``lookups[key]`` knows.

    The lookup maps normalised names to the value; a name that is not the value itself is an alias.
    """

    def __init__(self, key: str, *, code: str = "value-unknown") -> None:
        super().__init__()
        self.key, self.code = key, code

    def cleaner(self, lookups: Lookups) -> Cleaner:
        """Bind the register's names."""
        known = lookups.get(self.key, {})

        def clean(cell: Cell) -> Cleaned:
            text, fixes = text_of(cell)
            if not text:
                return BLANK
            value = known.get(text) or known.get(_SPACE.sub("", text))
            if value is None:
                return Cleaned(text, fixes, (self.code,))
            return Cleaned(value, fixes if value == text else ("fixed-alias",))

        return clean


def plain(value: Any) -> Any:
    """Return a value without its mask, for the cells of an export that may show it."""
    return value.reveal() if isinstance(value, Secret) else value
