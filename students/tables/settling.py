"""Tables of what schools were asked and of what was decided."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import DayColumn, InstantColumn, LongColumn, ScreenTable, StatusColumn
from students.choices import ASSIGNMENT_WAITS, Place, Verdict
from students.models import Assignment, Decision
from students.selectors.wording import reason_words

ASSIGNMENT_TONES = {
    "asked": "waiting",
    "returned": "refused",
    "answered": "doing",
    "closed": "done",
    "withdrawn": "plain",
}


def instant_words(value: datetime) -> str:
    """Write an instant as 2016-09-01 14:05, local time."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


def verdict_words(decision: Decision) -> str:
    """Return a decision's words: where somebody is, else the verdict."""
    if decision.place:
        return str(Place(decision.place).label)
    return str(Verdict(decision.verdict).label)


class AssignmentTable(ScreenTable):
    """What schools were asked."""

    finding = tables.Column(
        accessor="finding__kind",
        verbose_name=gettext_lazy("差异"),
        linkify=("students:finding-queue-item", [tables.A("finding_id")]),
    )
    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False)
    school = LongColumn()
    reason = LongColumn(
        accessor="finding__reason", verbose_name=gettext_lazy("说明"), orderable=False
    )
    due_on = DayColumn()
    left = tables.Column(empty_values=(), verbose_name=gettext_lazy("时限"), orderable=False)
    state = StatusColumn(tones=ASSIGNMENT_TONES)
    asked_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Assignment
        fields = (
            *("finding", "name", "school", "reason", "due_on", "left", "state"),
            *("asked_by", "asked_at"),
        )
        lead = ("finding",)
        hidden = ("asked_by", "asked_at")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.today = timezone.localtime(now).date()
        super().__init__(*args, **kwargs)

    def render_finding(self, record: Assignment) -> str:
        """Name the kind."""
        return str(record.finding.get_kind_display())

    def render_name(self, record: Assignment) -> str:
        """Name the child."""
        return str(record.finding.student or record.finding.entry or "—")

    def render_reason(self, value: str) -> str:
        """Put the codes into words."""
        return reason_words(value)

    def render_left(self, record: Assignment) -> str:
        """Say how many days are left or over, while the school's answer waits."""
        if record.state not in ASSIGNMENT_WAITS:
            return "—"
        days = (record.due_on - self.today).days
        if days < 0:
            return _("逾期 %(days)d 天") % {"days": -days}
        return _("还有 %(days)d 天") % {"days": days} if days else _("今天到期")


class DecisionTable(ScreenTable):
    """Who decided what and when."""

    decided_at = InstantColumn()
    kind = tables.Column(
        accessor="finding__kind",
        verbose_name=gettext_lazy("差异"),
        linkify=("students:finding-queue-item", [tables.A("finding_id")]),
    )
    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False)
    verdict = tables.Column()
    note = LongColumn(orderable=False)
    undone_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = Decision
        fields = ("decided_at", "decided_by", "kind", "name", "verdict", "note", "undone_at")
        lead = ("decided_at",)

    def render_kind(self, record: Decision) -> str:
        """Name the kind."""
        return str(record.finding.get_kind_display())

    def render_name(self, record: Decision) -> str:
        """Name the child."""
        return str(record.finding.student or record.finding.entry or "—")

    def render_verdict(self, record: Decision) -> str:
        """Say the place where one was named."""
        return verdict_words(record)
