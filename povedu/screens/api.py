"""How the API pages, filters and says no."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.forms import Form, ModelChoiceField
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from drf_spectacular.extensions import OpenApiFilterExtension
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import exception_handler as drf_handler

from povedu.errors import Refusal
from povedu.screens.parameters import check, described


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
    """Filter by the declared names and the described values only; the rest is refused.

    The key of a row that is not there, or not in reach, is no mistake: it finds nothing.
    """

    own = frozenset({"cursor", "page_size", "format"})

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Refuse unknown names and values, then filter."""
        filterset_class = self.get_filterset_class(view, queryset)
        extra = set(getattr(view, "extra_parameters", ()))
        known = set(described(filterset_class)) | self.own | extra
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name: ["unknown parameter"] for name in unknown})
        if faults := check(request.query_params, filterset_class):
            raise ValidationError(faults)
        if filterset_class is None:
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if filterset.is_valid():
            return filterset.qs
        if self.only_misses(filterset.form):
            return queryset.none()
        raise translate_validation(filterset.errors)

    @staticmethod
    def only_misses(form: Form) -> bool:
        """Say whether a form's faults are keys of rows that are not there, and nothing else."""
        return all(
            isinstance(form.fields[name], ModelChoiceField)
            and {fault.code for fault in faults} == {"invalid_choice"}
            for name, faults in form.errors.as_data().items()
        )


class AllowListExtension(OpenApiFilterExtension):  # type: ignore[no-untyped-call]  # untyped package
    """Describe each parameter as the backend checks it."""

    target_class = "povedu.screens.api.AllowListFilterBackend"
    priority = 1

    def get_schema_operation_parameters(
        self, auto_schema: Any, *args: Any, **kwargs: Any
    ) -> list[dict[str, Any]]:
        """Return the parameters in OpenAPI's words."""
        view = auto_schema.view
        filterset_class = self.target.get_filterset_class(view, view.get_queryset())
        return [
            {"name": name, "in": "query", "schema": schema, "description": str(label)}
            for name, (schema, label) in described(filterset_class).items()
        ]


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer every error in one shape: ``{"code", "message", …}``."""
    if isinstance(exc, Refusal):
        body = {"code": exc.code, "message": str(exc), **exc.where}
        # The body was as described, or no rule would have been asked: it does not fit the records.
        return Response(body, status=409 if exc.status == 400 else exc.status)
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
