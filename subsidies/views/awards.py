"""Award runs, awards, determinations."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs import services as jobs
from povedu.jobs.models import Job
from povedu.money import ZERO, yuan
from povedu.scope import Actor
from povedu.screens.details import Fact, Tab
from povedu.screens.screen import Button, Words
from povedu.screens.wizards import Step, WizardScreen
from povedu.terms import Term
from students.choices import Hardship
from students.tables import grade_words
from subsidies import forms, tables
from subsidies.choices import AwardState, Skip
from subsidies.filters import AwardFilter
from subsidies.models import Award, Programme
from subsidies.rules.eligibility import day_that_counts
from subsidies.rules.instalments import plan
from subsidies.selectors import payments as selectors
from subsidies.selectors.eligibility import decide
from subsidies.selectors.programmes import programmes, source_lines
from subsidies.selectors.quotas import quota_use
from subsidies.services import awards as services
from subsidies.views.office import OfficeAction, OfficeDetail, OfficeList, moment

AWARDS = gettext_lazy("资助决定")
LIST = ((AWARDS, "subsidies:award-list"),)


def start_run(*, programme: Programme, term: str, actor: Actor, now: Any) -> Job:
    """Ask for a run over a programme's term."""
    return jobs.enqueue(
        kind="subsidies.grant_awards",
        params={"programme": programme.pk, "term": term},
        digest=f"{programme.pk} {term}",
        actor=actor,
        now=now,
    )


class AwardRun(WizardScreen):
    """Compute a programme's awards: choose, see what will happen, start the job."""

    action = "subsidies.award.propose"
    title = gettext_lazy("计算资助名单")
    parents = LIST
    service = start_run
    button = gettext_lazy("开始计算")
    success = gettext_lazy("已开始计算，完成后在资助决定中可见。")
    steps = (
        Step(
            "choose",
            gettext_lazy("选择项目和学期"),
            forms.ProgrammeTermForm,
            gettext_lazy("只计算身份已确认、在读且符合困难类别的学生。"),
        ),
    )

    def form_arguments(self, step: Step) -> dict[str, Any]:
        """Tell the form who fills it in."""
        return {"actor": self.request.actor, "term": self.request.term}

    def consequence(self, cleaned: dict[str, Any]) -> Words:
        """Say what the run will propose."""
        self.forecast = _forecast(cleaned["programme"], cleaned["term"], self.request.now)
        if not self.forecast["has_sources"]:
            return _("该项目本年度还没有资金分担规则，开始后会被退回，请先登记。")
        return _(
            "将为“%(programme)s”%(term)s拟定资助 %(count)s 人。拟定后须公示（如需）并由他人批准，"
            "现在不会发放任何款项；已有资助决定的不会重复。"
        ) % {
            "programme": cleaned["programme"],
            "term": Term.parse(cleaned["term"]).label,
            "count": f"{self.forecast['count']:,}",
        }

    def figures(self, cleaned: dict[str, Any]) -> Sequence[tuple[Words, Any]]:
        """Count who gets one, who does not and why, and the places."""
        told = self.forecast
        skipped = [(Skip(code).label, count) for code, count in told["skipped"].items()]
        use = told["quota"]
        planned = [(_("计划指标"), use.planned)] if use.planned is not None else []
        return (
            (_("拟资助人数"), told["count"]),
            (_("金额（元）"), told["amount"]),
            *planned,
            (_("本年度已有人数"), use.actual),
            *skipped,
        )

    def success_url(self, result: Job) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])


def _forecast(programme: Programme, code: str, now: Any) -> dict[str, Any]:
    """Return what a run would propose, before the sources are drawn."""
    term = Term.parse(code)
    today = timezone.localtime(now).date()
    decisions = decide(programme, term, day_that_counts(term, today))
    fens = (
        sum(
            part.amount_fen
            for part in plan(
                programme.cadence, one.standard.instalment_fen, term, programme.skipped_months
            )
        )
        for one in decisions.chosen
    )
    return {
        "count": len(decisions.chosen),
        "amount": yuan(sum(fens)),
        "skipped": decisions.counts(),
        "quota": quota_use(programme, today.year),
        "has_sources": bool(source_lines(programme, today.year)),
    }


class AwardList(OfficeList):
    """Awards of one's office, or of one's school."""

    action = "subsidies.award.view"
    title = AWARDS
    own_selector = selectors.awards
    table_class = tables.AwardTable
    filterset_class = AwardFilter
    search_fields = ("student__name", "student__initials__startswith")
    export_kind = "awards"
    empty_reason = gettext_lazy("还没有资助决定。")
    empty_action = gettext_lazy("在“计算资助名单”中选择项目和学期。")

    def buttons(self) -> list[Button]:
        """Offer a run."""
        url = reverse("subsidies:award-run", args=["choose"])
        return [Button(_("计算资助名单"), url, "subsidies.award.propose", "bi-calculator")]


class AwardDetail(OfficeDetail):
    """One award: who, why, how much from whom, and how it was paid."""

    action = "subsidies.award.view"
    own_selector = selectors.awards
    parents = LIST
    tabs = (
        Tab(
            "instalments",
            gettext_lazy("分期与发放"),
            table_class=tables.InstalmentTable,
            rows=lambda screen: selectors.instalments(screen.object),
        ),
    )

    def heading(self) -> Words:
        """Name student and programme."""
        award = getattr(self, "object", None)
        return f"{award.student} · {award.programme}" if award else AWARDS

    def facts(self) -> Sequence[Fact]:
        """Say what was decided and why."""
        one: Award = self.object
        sources = _("；").join(str(part) for part in one.sources.all())
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.AWARD_TONES[one.state]),
            Fact(_("学期"), Term.parse(one.term).label),
            Fact(_("学校"), one.school),
            Fact(_("学段"), one.get_stage_display()),
            Fact(_("年级"), grade_words(one.stage, one.grade)),
            Fact(_("班级"), one.class_name),
            Fact(_("住校"), _("是") if one.is_boarder else _("否")),
            Fact(_("金额（元）"), one.amount, money=True),
            Fact(_("资金来源"), sources),
            Fact(_("依据"), reason_of(one)),
            Fact(_("执行标准"), one.standard.document or one.standard),
            Fact(_("经办人"), one.proposed_by),
            Fact(_("拟定时间"), moment(one.proposed_at)),
            Fact(_("批准人"), one.granted_by or ""),
            Fact(_("批准时间"), moment(one.granted_at)),
            Fact(_("取消原因"), one.cancel_reason),
        )

    def buttons(self) -> list[Button]:
        """Offer what may still be done, and the student's account."""
        one: Award = self.object
        account = Button(
            _("个人资助账户"),
            reverse("subsidies:aid-account", args=[one.student_id]),
            "subsidies.award.view",
        )
        moves = {
            AwardState.GRANTED: ("award-suspend", _("暂停"), "subsidies.award.suspend"),
            AwardState.SUSPENDED: ("award-resume", _("恢复"), "subsidies.award.suspend"),
        }
        found = []
        if one.state in moves:
            name, label, action = moves[AwardState(one.state)]
            found.append(Button(label, reverse(f"subsidies:{name}", args=[one.pk]), action))
        if one.state != AwardState.CANCELLED:
            url = reverse("subsidies:award-cancel", args=[one.pk])
            found.append(Button(_("取消资助"), url, "subsidies.award.cancel"))
        why = Button(
            _("资助情况说明"),
            reverse("subsidies:student-reasons", args=[one.student_id]),
            "subsidies.award.view",
        )
        return [account, why, *found]


def reason_of(award: Award) -> str:
    """Say in words by which rule and evidence an award was computed."""
    told = award.explanation or {}
    labels = dict(Hardship.choices)
    held = _("、").join(str(labels.get(one, one)) for one in told.get("hardships", []))
    rule = told.get("rule", "")
    if rule == "application":
        return _("经申请认定（%(day)s）") % {"day": told.get("as_of", "")}
    if rule == "open":
        return _("该标准不限困难类别（%(day)s 在读）") % {"day": told.get("as_of", "")}
    if not held:
        return ""
    return _("%(day)s 具有困难身份：%(held)s") % {"day": told.get("as_of", ""), "held": held}


class AwardApprove(OfficeAction):
    """Approve a programme's awards of a term."""

    action = "subsidies.award.approve"
    title = gettext_lazy("批准资助")
    own_selector = programmes
    parents = LIST
    form_class = forms.ApproveAwardsForm
    service = services.approve_awards
    object_argument = "programme"
    button = gettext_lazy("批准")
    success_url_name = "subsidies:award-list"

    def term(self) -> Term:
        """Return the term of the address."""
        try:
            return Term.parse(str(self.kwargs["term"]))
        except ValueError as wrong:
            raise Http404 from wrong

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the term."""
        return {**super().arguments(form), "term": self.term()}

    def ready(self) -> Any:
        """Return the awards that may be approved."""
        today = timezone.localtime(self.request.now).date()
        return services.awaiting_approval(self.object, today).filter(term=self.term().code)

    def consequence(self) -> Words:
        """Say what approving does."""
        return _("批准后，%(programme)s %(term)s的下列资助即可编入发放批次。") % {
            "programme": self.object,
            "term": self.term().label,
        }

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Count awards, money and places."""
        ready = self.ready()
        use = quota_use(self.object, timezone.localtime(self.request.now).year)
        planned = [(_("计划指标"), use.planned), (_("超出"), use.over)]
        return (
            (_("待批准人数"), ready.count()),
            (_("金额（元）"), sum(ready.values_list("amount", flat=True), ZERO)),
            *(planned if use.planned is not None else []),
        )

    def success_message(self, result: Any) -> Words:
        """Say how many."""
        return _("已批准 %(count)d 笔资助。") % {"count": result}


class _AwardMove(OfficeAction):
    """What is done to one award, with a reason."""

    own_selector = selectors.awards
    parents = LIST
    form_class = forms.ReasonForm
    object_argument = "award"


class AwardCancel(_AwardMove):
    """Cancel an award that nothing is paid of."""

    action = "subsidies.award.cancel"
    title = gettext_lazy("取消资助")
    sentence = gettext_lazy("取消后不再发放；原因会写入记录。")
    service = services.cancel_award
    danger = True


class AwardSuspend(_AwardMove):
    """Stop paying for a while."""

    action = "subsidies.award.suspend"
    title = gettext_lazy("暂停资助")
    sentence = gettext_lazy("暂停期间不编入发放批次。")
    service = services.suspend_award


class AwardResume(_AwardMove):
    """Go on paying."""

    action = "subsidies.award.suspend"
    title = gettext_lazy("恢复资助")
    sentence = gettext_lazy("恢复后，到期未发的款项可编入下一批次。")
    service = services.resume_award
