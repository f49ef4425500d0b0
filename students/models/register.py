"""Registers of other departments, kept as dated snapshots."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import IdNumber, Phone, ProtectedField, Secret
from schools.models import Division
from students.choices import Hardship, Place, RegisterKind, Sex


class RegisterSnapshot(models.Model):
    """A register as it stood on a day, as imported; never edited."""

    kind = models.CharField(_("名册"), max_length=30, choices=RegisterKind.choices)
    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateField(_("数据日期"))
    file_name = models.CharField(_("文件名"), max_length=120, blank=True)
    import_batch_id = models.BigIntegerField(_("导入批次"), null=True, blank=True)
    entries_count = models.PositiveIntegerField(_("条数"), default=0)
    imported_at = models.DateTimeField(_("导入时间"))

    class Meta:
        verbose_name = _("名册快照")
        verbose_name_plural = _("名册快照")
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "county", "as_of"], name="snapshot_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.as_of:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:snapshot-detail", args=[self.pk])


class RegisterEntry(models.Model):
    """A person of a snapshot (for civil affairs often a household's head), as imported.

    ``category`` is the canonical hardship that ``category_as_stated`` means; words stay as written.
    ``place`` is where the register says the person is, "" where it does not say. ``extra`` holds
    the remaining cells, sealed, as JSON by field name.
    """

    snapshot = models.ForeignKey(
        RegisterSnapshot, verbose_name=_("快照"), on_delete=models.CASCADE, related_name="entries"
    )
    sheet = models.CharField(_("工作表"), max_length=60, blank=True)
    row_number = models.PositiveIntegerField(_("行号"))
    division = models.ForeignKey(
        Division,
        verbose_name=_("所在区划"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    township = models.CharField(_("乡镇（原文）"), max_length=40, blank=True)
    village = models.CharField(_("村（原文）"), max_length=60, blank=True)
    household_no = models.CharField(_("户编号"), max_length=40, blank=True)
    person_no = models.CharField(_("人编号"), max_length=40, blank=True)
    name = models.CharField(_("姓名"), max_length=40)
    normal_name = models.CharField(_("比对用姓名"), max_length=40)
    pinyin = models.CharField(_("拼音"), max_length=80, blank=True)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    id_number = ProtectedField(IdNumber, verbose_name=_("证件号码"))
    id_index = models.CharField(_("证件索引"), max_length=32, blank=True)
    stated_index = models.CharField(_("填报证件索引"), max_length=32, blank=True)
    first_15_index = models.CharField(_("前15位索引"), max_length=32, blank=True)
    id_was_recovered = models.BooleanField(_("证号由其他栏还原"), default=False)
    relation = models.CharField(_("与户主关系"), max_length=20, blank=True)
    head_name = models.CharField(_("户主姓名"), max_length=40, blank=True)
    is_household = models.BooleanField(_("以户为单位"), default=False)
    category = models.CharField(_("困难类别"), max_length=20, choices=Hardship.choices, blank=True)
    category_as_stated = models.CharField(_("困难类别（原文）"), max_length=60, blank=True)
    monitored_kind_as_stated = models.CharField(
        _("监测对象类别（原文）"), max_length=40, blank=True
    )
    risk_removed = models.BooleanField(_("风险是否消除"), null=True, blank=True)
    school_state = models.CharField(_("在校生状况"), max_length=20, blank=True)
    education_level = models.CharField(_("文化程度"), max_length=20, blank=True)
    health = models.CharField(_("健康状况"), max_length=40, blank=True)
    cause = models.CharField(_("致贫原因"), max_length=60, blank=True)
    certificate_grade = models.CharField(_("残疾类别等级"), max_length=20, blank=True)
    place = models.CharField(_("去向"), max_length=16, choices=Place.choices, blank=True)
    phone = ProtectedField(Phone, verbose_name=_("联系电话"))
    extra = ProtectedField(Secret, verbose_name=_("其他栏目"))

    class Meta:
        verbose_name = _("名册条目")
        verbose_name_plural = _("名册条目")
        ordering = ["snapshot_id", "row_number"]
        indexes = [
            models.Index(fields=["snapshot", "id_index"], name="entry_id"),
            models.Index(fields=["snapshot", "normal_name", "birth_on"], name="entry_name_birth"),
            models.Index(fields=["snapshot", "household_no"], name="entry_household"),
        ]

    def __str__(self) -> str:
        return self.name
