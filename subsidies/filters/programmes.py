"""Filters of programmes, of the split of money and of receipts."""

import django_filters
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import CorrectionState, FundSource
from povedu.screens.filters import ScreenFilterSet
from subsidies.choices import AllocationState, Cadence, ProgrammeKind
from subsidies.filters.fields import choice_filter, programme_filter, term_filter
from subsidies.models import Allocation, FundReceipt, Programme


class ProgrammeFilter(ScreenFilterSet):
    """By nature and cadence."""

    kind = choice_filter(_("性质"), ProgrammeKind.choices)
    cadence = choice_filter(_("发放周期"), Cadence.choices)

    class Meta:
        model = Programme
        fields = ("kind", "cadence")


class AllocationFilter(ScreenFilterSet):
    """By state, programme and term."""

    state = choice_filter(_("状态"), AllocationState.choices)
    programme = programme_filter()
    term = term_filter()

    class Meta:
        model = Allocation
        fields = ("state", "programme", "term")


class ReceiptFilter(ScreenFilterSet):
    """By source and day."""

    source = choice_filter(_("资金来源"), FundSource.choices)
    received_on = django_filters.DateFromToRangeFilter(label=_("到账日期"))
    correction = choice_filter(_("更正"), CorrectionState.choices[:2])

    class Meta:
        model = FundReceipt
        fields = ("source", "received_on", "correction")
