"""Handing findings to schools, their answers, papers, and taking decisions back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.screens import ActionScreen, ListScreen, ObjectScreen
from povedu.screens.base import Words
from schools.models import School
from students import filters, tables
from students.choices import ASSIGNMENT_LIVE, FindingState
from students.forms import settling as forms
from students.forms.children import own_schools
from students.forms.findings import packed
from students.models import Assignment, Decision, EvidenceFile, Finding
from students.rules.assignments import DAYS
from students.rules.evidence import ENDINGS
from students.selectors import assignments as asked
from students.selectors import children as reads
from students.selectors.decisions import decisions, live_decision, still_standing
from students.selectors.wording import reason_words
from students.services import settle_assign as services
from students.services import settle_papers as papers
from students.services.settle import undo_decision
from students.services.settle_alike import undo_alike
from students.views.shown import OverShown

QUEUE: tuple[Words, str] = (gettext_lazy("差异处理"), "students:finding-queue")


def _named(finding: Finding) -> str:
    return f"{finding.student or finding.entry or ''} {finding.get_kind_display()}".strip()


class OfFinding(ActionScreen):
    """Something is done about a finding; afterwards its page in the queue."""

    selector: ClassVar[Callable[..., QuerySet[Any]]] = reads.findings
    parents = (QUEUE,)
    object_argument = "finding"
    object: Any

    def finding(self) -> Finding:
        """Return the finding that the row belongs to."""
        found: Finding = getattr(self.object, "finding", self.object)
        return found

    def initial(self) -> dict[str, Any]:
        """Begin empty: the fields are not the finding's own."""
        return {}

    def consequence(self) -> Words:
        """Name the finding."""
        finding = self.finding()
        return _("差异：%(finding)s。%(reason)s。") % {
            "finding": _named(finding),
            "reason": reason_words(finding.reason),
        }

    def back_url(self) -> str:
        """Lead back to the finding, the queue filtered as it was."""
        url, query = self.finding().get_absolute_url(), self.request.GET.urlencode()
        return f"{url}?{query}" if query else url

    def success_url(self, result: object) -> str:
        """Lead back to the finding."""
        return self.back_url()


class AssignFinding(OfFinding):
    """One finding goes to the school that must answer."""

    action = "students.finding.assign"
    title = gettext_lazy("交办学校核实")
    form_class = forms.AssignForm
    service = services.assign_finding
    button = gettext_lazy("交办")
    success = gettext_lazy("已交办，列入学校待办。")

    def form_arguments(self) -> dict[str, Any]:
        """Let a school be chosen where the finding has none."""
        schools = None if self.object.school_code else own_schools(self.request.actor)
        return {**super().form_arguments(), "schools": schools}

    def initial(self) -> dict[str, Any]:
        """Begin with the usual deadline."""
        return {"days": DAYS}

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Name the school."""
        school = School.objects.filter(code=self.object.school_code).first()
        return [(_("答复学校"), school.name)] if school and self.object.school_code else []


class AssignMany(OverShown):
    """Every open finding under the queue's filters goes to its own school."""

    action = "students.finding.assign"
    title = gettext_lazy("批量交办学校核实")
    parents = (QUEUE,)
    template_name = "students/assign_many.html"
    form_class = forms.AssignManyForm
    service = services.assign_findings
    button = gettext_lazy("交办")

    def fitting(self) -> QuerySet[Finding]:
        """Return the open findings that have a school and are not handed out."""
        return (
            self.filtered()
            .filter(state=FindingState.OPEN)
            .exclude(school_code="")
            .exclude(assignments__state__in=ASSIGNMENT_LIVE)
        )

    def initial(self) -> dict[str, Any]:
        """Put down which findings are shown, and on what evidence."""
        rows = self.fitting().values_list("pk", "evidence_digest")[: services.LIMIT]
        return {"days": DAYS, "shown": packed(rows)}

    def consequence(self) -> Words:
        """Say how many go to how many schools."""
        return _("将把下列 %(count)s 条待处理差异交办给 %(schools)s 所学校，逐校列入待办。") % {
            "count": f"{min(self.count, services.LIMIT):,}",
            "schools": f"{self.schools:,}",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Count the schools as well."""
        self.schools = self.fitting().order_by().values("school_code").distinct().count()
        return super().get_context_data(**kwargs)

    def success_message(self, result: services.HandedOut) -> Words:
        """Say how many went out, and how many were left out."""
        said = _("已交办 %(count)s 条给 %(schools)s 所学校。") % {
            "count": f"{result.count:,}",
            "schools": f"{result.schools:,}",
        }
        if not result.left_out:
            return said
        return said + _("另有 %(left)s 条刚有变化，未交办。") % {"left": f"{result.left_out:,}"}

    def success_url(self, result: object) -> str:
        """Show what schools were asked."""
        return reverse("students:assignment-list")


def answer(
    *, assignment: Assignment, words: str, file: Any, caption: str, actor: Actor, now: datetime
) -> Assignment:
    """Read the uploaded paper, then answer."""
    content = file.read() if file else b""
    return papers.answer_with_paper(
        assignment=assignment,
        words=words,
        content=content,
        caption=caption,
        actor=actor,
        now=now,
    )


class _OfAssignment(OfFinding):
    selector = asked.assignments
    object_argument = "assignment"


class AssignmentAnswer(_OfAssignment):
    """The school answers."""

    action = services.ANSWER
    title = gettext_lazy("答复交办")
    form_class = forms.AnswerForm
    service = answer
    button = gettext_lazy("提交答复")
    success = gettext_lazy("已答复，等待审核。")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say by when."""
        return [(_("答复期限"), f"{self.object.due_on:%Y-%m-%d}")]


class AssignmentReturn(_OfAssignment):
    """The answer does not do."""

    action = services.ASSIGN
    title = gettext_lazy("退回答复")
    form_class = forms.DeadlineForm
    service = services.send_back_assignment
    button = gettext_lazy("退回")
    success = gettext_lazy("已退回学校重新答复。")

    def initial(self) -> dict[str, Any]:
        """Begin with a short deadline."""
        return {"days": 3}


class AssignmentWithdraw(_OfAssignment):
    """The school need not answer any more."""

    action = services.ASSIGN
    title = gettext_lazy("撤回交办")
    form_class = forms.WordsForm
    service = services.withdraw_assignment
    button = gettext_lazy("撤回")
    success = gettext_lazy("已撤回。")


class AssignmentList(ListScreen):
    """What schools were asked, what is due first at the top."""

    action = "students.assignment.view"
    title = gettext_lazy("交办核实")
    selector = asked.assignments
    table_class = tables.AssignmentTable
    filterset_class = filters.AssignmentFilter
    search_fields = ("finding__student__name", "finding__student__initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "assignments"
    export_action = "students.assignment.export"
    empty_reason = gettext_lazy("没有交办学校核实的差异。")
    empty_action = gettext_lazy("在“差异处理”中可把差异逐条或批量交办给学校。")

    def table_extra(self) -> dict[str, Any]:
        """Tell the table what day it is."""
        return {"now": self.request.now}


def put_evidence(
    *, finding: Finding, caption: str, file: Any, actor: Actor, now: datetime
) -> EvidenceFile:
    """Read the uploaded paper, then keep it."""
    return papers.add_evidence(
        finding=finding, content=file.read(), caption=caption, actor=actor, now=now
    )


class EvidenceAdd(OfFinding):
    """A paper is put to a finding."""

    action = papers.ADD
    title = gettext_lazy("添加佐证材料")
    form_class = forms.EvidenceForm
    service = put_evidence
    button = gettext_lazy("上传")
    success = gettext_lazy("已上传。")


class EvidenceRemove(OfFinding):
    """A paper is taken away by who put it there."""

    action = papers.ADD
    title = gettext_lazy("删除佐证材料")
    selector = asked.evidence_files
    service = papers.remove_evidence
    object_argument = "file"
    button = gettext_lazy("删除")
    danger = True
    success = gettext_lazy("已删除。")

    def consequence(self) -> Words:
        """Name the paper."""
        return _("将删除材料“%(caption)s”，不能恢复。") % {"caption": self.object.caption}


class EvidenceOpen(ObjectScreen):
    """The paper itself, unsealed for those who may see the finding; every look is noted."""

    action = "students.evidence.view"
    selector = asked.evidence_files

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the bytes as an attachment, never sniffed, never run."""
        file: Any = self.load()
        content = papers.open_evidence(file=file, actor=self.request.actor, now=self.request.now)
        ending = ENDINGS[file.content_type]
        return HttpResponse(
            content,
            content_type=file.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="evidence-{file.pk}.{ending}"',
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Cache-Control": "no-store",
            },
        )


def put_proof(
    *, finding: Finding, details: papers.ProofDetails, content: bytes, **more: Any
) -> Any:
    """Record a proof with the paper itself."""
    return papers.record_proof(finding=finding, details=details, content=content, **more)


class ProofAdd(OfFinding):
    """A school saw a paper for a hardship that no register knows."""

    action = papers.PROVE
    title = gettext_lazy("登记困难证明")
    hint = gettext_lazy("照所见原件登记并上传照片；由另一人审核，通过后据此认定困难身份。")
    form_class = forms.ProofForm
    service = put_proof
    button = gettext_lazy("登记")
    success = gettext_lazy("已登记，等待审核。")

    def initial(self) -> dict[str, Any]:
        """Begin with the usual name of the picture."""
        return {"caption": _("证明原件照片")}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the details and the bytes."""
        assert isinstance(form, forms.ProofForm)  # noqa: S101  # the form class above
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "finding": self.object,
            "details": form.details(),
            "content": form.cleaned_data["file"].read(),
            "caption": form.cleaned_data["caption"],
        }


def take_back(
    *, finding: Finding, actor: Actor, now: datetime, whole: bool = False
) -> Finding | int:
    """Undo the live decision on a finding, or all that were made together with it."""
    decision = live_decision(actor.scope, finding)
    if whole and decision is not None and decision.group is not None:
        return undo_alike(group=decision.group, actor=actor, now=now)
    return undo_decision(finding=finding, actor=actor, now=now)


class UndoDecision(OfFinding):
    """A decision is taken back, also after its minute, where nothing has been built on it."""

    action = "students.finding.settle"
    title = gettext_lazy("撤销处理结论")
    form_class = forms.UndoForm
    service = take_back
    button = gettext_lazy("撤销")
    danger = True
    success = gettext_lazy("已撤销，差异重新待处理。")
    decision: Decision | None = None

    def found(self) -> Finding:
        """Return the finding with the decision that stands; without one there is nothing."""
        finding = self.load()
        assert isinstance(finding, Finding)  # noqa: S101  # the selector's model
        self.decision = live_decision(self.scope, finding)
        if self.decision is None or finding.state != FindingState.SETTLED:
            raise Refusal("nothing-to-undo", _("该差异没有可撤销的处理结论。"))
        return finding

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form how many were decided together."""
        together = still_standing(self.scope, self.decision)
        return {**super().form_arguments(), "together": together}

    def consequence(self) -> Words:
        """Say what is undone; what has been built on refuses by itself."""
        return _(
            "撤销后，这一结论改动的内容恢复原样，此后已被他人修改的部分保留。"
            "已据此作出资助决定或劝返记录的，不能撤销。"
        )

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say who decided what and when."""
        decision = self.decision
        if decision is None:
            return []
        return [
            (_("结论"), tables.verdict_words(decision)),
            (_("处理人"), decision.decided_by),
            (_("处理时间"), tables.instant_words(decision.decided_at)),
        ]


class DecisionList(ListScreen):
    """Who decided what and when."""

    action = "students.decision.view"
    title = gettext_lazy("处理记录")
    parents = ((gettext_lazy("差异一览"), "students:finding-list"),)
    selector = decisions
    table_class = tables.DecisionTable
    filterset_class = filters.DecisionFilter
    search_fields = ("finding__student__name", "decided_by__name")
    search_hint = gettext_lazy("学生或处理人姓名")
    export_kind = "decisions"
    export_action = "students.decision.export"
    empty_reason = gettext_lazy("还没有处理结论。")
