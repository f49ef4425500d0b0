"""Batches, payment attempts, the bank's answers, incoming money."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import MoneyField
from povedu.protected import BankAccount, ProtectedField
from povedu.terms import TermField
from schools.models import Division
from subsidies.choices import (
    BatchState,
    LineOutcome,
    PayeeKind,
    PaymentState,
)
from subsidies.models.award import Instalment
from subsidies.models.programme import Programme


class FundReceipt(models.Model):
    """Money that arrived from a source for a programme."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("资助项目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="receipts",
    )
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))
    received_on = models.DateField(_("到账日期"))
    document = models.CharField(_("文号"), max_length=120, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("资金到账")
        verbose_name_plural = _("资金到账")
        ordering = ["-received_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_positive")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.amount}"


class DisbursementBatch(models.Model):
    """Payments made together: frozen, approved by somebody else, released, answered, closed.

    ``digest`` binds the approvals to the frozen content; any change after it voids them. ``levels``
    different people approve (``BatchApproval``), the last of them is ``approved_by``.
    ``anchor`` is the ledger's end (count and hash) when the batch went out; it is on the pay sheet.
    """

    number = models.CharField(_("批次号"), max_length=40, unique=True)
    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="batches"
    )
    term = TermField(_("学期"))
    title = models.CharField(_("名称"), max_length=80)
    state = models.CharField(
        _("状态"), max_length=10, choices=BatchState.choices, default=BatchState.DRAFT
    )
    payments_count = models.PositiveIntegerField(_("笔数"), default=0)
    amount = MoneyField(_("金额（元）"), default=0)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    round = models.PositiveSmallIntegerField(_("冻结次数"), default=0)
    levels = models.PositiveSmallIntegerField(_("审批级数"), default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("编制时间"))
    frozen_at = models.DateTimeField(_("冻结时间"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审批人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    approved_digest = models.CharField(_("审批时摘要"), max_length=64, blank=True)
    released_at = models.DateTimeField(_("送出时间"), null=True, blank=True)
    anchor = models.CharField(_("台账锚"), max_length=90, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("发放批次")
        verbose_name_plural = _("发放批次")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="batch_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "released", "closed"])
                | (Q(approved_by__isnull=False) & Q(approved_digest=F("digest"))),
                name="batch_approval_binds_content",
            ),
        ]
        indexes = [models.Index(fields=["state", "made_at"], name="batch_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the batch's page."""
        return reverse("subsidies:batch-detail", args=[self.pk])


class Payment(models.Model):
    """One attempt to pay one instalment; a resend is a new attempt after a return.

    At most one attempt of an instalment is live or settled. Paid means settled, on ``settled_on``.
    """

    instalment = models.ForeignKey(
        Instalment, verbose_name=_("资助分期"), on_delete=models.PROTECT, related_name="payments"
    )
    attempt = models.PositiveSmallIntegerField(_("次数"), default=1)
    batch = models.ForeignKey(
        DisbursementBatch,
        verbose_name=_("发放批次"),
        on_delete=models.PROTECT,
        related_name="payments",
    )
    line_no = models.PositiveIntegerField(_("批次内序号"))
    amount = MoneyField(_("金额（元）"))
    payee_kind = models.CharField(_("收款方"), max_length=8, choices=PayeeKind.choices)
    payee_name = models.CharField(_("户名"), max_length=80)
    bank_name = models.CharField(_("开户行"), max_length=60, blank=True)
    account = ProtectedField(BankAccount, verbose_name=_("账号"))
    account_index = models.CharField(_("账号索引"), max_length=32, blank=True, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=PaymentState.choices, default=PaymentState.PENDING
    )
    settled_on = models.DateField(_("到账日期"), null=True, blank=True)
    return_reason = models.CharField(_("退回原因"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("发放明细")
        verbose_name_plural = _("发放明细")
        ordering = ["batch_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["instalment", "attempt"], name="payment_attempt_once"),
            models.UniqueConstraint(
                fields=["instalment"],
                condition=Q(state__in=["pending", "sent", "settled"]),
                name="payment_live_once",
            ),
            models.UniqueConstraint(fields=["batch", "line_no"], name="payment_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=(Q(state="settled") & Q(settled_on__isnull=False))
                | (~Q(state="settled") & Q(settled_on__isnull=True)),
                name="payment_settled_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "settled_on"], name="payment_settled"),
            models.Index(fields=["account_index"], name="payment_account"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.line_no}"


class PaymentSource(models.Model):
    """What one source pays of a payment; the parts sum to it."""

    payment = models.ForeignKey(
        Payment, verbose_name=_("发放明细"), on_delete=models.CASCADE, related_name="sources"
    )
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))

    class Meta:
        verbose_name = _("发放资金来源")
        verbose_name_plural = _("发放资金来源")
        ordering = ["payment_id", "source"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "source"], name="payment_source_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_source_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.amount}"


class BankReturn(models.Model):
    """A bank's answer file to a batch; the same file is taken once.

    Reading matches its lines; only applying it (``applied_at``) moves payments and the ledger.
    """

    batch = models.ForeignKey(
        DisbursementBatch,
        verbose_name=_("发放批次"),
        on_delete=models.PROTECT,
        related_name="bank_returns",
    )
    file_name = models.CharField(_("文件名"), max_length=120)
    file_sha256 = models.CharField(_("文件哈希"), max_length=64)
    received_at = models.DateTimeField(_("接收时间"))
    applied_at = models.DateTimeField(_("入账时间"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("银行回盘")
        verbose_name_plural = _("银行回盘")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "file_sha256"], name="bank_return_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch.number} {self.file_name}"

    def get_absolute_url(self) -> str:
        """Return the page of the answer."""
        return reverse("subsidies:bank-return-detail", args=[self.pk])


class BankReturnLine(models.Model):
    """One line of a bank's answer and what it was matched to."""

    bank_return = models.ForeignKey(
        BankReturn, verbose_name=_("银行回盘"), on_delete=models.CASCADE, related_name="lines"
    )
    row_number = models.PositiveIntegerField(_("行号"))
    line_no = models.PositiveIntegerField(_("批次内序号"), null=True, blank=True)
    amount = MoneyField(_("金额（元）"), null=True, blank=True)
    settled_on = models.DateField(_("到账日期"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=LineOutcome.choices)
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("发放明细"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="return_lines",
    )

    class Meta:
        verbose_name = _("回盘明细")
        verbose_name_plural = _("回盘明细")
        ordering = ["bank_return_id", "row_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_return", "row_number"], name="bank_return_line_once"
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(outcome__in=["settled", "returned"]),
                name="bank_return_payment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_return_id}-{self.row_number}"
