"""Filters of lists handed down, and of what is fed back."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from schools.choices import Stage
from schools.models import Division
from students.choices import Place
from students.filters.scoped import townships_in_scope, under
from students.models import PlacedChild, RegisterEntry, Student
from subsidies.choices import Found, ListResult


class FeedbackFilter(ScreenFilterSet):
    """By what was found, whether aided, and where the child is."""

    found = django_filters.ChoiceFilter(label=_("比对结果"), choices=Found.choices)
    aided = django_filters.ChoiceFilter(
        label=_("受助"), choices=[("true", _("是")), ("false", _("否"))], method="by_aid"
    )
    place = django_filters.ChoiceFilter(label=_("去向"), choices=Place.choices)

    class Meta:
        model = PlacedChild
        fields: tuple[str, ...] = ()

    def by_aid(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the aided, or the others."""
        return rows.filter(aided=value == "true")


class ListedFilter(ScreenFilterSet):
    """By result and township."""

    result = django_filters.ChoiceFilter(label=_("比对结果"), choices=ListResult.choices)
    township = django_filters.ModelChoiceFilter(
        label=_("乡镇"), queryset=townships_in_scope, method="by_township"
    )

    class Meta:
        model = RegisterEntry
        fields: tuple[str, ...] = ()

    def by_township(self, rows: QuerySet[Any], name: str, value: Division | None) -> QuerySet[Any]:
        """Keep a township's rows."""
        return under(rows, "division", value)


class OffListFilter(ScreenFilterSet):
    """By aid, by proof and by stage."""

    aided = django_filters.ChoiceFilter(
        label=_("受助"), choices=[("true", _("是")), ("false", _("否"))], method="by_flag"
    )
    holds = django_filters.ChoiceFilter(
        label=_("持手册或证明"), choices=[("true", _("是")), ("false", _("否"))], method="by_flag"
    )
    stage = django_filters.ChoiceFilter(label=_("学段"), choices=Stage.choices)

    class Meta:
        model = Student
        fields: tuple[str, ...] = ()

    def by_flag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep yes or no."""
        return rows.filter(**{name: value == "true"})
