"""The table of what registers contradict in themselves, as it goes to their owners."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from povedu.screens.tables import LongColumn, NumberColumn, ScreenTable, StatusColumn
from students.choices import FaultSeverity
from students.models import Finding
from students.rules.register_logic import BY_CODE
from students.selectors.wording import reason_words
from students.tables.reconciling import FINDING_TONES


def _row(record: Finding, side: str = "left") -> dict[str, Any]:
    return record.evidence.get(side) or {}


class LogicTable(ScreenTable):
    """Rows of registers that break a rule, each where its owner finds it: file, sheet and row."""

    reason = LongColumn(
        verbose_name=gettext_lazy("规则"),
        linkify=("students:finding-queue-item", [tables.A("pk")]),
    )
    severity = tables.Column(empty_values=(), verbose_name=gettext_lazy("程度"), orderable=False)
    place = LongColumn(empty_values=(), verbose_name=gettext_lazy("乡镇村"), orderable=False)
    household_no = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("户编号"), orderable=False
    )
    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False)
    told = LongColumn(empty_values=(), verbose_name=gettext_lazy("填报内容"), orderable=False)
    as_of = tables.Column(empty_values=(), verbose_name=gettext_lazy("数据日期"), orderable=False)
    file = LongColumn(empty_values=(), verbose_name=gettext_lazy("文件"), orderable=False)
    sheet = tables.Column(empty_values=(), verbose_name=gettext_lazy("工作表"), orderable=False)
    row = NumberColumn(empty_values=(), verbose_name=gettext_lazy("行号"), orderable=False)
    other_row = NumberColumn(empty_values=(), verbose_name=gettext_lazy("另一行"), orderable=False)
    state = StatusColumn(tones=FINDING_TONES)

    class Meta(ScreenTable.Meta):
        model = Finding
        fields = (
            *("reason", "severity", "place", "household_no", "name", "told", "row"),
            *("other_row", "state", "as_of", "file", "sheet"),
        )
        lead = ("reason",)
        hidden = ("as_of", "file", "sheet")

    def render_reason(self, value: str) -> str:
        """Put the rule into words."""
        return reason_words(value)

    value_reason = render_reason

    def render_severity(self, record: Finding) -> str:
        """Say how sure the rule is."""
        rule = BY_CODE.get(record.reason.removeprefix("logic:"))
        return str(FaultSeverity(rule.severity).label) if rule else "—"

    def render_place(self, record: Finding) -> str:
        """Name the village."""
        row = _row(record)
        return f"{row.get('township', '')}{row.get('village', '')}" or "—"

    def render_told(self, record: Finding) -> str:
        """Say what the rule was broken by."""
        facts = record.evidence.get("facts", {}).get("broken", [])
        return " / ".join(fact for fact in facts if fact) or "—"

    def render_household_no(self, record: Finding) -> str:
        """Return the household's number."""
        return _row(record).get("household_no") or "—"

    def render_name(self, record: Finding) -> str:
        """Name the person."""
        return _row(record).get("name") or "—"

    def render_as_of(self, record: Finding) -> str:
        """Return the register's day."""
        return _row(record).get("as_of") or "—"

    def render_file(self, record: Finding) -> str:
        """Name the file."""
        return _row(record).get("file") or "—"

    def render_sheet(self, record: Finding) -> str:
        """Name the sheet."""
        return _row(record).get("sheet") or "—"

    def render_row(self, record: Finding) -> str:
        """Return the row's number."""
        return str(_row(record).get("row") or "—")

    def render_other_row(self, record: Finding) -> str:
        """Return the second row's number, where the rule is about two."""
        return str(_row(record, "right").get("row") or "—")
