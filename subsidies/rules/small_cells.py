"""Small groups of people in figures that leave the bureau: what must not be shown.

A cell of fewer than five people could point at somebody. One hidden cell of a table could be worked
out from the total, so the next smallest is hidden with it; a total that is itself small is hidden.
The threshold is the house's (design §7), not a law's.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

SMALLEST: Final = 5
_Key = TypeVar("_Key")


def hidden_cells(persons: Mapping[_Key, int]) -> set[_Key]:
    """Return the keys whose figures may not be shown beside the total; empty cells tell nobody."""
    filled = {key: count for key, count in persons.items() if count}
    hidden = {key for key, count in filled.items() if count < SMALLEST}
    open_cells = sorted((key for key in filled if key not in hidden), key=lambda key: filled[key])
    while hidden and open_cells and _told_by_total(hidden, filled):
        hidden.add(open_cells.pop(0))
    return hidden


def _told_by_total(hidden: set[_Key], persons: Mapping[_Key, int]) -> bool:
    """Say whether what is hidden could be worked out from the total."""
    return len(hidden) == 1 or sum(persons[key] for key in hidden) < SMALLEST


def is_small(persons: int) -> bool:
    """Say whether a figure stands for so few people that it may not be shown."""
    return 0 < persons < SMALLEST
