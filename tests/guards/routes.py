"""Every address of the product, as the URL resolver knows it, with what the policy asks of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# Addresses whose view names no action, each with its reason. A stale line fails the suite.
EXEMPT: dict[str, str] = {}


@dataclass(frozen=True)
class Route:
    """One address: its name with namespaces, its pattern, its view, its arguments."""

    name: str
    pattern: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        """Say whether programs call it, with a token."""
        return self.pattern.startswith("api/")

    @property
    def declares(self) -> bool:
        """Say whether the view names its action."""
        return hasattr(self.view, "action_for") or hasattr(self.view, "actions_by_method")

    def action(self, method: str) -> str:
        """Return the policy action that a method needs, "" for a method that is not offered."""
        if hasattr(self.view, "actions_by_method"):
            return str(self.view.actions_by_method.get(method, ""))
        return str(self.view.action_for(method))

    def __str__(self) -> str:
        return self.name or self.pattern


def routes(urlconf: str | None = None) -> list[Route]:
    """Walk the resolver."""
    return list(_walk(get_resolver(urlconf).url_patterns, "", (), ()))


def _walk(
    patterns: list[URLPattern | URLResolver],
    before: str,
    spaces: tuple[str, ...],
    arguments: tuple[str, ...],
) -> Iterator[Route]:
    for one in patterns:
        text = before + str(one.pattern)
        given = (*arguments, *one.pattern.converters)
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one.url_patterns, text, inner, given)
            continue
        named = (*given, *getattr(one.pattern.regex, "groupindex", {}))
        callback = one.callback
        view = getattr(callback, "view_class", None) or getattr(callback, "cls", callback)
        name = ":".join((*spaces, one.name)) if one.name else ""
        yield Route(name, text, view, tuple(dict.fromkeys(named)))


def unlisted(found: list[Route]) -> list[str]:
    """Return the addresses that nothing guards, and exemptions that exempt nothing."""
    faults = [f"{route}: its view names no action" for route in found if not _guarded(route)]
    known = {str(route) for route in found if not route.declares}
    faults += [
        f"{name}: exempt, but there is no such unguarded address"
        for name in EXEMPT
        if name not in known
    ]
    return faults


def _guarded(route: Route) -> bool:
    if not route.declares:
        return str(route) in EXEMPT
    return any(route.action(method) for method in METHODS)
