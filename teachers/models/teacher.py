"""Teachers and their postings."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import IdNumber, Phone, ProtectedField
from schools.choices import Stage
from schools.models import School
from teachers.choices import EmploymentKind, Post, PostingKind, Sex, Title


class Teacher(models.Model):
    """A member of a school's staff; ``school`` is the home post, which postings leave untouched."""

    number = models.CharField(_("教师编号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    id_number = ProtectedField(IdNumber, verbose_name=_("身份证号"))
    id_index = models.CharField(_("身份证索引"), max_length=32, blank=True, editable=False)
    phone = ProtectedField(Phone, verbose_name=_("电话"))
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="teachers"
    )
    post = models.CharField(_("岗位"), max_length=16, choices=Post.choices, default=Post.TEACHER)
    stage = models.CharField(_("任教学段"), max_length=20, choices=Stage.choices, blank=True)
    subject = models.CharField(_("任教学科"), max_length=20, blank=True)
    title = models.CharField(_("职称"), max_length=10, choices=Title.choices, default=Title.NONE)
    employment_kind = models.CharField(
        _("用工性质"),
        max_length=16,
        choices=EmploymentKind.choices,
        default=EmploymentKind.PERMANENT,
    )
    education = models.CharField(_("学历"), max_length=20, blank=True)
    hired_on = models.DateField(_("参加工作日期"), null=True, blank=True)
    school_since_on = models.DateField(_("到校日期"), null=True, blank=True)
    left_on = models.DateField(_("离开日期"), null=True, blank=True)
    leave_reason = models.CharField(_("离开原因"), max_length=40, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("教师")
        verbose_name_plural = _("教师")
        ordering = ["school_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"], condition=~Q(id_index=""), name="teacher_id_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(hired_on__isnull=True)
                | Q(left_on__gte=F("hired_on")),
                name="teacher_dates_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["initials"], name="teacher_initials"),
            models.Index(fields=["name"], name="teacher_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("teachers:teacher-detail", args=[self.pk])


class Posting(models.Model):
    """A teacher's service at another school for a time, half-open dates; the home post is kept.

    The database refuses two full-time postings of one teacher that overlap (an exclusion constraint
    on PostgreSQL, triggers on SQLite).
    """

    teacher = models.ForeignKey(
        Teacher, verbose_name=_("教师"), on_delete=models.PROTECT, related_name="postings"
    )
    school = models.ForeignKey(
        School, verbose_name=_("任职学校"), on_delete=models.PROTECT, related_name="postings"
    )
    home_school = models.ForeignKey(
        School, verbose_name=_("原学校"), on_delete=models.PROTECT, related_name="postings_away"
    )
    kind = models.CharField(_("方式"), max_length=12, choices=PostingKind.choices)
    post = models.CharField(_("岗位"), max_length=16, choices=Post.choices, default=Post.TEACHER)
    subject = models.CharField(_("学科"), max_length=20, blank=True)
    is_full_time = models.BooleanField(_("全职"), default=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    document = models.CharField(_("文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="posting_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(school=F("home_school")), name="posting_away_from_home"
            ),
        ]
        indexes = [models.Index(fields=["school", "starts_on"], name="posting_school")]

    def __str__(self) -> str:
        return f"{self.teacher} → {self.school}"
