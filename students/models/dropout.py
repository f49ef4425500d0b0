"""Children who are not at school, or may not be, and every attempt to bring them back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import Address, IdNumber, Phone, ProtectedField
from schools.models import Division, School
from students.choices import DropoutReason, DropoutState, Sex, VisitWay
from students.models.student import Student


class DropoutCase(models.Model):
    """One child's case in the ledgers of suspected and of actual dropouts, until it is closed.

    ``division`` is the home, ``school`` the one left. A teacher, a village cadre and the guardian
    answer for the child together. A child has one live case; one that leaves again has a new one.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dropout_cases",
    )
    name = models.CharField(_("姓名"), max_length=40)
    normal_name = models.CharField(_("比对用姓名"), max_length=40, editable=False)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True, editable=False)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    id_number = ProtectedField(IdNumber, verbose_name=_("身份证号"))
    id_index = models.CharField(_("证号索引"), max_length=32, blank=True, editable=False)
    student_no = ProtectedField(IdNumber, verbose_name=_("学籍号"))
    division = models.ForeignKey(
        Division,
        verbose_name=_("户籍地"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dropout_cases",
    )
    home_as_stated = models.CharField(_("户籍地（原文）"), max_length=120, blank=True)
    school = models.ForeignKey(
        School,
        verbose_name=_("原学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dropout_cases",
    )
    school_as_stated = models.CharField(_("原学校（原文）"), max_length=60, blank=True)
    grade_as_stated = models.CharField(_("年级"), max_length=20, blank=True)
    home_address = ProtectedField(Address, verbose_name=_("家庭住址"))
    guardian_name = models.CharField(_("家长"), max_length=40, blank=True)
    phone = ProtectedField(Phone, verbose_name=_("联系电话"))
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=DropoutState.choices,
        default=DropoutState.SUSPECTED,
    )
    found_on = models.DateField(_("列入台账日期"))
    left_on = models.DateField(_("辍学时间"), null=True, blank=True)
    reason = models.CharField(
        _("辍学原因"), max_length=12, choices=DropoutReason.choices, blank=True
    )
    reason_as_stated = models.CharField(_("辍学原因（原文）"), max_length=80, blank=True)
    whereabouts = models.CharField(_("去向"), max_length=80, blank=True)
    teacher_name = models.CharField(_("帮扶教师"), max_length=40, blank=True)
    cadre_name = models.CharField(_("村干部"), max_length=40, blank=True)
    returned_on = models.DateField(_("复学时间"), null=True, blank=True)
    returned_school = models.CharField(_("复学学校"), max_length=60, blank=True)
    placement = models.CharField(_("安置方式"), max_length=40, blank=True)
    closed_on = models.DateField(_("销号时间"), null=True, blank=True)
    closed_evidence = models.CharField(_("销号依据"), max_length=120, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("控辍个案")
        verbose_name_plural = _("控辍个案")
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "id_index"],
                condition=~Q(id_index="") & ~Q(state="closed"),
                name="dropout_live_once",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="dropout_closed_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-found_on"], name="dropout_state"),
            models.Index(fields=["normal_name", "birth_on"], name="dropout_name_birth"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:dropout-detail", args=[self.pk])


class DropoutVisit(models.Model):
    """One attempt to bring a child back, as it was made; never changed afterwards.

    What a person recorded is never removed either; what a file brought in may be taken back with
    the file.
    """

    case = models.ForeignKey(
        DropoutCase, verbose_name=_("个案"), on_delete=models.PROTECT, related_name="visits"
    )
    visited_on = models.DateField(_("劝返日期"), null=True, blank=True)
    people = models.CharField(_("劝返人员"), max_length=80, blank=True)
    way = models.CharField(_("方式"), max_length=10, choices=VisitWay.choices, blank=True)
    result = models.CharField(_("结果"), max_length=200, blank=True)
    import_batch_id = models.BigIntegerField(_("导入批次"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("记录人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name = _("劝返记录")
        verbose_name_plural = _("劝返记录")
        ordering = ["-visited_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.visited_on or ''}".strip()
