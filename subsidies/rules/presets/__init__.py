"""Programmes that a county starts from, 2011–2026, each standard with document and confidence.

Defaults, not law: a county edits what it does differently. H is an official text or two independent
sources, M one credible source, L a weak one, GK general knowledge that nobody confirmed. Where the
amount is whatever the place approves (tuition waived), the programme comes without a standard.
Yearly caps of origin-place loans are in ``subsidies.rules.loans``.
"""

from subsidies.rules.presets.beyond import BEYOND
from subsidies.rules.presets.schooling import SCHOOLING
from subsidies.rules.presets.scoring import SCORE_BANDS, SCORE_ITEMS
from subsidies.rules.presets.shapes import (
    ANY_HARDSHIP,
    FOUR_KINDS,
    POOR,
    Preset,
    PresetSource,
    PresetStandard,
)

PRESETS: tuple[Preset, ...] = (*SCHOOLING, *BEYOND)

__all__ = [
    "ANY_HARDSHIP",
    "FOUR_KINDS",
    "POOR",
    "PRESETS",
    "SCORE_BANDS",
    "SCORE_ITEMS",
    "Preset",
    "PresetSource",
    "PresetStandard",
]
