"""Tables of batches and of their rows."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.intake import selectors
from povedu.intake.choices import BatchState, RowChange
from povedu.intake.kinds import all_kinds, kind_of
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.intake.problems import PROBLEMS, REPAIRS, Outcome, title_of
from povedu.screens.filters import ScreenFilterSet
from povedu.screens.tables import (
    InstantColumn,
    LongColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
)

TONES = {
    BatchState.RECEIVED: "doing",
    BatchState.STAGED: "waiting",
    BatchState.RETURNED: "refused",
    BatchState.APPLYING: "doing",
    BatchState.APPLIED: "done",
    BatchState.FAILED: "refused",
    BatchState.WITHDRAWN: "plain",
    BatchState.UNDONE: "plain",
    BatchState.UNDONE: "plain",
}
OUTCOME_LABELS = {
    Outcome.READY: (_("可导入"), "done"),
    Outcome.WARNED: (_("需留意"), "waiting"),
    Outcome.REFUSED: (_("退回"), "refused"),
}


class BatchTable(ScreenTable):
    """Batches, newest first."""

    file_name = LongColumn(linkify=("intake:batch-detail", [tables.A("pk")]))
    kind = tables.Column()
    state = StatusColumn(tones={str(key): tone for key, tone in TONES.items()})
    rows_count = NumberColumn()
    ready_count = NumberColumn()
    warned_count = NumberColumn()
    refused_count = NumberColumn()
    uploaded_by = tables.Column(orderable=False)
    uploaded_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = ImportBatch
        fields = (
            *("file_name", "kind", "state", "rows_count", "ready_count", "warned_count"),
            *("refused_count", "uploaded_by", "uploaded_at"),
        )
        lead = ("file_name",)

    def render_kind(self, value: str) -> str:
        """Show what people call the kind."""
        return str(kind_of(value).title)


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, str(kind.title)) for kind in all_kinds()]


class BatchFilter(ScreenFilterSet):
    """By kind and state."""

    kind = django_filters.ChoiceFilter(label=_("类型"), choices=_kind_choices)
    state = django_filters.ChoiceFilter(label=_("状态"), choices=BatchState.choices)
    waits = django_filters.ChoiceFilter(
        label=_("等待"),
        choices=[
            (selectors.Waits.READY, _("核对导入")),
            (selectors.Waits.SENT_BACK, _("改正")),
            (selectors.Waits.APPROVAL, _("由您确认")),
            (selectors.Waits.LARGE, _("确认大范围变更")),
        ],
        method="by_waits",
    )

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = ()

    def by_waits(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the batches that wait for the reader for one reason."""
        actor = self.request.actor
        waiting = selectors.waiting(actor, selectors.Waits(value))
        return queryset.filter(pk__in=waiting.order_by().values("pk"))


class RowFilter(ScreenFilterSet):
    """By outcome, problem and change."""

    outcome = django_filters.ChoiceFilter(
        label=_("结果"),
        choices=[(str(key), label) for key, (label, _tone) in OUTCOME_LABELS.items()],
    )
    code = django_filters.ChoiceFilter(
        label=_("问题"),
        choices=lambda: [(code, title_of(code)) for code in (*PROBLEMS, *REPAIRS)],
        method="by_code",
    )
    change = django_filters.ChoiceFilter(label=_("变更"), choices=RowChange.choices)

    class Meta:
        model = ImportRow
        fields: tuple[str, ...] = ()

    def by_code(self, queryset: Any, name: str, value: str) -> Any:
        """Keep the rows that carry a code."""
        return queryset.filter(codes__contains=f" {value} ")


class MappingTable(ScreenTable):
    """Taught headings."""

    heading = tables.Column()
    kind = tables.Column()
    field = tables.Column()
    source = tables.Column()
    changed_by = tables.Column(orderable=False)
    changed_at = InstantColumn()
    edit = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta(ScreenTable.Meta):
        model = MappingProfile
        fields = ("heading", "kind", "field", "source", "changed_by", "changed_at", "edit")
        lead = ("heading",)

    def render_kind(self, value: str) -> str:
        """Show what people call the kind."""
        return str(kind_of(value).title)

    def render_field(self, record: MappingProfile) -> str:
        """Show the column's own heading."""
        column = kind_of(record.kind).columns.get(record.field)
        return column.label if column else "—"

    def render_edit(self, record: MappingProfile) -> SafeString:
        """Offer to give it another meaning, or to forget it."""
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            reverse("intake:mapping-change", args=[record.pk]),
            gettext("修改"),
            reverse("intake:mapping-forget", args=[record.pk]),
            gettext("删除"),
        )


class MappingFilter(ScreenFilterSet):
    """By kind, and whose."""

    kind = django_filters.ChoiceFilter(label=_("类型"), choices=_kind_choices)
    source = django_filters.CharFilter(label=_("来源"), lookup_expr="startswith")

    class Meta:
        model = MappingProfile
        fields: tuple[str, ...] = ()
