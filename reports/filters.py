"""Filters of reports."""

import django_filters
from django.utils.translation import gettext_lazy as _

from povedu.screens.filters import ScreenFilterSet
from reports.choices import EditionState
from reports.models import SummaryEdition


class EditionFilter(ScreenFilterSet):
    """By year and state."""

    year = django_filters.NumberFilter(label=_("年度"), min_value=0, max_value=9999)
    state = django_filters.ChoiceFilter(label=_("状态"), choices=EditionState.choices)

    class Meta:
        model = SummaryEdition
        fields = ("year", "state")
