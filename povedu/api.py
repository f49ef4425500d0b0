"""The API: what every app offers, its description, and the page that shows it.

An app's ``api`` module holds ``API_ROUTES``, a list of (prefix, viewset) pairs; docs/api.md says
how to write one. Everything is served under ``/api/v1/`` to personal tokens only.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, cast

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from povedu.scope import ActingRequest
from povedu.screens.screen import SIGNED_IN, Screen

ERRORS = {
    "400": "The request is not as described.",
    "401": "No valid token.",
    "403": "The policy does not allow it.",
    "404": "Not there, or not within the token's jurisdiction.",
    "405": "No such method here.",
    "409": "A rule refuses it, or somebody else changed it first; `code` says which.",
    "429": "Too many requests; see `Retry-After`.",
    "503": "The database was busy, nothing was written; the same may be sent after `Retry-After`.",
}


def offered() -> Iterator[tuple[str, type[GenericViewSet[Any]]]]:
    """Yield what every app offers, in the order of the installed apps."""
    for config in apps.get_app_configs():
        name = f"{config.name}.api"
        if config.name != "povedu.screens" and find_spec(name) is not None:
            yield from getattr(import_module(name), "API_ROUTES", ())


class SignedIn(BasePermission):
    """Let anybody in who has signed in, by browser or by token."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Ask the middleware's actor, or the token's."""
        return bool(cast("ActingRequest", request._request).actor.user_id)


class SchemaView(SpectacularAPIView):
    """The description of the API as OpenAPI 3."""

    actions_by_method: ClassVar[dict[str, str]] = {"GET": SIGNED_IN}
    permission_classes = (SignedIn,)


class DocsScreen(Screen):
    """The description as a page, all of it served from here."""

    action = SIGNED_IN
    title = _("接口文档")
    template_name = "api/docs.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        return self.render_to_response(self.get_context_data(schema_url=reverse("api:schema")))


def urls() -> list[URLPattern | URLResolver]:
    """Return the addresses under /api/v1/."""
    router = SimpleRouter(use_regex_path=False)
    for prefix, viewset in offered():
        router.register(prefix, viewset, basename=prefix.replace("/", "-"))
    return [
        path("schema/", SchemaView.as_view(), name="schema"),
        path("docs/", DocsScreen.as_view(), name="docs"),
        *router.urls,
    ]


def describe_errors(
    result: dict[str, Any], generator: Any, request: Any, public: Any
) -> dict[str, Any]:
    """Add to each operation the one shape in which all errors are answered."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Error"] = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    }
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            for status, words in ERRORS.items():
                operation["responses"].setdefault(status, {"description": words, "content": body})
    return result
