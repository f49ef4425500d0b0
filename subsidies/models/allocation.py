"""Splitting money that arrived to schools, and places taken beyond the plan."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import MoneyField
from povedu.terms import TermField
from schools.models import School
from subsidies.choices import AllocationState
from subsidies.models.payment import FundReceipt
from subsidies.models.programme import Programme


class Allocation(models.Model):
    """A split of money to the schools of a county; its lines sum to it exactly.

    ``weights`` are the factors' shares as they were used, {factor: weight}; ``unit`` is the
    smallest amount of a line in fen.
    """

    number = models.CharField(_("编号"), max_length=40, unique=True)
    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="allocations"
    )
    term = TermField(_("学期"))
    receipt = models.ForeignKey(
        FundReceipt,
        verbose_name=_("资金到账"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
    )
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))
    weights = models.JSONField(_("因素权重"), default=dict)
    unit = models.PositiveSmallIntegerField(_("取整单位（分）"), default=100)
    document = models.CharField(_("文号"), max_length=120, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=AllocationState.choices, default=AllocationState.PROPOSED
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("编制时间"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("批准人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    note = models.CharField(_("意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("资金分配方案")
        verbose_name_plural = _("资金分配方案")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_positive"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")),
                name="allocation_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False),
                name="allocation_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.programme}"

    def get_absolute_url(self) -> str:
        """Return the plan's page."""
        return reverse("subsidies:allocation-detail", args=[self.pk])


class AllocationLine(models.Model):
    """One school's part: for its registered poor, then by factors; and what it still lacks."""

    allocation = models.ForeignKey(
        Allocation, verbose_name=_("资金分配方案"), on_delete=models.CASCADE, related_name="lines"
    )
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="+"
    )
    poor_count = models.PositiveIntegerField(_("建档立卡学生"), default=0)
    eligible_count = models.PositiveIntegerField(_("符合条件学生"), default=0)
    boarders_count = models.PositiveIntegerField(_("寄宿生"), default=0)
    pupils_count = models.PositiveIntegerField(_("在校生"), default=0)
    is_remote = models.BooleanField(_("教学点或贫困村学校"), default=False)
    need = MoneyField(_("资金需求（元）"), default=0)
    first_amount = MoneyField(_("建档立卡部分（元）"), default=0)
    factor_amount = MoneyField(_("因素法部分（元）"), default=0)
    amount = MoneyField(_("分配金额（元）"), default=0)
    gap = MoneyField(_("缺口（元）"), default=0)

    class Meta:
        verbose_name = _("分配明细")
        verbose_name_plural = _("分配明细")
        ordering = ["allocation_id", "school__code"]
        constraints = [
            models.UniqueConstraint(fields=["allocation", "school"], name="allocation_line_once"),
            models.CheckConstraint(
                condition=Q(amount=F("first_amount") + F("factor_amount")),
                name="allocation_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(first_amount__gte=0) & Q(factor_amount__gte=0) & Q(gap__gte=0),
                name="allocation_line_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.amount}"


class QuotaExcess(models.Model):
    """Places approved beyond a year's plan: how many, why, and by whom; never changed."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="excesses"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    planned_count = models.PositiveIntegerField(_("计划人数"))
    actual_count = models.PositiveIntegerField(_("实际人数"))
    reason = models.CharField(_("超计划理由"), max_length=200)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("批准人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("批准时间"))

    class Meta:
        verbose_name = _("超计划批准")
        verbose_name_plural = _("超计划批准")
        ordering = ["-year", "-approved_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(actual_count__gt=F("planned_count")), name="quota_excess_is_over"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.year} {self.actual_count}"
