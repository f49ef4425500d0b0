"""The base of every list that programs read.

Apart from ``povedu.screens.api``, which the framework's settings name and so must not load views.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers, viewsets

from povedu.money import MoneyField
from povedu.protected import ProtectedField
from povedu.scope import ActingRequest, Actor, Scope
from povedu.screens.api import AllowListFilterBackend, StableCursorPagination
from povedu.terms import TermField


class MaskedField(serializers.CharField):
    """A protected value as anybody may see it; the whole of it never travels by the API."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "read_only": True})

    def to_representation(self, value: Any) -> str:
        """Return the mask."""
        return str(value)


class YuanField(serializers.DecimalField):
    """Yuan with two decimals, as text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_digits": 12, "decimal_places": 2, "read_only": True})


class RowSerializer(serializers.ModelSerializer[Any]):
    """A row of a list: money in yuan, protected values masked, terms as their codes."""

    serializer_field_mapping: ClassVar[Any] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        ProtectedField: MaskedField,
        MoneyField: YuanField,
        TermField: serializers.CharField,
    }


class ReadViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """A list and its rows, read-only: the same selector, filters and action as the page's.

    A subclass names ``action_name``, ``selector``, ``serializer_class`` and, where it may be
    filtered, ``filterset_class``. One that also writes extends ``actions_by_method``.
    """

    action_name: ClassVar[str] = ""
    selector: ClassVar[Callable[[Scope], QuerySet[Any]]]
    actions_by_method: ClassVar[dict[str, str]] = {}
    pagination_class = StableCursorPagination
    filter_backends = (AllowListFilterBackend,)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let reading need the one action, unless the subclass says otherwise."""
        super().__init_subclass__(**kwargs)
        if cls.action_name and not cls.__dict__.get("actions_by_method"):
            cls.actions_by_method = {"GET": cls.action_name, "HEAD": cls.action_name}

    @property
    def actor(self) -> Actor:
        """Return who asks, as the token says."""
        return cast("ActingRequest", self.request._request).actor

    @property
    def now(self) -> datetime:
        """Return the one instant of the request."""
        return cast("ActingRequest", self.request._request).now

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows in scope."""
        if getattr(self, "swagger_fake_view", False):
            return type(self).selector(Scope.nothing())
        return type(self).selector(self.actor.scope)

    def get_object(self) -> Any:
        """Return one row; a key that cannot be one is not there either."""
        try:
            return super().get_object()
        except (ValueError, TypeError, OverflowError, DjangoValidationError):
            raise Http404 from None
