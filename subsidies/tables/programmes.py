"""Tables of programmes: what they pay, who bears it, who gives."""

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import (
    DayColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
)
from students.choices import Hardship
from subsidies.models import (
    FundReceipt,
    Programme,
    Quota,
    SourceRule,
    Standard,
)


class CorrectionColumn(StatusColumn):
    """Whether a correction takes the row's voucher back, in words; empty for most."""

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        """Draw the badge."""
        return super().render(self.value(value), record, bound_column)

    def value(self, value: Any) -> Any:
        """Say whether it has been taken back or is about to be."""
        return _("已冲回") if value == "posted" else _("更正待审批")


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
        return _("、").join(str(labels.get(one, one)) for one in value) or _("不限")

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
    correction = CorrectionColumn(
        tones={"asked": "waiting", "posted": "refused"}, verbose_name=gettext_lazy("更正")
    )

    class Meta(ScreenTable.Meta):
        model = FundReceipt
        fields = (
            "received_on",
            "source",
            "programme",
            "amount",
            "correction",
            "document",
            "entered_by",
        )
