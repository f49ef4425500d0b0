"""Filters of gifts and loans."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from subsidies.choices import GiftState, LoanLevel, LoanState, ReliefCause, ReliefKind, ReliefState
from subsidies.filters.fields import choice_filter, programme_filter
from subsidies.models import Gift, Loan, LoanRelief
from subsidies.selectors.giving import gifts_in_state


class LoanFilter(ScreenFilterSet):
    """By year, level, state, and whether the amount exceeds the year's cap."""

    academic_year = django_filters.NumberFilter(label=_("学年（起始年）"))
    level = choice_filter(_("学历层次"), LoanLevel.choices)
    state = choice_filter(_("状态"), LoanState.choices)
    is_renewal = django_filters.BooleanFilter(label=_("续贷"))
    is_over_cap = django_filters.BooleanFilter(label=_("超过当年最高额"))

    class Meta:
        model = Loan
        fields = ("academic_year", "level", "state", "is_renewal", "is_over_cap")


class ReliefFilter(ScreenFilterSet):
    """By state, kind, cause and year."""

    state = choice_filter(_("状态"), ReliefState.choices)
    kind = choice_filter(_("类别"), ReliefKind.choices)
    cause = choice_filter(_("事由"), ReliefCause.choices)
    year = django_filters.NumberFilter(label=_("年度"))

    class Meta:
        model = LoanRelief
        fields = ("state", "kind", "cause", "year")


class GiftFilter(ScreenFilterSet):
    """By programme and day."""

    programme = programme_filter()
    state = django_filters.ChoiceFilter(
        label=_("状态"), choices=GiftState.choices, method="by_state"
    )
    given_on = django_filters.DateFromToRangeFilter(label=_("捐助日期"))

    class Meta:
        model = Gift
        fields = ("programme", "given_on")

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the gifts at a step of their life."""
        return gifts_in_state(rows, value)
