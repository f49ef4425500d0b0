"""What waits for a person: cards on the landing page, each counted by one query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from povedu.scope import Actor
from povedu.screens.menu import declared
from povedu.screens.screen import SIGNED_IN, Words, url_or_blank

OVERDUE, DUE, NORMAL = "overdue", "due", "normal"
_RANK = {OVERDUE: 0, DUE: 1, NORMAL: 2}


@dataclass(frozen=True)
class Todo:
    """One card: so many of something wait, and where to deal with them.

    ``urgency`` is overdue (shown in red, with the word), due or normal; ``hint`` says since when
    or until when.
    """

    label: Words
    count: int
    url: str
    urgency: str = NORMAL
    hint: Words = ""


@dataclass(frozen=True)
class TodoSource:
    """How an app counts what waits; listed in ``TODOS`` of its urls module.

    ``count(actor, now)`` returns no, one or several cards and makes one query for each.
    """

    action: str
    count: Callable[[Actor, datetime], Iterable[Todo]]
    order: int = 50


@dataclass(frozen=True)
class HomePanel:
    """A part of the landing page that htmx loads afterwards; listed in ``PANELS``."""

    title: Words
    url_name: str
    action: str = SIGNED_IN
    order: int = 50


def todos_for(actor: Actor, now: datetime) -> list[Todo]:
    """Return the cards with something in them, the overdue ones first."""
    cards: list[Todo] = []
    for source in sorted(declared("TODOS", TodoSource), key=lambda one: one.order):
        if source.action == SIGNED_IN or actor.may(source.action):
            cards += [card for card in source.count(actor, now) if card.count]
    return sorted(cards, key=lambda card: _RANK.get(card.urgency, 2))


def panels_for(actor: Actor) -> list[tuple[HomePanel, str]]:
    """Return the panels that the person may see, with their addresses."""
    ordered = sorted(declared("PANELS", HomePanel), key=lambda one: one.order)
    allowed = [one for one in ordered if one.action == SIGNED_IN or actor.may(one.action)]
    return [(one, url) for one in allowed if (url := url_or_blank(one.url_name))]
