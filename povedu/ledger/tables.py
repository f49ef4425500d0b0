"""Tables of the ledger."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.ledger.models import LedgerEntry
from povedu.screens.tables import DayColumn, InstantColumn, MoneyColumn, ScreenTable


class EntryTable(ScreenTable):
    """Entries in the order of the chain, the newest first."""

    amount = MoneyColumn()
    effective_on = DayColumn()
    posted_at = InstantColumn()
    hash = tables.Column(verbose_name=_("链值"))

    class Meta(ScreenTable.Meta):
        model = LedgerEntry
        fields = (
            "seq",
            "transaction_no",
            "effective_on",
            "account",
            "amount",
            "source",
            "programme_code",
            "school_code",
            "term",
            "subject",
            "memo",
            "posted_at",
            "hash",
        )
        lead = ("seq",)
        hidden = ("memo", "posted_at", "hash")


class BalanceTable(ScreenTable):
    """Cash of each key over a period."""

    name = tables.Column(verbose_name=_("名称"))
    opening = MoneyColumn(verbose_name=_("期初（元）"))
    received = MoneyColumn(verbose_name=_("收入（元）"))
    spent = MoneyColumn(verbose_name=_("支出（元）"))
    closing = MoneyColumn(verbose_name=_("期末（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False
