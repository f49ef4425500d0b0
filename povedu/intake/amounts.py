"""Amounts of money in ledgers: yuan or 万元 by the heading, whole fen, never below zero."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from povedu.intake.kinds import Column
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import Cleaned, LedgerWidget, NumberWidget, text_of
from povedu.money import CENT, LIMIT

_WAN = Decimal(10_000)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?万?")  # a comma elsewhere is a slip


class AmountWidget(NumberWidget):
    """Yuan with two decimals; what a formula left below the fen is rounded, and that is said."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        bare = text.replace(" ", "").strip("¥￥$").removesuffix("元")
        if _GROUPED.fullmatch(bare):
            bare = bare.replace(",", "")
        if not bare:
            return Cleaned(None, (), ("amount-unreadable",) if text else ())
        unit = self.scale
        if bare.endswith("万"):
            bare, unit = bare.removesuffix("万"), _WAN
        try:
            amount = Decimal(bare) * unit
        except InvalidOperation:
            return Cleaned(None, (), ("amount-unreadable",))
        if not amount.is_finite() or not 0 <= amount <= LIMIT:
            return Cleaned(None, (), ("amount-out-of-range",))
        whole = amount.quantize(CENT, rounding=ROUND_HALF_UP)
        if whole != amount:
            return Cleaned(whole, ("fixed-fen",))
        return Cleaned(whole, () if bare == cell or isinstance(cell, float) else ("fixed-number",))


class AmountColumn(Column):
    """An amount whose heading says whether it is in yuan or in ten thousand."""

    def __init__(self, attribute: str | None, column_name: object, **about: Any) -> None:
        super().__init__(attribute, column_name, widget=AmountWidget(), **about)

    def widget_under(self, heading: str) -> LedgerWidget:
        """Read 万元 columns times ten thousand."""
        return AmountWidget(scale=_WAN if "万" in heading else Decimal(1))
