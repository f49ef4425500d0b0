"""Runs of the comparison and the queue of what they found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs.models import Job
from povedu.jobs.services import enqueue
from povedu.scope import Actor
from povedu.screens import (
    Button,
    Comparison,
    Decision,
    DetailScreen,
    Fact,
    FormScreen,
    ListScreen,
    QueueScreen,
    Tab,
)
from povedu.screens.base import Words
from povedu.screens.queues import QueueItem
from schools.choices import Stage
from students import filters, tables
from students.choices import (
    FindingKind,
    FindingState,
    Hardship,
    LinkStage,
    Place,
    RegisterKind,
    Sex,
    Verdict,
)
from students.forms.registers import RunForm
from students.models import Finding, Reconciliation
from students.rules.verdicts import Answer, answers_to
from students.selectors import children as reads
from students.selectors import runs as run_reads
from students.selectors.wording import reason_words
from students.services.reconcile import county_named
from students.services.settle import settle_finding, undo_decision

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
            )
        ]


def start_run(
    *, term: str, snapshots: Sequence[Any], county: str, actor: Actor, now: datetime
) -> Job:
    """Ask for a run; the same one asked for twice is one job."""
    ids = sorted(one.pk for one in snapshots)
    return enqueue(
        kind="students.reconcile",
        params={"term": term, "county": county, "snapshots": ids},
        actor=actor,
        now=now,
        digest=f"reconcile:{county}:{term}",
    )


class RunStart(FormScreen):
    """Choose a term and start."""

    action = "students.reconciliation.run"
    title = gettext_lazy("开始比对")
    hint = gettext_lazy("逐人比对本学期花名册与各部门名册。不会修改花名册，差异进入待处理队列。")
    parents = (_RUNS,)
    form_class = RunForm
    service = start_run
    button = gettext_lazy("开始比对")
    success = gettext_lazy("已开始比对，可离开本页，完成后在比对记录中查看。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer the terms near the one in view, and the county's snapshots."""
        return {
            **super().form_arguments(),
            "term": self.request.term,
            "snapshots": reads.snapshots(self.scope),
        }

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Name the county of the person's scope."""
        code = self.scope.county_code
        county = county_named(code if len(code) == 6 else "").prefix
        return {**super().arguments(form), "county": county}

    def success_url(self, result: Any) -> str:
        """Go to the job's progress."""
        return reverse("jobs:job-detail", args=[result.pk])


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
            rows=lambda screen: reads.findings(screen.scope).filter(last_run=screen.object),
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
            rows=lambda screen: run_reads.places(screen.scope, screen.object),
            empty=gettext_lazy("没有去向明细；较早的比对只保留数字。"),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say what was compared."""
        run: Reconciliation = self.object
        return [
            Fact(_("学期"), _term_label(run.term)),
            Fact(_("县"), run.county),
            Fact(_("状态"), run.get_state_display(), status="done"),
            Fact(_("名册快照"), _("、").join(map(str, run.snapshots.all())) or _("无")),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts of the three kinds of result."""
        run: Reconciliation = self.object
        places = _labelled(Place, run.partition)
        return super().get_context_data(
            groups=[
                (_("匹配"), _labelled(LinkStage, run.links_count)),
                (_("差异"), _labelled(FindingKind, run.findings_count)),
                (_("适龄儿童去向"), places),
            ],
            whole=sum(run.partition.values()),
            **kwargs,
        )


def _labelled(choices: Any, counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(choices(key).label), count) for key, count in counts.items() if count]


def _term_label(code: str) -> str:
    from povedu.terms import Term

    return Term.parse(code).label


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


_LABELS: tuple[tuple[str, Any], ...] = (
    ("name", gettext_lazy("姓名")),
    ("sex", gettext_lazy("性别")),
    ("birth_on", gettext_lazy("出生日期")),
    ("id_number", gettext_lazy("证件号码")),
    ("school", gettext_lazy("学校")),
    ("grade", gettext_lazy("年级班级")),
    ("guardian_name", gettext_lazy("监护人（户主）")),
    ("place", gettext_lazy("乡镇村")),
    ("household_no", gettext_lazy("户编号")),
    ("category", gettext_lazy("困难类别")),
    ("school_state", gettext_lazy("在校生状况")),
    ("source", gettext_lazy("来源")),
)


def _side(row: dict[str, Any] | None) -> dict[str, Any]:
    """Return one side of the evidence as words."""
    if not row:
        return {}
    number, sheet = row.get("row"), row.get("sheet") or ""
    words = dict(row)
    words["sex"] = str(Sex(row["sex"]).label) if row.get("sex") else ""
    words["place"] = f"{row.get('township', '')}{row.get('village', '')}"
    words["guardian_name"] = row.get("guardian_name") or row.get("head_name") or ""
    words["category"] = row.get("hardship") or row.get("category") or ""
    stage = str(Stage(row["stage"]).label) if row.get("stage") else ""
    grade = tables.grade_words(row.get("stage", ""), row.get("grade"))
    words["grade"] = f"{stage} {grade} {row.get('class_name', '')}".strip()
    if number:
        place = _("%(sheet)s 第 %(row)s 行") % {"sheet": sheet, "row": number}
        words["source"] = f"{row.get('file', '')} {place}".strip()
    return words


def _title(row: dict[str, Any] | None) -> str:
    if not row:
        return _("（无记录）")
    if row["list"] == "roster":
        return _("学校花名册")
    day = row.get("as_of", "")
    return f"{RegisterKind(row['list']).label} {day}".strip()


_COMPARED = frozenset({"name", "sex", "birth_on", "id_number", "guardian_name", "category"})
_ALWAYS = frozenset({"name", "sex", "birth_on", "id_number", "source"})


class Told(Comparison):
    """A line that one side only can know: nothing in it is marked as differing."""

    @property
    def differs(self) -> bool:
        """Mark nothing."""
        return False

    @property
    def pieces(self) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """Return both texts whole."""
        sides = (str(self.left or ""), str(self.right or ""))
        left, right = ([(text, False)] if text else [] for text in sides)
        return left, right


def comparisons(finding: Finding) -> list[Comparison]:
    """Return the lines of both sides that have something to say."""
    left, right = (_side(finding.evidence.get(side)) for side in ("left", "right"))
    return [
        (Comparison if key in _COMPARED and left and right else Told)(
            label, left.get(key, ""), right.get(key, "")
        )
        for key, label in _LABELS
        if key in _ALWAYS or left.get(key) or right.get(key)
    ]


def _facts(finding: Finding) -> list[tuple[Words, Words]]:
    facts = finding.evidence.get("facts", {})
    notes: list[tuple[Words, Words]] = []
    for key, label in (("before", _("上次类别")), ("after", _("本次类别"))):
        if key in facts:
            words = [str(Hardship(one).label) for one in facts[key] if one in Hardship.values]
            notes.append((label, _("、").join(words) or _("无")))
    if finding.probability is not None:
        notes.append((_("可能性"), f"{finding.probability:.0%}"))
    return notes


_HINTS = {
    Verdict.SAME_PERSON: gettext_lazy("建立匹配；名册有有效证号的，学生身份随之确认"),
    Verdict.NOT_SAME: gettext_lazy("不再询问，除非证据变化"),
    Verdict.REGISTER_RIGHT: gettext_lazy("按名册改正学生姓名等"),
}


def _decision(answer: Answer, place: int) -> Decision:
    label = Place(answer.place).label if answer.place else Verdict(answer.verdict).label
    return Decision(
        answer.name,
        label,
        tone="primary" if place == 0 else "plain",
        hint=_HINTS.get(answer.verdict, ""),
        asks_reason=answer.needs_note,
    )


def settle_by_name(
    *, finding: Finding, decision: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Settle by an answer's name, ``verdict`` or ``verdict:place``."""
    verdict, _colon, place = decision.partition(":")
    settle_finding(finding=finding, verdict=verdict, place=place, note=reason, actor=actor, now=now)


class FindingQueue(QueueScreen):
    """Findings one by one: both source rows side by side, one key per decision."""

    action = "students.finding.view"
    write_action = "students.finding.settle"
    title = gettext_lazy("差异处理")
    parents = ((gettext_lazy("差异一览"), "students:finding-list"),)
    selector = reads.findings
    filterset_class = filters.QueueFilter
    search_fields = ("student__name", "student__initials__startswith", "entry__name")
    search_hint = gettext_lazy("姓名或拼音首字母")
    url_name = "students:finding-queue-item"
    object_argument = "finding"
    service = settle_by_name
    undo_service = undo_decision
    empty_reason = gettext_lazy("没有等待处理的差异。")

    def pending(self, rows: QuerySet[Finding]) -> QuerySet[Finding]:
        """Return the open findings."""
        return rows.filter(state=FindingState.OPEN)

    def line(self, row: Finding) -> tuple[Words, Words]:
        """Name the child, and the question."""
        sides = [row.evidence.get(side) or {} for side in ("left", "right")]
        name = next((one["name"] for one in sides if one.get("name")), "")
        where = next((one["school"] for one in sides if one.get("school")), "")
        return f"{name} {where}".strip(), str(row.get_kind_display())

    def describe(self, row: Finding) -> QueueItem:
        """Show both sides."""
        return QueueItem(
            heading=self.line(row)[0],
            kind=row.get_kind_display(),
            left_title=_title(row.evidence.get("left")),
            right_title=_title(row.evidence.get("right")),
            comparisons=comparisons(row),
            evidence=[reason_words(row.reason)],
            notes=tuple(_facts(row)),
        )

    def decisions_for(self, row: Finding) -> Sequence[Decision]:
        """Offer the answers that fit the kind and that the person may give."""
        offered = [one for one in answers_to(row.kind) if self.may(one.action)]
        return [_decision(answer, place) for place, answer in enumerate(offered)]
