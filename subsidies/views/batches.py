"""Batches: made, frozen, approved, released, closed, and their files for the bank."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs import services as jobs
from povedu.jobs.models import Job
from povedu.money import in_words
from povedu.scope import Actor
from povedu.screens.details import Fact, Tab
from povedu.screens.screen import Button, Words
from povedu.screens.wizards import StepMark
from povedu.terms import Term
from subsidies import forms, tables
from subsidies.choices import BatchState, PaymentState
from subsidies.filters import BatchFilter
from subsidies.models import DisbursementBatch, Programme
from subsidies.selectors import batches
from subsidies.selectors import payments as selectors
from subsidies.services import disbursement as services
from subsidies.views.office import (
    JobAction,
    NewForm,
    OfficeAction,
    OfficeDetail,
    OfficeList,
    moment,
)

BATCHES = gettext_lazy("发放批次")
LIST = ((BATCHES, "subsidies:batch-list"),)
PAYMENTS = gettext_lazy("发放明细")
_WAY = (
    BatchState.DRAFT,
    BatchState.FROZEN,
    BatchState.APPROVED,
    BatchState.RELEASED,
    BatchState.CLOSED,
)


class BatchList(OfficeList):
    """Batches of one's office."""

    action = "subsidies.batch.view"
    title = BATCHES
    own_selector = selectors.batches
    table_class = tables.BatchTable
    filterset_class = BatchFilter
    export_kind = "batches"
    empty_reason = gettext_lazy("还没有发放批次。")
    empty_action = gettext_lazy("资助批准后，在“编制批次”中编入到期款项。")

    def buttons(self) -> list[Button]:
        """Offer a new batch."""
        url = reverse("subsidies:batch-add")
        rules = reverse("subsidies:payment-rules")
        return [
            Button(_("编制批次"), url, "subsidies.batch.prepare", "bi-plus-lg"),
            Button(_("发放规则"), rules, "subsidies.payment_rules.edit"),
        ]


def _problems(screen: Any) -> Any:
    batch: DisbursementBatch = screen.object
    today = timezone.localtime(screen.request.now).date()
    return selectors.due_problems(batch.programme, batch.term, today)


def _flags(screen: Any) -> list[dict[str, Any]]:
    return [
        {
            "line_no": line.line_no,
            "problem": problem.label,
            "student": line.instalment.award.student,
            "school": line.instalment.award.school,
            "payee_name": line.payee_name,
            "account": line.account,
        }
        for line, problem in selectors.flagged_lines(screen.object)
    ]


def _approvals(screen: Any) -> dict[str, Any]:
    batch: DisbursementBatch = screen.object
    given = batch.approvals.select_related("approved_by").order_by("round", "level")
    standing = set(batches.approvals_of(batch).values_list("pk", flat=True))
    rows = [
        {
            "round": one.round,
            "level": one.level,
            "approved_by": one.approved_by,
            "approved_at": one.approved_at,
            "digest": one.digest[:16],
            "standing": _("有效") if one.pk in standing else _("已失效"),
        }
        for one in given
    ]
    waiting = batch.state in (BatchState.DRAFT, BatchState.FROZEN, BatchState.APPROVED)
    return {
        "approvals_table": tables.ApprovalTable(rows, request=screen.request),
        "cash_table": tables.CashTable(batches.cash_lines(batch), request=screen.request)
        if waiting
        else None,
        "batch": batch,
    }


class BatchDetail(OfficeDetail):
    """One batch: where it stands, its lines, what needs a look, the bank's answers."""

    action = "subsidies.batch.view"
    own_selector = selectors.batches
    template_name = "subsidies/batch_detail.html"
    parents = LIST
    tabs = (
        Tab(
            "lines",
            PAYMENTS,
            table_class=tables.BatchLineTable,
            rows=lambda screen: selectors.payments_of_batch(screen.object),
        ),
        Tab("flags", gettext_lazy("需留意"), table_class=tables.FlagTable, rows=_flags),
        Tab(
            "problems",
            gettext_lazy("到期未编入"),
            table_class=tables.DueProblemTable,
            rows=_problems,
        ),
        Tab(
            "approvals",
            gettext_lazy("审批与资金"),
            template="subsidies/batch_approvals.html",
            context=_approvals,
        ),
        Tab(
            "returns",
            gettext_lazy("银行回盘"),
            table_class=tables.BankReturnTable,
            rows=lambda screen: screen.object.bank_returns.select_related("entered_by"),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say who made and approved it, how much, and how the bank answered."""
        one: DisbursementBatch = self.object
        sums = selectors.sums_of_batch(one)

        def part(state: PaymentState) -> str:
            found = sums.get(state)
            return f"{found.count:,} / {found.amount:,}" if found else "0"

        return (
            Fact(_("状态"), one.get_state_display(), status=tables.BATCH_TONES[one.state]),
            Fact(_("资助项目"), one.programme),
            Fact(_("学期"), Term.parse(one.term).label),
            Fact(_("笔数"), f"{one.payments_count:,}"),
            Fact(_("金额（元）"), one.amount, money=True),
            Fact(_("大写"), in_words(one.amount)),
            Fact(_("已到账（笔 / 元）"), part(PaymentState.SETTLED)),
            Fact(_("已退回（笔 / 元）"), part(PaymentState.RETURNED)),
            Fact(_("未回盘（笔 / 元）"), part(PaymentState.SENT)),
            Fact(_("经办人"), one.made_by),
            Fact(_("审批人"), one.approved_by or ""),
            Fact(_("审批"), self._progress()),
            Fact(_("审批时间"), moment(one.approved_at)),
            *self._deadline(),
            Fact(_("内容摘要"), one.digest[:16]),
            Fact(_("台账锚"), one.anchor[:24]),
            Fact(_("备注"), one.note),
        )

    def _progress(self) -> str:
        """Say how many of the approvals that it needs a batch has."""
        one: DisbursementBatch = self.object
        if one.state == BatchState.DRAFT:
            return _("须 %(needed)d 级") % {"needed": batches.levels_of(one)}
        given = batches.approvals_of(one).count()
        return _("%(given)d / %(needed)d 级") % {"given": given, "needed": one.levels}

    def _deadline(self) -> Sequence[Fact]:
        """Say until when the next step is to be done."""
        late_from = batches.deadline_of(self.object)
        if late_from is None:
            return ()
        late = timezone.localtime(self.request.now).date() >= late_from
        last = late_from - timedelta(days=1)
        words = _("%(day)s（已逾期）") if late else "%(day)s"
        tone = "overdue" if late else "waiting"
        return (Fact(_("下一步办理期限"), words % {"day": last.isoformat()}, status=tone),)

    def buttons(self) -> list[Button]:
        """Offer the next steps."""
        one: DisbursementBatch = self.object
        pk = [one.pk]

        def to(label: Words, name: str, action: str) -> Button:
            return Button(label, reverse(f"subsidies:{name}", args=pk), f"subsidies.batch.{action}")

        file = to(_("银行文件"), "batch-file", "take_file")
        void = to(_("作废"), "batch-void", "prepare")
        return {
            BatchState.DRAFT: [to(_("冻结送审"), "batch-freeze", "prepare"), void],
            BatchState.FROZEN: [
                to(_("审批"), "batch-approve", "approve"),
                to(_("退回经办人"), "batch-send-back", "approve"),
                void,
            ],
            BatchState.APPROVED: [to(_("送银行"), "batch-release", "release"), void],
            BatchState.RELEASED: [
                to(_("登记回盘"), "bank-return-add", "return"),
                to(_("关闭批次"), "batch-close", "close"),
                file,
            ],
            BatchState.CLOSED: [file],
            BatchState.VOIDED: [],
        }[BatchState(one.state)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the steps at the head."""
        return super().get_context_data(marks=self._marks(), **kwargs)

    def _marks(self) -> list[StepMark]:
        state = BatchState(self.object.state)
        if state == BatchState.VOIDED:
            return []
        at = _WAY.index(state)
        return [
            StepMark(
                number + 1,
                str(step.label),
                "",
                "here" if number == at else ("done" if number < at else "ahead"),
            )
            for number, step in enumerate(_WAY)
        ]


def start_batch(*, programme: Programme, term: str, actor: Actor, now: Any) -> Job:
    """Ask for a batch of what is due."""
    return jobs.enqueue(
        kind="subsidies.make_batch",
        params={"programme": programme.pk, "term": term},
        digest=f"{programme.pk} {term}",
        actor=actor,
        now=now,
    )


class BatchAdd(NewForm):
    """Put what is due into a batch."""

    action = "subsidies.batch.prepare"
    title = gettext_lazy("编制发放批次")
    hint = gettext_lazy("编入已批准、到期、无在途款项且有已审核账户的款项；不能编入的会列明原因。")
    parents = LIST
    form_class = forms.BatchForm
    service = start_batch
    button = gettext_lazy("开始编制")
    success = gettext_lazy("已开始编制。")

    def success_url(self, result: Job) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])


class BatchMove(OfficeAction):
    """What is done to one batch."""

    own_selector = selectors.batches
    parents = LIST
    object_argument = "batch"

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show count and sum."""
        one = self.object
        return (
            (_("笔数"), one.payments_count),
            (_("金额（元）"), one.amount),
            (_("大写"), in_words(one.amount)),
            (_("经办人"), str(one.made_by)),
        )

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}


class BatchFreeze(BatchMove):
    """Fix it for approval."""

    action = "subsidies.batch.prepare"
    title = gettext_lazy("冻结送审")
    sentence = gettext_lazy("冻结后内容不能再改，等待他人审批。")
    service = services.freeze_batch


class BatchApprove(BatchMove):
    """Approve what another made; a large batch takes several people, one after another."""

    action = "subsidies.batch.approve"
    title = gettext_lazy("审批批次")
    sentence = gettext_lazy("审批后即可送银行发放；审批与冻结时的内容绑定，内容有变动即失效。")
    service = services.approve_batch
    button = gettext_lazy("同意发放")


class BatchSendBack(BatchMove):
    """Give it back to its maker."""

    action = "subsidies.batch.approve"
    title = gettext_lazy("退回经办人")
    sentence = gettext_lazy("批次退回编制状态，经办人修改后须重新冻结送审。")
    form_class = forms.NoteForm
    service = services.send_back


class BatchVoid(BatchMove):
    """Give it up before it goes out."""

    action = "subsidies.batch.prepare"
    title = gettext_lazy("作废批次")
    sentence = gettext_lazy("作废后，其中款项可编入新的批次。")
    form_class = forms.NoteForm
    service = services.void_batch
    danger = True


class BatchRelease(BatchMove, JobAction):
    """Send it to the bank."""

    action = "subsidies.batch.release"
    title = gettext_lazy("送银行")
    sentence = gettext_lazy("送出后款项状态变为“已送银行”，可下载银行文件，等待回盘。")
    kind = "subsidies.release_batch"
    param = "batch"
    button = gettext_lazy("送出")


class BatchClose(BatchMove):
    """Close what balances."""

    action = "subsidies.batch.close"
    title = gettext_lazy("关闭批次")
    sentence = gettext_lazy("到账与退回之和须等于批次总额，退回的须已补发或注明不再补发。")
    service = services.close_batch
