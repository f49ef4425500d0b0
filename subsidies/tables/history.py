"""Tables of what was paid before this system or by others."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import DayColumn, LongColumn, MoneyColumn, ScreenTable, TermColumn
from povedu.screens.templatetags.screens import badge
from schools.tables import linked
from subsidies.models import PastPayment


class PastPaymentTable(ScreenTable):
    """Past payments, each with whether its number is a pupil's."""

    programme = LongColumn(accessor="programme_label", order_by=("programme_as_stated",))
    term = TermColumn()
    amount = MoneyColumn()
    school = LongColumn(accessor="school_as_stated", verbose_name=gettext_lazy("学校"))
    is_linked = tables.Column(verbose_name=gettext_lazy("对应学生"))
    state = tables.Column(
        verbose_name=gettext_lazy("采信"),
        accessor="pk",
        orderable=False,
        linkify=linked("subsidies:history-withdraw", "subsidies.history.withdraw"),
    )
    paid_on = DayColumn()
    source = tables.Column(
        verbose_name=gettext_lazy("来源"), accessor="file_name", order_by=("file_name",)
    )

    class Meta(ScreenTable.Meta):
        model = PastPayment
        fields = (
            *("name", "id_number", "programme", "programme_as_stated", "term", "period"),
            *("amount", "school", "stage", "tier", "hardship_as_stated", "is_linked"),
            *("state", "paid_on", "source"),
        )
        lead = ("name",)
        hidden = ("programme_as_stated", "stage", "tier", "hardship_as_stated", "paid_on")

    def render_is_linked(self, value: bool) -> SafeString:  # noqa: FBT001  # the table's signature
        """Say whether the stated number is a confirmed student's."""
        return badge(_("已对上"), "done") if value else badge(_("未对上"), "waiting")

    def value_is_linked(self, value: bool) -> str:  # noqa: FBT001  # the table's signature
        """Export the word."""
        return _("已对上") if value else _("未对上")

    def render_state(self, record: PastPayment) -> str:
        """Say whether the record is believed."""
        return _("不予采信") if hasattr(record, "withdrawal") else _("采信")

    def render_source(self, record: PastPayment) -> str:
        """Name file and row."""
        return format_html(
            "{} {}",
            record.file_name,
            _("%(sheet)s 第 %(row)d 行") % {"sheet": record.source_sheet, "row": record.source_row},
        )
