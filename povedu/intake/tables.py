"""Tables of batches and of their rows."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.identity import mask_id
from povedu.intake.choices import BatchState, RowChange
from povedu.intake.kinds import IntakeKind, all_kinds, kind_of
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.intake.problems import Outcome, Problem, sentence, title_of
from povedu.intake.rowstore import RowReader, StoredRow
from povedu.screens.filters import ScreenFilterSet
from povedu.screens.tables import (
    InstantColumn,
    LongColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
)
from povedu.screens.templatetags.screens import badge

TONES = {
    BatchState.RECEIVED: "doing",
    BatchState.STAGED: "waiting",
    BatchState.RETURNED: "refused",
    BatchState.APPLYING: "doing",
    BatchState.APPLIED: "done",
    BatchState.FAILED: "refused",
    BatchState.WITHDRAWN: "plain",
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

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = ()


class RowTable(ScreenTable):
    """Staged rows: whom they are about, what was said, what becomes of them."""

    number = tables.Column(verbose_name=_("行"), attrs={"td": {"class": "num"}})
    subject = tables.Column(verbose_name=_("对象"), empty_values=(), orderable=False)
    outcome = tables.Column(verbose_name=_("结果"))
    said = tables.Column(verbose_name=_("修正与问题"), empty_values=(), orderable=False)
    change = tables.Column(verbose_name=_("变更"))
    fix = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta(ScreenTable.Meta):
        model = ImportRow
        fields = ("number", "subject", "outcome", "said", "change", "fix")
        lead = ("number", "subject")

    def __init__(self, *args: Any, batch: ImportBatch, may_fix: bool, **kwargs: Any) -> None:
        self.batch = batch
        self.kind = kind_of(batch.kind)
        self.reader = RowReader(self.kind, batch.sheets)
        self.may_fix = may_fix
        super().__init__(*args, **kwargs)

    def stored(self, record: ImportRow) -> StoredRow:
        """Return a row opened, once per page."""
        opened: StoredRow | None = getattr(record, "opened", None)
        if opened is None:
            opened = self.reader.open(record.payload, record.sheet)
            record.opened = opened  # type: ignore[attr-defined]  # for this page only
        return opened

    def render_number(self, record: ImportRow) -> str:
        """Show the row as the clerk's own program numbers it, with the sheet where several are."""
        if len(self.batch.sheets) > 1:
            return f"{self.batch.sheets[record.sheet]['name']} {record.number}"
        return str(record.number)

    def render_subject(self, record: ImportRow) -> str:
        """Show the name and the first other things known."""
        values = self.stored(record).values
        names = [name for name, one in self.kind.columns.items() if not one.protected]
        first = [values.get("name") or "—"]
        first += [
            str(self.kind.columns[name].widget.dump(values[name]))
            for name in ("school", "grade", "class_name", "township", "village", "category")
            if name in names and values.get(name) not in ("", None)
        ]
        return " · ".join(first[:4])

    def render_outcome(self, value: str) -> SafeString:
        """Draw the outcome."""
        label, tone = OUTCOME_LABELS[Outcome(value)]
        return badge(label, tone)

    def render_said(self, record: ImportRow) -> SafeString:
        """List repairs as old → new, and problems as sentences."""
        lines = [(line,) for line in said_of(self.kind, record.number, self.stored(record))]
        return format_html_join("", "<div>{}</div>", lines) or SafeString("—")

    def render_fix(self, record: ImportRow) -> SafeString:
        """Offer the correction of a row that is not fine."""
        if not self.may_fix or record.outcome == Outcome.READY:
            return SafeString("")
        url = reverse("intake:row-fix", args=[self.batch.pk, record.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("改正"))


def said_of(kind: IntakeKind, number: int, stored: StoredRow) -> list[str]:
    """Return a row's repairs and problems as people read them, protected values masked."""
    lines = []
    for problem in stored.problems:
        column = kind.columns.get(problem.field)
        label = column.label if column else problem.field
        if problem.is_repair:
            protected = column is not None and column.protected
            lines.append(f"{label}：{title_of(problem.code)} {_change(problem, hide=protected)}")
        else:
            lines.append(sentence(problem, number, label))
    return lines


def _change(problem: Problem, *, hide: bool) -> str:
    old, new = problem.old.strip(), problem.new
    if hide:
        old, new = mask_id(old), mask_id(new)
    return f"{old} → {new}"


class RowFilter(ScreenFilterSet):
    """By outcome, problem and change."""

    outcome = django_filters.ChoiceFilter(
        label=_("结果"),
        choices=[(str(key), label) for key, (label, _tone) in OUTCOME_LABELS.items()],
    )
    code = django_filters.CharFilter(label=_("问题"), method="by_code")
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
    forget = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta(ScreenTable.Meta):
        model = MappingProfile
        fields = ("heading", "kind", "field", "source", "changed_by", "changed_at", "forget")
        lead = ("heading",)

    def render_kind(self, value: str) -> str:
        """Show what people call the kind."""
        return str(kind_of(value).title)

    def render_field(self, record: MappingProfile) -> str:
        """Show the column's own heading."""
        column = kind_of(record.kind).columns.get(record.field)
        return column.label if column else "—"

    def render_forget(self, record: MappingProfile) -> SafeString:
        """Offer to forget it."""
        url = reverse("intake:mapping-forget", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, gettext("删除"))
