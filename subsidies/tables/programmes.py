"""Tables of programmes: what they pay, who bears it, who gives."""

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import (
    DayColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
)
from students.choices import Hardship
from subsidies.models import (
    FundReceipt,
    Programme,
    Quota,
    SourceRule,
    Standard,
)


class ProgrammeTable(ScreenTable):
    """Programmes of a county."""

    name = tables.Column(linkify=True)

    class Meta(ScreenTable.Meta):
        model = Programme
        fields = (
            "name",
            "code",
            "office",
            "kind",
            "cadence",
            "payee_kind",
            "needs_notice",
            "starts_on",
            "ends_on",
        )
        lead = ("name",)
        hidden = ("starts_on", "ends_on")


class StandardTable(ScreenTable):
    """Standards of a programme, the newest first."""

    year_amount = MoneyColumn()
    instalment_amount = MoneyColumn()
    starts_on = DayColumn()
    ends_on = DayColumn()
    end = tables.Column(
        verbose_name=gettext_lazy("操作"),
        accessor="pk",
        orderable=False,
        linkify=("subsidies:standard-end", [tables.A("pk")]),
    )

    class Meta(ScreenTable.Meta):
        model = Standard
        fields = (
            "starts_on",
            "ends_on",
            "stage",
            "boarding",
            "tier",
            "grade",
            "major",
            "categories",
            "year_amount",
            "instalment_amount",
            "document",
            "confidence",
            "end",
        )

    def render_categories(self, value: list[str]) -> str:
        """Name the categories."""
        labels = dict(Hardship.choices)
        return "、".join(str(labels.get(one, one)) for one in value) or _("不限")

    def render_grade(self, value: int) -> str:
        """Say nothing for any grade."""
        return str(value) if value else "—"

    def render_end(self) -> str:
        """Offer to end it."""
        return _("停用")


class SourceRuleTable(ScreenTable):
    """Who pays, year by year."""

    amount_per_head = MoneyColumn()
    money_cap = MoneyColumn()
    head_cap = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = SourceRule
        fields = ("year", "position", "source", "amount_per_head", "head_cap", "money_cap")


class QuotaTable(ScreenTable):
    """Planned places."""

    heads_count = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = Quota
        fields = ("year", "school", "heads_count", "document")


class ReceiptTable(ScreenTable):
    """Money that arrived."""

    received_on = DayColumn()
    amount = MoneyColumn()
    programme = LongColumn()

    class Meta(ScreenTable.Meta):
        model = FundReceipt
        fields = ("received_on", "source", "programme", "amount", "document", "entered_by")
