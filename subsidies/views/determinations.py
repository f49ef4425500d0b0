"""Applications on paper: entered, reviewed by the school, decided by the bureau; their scoring."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.details import Fact, Tab
from povedu.screens.files import attachment
from povedu.screens.screen import Button, Words
from students.choices import ApprovalState
from students.rules.evidence import ENDINGS
from subsidies import forms, tables
from subsidies.choices import PaperDocument, PaperStep
from subsidies.filters import DeterminationFilter
from subsidies.models import (
    ApplicationPaper,
    Determination,
    DeterminationStep,
    ScoreBand,
    ScoreItem,
)
from subsidies.selectors import payments as selectors
from subsidies.services import application_papers as scans
from subsidies.services import determinations as papers
from subsidies.views.office import (
    NewForm,
    OfficeAction,
    OfficeDetail,
    OfficeForm,
    OfficeList,
    OfficeRows,
    moment,
)

PAPERS = gettext_lazy("困难认定")
PAPER_LIST = ((PAPERS, "subsidies:determination-list"),)


class DeterminationList(OfficeList):
    """Paper determinations."""

    action = "subsidies.determination.view"
    title = PAPERS
    own_selector = selectors.determinations
    table_class = tables.DeterminationTable
    filterset_class = DeterminationFilter
    search_fields = ("student__name", "student__initials__startswith")
    empty_reason = gettext_lazy("没有困难认定。")

    def buttons(self) -> list[Button]:
        """Offer to enter one."""
        url = reverse("subsidies:determination-add")
        return [
            Button(_("录入申请"), url, "subsidies.determination.enter", "bi-plus-lg"),
            Button(_("困难评分"), reverse("subsidies:scoring-set"), "subsidies.scoring.edit"),
        ]


class DeterminationDetail(OfficeDetail):
    """One application: what it rests on, what was said, the papers themselves."""

    action = "subsidies.determination.view"
    own_selector = selectors.determinations
    parents = PAPER_LIST
    tabs = (
        Tab(
            "papers",
            gettext_lazy("材料"),
            table_class=tables.ApplicationPaperTable,
            rows=lambda screen: selectors.application_papers(screen.scope).filter(
                determination=screen.object
            ),
            empty=gettext_lazy("还没有上传材料。请拍照或扫描后上传。"),
        ),
        Tab(
            "steps",
            gettext_lazy("评议与审核"),
            table_class=tables.DeterminationStepTable,
            rows=lambda screen: screen.object.steps.select_related("entered_by"),
        ),
    )

    def heading(self) -> Words:
        """Name the student and the year."""
        one: Determination = self.object
        return _("%(student)s %(year)d学年困难认定") % {
            "student": one.student,
            "year": one.academic_year,
        }

    def facts(self) -> Sequence[Fact]:
        """Say whose, for what, on what, and where it stands."""
        one: Determination = self.object
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.APPROVAL_TONES[one.state]),
            Fact(_("审核环节"), one.get_step_display()),
            Fact(_("学生"), one.student, url=one.student.get_absolute_url()),
            Fact(_("学校"), one.student.school),
            Fact(_("申请项目"), one.programme or _("一般困难")),
            Fact(_("认定档次"), one.tier),
            Fact(_("量化得分"), _scored(one)),
            Fact(_("证明材料"), one.evidence),
            Fact(_("已核对的材料"), _seen(one)),
            Fact(_("录入人"), one.entered_by),
            Fact(_("录入时间"), moment(one.entered_at)),
            Fact(_("审核人"), one.approved_by or ""),
            Fact(_("审核时间"), moment(one.approved_at)),
            Fact(_("审核意见"), one.note),
        )

    def buttons(self) -> list[Button]:
        """Offer the next step to whoever may take it, and papers while it waits."""
        one: Determination = self.object
        if one.state != ApprovalState.PENDING:
            return []
        made_here = one.entered_by_id == self.request.actor.user_id
        school = one.step == PaperStep.SCHOOL
        name, label, action = (
            ("determination-review", _("学校复核"), "subsidies.determination.review")
            if school
            else ("determination-decide", _("审核"), "subsidies.determination.approve")
        )
        step = (
            []
            if made_here
            else [Button(label, reverse(f"subsidies:{name}", args=[one.pk]), action)]
        )
        paper = reverse("subsidies:paper-add", args=[one.pk])
        return [*step, Button(_("上传材料"), paper, "subsidies.paper.add", "bi-camera")]


class DeterminationAdd(NewForm):
    """Enter a paper application."""

    action = "subsidies.determination.enter"
    title = gettext_lazy("录入困难认定")
    parents = PAPER_LIST
    form_class = forms.DeterminationForm
    service = papers.enter_determination
    success = gettext_lazy("已录入。请上传材料的照片或扫描件。")

    def initial(self) -> dict[str, Any]:
        """Offer this academic year, and the student whose page led here."""
        return {
            "academic_year": self.request.term.year,
            "student": self.request.GET.get("student", ""),
        }

    def arguments(self, form: Any) -> dict[str, Any]:
        """Gather what the class said."""
        given = super().arguments(form)
        teacher, signed_on = given.pop("teacher"), given.pop("signed_on")
        said = papers.Signature(teacher, signed_on, given.pop("opinion")) if teacher else None
        case = papers.Case(given.pop("items"), given.pop("documents"), said)
        return {**given, "case": case}


class _PaperAction(OfficeAction):
    """What is said to one application, with all that is known of it beside."""

    own_selector = selectors.determinations
    parents = PAPER_LIST
    object_argument = "determination"
    success_url_name = "subsidies:determination-list"

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show where it stands, what it rests on, and what was said."""
        one: Determination = self.object
        return (
            (_("学年"), str(one.academic_year)),
            (_("申请项目"), str(one.programme or _("一般困难"))),
            (_("状态"), one.get_state_display()),
            (_("审核环节"), one.get_step_display()),
            (_("量化得分"), _scored(one)),
            (_("已核对的材料"), _seen(one)),
            (_("上传的材料（份）"), one.papers.count()),
            *((step.get_step_display(), _said(step)) for step in one.steps.all()),
            (_("录入人"), str(one.entered_by)),
        )


class DeterminationDecide(_PaperAction):
    """Agree or send back as the bureau; never one's own."""

    action = "subsidies.determination.approve"
    title = gettext_lazy("审核困难认定")
    form_class = forms.DecideForm
    service = papers.decide_determination
    button = gettext_lazy("提交审核")

    def consequence(self) -> Words:
        """Say what agreeing does."""
        one = self.object
        return _("同意后，%(student)s 可凭此认定享受资助。证明材料：%(evidence)s") % {
            "student": one.student,
            "evidence": one.evidence,
        }

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}


class DeterminationReview(_PaperAction):
    """The school's review; never one's own entry."""

    action = "subsidies.determination.review"
    title = gettext_lazy("复核困难认定")
    form_class = forms.ReviewForm
    service = papers.review_determination
    button = gettext_lazy("提交复核")

    def consequence(self) -> Words:
        """Say what agreeing does."""
        return _("同意后报教育局审核；退回后须重新申请。证明材料：%(evidence)s") % {
            "evidence": self.object.evidence
        }

    def initial(self) -> dict[str, Any]:
        """Offer today."""
        return {"signed_on": timezone.localtime(self.request.now).date()}


def _put(*, determination: Determination, kind: str, file: Any, **rest: Any) -> ApplicationPaper:
    return scans.add_paper(determination=determination, kind=kind, content=file.read(), **rest)


class PaperAdd(OfficeForm):
    """Put a paper to an application."""

    action = "subsidies.paper.add"
    title = gettext_lazy("上传材料")
    hint = gettext_lazy("拍照或扫描原件；一次一份。")
    own_selector = selectors.determinations
    parents = PAPER_LIST
    form_class = forms.ApplicationPaperForm
    service = _put
    object_argument = "determination"
    button = gettext_lazy("上传")
    success = gettext_lazy("已上传。")

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}

    def success_url(self, result: ApplicationPaper) -> str:
        """Go back to the application."""
        return reverse("subsidies:determination-detail", args=[result.determination_id])


class PaperRemove(OfficeAction):
    """Take a paper away again."""

    action = "subsidies.paper.add"
    title = gettext_lazy("删除材料")
    own_selector = selectors.application_papers
    parents = PAPER_LIST
    service = scans.remove_paper
    object_argument = "paper"
    button = gettext_lazy("删除")
    danger = True
    success = gettext_lazy("已删除。")

    def consequence(self) -> Words:
        """Name the paper."""
        return _("将删除材料“%(caption)s”，不能恢复。") % {"caption": self.object}

    def success_url(self, result: object) -> str:
        """Go back to the application."""
        paper: ApplicationPaper = self.object
        return reverse("subsidies:determination-detail", args=[paper.determination_id])


class PaperOpen(OfficeRows):
    """The paper itself, unsealed for those who may see the application; every look is noted."""

    action = "subsidies.paper.view"
    own_selector = selectors.application_papers

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the bytes as an attachment."""
        paper: Any = self.load()
        content = scans.open_paper(paper=paper, actor=self.request.actor, now=self.request.now)
        ending = ENDINGS[paper.content_type]
        return attachment(content, paper.content_type, f"paper-{paper.pk}.{ending}")


def _seen(one: Determination) -> str:
    labels = dict(PaperDocument.choices)
    return _("、").join(str(labels.get(name, name)) for name in one.documents)


def _scored(one: Determination) -> str:
    if one.score is None:
        return _("未评分")
    facts = _("、").join(f"{words} {points}" for words, points in one.points)
    return f"{one.score}（{one.level or _('未达困难等级')}）：{facts}"


def _said(step: DeterminationStep) -> str:
    agreed = _("同意") if step.agreed else _("退回")
    return f"{agreed} {step.signed_name} {step.signed_on.isoformat()} {step.opinion}".strip()


class ScoringSet(NewForm):
    """Which circumstances count how much, and which score has which level."""

    action = "subsidies.scoring.edit"
    title = gettext_lazy("困难评分")
    hint = gettext_lazy("改动只影响以后录入的申请；已录入的得分和等级不变。")
    parents = PAPER_LIST
    form_class = forms.ScoringForm
    service = papers.set_scoring
    success_url_name = "subsidies:determination-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}

    def initial(self) -> dict[str, Any]:
        """Show what counts now."""
        county = self.county()
        items = ScoreItem.objects.filter(county=county).values_list("name", "points")
        bands = ScoreBand.objects.filter(county=county).values_list("above", "level", "tier")
        return {
            "items": "\n".join(f"{name} {points}" for name, points in items),
            "bands": "\n".join(f"{above} {level} {tier}".strip() for above, level, tier in bands),
        }
