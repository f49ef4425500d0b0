"""What makes a payment doubtful: pure functions over values."""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

# More students than this paid to one account in a term are looked into, brothers and sisters too.
MANY_STUDENTS = 3


class Home(NamedTuple):
    """What says which family a child is of: its household in the register, its guardian."""

    household_id: int | None
    guardian: str


def are_one_family(homes: Collection[Home]) -> bool:
    """Say whether children are surely of one family: one household, or one guardian by name.

    A child of whom neither is known is of nobody's family.
    """
    households = {one.household_id for one in homes}
    if len(households) == 1 and None not in households:
        return True
    guardians = {one.guardian for one in homes}
    return len(guardians) == 1 and "" not in guardians


def digest_of(evidence: Mapping[str, Any]) -> str:
    """Return what changes when the evidence of a doubt does."""
    text = json.dumps(evidence, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()
