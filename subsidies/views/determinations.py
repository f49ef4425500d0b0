"""Applications on paper: entered, reviewed by the school, decided by the bureau; their scoring."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.base import Button, Words
from students.choices import ApprovalState
from subsidies import forms, tables
from subsidies.choices import PaperDocument, PaperStep
from subsidies.filters import DeterminationFilter
from subsidies.models import Determination, DeterminationStep, ScoreBand, ScoreItem
from subsidies.selectors import payments as selectors
from subsidies.services import determinations as papers
from subsidies.views.office import NewForm, OfficeAction, OfficeList

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


class DeterminationAdd(NewForm):
    """Enter a paper application."""

    action = "subsidies.determination.enter"
    title = gettext_lazy("录入困难认定")
    parents = PAPER_LIST
    form_class = forms.DeterminationForm
    service = papers.enter_determination
    success_url_name = "subsidies:determination-list"

    def initial(self) -> dict[str, Any]:
        """Offer this academic year."""
        return {"academic_year": self.request.term.year}

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
        labels = dict(PaperDocument.choices)
        return (
            (_("学年"), str(one.academic_year)),
            (_("申请项目"), str(one.programme or _("一般困难"))),
            (_("状态"), one.get_state_display()),
            (_("审核环节"), one.get_step_display()),
            (_("量化得分"), _scored(one)),
            (_("已核对的材料"), "、".join(str(labels.get(name, name)) for name in one.documents)),
            *((step.get_step_display(), _said(step)) for step in one.steps.all()),
            (_("录入人"), str(one.entered_by)),
        )


class DeterminationDecide(_PaperAction):
    """Agree or send back as the bureau; never one's own."""

    action = "subsidies.determination.view"
    write_action = "subsidies.determination.approve"
    title = gettext_lazy("审核困难认定")
    form_class = forms.DecideForm
    service = papers.decide_determination
    button = gettext_lazy("提交审核")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead those who review to the school's review while it waits for that."""
        one = self.load()
        assert isinstance(one, Determination)  # noqa: S101  # the selector's model
        waits = one.step == PaperStep.SCHOOL and one.state == ApprovalState.PENDING
        if waits and self.may("subsidies.determination.review"):
            return HttpResponseRedirect(reverse("subsidies:determination-review", args=[one.pk]))
        return super().get(request, *args, **kwargs)

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


def _scored(one: Determination) -> str:
    if one.score is None:
        return _("未评分")
    facts = "、".join(f"{words} {points}" for words, points in one.points)
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
