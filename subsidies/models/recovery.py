"""Back-pay for those who were forgotten, and recovery of what should not have been paid."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import MoneyField
from povedu.terms import TermField
from schools.models import Division
from subsidies.choices import BackPayKind, RecoveryCause, RecoveryState
from subsidies.models.payment import DisbursementBatch, Payment
from subsidies.models.programme import Programme


class BackPay(models.Model):
    """One going over of forgotten cells of a programme's term: late awards or a late batch.

    It only says where they came from; awards and batch go the ordinary way of notice, approval by
    somebody else, and bank. ``run_id`` is that of the late awards (``Award.job_id``).
    """

    number = models.CharField(_("补发单号"), max_length=40, unique=True)
    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="back_pays"
    )
    term = TermField(_("学期"))
    kind = models.CharField(_("方式"), max_length=10, choices=BackPayKind.choices)
    reason = models.CharField(_("事由"), max_length=200)
    students_count = models.PositiveIntegerField(_("人数"), default=0)
    amount = MoneyField(_("金额（元）"), default=0)
    run_id = models.UUIDField(_("计算编号"), null=True, blank=True)
    batch = models.ForeignKey(
        DisbursementBatch,
        verbose_name=_("发放批次"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="back_pays",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = _("补发单")
        verbose_name_plural = _("补发单")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="awards", run_id__isnull=False, batch__isnull=True)
                | Q(kind="payments", run_id__isnull=True, batch__isnull=False),
                name="back_pay_names_what_it_made",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Recovery(models.Model):
    """Money that a payment should not have given and that is asked back; nothing is deleted.

    Approved by somebody other than who asked for it, it is posted as owed to the county; what
    comes back is entered as receipts. The database keeps the live recoveries of a payment within
    the payment, and the receipts within the recovery.
    """

    number = models.CharField(_("追回单号"), max_length=40, unique=True)
    payment = models.ForeignKey(
        Payment, verbose_name=_("发放明细"), on_delete=models.PROTECT, related_name="recoveries"
    )
    cause = models.CharField(_("追回原因"), max_length=16, choices=RecoveryCause.choices)
    reason = models.CharField(_("事由和依据"), max_length=200)
    payer_name = models.CharField(_("退款人"), max_length=80)
    amount = MoneyField(_("应追回（元）"))
    state = models.CharField(
        _("状态"), max_length=12, choices=RecoveryState.choices, default=RecoveryState.PROPOSED
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("提出时间"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审批人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("核销人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    note = models.CharField(_("审批或核销意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("追回单")
        verbose_name_plural = _("追回单")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_positive"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="recovery_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("made_by")),
                name="recovery_maker_does_not_write_off",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(approved_by__isnull=False),
                name="recovery_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="written-off") | Q(closed_by__isnull=False),
                name="recovery_written_off_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the recovery's page."""
        return reverse("subsidies:recovery-detail", args=[self.pk])


class RecoverySource(models.Model):
    """Which source gets how much of a recovery back; the parts sum to it."""

    recovery = models.ForeignKey(
        Recovery, verbose_name=_("追回单"), on_delete=models.PROTECT, related_name="sources"
    )
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))

    class Meta:
        verbose_name = _("追回资金来源")
        verbose_name_plural = _("追回资金来源")
        ordering = ["recovery_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recovery", "source"], name="recovery_source_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_source_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.amount}"


class RecoveryReceipt(models.Model):
    """Money that came back of a recovery on a day; append-only."""

    recovery = models.ForeignKey(
        Recovery, verbose_name=_("追回单"), on_delete=models.PROTECT, related_name="receipts"
    )
    received_on = models.DateField(_("收回日期"))
    amount = MoneyField(_("收回金额（元）"))
    document = models.CharField(_("凭证号"), max_length=60)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("追回到账")
        verbose_name_plural = _("追回到账")
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_receipt_positive"),
            models.UniqueConstraint(
                fields=["recovery", "document"], name="recovery_receipt_document_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recovery} {self.received_on} {self.amount}"
