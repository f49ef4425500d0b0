"""How the API pages, filters and says no."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import exception_handler as drf_handler

from povedu.errors import Refusal


class StableCursorPagination(CursorPagination):
    """Page by primary key, so that rows entered meanwhile move nothing."""

    ordering = "pk"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000

    def get_page_size(self, request: Request) -> int:
        """Return the size asked for; a size that is none is refused, not ignored."""
        asked = request.query_params.get("page_size")
        if asked is None:
            return int(self.page_size)
        if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked[:9]) <= 1000:
            raise ValidationError({"page_size": ["1–1000"]})
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the limits of the page size."""
        described = super().get_schema_operation_parameters(view)
        for one in described:
            if one["name"] == "page_size":
                one["schema"] = {"type": "integer", "minimum": 1, "maximum": 1000}
        return described


class AllowListFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # untyped package
    """Filter by the declared names only; an unknown query parameter is refused, not ignored."""

    own = frozenset({"cursor", "page_size", "format"})

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Refuse unknown names, then filter."""
        filterset_class = self.get_filterset_class(view, queryset)
        declared = self.declared(filterset_class)
        extra = set(getattr(view, "extra_parameters", ()))
        unknown = sorted(set(request.query_params) - declared - self.own - extra)
        if unknown:
            raise ValidationError({name: ["unknown parameter"] for name in unknown})
        self.refuse_loose(request, filterset_class)
        return super().filter_queryset(request, queryset, view)

    @staticmethod
    def declared(filterset_class: Any) -> set[str]:
        """Return the parameter names of a filter set; a range has one for either end."""
        names: set[str] = set()
        for name, one in (filterset_class.base_filters if filterset_class else {}).items():
            suffixes = getattr(getattr(one.field_class, "widget", None), "suffixes", None)
            names |= {f"{name}_{suffix}" for suffix in suffixes} if suffixes else {name}
        return names

    @staticmethod
    def refuse_loose(request: Request, filterset_class: Any) -> None:
        """Refuse what a browser's form may leave open and a program should not send."""
        filters = filterset_class.base_filters if filterset_class else {}
        for name, value in request.query_params.items():
            one = filters.get(name)
            if value == "" and one is not None:
                raise ValidationError({name: ["empty"]})
            loose = isinstance(one, django_filters.BooleanFilter)
            if loose and value not in {"true", "false"}:
                raise ValidationError({name: ["true or false"]})


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer every error in one shape: ``{"code", "message", …}``."""
    if isinstance(exc, Refusal):
        body = {"code": exc.code, "message": str(exc), **exc.where}
        return Response(body, status=exc.status)
    response = drf_handler(exc, dict(context))
    if response is None:
        return None
    if isinstance(exc, ValidationError):
        response.data = {"code": "invalid", "message": "invalid", "fields": response.data}
    elif isinstance(response.data, dict) and "detail" in response.data:
        detail = response.data["detail"]
        code = getattr(detail, "code", "error")
        response.data = {"code": str(code), "message": str(detail)}
    return response
