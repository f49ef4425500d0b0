"""Batches, the bank's file and answer, payments."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.jobs import services as jobs
from povedu.jobs.models import Job
from povedu.money import ZERO, in_words
from povedu.scope import Actor
from povedu.screens.base import Button, Words
from povedu.screens.details import Fact, Tab
from povedu.screens.wizards import StepMark
from povedu.sheets import CONTENT_TYPES
from povedu.terms import Term
from subsidies import exports, forms, tables
from subsidies.choices import BatchState, LineOutcome, PaymentState
from subsidies.filters import BatchFilter, PaymentFilter
from subsidies.imports import read_bank_answer
from subsidies.models import BankReturn, DisbursementBatch, Payment, Programme
from subsidies.selectors import payments as selectors
from subsidies.services import disbursement as services
from subsidies.services import returns
from subsidies.views.office import (
    JobAction,
    NewForm,
    OfficeAction,
    OfficeDetail,
    OfficeForm,
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
        return [Button(_("编制批次"), url, "subsidies.batch.prepare", "bi-plus-lg")]


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
            Fact(_("审批时间"), moment(one.approved_at)),
            Fact(_("内容摘要"), one.digest[:16]),
            Fact(_("台账锚"), one.anchor[:24]),
            Fact(_("备注"), one.note),
        )

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


class _BatchMove(OfficeAction):
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


class BatchFreeze(_BatchMove):
    """Fix it for approval."""

    action = "subsidies.batch.prepare"
    title = gettext_lazy("冻结送审")
    sentence = gettext_lazy("冻结后内容不能再改，等待他人审批。")
    service = services.freeze_batch


class BatchApprove(_BatchMove):
    """Approve what another made."""

    action = "subsidies.batch.approve"
    title = gettext_lazy("审批批次")
    sentence = gettext_lazy("审批后即可送银行发放；审批与冻结时的内容绑定，内容有变动即失效。")
    service = services.approve_batch
    button = gettext_lazy("同意发放")


class BatchSendBack(_BatchMove):
    """Give it back to its maker."""

    action = "subsidies.batch.approve"
    title = gettext_lazy("退回经办人")
    sentence = gettext_lazy("批次退回编制状态，经办人修改后须重新冻结送审。")
    form_class = forms.NoteForm
    service = services.send_back


class BatchVoid(_BatchMove):
    """Give it up before it goes out."""

    action = "subsidies.batch.prepare"
    title = gettext_lazy("作废批次")
    sentence = gettext_lazy("作废后，其中款项可编入新的批次。")
    form_class = forms.NoteForm
    service = services.void_batch
    danger = True


class BatchRelease(_BatchMove, JobAction):
    """Send it to the bank."""

    action = "subsidies.batch.release"
    title = gettext_lazy("送银行")
    sentence = gettext_lazy("送出后款项状态变为“已送银行”，可下载银行文件，等待回盘。")
    kind = "subsidies.release_batch"
    param = "batch"
    button = gettext_lazy("送出")


class BatchClose(_BatchMove):
    """Close what balances."""

    action = "subsidies.batch.close"
    title = gettext_lazy("关闭批次")
    sentence = gettext_lazy("到账与退回之和须等于批次总额，退回的须已补发或注明不再补发。")
    service = services.close_batch


def _counted(*, batch: DisbursementBatch, form: str, actor: Actor, now: Any) -> DisbursementBatch:
    """Record that somebody takes the full account numbers of a batch."""
    if batch.state not in (BatchState.RELEASED, BatchState.CLOSED):
        raise Refusal("batch-not-released", _("只有已送银行的批次才有银行文件。"))
    record(
        actor=actor,
        now=now,
        verb="batch.take-file",
        subject=batch,
        count=batch.payments_count,
        changes={"form": ("", form), "digest": ("", batch.digest)},
        place=(batch.programme.county_id, ""),
    )
    return batch


class BatchFile(_BatchMove):
    """Take the file for the bank; every taking is recorded."""

    action = "subsidies.batch.take_file"
    title = gettext_lazy("银行文件")
    sentence = gettext_lazy("文件含完整账号，下载会记入操作日志，请妥善保管、用后删除。")
    form_class = forms.FileForm
    service = _counted
    button = gettext_lazy("下载")

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record and answer with the file."""
        self.object = self.load()
        form = self.make_form()
        if not form.is_valid():
            return self.show(form, status=400)
        batch = _counted(
            batch=self.object, actor=request.actor, now=request.now, **form.cleaned_data
        )
        if form.cleaned_data["form"] == "txt":
            content, kind = exports.bank_text(batch, now=request.now), "text/plain; charset=gb18030"
        else:
            content = exports.bank_workbook(batch, actor=request.actor, now=request.now)
            kind = CONTENT_TYPES["xlsx"]
        response = HttpResponse(content, content_type=kind)
        name = f"{batch.number}.{form.cleaned_data['form']}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


# --- the bank's answer --------------------------------------------------------------------------


class BankReturnAdd(OfficeForm):
    """Upload the bank's answer to a batch."""

    action = "subsidies.batch.return"
    title = gettext_lazy("登记银行回盘")
    hint = gettext_lazy("先核对匹配结果，确认后才入账。同一文件只能登记一次。")
    own_selector = selectors.batches
    parents = LIST
    form_class = forms.BankReturnForm
    service = returns.read_bank_return
    object_argument = "batch"
    button = gettext_lazy("读取并核对")
    success = gettext_lazy("已读取，请核对后入账。")

    def arguments(self, form: Any) -> dict[str, Any]:
        """Read the file."""
        given = super().arguments(form)
        file = given.pop("file")
        answer = read_bank_answer(file.read())
        return {
            **given,
            "lines": answer.lines,
            "file_name": str(file.name),
            "file_sha256": answer.sha256,
        }

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}


def _of(*outcomes: LineOutcome) -> Any:
    return lambda screen: selectors.return_lines(screen.object, outcomes)


class BankReturnDetail(OfficeDetail):
    """What the bank answered and how it matched."""

    action = "subsidies.batch.view"
    own_selector = selectors.bank_returns
    parents = LIST
    tabs = (
        Tab(
            "open",
            gettext_lazy("对不上和重复"),
            table_class=tables.ReturnLineTable,
            rows=_of(LineOutcome.UNMATCHED, LineOutcome.REPEATED),
            empty=gettext_lazy("全部对上。"),
        ),
        Tab(
            "returned",
            gettext_lazy("退回"),
            table_class=tables.ReturnLineTable,
            rows=_of(LineOutcome.RETURNED),
        ),
        Tab(
            "settled",
            gettext_lazy("到账"),
            table_class=tables.ReturnLineTable,
            rows=_of(LineOutcome.SETTLED),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Show the totals by outcome beside the batch's."""
        one: BankReturn = self.object
        sums = selectors.sums_of_return(one)
        parts = [
            Fact(
                outcome.label,
                _("%(count)d 笔，%(amount)s 元")
                % {
                    "count": sums[outcome].count if outcome in sums else 0,
                    "amount": sums[outcome].amount if outcome in sums else ZERO,
                },
            )
            for outcome in LineOutcome
        ]
        return (
            Fact(
                _("状态"),
                _("已入账") if one.applied_at else _("待入账"),
                status="done" if one.applied_at else "waiting",
            ),
            Fact(_("批次"), one.batch, url=reverse("subsidies:batch-detail", args=[one.batch_id])),
            Fact(_("批次总额"), one.batch.amount, money=True),
            *parts,
            Fact(_("接收时间"), moment(one.received_at)),
            Fact(_("登记人"), one.entered_by),
        )

    def buttons(self) -> list[Button]:
        """Offer to apply or to throw it away."""
        if self.object.applied_at:
            return []
        pk = [self.object.pk]
        action = "subsidies.batch.return"
        return [
            Button(_("入账"), reverse("subsidies:bank-return-apply", args=pk), action),
            Button(_("作废回盘"), reverse("subsidies:bank-return-discard", args=pk), action),
        ]


class BankReturnApply(JobAction):
    """Settle what the bank paid."""

    action = "subsidies.batch.return"
    title = gettext_lazy("回盘入账")
    sentence = gettext_lazy("到账的款项记入资金台账，退回的等待更正账户后补发；不能撤销。")
    own_selector = selectors.bank_returns
    parents = LIST
    kind = "subsidies.apply_return"
    param = "bank_return"
    button = gettext_lazy("入账")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show the totals."""
        sums = selectors.sums_of_return(self.object)
        told: list[tuple[Words, Any]] = []
        for outcome in LineOutcome:
            if outcome in sums:
                told += [
                    (_("%(outcome)s（笔）") % {"outcome": outcome.label}, sums[outcome].count),
                    (_("%(outcome)s（元）") % {"outcome": outcome.label}, sums[outcome].amount),
                ]
        return told


class BankReturnDiscard(OfficeAction):
    """Throw an answer away that was not applied."""

    action = "subsidies.batch.return"
    title = gettext_lazy("作废回盘")
    sentence = gettext_lazy("未入账的回盘可以作废，例如传错了文件。")
    own_selector = selectors.bank_returns
    parents = LIST
    form_class = forms.ReasonForm
    service = returns.discard_bank_return
    object_argument = "answer"
    danger = True
    success_url_name = "subsidies:batch-list"


# --- payments -----------------------------------------------------------------------------------


class PaymentList(OfficeList):
    """Payments of one's office, or to one's pupils."""

    action = "subsidies.payment.view"
    title = PAYMENTS
    own_selector = selectors.payments
    table_class = tables.PaymentTable
    filterset_class = PaymentFilter
    search_fields = (
        "instalment__award__student__name",
        "instalment__award__student__initials__startswith",
    )
    export_kind = "payments"
    empty_reason = gettext_lazy("还没有发放明细。")


class ReturnedList(OfficeList):
    """Payments that came back and wait for a correct account."""

    action = "subsidies.payment.correct"
    title = gettext_lazy("退回待更正")
    hint = gettext_lazy("在学生页面更正收款账户并经审核后，下一批次会自动补发。")
    own_selector = selectors.returned_unresolved
    table_class = tables.ReturnedTable
    empty_reason = gettext_lazy("没有退回待更正的款项。")


class PaymentGiveUp(OfficeAction):
    """Write a returned payment off."""

    action = "subsidies.payment.correct"
    title = gettext_lazy("不再补发")
    sentence = gettext_lazy("该笔退回款项不再补发；如资助应终止，请另行取消资助。")
    own_selector = selectors.payments
    parents = ((PAYMENTS, "subsidies:payment-list"),)
    form_class = forms.ReasonForm
    service = services.give_up_payment
    object_argument = "payment"
    success_url_name = "subsidies:returned-list"
    danger = True


class LineRemove(OfficeAction):
    """Take a line out of a batch in the making."""

    action = "subsidies.batch.prepare"
    title = gettext_lazy("移出批次")
    sentence = gettext_lazy("移出后，该笔款项可编入下一批次。")
    own_selector = selectors.payments
    parents = LIST
    form_class = forms.ReasonForm
    service = services.remove_line
    object_argument = "payment"

    def success_url(self, result: Any) -> str:
        """Go back to the batch."""
        payment: Payment = self.object
        return reverse("subsidies:batch-detail", args=[payment.batch_id])
