"""Searching by name, pinyin initials or full number, without personal data in any address.

A search is sent by POST and kept in the session under a short random token; the address carries
the token only. A full identity, card or telephone number is turned into its blind index at once
and the number itself is not kept.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, Q
from django.http import HttpRequest

from povedu.identity import tidy
from povedu.protected import BankAccount, IdNumber, Phone, blind_index
from povedu.scope import Actor, Scope
from povedu.screens.screen import Words

if TYPE_CHECKING:
    from povedu.protected import Secret

KEPT = 20
_SESSION = "searches"
_ID = re.compile(r"\d{15}|\d{17}[\dX]")
_PHONE = re.compile(r"1\d{10}")
_ACCOUNT = re.compile(r"\d{16,21}")


@dataclass(frozen=True)
class SecretSearch:
    """A kind of full number that a list can be searched by, and its blind-index column.

    ``unlike`` names a column that the list is searched by as well: an index of this one need only
    hold the rows where the two differ.
    """

    secret: "type[Secret]"
    lookup: str
    unlike: str = ""

    def q(self, index: str) -> Q:
        """Return the filter for one blind index."""
        found = Q(**{self.lookup: index})
        return found & ~Q(**{self.lookup: F(self.unlike)}) if self.unlike else found


@dataclass(frozen=True)
class SearchQuery:
    """What somebody looks for: words, or the blind indexes of a full number."""

    text: str = ""
    label: str = ""
    indexes: Mapping[str, str] | None = None  # secret kind → blind index

    @classmethod
    def read(cls, typed: str) -> Self:
        """Understand what was typed; digits alone are taken for a protected number."""
        text = tidy(typed)[:60]
        compact = re.sub(r"[\s-]", "", text).upper()
        kinds = _kinds_of(compact)
        if not kinds:
            return cls(text=text, label=text)
        return cls(
            label=kinds[0].mask(compact),
            indexes={one.kind: blind_index(one.kind, compact) for one in kinds},
        )

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """Read the form kept in a session or a job."""
        return cls(
            text=str(state.get("text", "")),
            label=str(state.get("label", "")),
            indexes=state.get("indexes") or None,
        )

    def state(self) -> dict[str, Any]:
        """Return the form kept in a session or a job."""
        return {"text": self.text, "label": self.label, "indexes": dict(self.indexes or {})}

    def q(self, fields: Sequence[str], numbers: Sequence[SecretSearch] = ()) -> Q:
        """Return the filter: any field has the words, or any number's index is equal.

        A field is ``name`` (contains) or a whole lookup such as ``initials__startswith``.
        A list that cannot be searched by this kind of number finds nothing.
        """
        found = Q(pk__in=[])
        if self.indexes:
            for number in numbers:
                if number.secret.kind in self.indexes:
                    found |= number.q(self.indexes[number.secret.kind])
            return found
        for field in fields:
            lookup, text = _lookup(field, self.text)
            found |= Q(**{lookup: text})
        return found


def _kinds_of(compact: str) -> "list[type[Secret]]":
    kinds: list[type[Secret]] = []
    if _ID.fullmatch(compact):
        kinds.append(IdNumber)
    if _ACCOUNT.fullmatch(compact):
        kinds.append(BankAccount)
    if _PHONE.fullmatch(compact):
        kinds.append(Phone)
    return kinds


def _lookup(field: str, text: str) -> tuple[str, str]:
    column = field.split("__")[-2] if "__" in field else field
    if "initials" in column or "pinyin" in column:
        text = text.lower().replace(" ", "")
    last = field.rsplit("__", 1)[-1]
    known = {"contains", "icontains", "startswith", "istartswith", "exact", "iexact"}
    return (field if last in known else f"{field}__contains"), text


def keep(request: HttpRequest, query: SearchQuery) -> str:
    """Keep a search in the session and return its token; the oldest of many are let go."""
    kept: dict[str, Any] = dict(request.session.get(_SESSION, {}))
    state = query.state()
    for token, earlier in kept.items():
        if earlier == state:
            return token
    token = secrets.token_hex(4)
    kept[token] = state
    request.session[_SESSION] = dict(list(kept.items())[-KEPT:])
    return token


def recall(request: HttpRequest, token: str) -> SearchQuery | None:
    """Return the search of a token, None where this session does not know it."""
    state = request.session.get(_SESSION, {}).get(token)
    return SearchQuery.from_state(state) if isinstance(state, dict) else None


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    label: Words
    url: str
    detail: Words = ""


@dataclass(frozen=True)
class SearchSource:
    """Where the top bar's search looks; an app lists its own in ``SEARCH`` of its urls module.

    ``find(scope, query)`` returns at most some ten hits by at most two queries.
    """

    label: Words
    action: str
    find: Callable[[Scope, SearchQuery], Iterable[Hit]]
    order: int = 50


def find_everywhere(actor: Actor, query: SearchQuery) -> list[tuple[Words, list[Hit]]]:
    """Return what each source that the person may read has found, empty ones left out."""
    from povedu.screens.menu import declared

    groups: list[tuple[Words, list[Hit]]] = []
    for source in sorted(declared("SEARCH", SearchSource), key=lambda one: one.order):
        if not actor.may(source.action):
            continue
        hits = list(source.find(actor.scope, query))
        if hits:
            groups.append((source.label, hits))
    return groups
