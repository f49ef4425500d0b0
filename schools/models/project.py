"""Construction and equipment projects."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import MoneyField
from schools.choices import DangerGrade, ProjectCategory, ProjectState
from schools.models.division import Division
from schools.models.school import School
from schools.rules.projects import line_amount


class ProjectBatch(models.Model):
    """A batch of projects under one plan or document; a line of the annual summary by its code."""

    code = models.CharField(_("批次代码"), max_length=40)
    name = models.CharField(_("批次名称"), max_length=80)
    county = models.ForeignKey(Division, verbose_name=_("县"), on_delete=models.PROTECT)
    category = models.CharField(_("类别"), max_length=16, choices=ProjectCategory.choices)
    year = models.PositiveSmallIntegerField(_("计划年度"))
    document = models.CharField(_("文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("项目批次")
        verbose_name_plural = _("项目批次")
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(fields=["county", "code"], name="project_batch_once")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its projects."""
        return f"{reverse('schools:project-list')}?batch={self.pk}"


class Project(models.Model):
    """One piece of work at one school; county-wide purchases have no school of their own.

    A school may have a building and an equipment project in one batch: schools and projects are
    counted apart.
    """

    batch = models.ForeignKey(
        ProjectBatch, verbose_name=_("批次"), on_delete=models.PROTECT, related_name="projects"
    )
    number = models.CharField(_("项目编号"), max_length=40)
    name = models.CharField(_("项目名称"), max_length=120)
    division = models.ForeignKey(Division, verbose_name=_("所在区划"), on_delete=models.PROTECT)
    school = models.ForeignKey(
        School,
        verbose_name=_("学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
    )
    category = models.CharField(_("类别"), max_length=16, choices=ProjectCategory.choices)
    state = models.CharField(
        _("进度"), max_length=16, choices=ProjectState.choices, default=ProjectState.PLANNED
    )
    area = models.DecimalField(
        _("建筑面积（平方米）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    danger_grade = models.CharField(
        _("危房等级"), max_length=1, choices=DangerGrade.choices, blank=True
    )
    contractor = models.CharField(_("承建（供货）单位"), max_length=80, blank=True)
    planned_start_on = models.DateField(_("计划开工"), null=True, blank=True)
    planned_completion_on = models.DateField(_("计划完工"), null=True, blank=True)
    started_on = models.DateField(_("开工日期"), null=True, blank=True)
    completed_on = models.DateField(_("完工日期"), null=True, blank=True)
    in_use_on = models.DateField(_("投用日期"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("建设项目")
        verbose_name_plural = _("建设项目")
        ordering = ["batch_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="project_number_once"),
            models.CheckConstraint(
                condition=Q(area__isnull=True) | Q(area__gt=0), name="project_area_positive"
            ),
            models.CheckConstraint(
                condition=Q(completed_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(completed_on__gte=F("started_on")),
                name="project_completed_after_start",
            ),
            models.CheckConstraint(
                condition=Q(in_use_on__isnull=True)
                | Q(completed_on__isnull=True)
                | Q(in_use_on__gte=F("completed_on")),
                name="project_in_use_after_completion",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["complete", "in_use"]) | Q(completed_on__isnull=False),
                name="project_complete_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_use") | Q(in_use_on__isnull=False),
                name="project_in_use_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "planned_completion_on"], name="project_due"),
            models.Index(fields=["completed_on"], name="project_completed"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("schools:project-detail", args=[self.pk])


class ProjectStep(models.Model):
    """A step in a project's life as somebody recorded it: the new state and the day it came.

    A failed tender takes a project back, so one state may be reached twice.
    """

    project = models.ForeignKey(
        Project, verbose_name=_("项目"), on_delete=models.CASCADE, related_name="steps"
    )
    state = models.CharField(_("进度"), max_length=16, choices=ProjectState.choices)
    happened_on = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("项目进度记录")
        verbose_name_plural = _("项目进度记录")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_state_display()}"


class ProjectFunding(models.Model):
    """What one source pays towards a project; the sum over sources is the project's money."""

    project = models.ForeignKey(
        Project, verbose_name=_("项目"), on_delete=models.CASCADE, related_name="funding"
    )
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))

    class Meta:
        verbose_name = _("项目资金")
        verbose_name_plural = _("项目资金")
        ordering = ["project_id", "source"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="project_funding_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="project_funding_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.amount}"


class Milestone(models.Model):
    """A step of a project with its due and done dates."""

    project = models.ForeignKey(
        Project, verbose_name=_("项目"), on_delete=models.CASCADE, related_name="milestones"
    )
    name = models.CharField(_("节点"), max_length=60)
    due_on = models.DateField(_("应完成"))
    done_on = models.DateField(_("实际完成"), null=True, blank=True)

    class Meta:
        verbose_name = _("项目节点")
        verbose_name_plural = _("项目节点")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.name


class ProjectPayment(models.Model):
    """Money paid to a contractor or supplier."""

    project = models.ForeignKey(
        Project, verbose_name=_("项目"), on_delete=models.PROTECT, related_name="payments"
    )
    paid_on = models.DateField(_("支付日期"))
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))
    voucher_no = models.CharField(_("凭证号"), max_length=40, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("项目支付")
        verbose_name_plural = _("项目支付")
        ordering = ["-paid_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="project_payment_positive")
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount}"


class ProjectPhoto(models.Model):
    """A photograph of the work, kept sealed on disk under a random name."""

    project = models.ForeignKey(
        Project, verbose_name=_("项目"), on_delete=models.CASCADE, related_name="photos"
    )
    taken_on = models.DateField(_("拍摄日期"))
    caption = models.CharField(_("说明"), max_length=80, blank=True)
    stored_name = models.CharField(_("存储名"), max_length=64, unique=True)
    content_type = models.CharField(_("类型"), max_length=20)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("项目照片")
        verbose_name_plural = _("项目照片")
        ordering = ["-taken_on", "-pk"]

    def __str__(self) -> str:
        return self.caption or f"{self.project} {self.taken_on}"


class EquipmentItem(models.Model):
    """A line of an equipment purchase; ``part_of`` marks an “of which” line that adds nothing."""

    project = models.ForeignKey(
        Project, verbose_name=_("项目"), on_delete=models.CASCADE, related_name="items"
    )
    name = models.CharField(_("品名"), max_length=60)
    model_no = models.CharField(_("规格型号"), max_length=60, blank=True)
    quantity = models.PositiveIntegerField(_("数量"))
    unit = models.CharField(_("单位"), max_length=8, default="台")
    unit_price = MoneyField(_("单价（元）"), null=True, blank=True)
    part_of = models.ForeignKey(
        "self",
        verbose_name=_("其中（所属品目）"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
    )

    class Meta:
        verbose_name = _("设备明细")
        verbose_name_plural = _("设备明细")
        ordering = ["project_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name", "model_no"], name="equipment_item_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="equipment_quantity_positive"),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                name="equipment_not_part_of_itself",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gt=0),
                name="equipment_price_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def amount(self) -> Decimal | None:
        """Return quantity × unit price in yuan, None where the price is not known."""
        return line_amount(self.quantity, self.unit_price)


class EquipmentDelivery(models.Model):
    """How many of an item a school received."""

    item = models.ForeignKey(
        EquipmentItem, verbose_name=_("设备"), on_delete=models.CASCADE, related_name="deliveries"
    )
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="deliveries"
    )
    quantity = models.PositiveIntegerField(_("数量"))
    delivered_on = models.DateField(_("到货日期"))

    class Meta:
        verbose_name = _("设备配发")
        verbose_name_plural = _("设备配发")
        ordering = ["item_id", "school_id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "school"], name="equipment_delivery_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="equipment_delivery_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.quantity}"
