"""Exports of exactly what a list shows: what to export is written down here, a job carries it out.

Screens know no jobs. The app that exports registers its starter with ``export_with``; in the worker
it calls ``table_of(order, actor=…, now=…)`` and writes ``table.as_values()`` into a file.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Self

from django.core.exceptions import ImproperlyConfigured
from django_tables2 import Table

from povedu.protected import seal, unseal
from povedu.scope import ActingRequest, Actor
from povedu.screens.searching import SearchQuery

_CONTEXT = "screens.search"


@dataclass(frozen=True)
class ExportOrder:
    """Which list, filtered how, with which columns; plain values that fit a job row.

    ``search`` is sealed, because what somebody looks for may be a name.
    """

    kind: str
    screen: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    search: str = ""
    hidden: tuple[str, ...] = ()
    term: str = ""

    def params(self) -> dict[str, Any]:
        """Return the order as a job's parameters."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Read a job's parameters."""
        return cls(**{**params, "hidden": tuple(params.get("hidden", ()))})


Starter = Callable[[ActingRequest, ExportOrder], str]
_starters: list[Starter] = []


def export_with(starter: Starter) -> Starter:
    """Register the function that enqueues an order and returns the address of its progress."""
    _starters[:] = [starter]
    return starter


def start(request: ActingRequest, order: ExportOrder) -> str:
    """Enqueue an order."""
    if not _starters:
        raise ImproperlyConfigured("no app exports: see povedu.screens.exporting.export_with")
    return _starters[0](request, order)


def table_of(order: ExportOrder, *, actor: Actor, now: datetime) -> Table:
    """Return the table of an order, in a worker; PermissionError where the right has gone."""
    from povedu.screens.lists import ListScreen

    module, _, name = order.screen.rpartition(".")
    screen = getattr(import_module(module), name)
    if not (isinstance(screen, type) and issubclass(screen, ListScreen)):
        raise PermissionError(order.screen)
    return screen.replay(order, actor=actor, now=now)


def title_of(order: ExportOrder) -> str:
    """Return the title of an order's list."""
    module, _, name = order.screen.rpartition(".")
    return str(getattr(import_module(module), name).title)


def sealed_search(search: SearchQuery | None) -> str:
    """Return a search as text that can lie in a job row."""
    if search is None:
        return ""
    plain = json.dumps(search.state(), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(seal(plain, context=_CONTEXT)).decode()


def opened_search(sealed: str) -> SearchQuery | None:
    """Read a sealed search."""
    if not sealed:
        return None
    plain = unseal(base64.urlsafe_b64decode(sealed), context=_CONTEXT)
    return SearchQuery.from_state(json.loads(plain))
