"""Runs of the comparison and the queue of what they found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import (
    Button,
    DetailScreen,
    Fact,
    ListScreen,
    Tab,
)
from povedu.screens.screen import Words, url_or_blank
from povedu.terms import Term
from students import filters, tables
from students.choices import (
    FindingKind,
    LinkStage,
    Place,
)
from students.models import Reconciliation
from students.selectors import children as reads
from students.selectors import runs as run_reads
from students.selectors.partition import is_newest, placed_children

VIEW = "students.reconciliation.view"
_RUNS: tuple[Words, str] = (gettext_lazy("比对记录"), "students:run-list")


class RunList(ListScreen):
    """Runs, newest first."""

    action = VIEW
    title = gettext_lazy("比对记录")
    selector = run_reads.runs
    table_class = tables.RunTable
    filterset_class = filters.RunFilter
    empty_reason = gettext_lazy("还没有比对过。")
    empty_action = gettext_lazy("导入花名册和名册后，即可开始比对。")

    def buttons(self) -> list[Button]:
        """Offer a new run."""
        return [
            Button(
                _("开始比对"),
                reverse("students:run-start"),
                "students.reconciliation.run",
                "bi-play",
            ),
            Button(
                _("夜间比对"),
                reverse("students:run-nightly"),
                "students.reconciliation.run",
                "bi-moon",
            ),
        ]


class RunDetail(DetailScreen):
    """A run's figures, findings, links and places."""

    action = VIEW
    selector = run_reads.runs
    parents = (_RUNS,)
    template_name = "students/run.html"
    tabs = (
        Tab(
            "findings",
            gettext_lazy("差异"),
            table_class=tables.FindingTable,
            rows=lambda screen: run_reads.found_last(
                screen.object, among=reads.findings(screen.scope)
            ),
            empty=gettext_lazy("这次比对的差异已由更新的比对接手，请看差异队列。"),
        ),
        Tab(
            "links",
            gettext_lazy("匹配"),
            table_class=tables.LinkTable,
            rows=lambda screen: run_reads.links(screen.scope, screen.object),
            empty=gettext_lazy("没有匹配；较早的比对只保留数字。"),
        ),
        Tab(
            "places",
            gettext_lazy("适龄儿童去向"),
            table_class=tables.PlacedTable,
            rows=lambda screen: placed_children(screen.scope, screen.object),
            empty=gettext_lazy("没有去向明细；较早的比对只保留数字。"),
        ),
    )

    def buttons(self) -> list[Button]:
        """Lead to the partition, and to what is told to the office that sent the list."""
        places = Button(
            _("适龄儿童去向分布"),
            reverse("students:run-partition", args=[self.object.pk]),
            "students.partition.view",
            "bi-grid-3x3",
        )
        url = url_or_blank("subsidies:feedback-list", self.object.pk)
        label = _("受助学生比对反馈表")
        told = Button(label, url, "subsidies.feedback.view", "bi-table")
        return [places, told] if url else [places]

    def facts(self) -> Sequence[Fact]:
        """Say what was compared."""
        run: Reconciliation = self.object
        return [
            Fact(_("学期"), Term.parse(run.term).label),
            Fact(_("县"), run.county),
            Fact(_("状态"), run.get_state_display(), status="done"),
            Fact(_("名册快照"), _("、").join(map(str, run.snapshots.all())) or _("无")),
            *([Fact(_("最近核对无变化"), _at(run.confirmed_at))] if run.confirmed_at else []),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts of the three kinds of result."""
        run: Reconciliation = self.object
        found = f"{reverse('students:finding-list')}?term={run.term}&kind="
        children = f"{reverse('students:run-children', args=[run.pk])}?place="
        if not is_newest(run):
            found = children = ""
        return super().get_context_data(
            groups=[
                (_("匹配"), _labelled(LinkStage, run.links_count)),
                (
                    _("差异（按类型）"),
                    _labelled(FindingKind, run.findings_count, found),
                ),
                (_("适龄儿童去向"), _labelled(Place, run.partition, children)),
            ],
            whole=sum(run.partition.values()),
            **kwargs,
        )


def _at(instant: datetime) -> str:
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}"


def _labelled(
    choices: Any, counts: dict[str, int], address: str = ""
) -> list[tuple[str, int, str]]:
    """Return what occurs in words, how often, and the address of the rows behind it."""
    return [
        (str(choices(key).label), count, f"{address}{key}" if address else "")
        for key, count in counts.items()
        if count
    ]


class FindingList(ListScreen):
    """Every finding, open and settled."""

    action = "students.finding.view"
    title = gettext_lazy("差异一览")
    selector = reads.findings
    table_class = tables.FindingTable
    filterset_class = filters.FindingFilter
    main_filters = 4
    search_fields = ("student__name", "student__initials__startswith", "entry__name")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "findings"
    export_action = "students.finding.export"
    empty_reason = gettext_lazy("没有差异。")

    def buttons(self) -> list[Button]:
        """Lead to the queue."""
        return [Button(_("逐条处理"), reverse("students:finding-queue"), self.action)]
