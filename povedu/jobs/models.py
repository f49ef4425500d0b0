"""Jobs: the rows that are the truth about long work; Celery only wakes somebody to look at them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from povedu.accounts.models import Jurisdiction
from povedu.jobs import registry
from povedu.jobs.choices import ENDED, LIVE, JobState


class Job(models.Model):
    """One piece of long work for one person.

    ``params`` holds ids and codes only, never personal data. ``jurisdiction`` is re-read when the
    job starts, so that a right taken away meanwhile stops it. ``lease_token`` names the attempt
    that holds the job until ``lease_until``; ``worker`` says which process that is. ``digest``
    stands for the input: the same kind and digest is never live twice. ``schedule_key`` is kind
    and period: two schedulers start a scheduled job once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("作业类型"), max_length=60)
    params = models.JSONField(_("参数"), default=dict)
    digest = models.CharField(_("输入摘要"), max_length=64, blank=True)
    schedule_key = models.CharField(
        _("定时标识"),
        max_length=120,
        null=True,  # unique where present: "" would clash
        blank=True,
        unique=True,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("发起人"),
        on_delete=models.PROTECT,
        related_name="jobs",
    )
    owner_name = models.CharField(_("发起人姓名"), max_length=60)
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        verbose_name=_("管辖范围"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    by_operator = models.BooleanField(_("系统发起"), default=False)
    language = models.CharField(_("界面语言"), max_length=10)
    division_code = models.CharField(_("区划"), max_length=12, blank=True)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)

    state = models.CharField(
        _("状态"), max_length=12, choices=JobState.choices, default=JobState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    not_before = models.DateTimeField(_("最早开始时间"))
    woken_at = models.DateTimeField(_("最近唤醒时间"))
    wakes = models.PositiveSmallIntegerField(_("唤醒次数"), default=1)
    lease_token = models.UUIDField(_("租约"), null=True, blank=True)
    lease_until = models.DateTimeField(_("租约到期"), null=True, blank=True)
    worker = models.CharField(_("执行进程"), max_length=120, blank=True)
    cancel_requested = models.BooleanField(_("已要求取消"), default=False)

    progress_done = models.PositiveIntegerField(_("已处理"), default=0)
    progress_total = models.PositiveIntegerField(_("总数"), default=0)
    progress_message = models.CharField(_("进展"), max_length=200, blank=True)

    result = models.JSONField(_("结果"), default=dict)
    error_code = models.CharField(_("错误代码"), max_length=60, blank=True)
    error_message = models.CharField(_("错误说明"), max_length=500, blank=True)

    created_at = models.DateTimeField(_("提交时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("作业")
        verbose_name_plural = _("作业")
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(fields=["state", "not_before"], name="job_state_not_before"),
            models.Index(fields=["owner", "-created_at"], name="job_owner_created"),
            models.Index(fields=["kind", "-created_at"], name="job_kind_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "digest"],
                condition=Q(state__in=LIVE) & ~Q(digest=""),
                name="job_input_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING)
                | Q(lease_token__isnull=False, lease_until__isnull=False, started_at__isnull=False),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED) | Q(finished_at__isnull=False, lease_token=None),
                name="job_ended_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(by_operator=False) | Q(jurisdiction=None),
                name="job_operator_without_jurisdiction",
            ),
            models.CheckConstraint(
                condition=Q(progress_total=0) | Q(progress_done__lte=F("progress_total")),
                name="job_progress_within_total",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return what people call this kind of work."""
        return registry.title_of(self.kind)

    @property
    def is_live(self) -> bool:
        """Say whether something may still happen."""
        return self.state in LIVE

    @property
    def percent(self) -> int | None:
        """Return 0 to 100, None while the size of the work is unknown."""
        if self.state == JobState.DONE:
            return 100
        if not self.progress_total:
            return None
        return self.progress_done * 100 // self.progress_total


class JobFile(models.Model):
    """A file that a job made, kept encrypted in the store until it expires.

    Only the owner of the job takes it, and each taking is recorded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(
        Job, verbose_name=_("作业"), on_delete=models.CASCADE, related_name="files"
    )
    filename = models.CharField(_("文件名"), max_length=120)
    store_key = models.CharField(_("存储标识"), max_length=64, unique=True)
    sha256 = models.CharField(_("文件哈希"), max_length=64)
    byte_count = models.PositiveBigIntegerField(_("字节数"))
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    made_at = models.DateTimeField(_("生成时间"))
    expires_at = models.DateTimeField(_("失效时间"))

    class Meta:
        verbose_name = _("作业文件")
        verbose_name_plural = _("作业文件")
        ordering = ["job_id", "filename"]
        constraints = [
            models.UniqueConstraint(fields=["job", "filename"], name="job_file_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="job_file_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class WorkerSign(models.Model):
    """A sign of life: when each part of the machinery last did its round."""

    name = models.CharField(_("部件"), max_length=60, primary_key=True)
    seen_at = models.DateTimeField(_("最近活动"))

    class Meta:
        verbose_name = _("运行标记")
        verbose_name_plural = _("运行标记")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
