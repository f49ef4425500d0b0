"""Determinations of hardship on paper: the form, its steps, and how facts are scored."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from schools.models import Division
from students.choices import ApprovalState
from students.models import Student
from subsidies.choices import PaperDocument, PaperStep
from subsidies.models.programme import Programme


class Determination(models.Model):
    """A decision on paper evidence that a student is in hardship, for those on no register.

    It goes from the class over the school to the bureau; ``step`` says where it waits. ``points``
    are the family's facts as they were scored, [[words, points], …]; score and level are frozen.
    """

    student = models.ForeignKey(
        Student, verbose_name=_("学生"), on_delete=models.PROTECT, related_name="determinations"
    )
    academic_year = models.PositiveSmallIntegerField(_("学年（起始年）"))
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("申请项目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="determinations",
    )
    tier = models.CharField(_("认定档次"), max_length=10, blank=True)
    evidence = models.CharField(_("证明材料"), max_length=200)
    documents = models.JSONField(_("已核对的材料"), default=list, blank=True)
    points = models.JSONField(_("家庭情况得分"), default=list, blank=True)
    score = models.PositiveSmallIntegerField(_("量化得分"), null=True, blank=True)
    level = models.CharField(_("困难等级"), max_length=20, blank=True)
    step = models.CharField(
        _("审核环节"), max_length=8, choices=PaperStep.choices, default=PaperStep.BUREAU
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.PENDING
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("录入人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("录入时间"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审核人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    note = models.CharField(_("审核意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("困难认定")
        verbose_name_plural = _("困难认定")
        ordering = ["-entered_at"]
        constraints = [
            models.UniqueConstraint(
                "student",
                "academic_year",
                Coalesce("programme", 0),
                condition=Q(state__in=["pending", "approved"]),
                name="determination_once",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="determination_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False),
                name="determination_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.academic_year}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("subsidies:determination-detail", args=[self.pk])


class DeterminationStep(models.Model):
    """What class, school or bureau said to an application, in the order it was said."""

    determination = models.ForeignKey(
        Determination, verbose_name=_("困难认定"), on_delete=models.CASCADE, related_name="steps"
    )
    step = models.CharField(_("审核环节"), max_length=8, choices=PaperStep.choices)
    agreed = models.BooleanField(_("同意"))
    opinion = models.CharField(_("意见"), max_length=200, blank=True)
    signed_name = models.CharField(_("签字人"), max_length=40)
    signed_on = models.DateField(_("签字日期"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("认定环节")
        verbose_name_plural = _("认定环节")
        ordering = ["determination_id", "pk"]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.signed_name}"


class ApplicationPaper(models.Model):
    """A picture or PDF of a paper that an application rests on, sealed in the store.

    ``stored_name`` says nothing about the person; ``content_type`` was told by the bytes and
    ``digest`` is the SHA-256 of what was kept.
    """

    determination = models.ForeignKey(
        Determination, verbose_name=_("困难认定"), on_delete=models.PROTECT, related_name="papers"
    )
    kind = models.CharField(_("材料种类"), max_length=12, choices=PaperDocument.choices)
    stored_name = models.CharField(_("存储名"), max_length=64, unique=True)
    content_type = models.CharField(_("类型"), max_length=20)
    bytes_count = models.PositiveIntegerField(_("字节数"))
    digest = models.CharField(_("内容摘要"), max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("申请材料")
        verbose_name_plural = _("申请材料")
        ordering = ["determination_id", "added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["determination", "digest"], name="application_paper_once"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/jpeg", "image/png", "application/pdf"]),
                name="application_paper_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ScoreItem(models.Model):
    """A fact about a family that counts in a county's determinations, and how much."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("家庭情况"), max_length=60)
    points = models.PositiveSmallIntegerField(_("分值"))
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("评分项目")
        verbose_name_plural = _("评分项目")
        ordering = ["county_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["county", "name"], name="score_item_once"),
            models.CheckConstraint(
                condition=Q(points__gt=0) & Q(points__lte=100), name="score_item_within_hundred"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScoreBand(models.Model):
    """From which score on hardship has which level, and which tier of programmes that opens."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    above = models.PositiveSmallIntegerField(_("高于（分）"))
    level = models.CharField(_("困难等级"), max_length=20)
    tier = models.CharField(_("对应档次"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("困难等级")
        verbose_name_plural = _("困难等级")
        ordering = ["county_id", "above"]
        constraints = [
            models.UniqueConstraint(fields=["county", "above"], name="score_band_once"),
            models.CheckConstraint(condition=Q(above__lt=1000), name="score_band_below_thousand"),
        ]

    def __str__(self) -> str:
        return self.level
