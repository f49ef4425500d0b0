"""Awards, their sources and instalments, and public notices."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import MoneyField
from povedu.terms import TermField
from schools.choices import Stage
from schools.models import School
from students.models import Enrolment, HardshipStatus, Student
from subsidies.choices import AwardState, NoticeState, ObjectionState
from subsidies.models.determination import Determination
from subsidies.models.programme import Programme, Standard


class PublicNotice(models.Model):
    """A list shown to the public for some days; its lines hold only the allowed columns."""

    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="notices"
    )
    term = TermField(_("学期"))
    number = models.CharField(_("编号"), max_length=40, unique=True)
    heading = models.CharField(_("标题"), max_length=80)
    starts_on = models.DateField(_("公示开始"))
    ends_on = models.DateField(_("公示结束"))
    state = models.CharField(
        _("状态"), max_length=12, choices=NoticeState.choices, default=NoticeState.DRAFT
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("拟稿人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    taken_down_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("公示")
        verbose_name_plural = _("公示")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="notice_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.heading

    def get_absolute_url(self) -> str:
        """Return the notice's page."""
        return reverse("subsidies:notice-detail", args=[self.pk])

    @property
    def last_day(self) -> date:
        """Return the last day on show; ``ends_on`` is the day after."""
        return self.ends_on - timedelta(days=1)


class Award(models.Model):
    """The decision to pay a student from a programme in a term; facts are frozen when granted.

    One live award per student, programme and term. ``explanation`` says which rule, evidence and
    standard gave it.
    """

    student = models.ForeignKey(
        Student, verbose_name=_("学生"), on_delete=models.PROTECT, related_name="awards"
    )
    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="awards"
    )
    term = TermField(_("学期"))
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="awards"
    )
    enrolment = models.ForeignKey(
        Enrolment,
        verbose_name=_("就读"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
    )
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices)
    grade = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    major = models.CharField(_("专业"), max_length=40, blank=True)
    is_boarder = models.BooleanField(_("住校"), default=False)
    tier = models.CharField(_("档次"), max_length=10, blank=True)
    hardship = models.ForeignKey(
        HardshipStatus,
        verbose_name=_("困难身份"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
    )
    determination = models.ForeignKey(
        Determination,
        verbose_name=_("认定"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
    )
    standard = models.ForeignKey(
        Standard, verbose_name=_("标准"), on_delete=models.PROTECT, related_name="awards"
    )
    amount = MoneyField(_("金额（元）"))
    budget_year = models.PositiveSmallIntegerField(_("预算年度"))
    state = models.CharField(
        _("状态"), max_length=12, choices=AwardState.choices, default=AwardState.PROPOSED
    )
    explanation = models.JSONField(_("依据说明"), default=dict)
    notice = models.ForeignKey(
        PublicNotice,
        verbose_name=_("公示"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
    )
    job_id = models.UUIDField(_("作业"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("拟定时间"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("批准人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    granted_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("资助决定")
        verbose_name_plural = _("资助决定")
        ordering = ["-term", "programme_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "programme", "term"],
                condition=~Q(state="cancelled"),
                name="award_live_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_amount_positive"),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("proposed_by")),
                name="award_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(granted_by__isnull=False),
                name="award_granted_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "term", "state"], name="award_programme_term"),
            models.Index(fields=["school", "term"], name="award_school_term"),
            models.Index(fields=["job_id"], name="award_job"),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.programme} {self.term}"

    def get_absolute_url(self) -> str:
        """Return the award's page."""
        return reverse("subsidies:award-detail", args=[self.pk])


class AwardSource(models.Model):
    """What one source pays of an award; the parts sum to it."""

    award = models.ForeignKey(
        Award, verbose_name=_("资助决定"), on_delete=models.CASCADE, related_name="sources"
    )
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    amount = MoneyField(_("金额（元）"))

    class Meta:
        verbose_name = _("资助资金来源")
        verbose_name_plural = _("资助资金来源")
        ordering = ["award_id", "source"]
        constraints = [
            models.UniqueConstraint(fields=["award", "source"], name="award_source_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_source_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.amount}"


class Instalment(models.Model):
    """One part of an award that falls due: a term, a month (YYYY-MM) or once.

    ``school`` is where the child went since, where the money follows it to a school's account. A
    stopped part is never paid; it stays so that the award's parts still sum to it.
    """

    award = models.ForeignKey(
        Award, verbose_name=_("资助决定"), on_delete=models.PROTECT, related_name="instalments"
    )
    period = models.CharField(_("所属期"), max_length=10)
    due_on = models.DateField(_("应发日期"))
    amount = MoneyField(_("金额（元）"))
    school = models.ForeignKey(
        School,
        verbose_name=_("转入学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    stopped_at = models.DateTimeField(_("停发时间"), null=True, blank=True)
    stop_reason = models.CharField(_("停发原因"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("资助分期")
        verbose_name_plural = _("资助分期")
        ordering = ["award_id", "period"]
        constraints = [
            models.UniqueConstraint(fields=["award", "period"], name="instalment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.award} {self.period}"


class NoticeLine(models.Model):
    """A line of a public notice: name, school, grade, class, major and nothing else."""

    notice = models.ForeignKey(
        PublicNotice, verbose_name=_("公示"), on_delete=models.CASCADE, related_name="lines"
    )
    award = models.OneToOneField(
        Award, verbose_name=_("资助决定"), on_delete=models.PROTECT, related_name="notice_line"
    )
    name = models.CharField(_("姓名"), max_length=40)
    school_name = models.CharField(_("学校"), max_length=80)
    grade_label = models.CharField(_("年级"), max_length=20, blank=True)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    major = models.CharField(_("专业"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("公示名单")
        verbose_name_plural = _("公示名单")
        ordering = ["notice_id", "school_name", "pk"]

    def __str__(self) -> str:
        return self.name


class Objection(models.Model):
    """Somebody's objection to a line of a notice, and the answer."""

    notice = models.ForeignKey(
        PublicNotice, verbose_name=_("公示"), on_delete=models.PROTECT, related_name="objections"
    )
    line = models.ForeignKey(
        NoticeLine,
        verbose_name=_("公示名单"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="objections",
    )
    received_on = models.DateField(_("收到日期"))
    content = models.CharField(_("异议内容"), max_length=300)
    state = models.CharField(
        _("状态"), max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN
    )
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("公示异议")
        verbose_name_plural = _("公示异议")
        ordering = ["-received_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.notice} {self.received_on}"
