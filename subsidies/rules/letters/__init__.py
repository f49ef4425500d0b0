"""Letters to families: their words, and the papers that one family's facts make."""

from subsidies.rules.letters.papers import (
    About,
    Child,
    Family,
    Handover,
    PolicyLine,
    Received,
    Sheet,
    card_paper,
    family_paper,
    notice_paper,
    papers_for,
    sheet_paper,
)
from subsidies.rules.letters.words import (
    PLACEHOLDERS,
    Words,
    fill,
    shipped,
    unknown_placeholders,
)

__all__ = [
    "PLACEHOLDERS",
    "About",
    "Child",
    "Family",
    "Handover",
    "PolicyLine",
    "Received",
    "Sheet",
    "Words",
    "card_paper",
    "family_paper",
    "fill",
    "notice_paper",
    "papers_for",
    "sheet_paper",
    "shipped",
    "unknown_placeholders",
]
