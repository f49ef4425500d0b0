"""Audit entries and the seals that chain them."""

from django.conf import settings
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing somebody did; written in the same transaction as the thing itself.

    Entries are append-only by database trigger. ``actor_name`` and ``role`` are kept as they were,
    so the trail survives the account. ``changes`` is ``{field: [old, new]}`` with protected values
    masked; ``sealed`` holds their full old and new values, encrypted.
    """

    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作人"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    actor_name = models.CharField(_("操作人姓名"), max_length=60)
    role = models.CharField(_("角色"), max_length=20)
    ip = models.CharField(_("来源地址"), max_length=45, blank=True)
    verb = models.CharField(_("操作"), max_length=60)
    subject_type = models.CharField(_("对象类型"), max_length=60, blank=True)
    subject_id = models.CharField(_("对象编号"), max_length=40, blank=True)
    subject_label = models.CharField(_("对象"), max_length=120, blank=True)
    division_code = models.CharField(_("区划"), max_length=12, blank=True)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    changes = models.JSONField(_("变更"), default=dict)
    sealed = models.BinaryField(_("加密内容"), default=b"")
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    count = models.PositiveIntegerField(_("条数"), default=1)
    job_id = models.UUIDField(_("作业"), null=True)

    class Meta:
        verbose_name = _("操作日志")
        verbose_name_plural = _("操作日志")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["verb", "at"], name="audit_verb_at"),
            models.Index(fields=["actor", "at"], name="audit_actor_at"),
        ]

    def __str__(self) -> str:
        return f"{localtime(self.at):%Y-%m-%d %H:%M} {self.actor_name} {self.verb}"


class AuditSeal(models.Model):
    """A link of the audit chain over a run of entries.

    Entries are sealed shortly after commit rather than inside each transaction: a chain head
    locked by a long import would make every other writer wait. ``marks`` holds, for each entry, its
    number (8 bytes, big-endian) and the first 16 bytes of its keyed hash, so that a broken entry
    can be named; ``hash`` is the keyed hash over the previous link and the marks.
    """

    first_entry = models.BigIntegerField(_("首条"))
    last_entry = models.BigIntegerField(_("末条"))
    entry_count = models.PositiveIntegerField(_("条数"))
    marks = models.BinaryField(_("逐条标记"), default=b"")
    sealed_at = models.DateTimeField(_("封存时间"))
    previous_hash = models.CharField(_("前一哈希"), max_length=64, unique=True)
    hash = models.CharField(_("哈希"), max_length=64)

    class Meta:
        verbose_name = _("日志封条")
        verbose_name_plural = _("日志封条")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.first_entry}–{self.last_entry} {self.hash[:12]}"
