"""Tables of the ledger."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.ledger.models import Correction, LedgerEntry
from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    MoneyColumn,
    ScreenTable,
    StatusColumn,
)


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


CORRECTION_TONES = {"asked": "waiting", "posted": "done", "refused": "refused"}


class CorrectionTable(ScreenTable):
    """Vouchers taken back, or to be."""

    transaction_no = tables.Column(linkify=True)
    effective_on = DayColumn()
    state = StatusColumn(tones=CORRECTION_TONES)
    asked_at = InstantColumn()
    reason = LongColumn()

    class Meta(ScreenTable.Meta):
        model = Correction
        fields = (
            "transaction_no",
            "reason",
            "document",
            "effective_on",
            "state",
            "asked_by",
            "asked_at",
            "decided_by",
            "posted_no",
        )
        lead = ("transaction_no",)
        hidden = ("document",)


class BridgeTable(ScreenTable):
    """Money of each key in the calendar year and in the academic year."""

    name = tables.Column(verbose_name=_("名称"))
    spring = MoneyColumn(verbose_name=_("1–8 月（元）"))
    autumn = MoneyColumn(verbose_name=_("9–12 月（元）"))
    calendar = MoneyColumn(verbose_name=_("自然年（元）"))
    next_spring = MoneyColumn(verbose_name=_("次年 1–8 月（元）"))
    school = MoneyColumn(verbose_name=_("学年（元）"))
    difference = MoneyColumn(verbose_name=_("学年比自然年（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False


class BalanceTable(ScreenTable):
    """Cash of each key over a period."""

    name = tables.Column(verbose_name=_("名称"))
    opening = MoneyColumn(verbose_name=_("期初（元）"))
    received = MoneyColumn(verbose_name=_("收入（元）"))
    spent = MoneyColumn(verbose_name=_("支出（元）"))
    closing = MoneyColumn(verbose_name=_("期末（元）"))

    class Meta(ScreenTable.Meta):
        orderable = False
