"""The bank's answers to batches, and the payments in them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.money import ZERO
from povedu.screens.details import Fact, Tab
from povedu.screens.screen import Button, Words
from subsidies import forms, tables
from subsidies.choices import LineOutcome
from subsidies.filters import AnswerFilter, PaymentFilter
from subsidies.imports import read_bank_answer
from subsidies.models import BankReturn, Payment
from subsidies.selectors import payments as selectors
from subsidies.services import disbursement as services
from subsidies.services import returns
from subsidies.views.batches import LIST, PAYMENTS
from subsidies.views.office import (
    JobAction,
    OfficeAction,
    OfficeDetail,
    OfficeForm,
    OfficeList,
    moment,
)

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


class BankReturnList(OfficeList):
    """The bank's answers to all batches of one's office."""

    action = "subsidies.batch.view"
    title = gettext_lazy("银行回盘")
    own_selector = selectors.bank_answers
    table_class = tables.AnswerTable
    filterset_class = AnswerFilter
    search_fields = ("file_name", "batch__number", "batch__title")
    search_hint = gettext_lazy("文件名、批次号或批次名称")
    export_kind = "bank-returns"
    empty_reason = gettext_lazy("还没有银行回盘。")

    def buttons(self) -> list[Button]:
        """Offer to bring a file in."""
        url = reverse("intake:batch-add", args=["bank-return"])
        return [Button(_("导入回盘"), url, "intake.bank_return.upload", "bi-upload")]


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
