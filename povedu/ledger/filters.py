"""Filters of the ledger."""

import django_filters
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import Account, FundSource
from povedu.ledger.models import LedgerEntry
from povedu.screens.filters import ScreenFilterSet


class EntryFilter(ScreenFilterSet):
    """By account, source, programme, school, voucher and day."""

    account = django_filters.ChoiceFilter(
        label=_("科目"), choices=Account.choices, empty_label=_("全部")
    )
    source = django_filters.ChoiceFilter(
        label=_("资金来源"), choices=FundSource.choices, empty_label=_("全部")
    )
    programme_code = django_filters.CharFilter(label=_("项目代码"))
    school_code = django_filters.CharFilter(label=_("学校代码"))
    transaction_no = django_filters.NumberFilter(label=_("凭证号"))
    effective_on = django_filters.DateFromToRangeFilter(label=_("业务日期"))

    class Meta:
        model = LedgerEntry
        fields = (
            "account",
            "source",
            "programme_code",
            "school_code",
            "transaction_no",
            "effective_on",
        )
