"""Ledgers of money that can be brought in, and the bank's answers."""

from subsidies.imports.bank_answer import read_bank_answer
from subsidies.imports.bank_return import BANK_RETURN
from subsidies.imports.gifts import GIFTS
from subsidies.imports.history import HISTORY
from subsidies.imports.loans import LOANS

__all__ = ["BANK_RETURN", "GIFTS", "HISTORY", "LOANS", "read_bank_answer"]
