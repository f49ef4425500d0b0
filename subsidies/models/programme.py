"""Programmes, their dated standards, sources and quotas."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode
from povedu.ledger.choices import FundSource
from povedu.money import MoneyField
from schools.choices import Stage
from schools.models import Division, School
from subsidies.choices import (
    Boarding,
    Cadence,
    Confidence,
    PayeeKind,
    ProgrammeKind,
    Residence,
)


class Programme(models.Model):
    """A subsidy programme of a county; what it pays is in its standards, dated."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField(_("项目代码"), max_length=40)
    name = models.CharField(_("项目名称"), max_length=80)
    office = models.CharField(
        _("主管股室"), max_length=12, choices=OfficeCode.choices, default=OfficeCode.AID
    )
    kind = models.CharField(
        _("性质"), max_length=8, choices=ProgrammeKind.choices, default=ProgrammeKind.CASH
    )
    cadence = models.CharField(_("发放周期"), max_length=8, choices=Cadence.choices)
    payee_kind = models.CharField(
        _("收款方"), max_length=8, choices=PayeeKind.choices, default=PayeeKind.STUDENT
    )
    stacks_on = models.ForeignKey(
        "self",
        verbose_name=_("叠加于"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="top_ups",
    )
    requires_base = models.BooleanField(_("须先享受被叠加的项目"), default=False)
    excludes = models.ManyToManyField("self", verbose_name=_("互斥项目"), blank=True)
    excludes_risk_removed = models.BooleanField(_("开学时风险已消除的不再享受"), default=False)
    residence = models.CharField(
        _("户籍与就读要求"), max_length=8, choices=Residence.choices, default=Residence.ANY
    )
    poor_first = models.BooleanField(_("资金先保建档立卡学生"), default=True)
    poor_highest = models.BooleanField(_("建档立卡学生享受最高档"), default=True)
    skipped_months = models.JSONField(_("不发的月份"), default=list, blank=True)
    needs_notice = models.BooleanField(_("须公示"), default=True)
    needs_application = models.BooleanField(_("须申请"), default=False)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    confidence = models.CharField(
        _("依据可靠性"), max_length=6, choices=Confidence.choices, default=Confidence.LOCAL
    )
    description = models.CharField(_("说明"), max_length=300, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("资助项目")
        verbose_name_plural = _("资助项目")
        ordering = ["county_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["county", "code"], name="programme_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="programme_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(stacks_on__isnull=True) | ~Q(stacks_on=F("id")),
                name="programme_not_on_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the programme's page."""
        return reverse("subsidies:programme-detail", args=[self.pk])


class Standard(models.Model):
    """What a programme pays whom, from a date: the yearly amount and one instalment of it.

    Empty ``stage``, ``tier`` and ``major`` and ``grade`` 0 mean any; ``categories`` lists the
    canonical hardships that qualify, empty for any student. ``spring_amount`` is the instalment of
    the spring term where it differs; ``parts`` says what the yearly amount is made of, [[words,
    yuan as text], …]; the parts never count apart.
    """

    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="standards"
    )
    starts_on = models.DateField(_("执行日期"))
    ends_on = models.DateField(_("停止日期"), null=True, blank=True)
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices, blank=True)
    boarding = models.CharField(
        _("住宿"), max_length=8, choices=Boarding.choices, default=Boarding.ANY
    )
    tier = models.CharField(_("档次"), max_length=10, blank=True)
    grade = models.PositiveSmallIntegerField(_("年级（0 为不限）"), default=0)
    major = models.CharField(_("专业"), max_length=40, blank=True)
    categories = models.JSONField(_("困难类别"), default=list, blank=True)
    year_amount = MoneyField(_("每年（元）"))
    instalment_amount = MoneyField(_("每次（元）"))
    spring_amount = MoneyField(_("春季每次（元，与秋季不同时填写）"), null=True, blank=True)
    parts = models.JSONField(_("金额构成"), default=list, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    confidence = models.CharField(
        _("依据可靠性"), max_length=6, choices=Confidence.choices, default=Confidence.LOCAL
    )

    class Meta:
        verbose_name = _("资助标准")
        verbose_name_plural = _("资助标准")
        ordering = ["programme_id", "-starts_on", "stage", "boarding"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "starts_on", "stage", "boarding", "tier", "grade", "major"],
                name="standard_once",
            ),
            models.CheckConstraint(
                condition=Q(year_amount__gt=0)
                & Q(instalment_amount__gt=0)
                & Q(instalment_amount__lte=F("year_amount")),
                name="standard_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(spring_amount__isnull=True)
                | (Q(spring_amount__gt=0) & Q(spring_amount__lte=F("year_amount"))),
                name="standard_spring_positive",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="standard_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.instalment_amount}"


class SourceRule(models.Model):
    """Who pays an award, in order: so much per head for so many heads and so much money.

    ``amount_per_head`` empty means the whole remainder of the award. A head is an award that draws
    on the source; heads and money are counted over the fiscal (calendar) year ``year``.
    """

    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.CASCADE, related_name="source_rules"
    )
    year = models.PositiveSmallIntegerField(_("预算年度"))
    position = models.PositiveSmallIntegerField(_("次序"))
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount_per_head = MoneyField(_("每人（元）"), null=True, blank=True)
    head_cap = models.PositiveIntegerField(_("人数上限"), null=True, blank=True)
    money_cap = MoneyField(_("金额上限（元）"), null=True, blank=True)

    class Meta:
        verbose_name = _("资金分担规则")
        verbose_name_plural = _("资金分担规则")
        ordering = ["programme_id", "year", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "position"], name="source_rule_once"
            ),
            models.UniqueConstraint(
                fields=["programme", "year", "source"], name="source_rule_source_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_per_head__isnull=True) | Q(amount_per_head__gt=0),
                name="source_rule_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.year} {self.get_source_display()}"


class Quota(models.Model):
    """Planned places of a programme in a year; exceeding it needs a reason, not a lock.

    Either so many heads, or a percentage of those enrolled at the programme's stages.
    """

    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.CASCADE, related_name="quotas"
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    school = models.ForeignKey(
        School,
        verbose_name=_("学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    heads_count = models.PositiveIntegerField(_("计划人数"), null=True, blank=True)
    percent = models.DecimalField(
        _("占在校生比例（%）"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    document = models.CharField(_("文号"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("计划指标")
        verbose_name_plural = _("计划指标")
        ordering = ["programme_id", "-year"]
        constraints = [
            models.UniqueConstraint("programme", "year", Coalesce("school", 0), name="quota_once"),
            models.CheckConstraint(
                condition=Q(heads_count__isnull=False, percent__isnull=True)
                | Q(heads_count__isnull=True, percent__gt=0, percent__lte=100),
                name="quota_heads_or_percent",
            ),
        ]

    def __str__(self) -> str:
        planned = f"{self.percent}%" if self.percent is not None else self.heads_count
        return f"{self.programme} {self.year} {planned}"
