"""Handing findings to schools, and the schools' answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.scope import Actor
from povedu.screens import ListScreen
from povedu.screens.screen import Words
from schools.models import School
from students import filters, tables
from students.choices import ASSIGNMENT_LIVE, FindingState
from students.forms import settling as forms
from students.forms.children import own_schools
from students.forms.findings import packed
from students.models import Assignment, Finding
from students.rules.assignments import DAYS
from students.selectors import assignments as asked
from students.services import settle_assign as services
from students.services import settle_papers
from students.views.of_finding import QUEUE, OfFinding
from students.views.shown import OverShown


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
    return settle_papers.answer_with_paper(
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
