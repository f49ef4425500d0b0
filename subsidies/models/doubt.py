"""Doubtful points about a term's money, and what somebody decided about each."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from povedu.terms import TermField
from schools.models import Division, School
from students.models import Student
from subsidies.choices import DoubtKind, DoubtState
from subsidies.models.payment import Payment
from subsidies.models.programme import Programme


class Doubt(models.Model):
    """Something about a term's money for a person to look into, once per kind and subject.

    ``subject_key`` survives computing anew; ``evidence_digest`` changes with the evidence, which
    reopens what was decided. ``evidence`` holds codes, keys and amounts in fen, no personal data.
    A doubt keeps no student from being removed, hence no constraint on ``student``.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    term = TermField(_("学期"))
    kind = models.CharField(_("类型"), max_length=16, choices=DoubtKind.choices)
    subject_key = models.CharField(_("对象键"), max_length=64)
    state = models.CharField(
        _("状态"), max_length=10, choices=DoubtState.choices, default=DoubtState.OPEN
    )
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="doubts",
    )
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("资助项目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("发放明细"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="doubts",
    )
    amount = MoneyField(_("涉及金额（元）"), default=0)
    evidence = models.JSONField(_("证据"), default=dict)
    evidence_digest = models.CharField(_("证据摘要"), max_length=64)
    found_at = models.DateTimeField(_("首次发现"))
    seen_at = models.DateTimeField(_("最近一次"))

    class Meta:
        verbose_name = _("疑点")
        verbose_name_plural = _("疑点")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "term", "kind", "subject_key"], name="doubt_once"
            )
        ]
        indexes = [models.Index(fields=["term", "state", "kind"], name="doubt_queue")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.student}"

    def get_absolute_url(self) -> str:
        """Return its place in the queue."""
        return reverse("subsidies:doubt-queue-item", args=[self.pk])


class DoubtDecision(models.Model):
    """What somebody decided about a doubt on the evidence of that time; taken back, it stays."""

    doubt = models.ForeignKey(
        Doubt, verbose_name=_("疑点"), on_delete=models.PROTECT, related_name="decisions"
    )
    verdict = models.CharField(_("结论"), max_length=10, choices=DoubtState.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    evidence_digest = models.CharField(_("证据摘要"), max_length=64)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("核查人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("核查时间"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("疑点结论")
        verbose_name_plural = _("疑点结论")
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.doubt} {self.get_verdict_display()}"
