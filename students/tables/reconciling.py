"""Tables of comparison runs and what they found."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from povedu.screens.tables import (
    InstantColumn,
    LongColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
    TermColumn,
)
from students.models import (
    Finding,
    Link,
    Reconciliation,
)
from students.selectors.wording import reason_words

FINDING_TONES = {"open": "waiting", "settled": "done", "gone": "plain"}


class RunTable(ScreenTable):
    """Runs of the comparison."""

    started_at = InstantColumn(linkify=True)
    term = TermColumn()
    findings = NumberColumn(
        accessor="findings_count", verbose_name=gettext_lazy("差异"), orderable=False
    )
    links = NumberColumn(accessor="links_count", verbose_name=gettext_lazy("匹配"), orderable=False)
    children = NumberColumn(
        accessor="partition", verbose_name=gettext_lazy("适龄儿童"), orderable=False
    )
    state = StatusColumn(tones={"done": "done", "running": "doing", "failed": "refused"})

    class Meta(ScreenTable.Meta):
        model = Reconciliation
        fields = ("started_at", "county", "term", "state", "links", "findings", "children")
        lead = ("started_at",)

    def render_findings(self, value: dict[str, int]) -> str:
        """Add up the kinds."""
        return f"{sum(value.values()):,}"

    render_links = render_findings
    render_children = render_findings

    def value_findings(self, value: dict[str, int]) -> int:
        """Export the bare sum."""
        return sum(value.values())

    value_links = value_findings
    value_children = value_findings


class FindingTable(ScreenTable):
    """Findings, open and settled."""

    kind = tables.Column(linkify=("students:finding-queue-item", [tables.A("pk")]))
    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False)
    school = LongColumn(empty_values=(), verbose_name=gettext_lazy("学校"), orderable=False)
    reason = LongColumn(orderable=False, verbose_name=gettext_lazy("说明"))
    state = StatusColumn(tones=FINDING_TONES)
    term = TermColumn()

    class Meta(ScreenTable.Meta):
        model = Finding
        fields = ("kind", "name", "school", "reason", "state", "term")
        lead = ("kind",)

    def render_name(self, record: Finding) -> str:
        """Name the child."""
        return str(record.student or record.entry or "—")

    def render_school(self, record: Finding) -> str:
        """Name the school, else where the register has the child."""
        sides = [record.evidence.get(side) or {} for side in ("left", "right")]
        return next((one["school"] for one in sides if one.get("school")), "—")

    def render_reason(self, value: str) -> str:
        """Put the codes into words."""
        return reason_words(value)


class LinkTable(ScreenTable):
    """Whom a run joined with whom."""

    student = tables.Column(linkify=("students:student-detail", [tables.A("student_id")]))
    entry = tables.Column(verbose_name=gettext_lazy("名册条目"))
    register = tables.Column(accessor="entry__snapshot", verbose_name=gettext_lazy("名册"))
    row = tables.Column(accessor="entry__row_number", verbose_name=gettext_lazy("行号"))
    reason = LongColumn()
    automatic = tables.BooleanColumn(yesno=(gettext_lazy("自动"), gettext_lazy("待人工")))

    class Meta(ScreenTable.Meta):
        model = Link
        fields = ("student", "entry", "register", "row", "stage", "automatic", "reason")

    def render_reason(self, value: str) -> str:
        """Put the codes into words."""
        return reason_words(value)
