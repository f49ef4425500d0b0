"""How a county pays, and who has approved which content of a batch."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from schools.models import Division
from subsidies.choices import BankEncoding
from subsidies.models.payment import DisbursementBatch


class PaymentRules(models.Model):
    """How a county pays: approval levels by amount, working days per step, the bank's encoding.

    ``second_from`` and ``third_from`` are the amounts (yuan) from which a batch needs a second and
    a third approver; empty never asks for one. A county without a row has the defaults.
    """

    county = models.OneToOneField(
        Division,
        verbose_name=_("县"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="payment_rules",
    )
    second_from = MoneyField(_("二级审批起点（元）"), null=True, blank=True)
    third_from = MoneyField(_("三级审批起点（元）"), null=True, blank=True)
    checks_cash = models.BooleanField(_("冻结和送出时核对账面资金"), default=True)
    encoding = models.CharField(
        _("银行文件编码"), max_length=8, choices=BankEncoding.choices, default=BankEncoding.GB18030
    )
    freeze_days = models.PositiveSmallIntegerField(_("编制期限（工作日）"), default=5)
    approve_days = models.PositiveSmallIntegerField(_("审批期限（工作日）"), default=3)
    release_days = models.PositiveSmallIntegerField(_("送出期限（工作日）"), default=2)
    return_days = models.PositiveSmallIntegerField(_("回盘期限（工作日）"), default=5)
    close_days = models.PositiveSmallIntegerField(_("关闭期限（工作日）"), default=15)

    class Meta:
        verbose_name = _("发放规则")
        verbose_name_plural = _("发放规则")
        ordering = ["county_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(third_from__isnull=True)
                | (Q(second_from__isnull=False) & Q(third_from__gt=F("second_from"))),
                name="payment_rules_levels_rise",
            ),
            models.CheckConstraint(
                condition=Q(freeze_days__gt=0)
                & Q(approve_days__gt=0)
                & Q(release_days__gt=0)
                & Q(return_days__gt=0)
                & Q(close_days__gt=0),
                name="payment_rules_days_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.county_id


class BatchApproval(models.Model):
    """One person's approval of one frozen content of a batch; never changed.

    ``round`` counts how often the batch has been frozen: an approval of an earlier round, or of
    another digest, approves nothing. ``made_by`` repeats the batch's maker, so that the database
    itself refuses a maker who checks.
    """

    batch = models.ForeignKey(
        DisbursementBatch,
        verbose_name=_("发放批次"),
        on_delete=models.PROTECT,
        related_name="approvals",
    )
    round = models.PositiveSmallIntegerField(_("冻结次数"))
    level = models.PositiveSmallIntegerField(_("审批级次"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审批人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("审批时间"))
    digest = models.CharField(_("审批时摘要"), max_length=64)

    class Meta:
        verbose_name = _("批次审批")
        verbose_name_plural = _("批次审批")
        ordering = ["batch_id", "round", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "round", "level"], name="batch_approval_level_once"
            ),
            models.UniqueConstraint(
                fields=["batch", "round", "approved_by"], name="batch_approver_once"
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("made_by")), name="batch_approval_by_another"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1) & Q(level__lte=3), name="batch_approval_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}-{self.round}-{self.level}"
