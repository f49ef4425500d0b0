"""Registered households and their members, as the newest poverty register has them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import IdNumber, Phone, ProtectedField
from schools.models import Division
from students.choices import Sex


class Household(models.Model):
    """A household of the poverty register, by its number there."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    household_no = models.CharField(_("户编号"), max_length=40)
    division = models.ForeignKey(
        Division,
        verbose_name=_("所在村"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="households",
    )
    village_as_stated = models.CharField(_("乡镇村（原文）"), max_length=120, blank=True)
    head_name = models.CharField(_("户主姓名"), max_length=40, blank=True)
    status_as_stated = models.CharField(_("户类型（原文）"), max_length=40, blank=True)
    monitored_kind_as_stated = models.CharField(
        _("监测对象类别（原文）"), max_length=40, blank=True
    )
    risk_removed = models.BooleanField(_("风险是否消除"), null=True, blank=True)
    cause = models.CharField(_("主要致贫原因"), max_length=60, blank=True)
    phone = ProtectedField(Phone, verbose_name=_("联系电话"))
    members_count = models.PositiveSmallIntegerField(_("人数"), default=0)
    seen_as_of = models.DateField(_("数据日期"))

    class Meta:
        verbose_name = _("建档立卡户")
        verbose_name_plural = _("建档立卡户")
        ordering = ["county_id", "household_no"]
        constraints = [
            models.UniqueConstraint(fields=["county", "household_no"], name="household_once")
        ]

    def __str__(self) -> str:
        return self.head_name or self.household_no

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:household-detail", args=[self.pk])


class HouseholdMember(models.Model):
    """A person of a household; linked to a student only by identity or by a person's decision."""

    household = models.ForeignKey(
        Household, verbose_name=_("户"), on_delete=models.CASCADE, related_name="members"
    )
    person_no = models.CharField(_("人编号"), max_length=40, blank=True)
    name = models.CharField(_("姓名"), max_length=40)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    id_number = ProtectedField(IdNumber, verbose_name=_("证件号码"))
    id_index = models.CharField(_("证件索引"), max_length=32, blank=True, editable=False)
    relation = models.CharField(_("与户主关系"), max_length=20, blank=True)
    school_state = models.CharField(_("在校生状况"), max_length=20, blank=True)
    education_level = models.CharField(_("文化程度"), max_length=20, blank=True)
    health = models.CharField(_("健康状况"), max_length=40, blank=True)
    labour = models.CharField(_("劳动技能"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("家庭成员")
        verbose_name_plural = _("家庭成员")
        ordering = ["household_id", "pk"]
        indexes = [models.Index(fields=["id_index"], name="member_id_index")]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "id_index"], condition=~Q(id_index=""), name="member_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
