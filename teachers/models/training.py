"""Training that teachers took part in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from teachers.choices import TrainingForm, TrainingLevel
from teachers.models.teacher import Teacher


class Training(models.Model):
    """A teacher's part in one training; ``ends_on`` is its last day."""

    teacher = models.ForeignKey(
        Teacher, verbose_name=_("教师"), on_delete=models.PROTECT, related_name="trainings"
    )
    name = models.CharField(_("培训项目"), max_length=100)
    level = models.CharField(
        _("培训级别"), max_length=10, choices=TrainingLevel.choices, default=TrainingLevel.COUNTY
    )
    form = models.CharField(_("培训方式"), max_length=10, choices=TrainingForm.choices, blank=True)
    subject = models.CharField(_("学科"), max_length=20, blank=True)
    hours = models.DecimalField(_("学时"), max_digits=6, decimal_places=1, null=True, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    organiser = models.CharField(_("主办单位"), max_length=60, blank=True)
    place = models.CharField(_("培训地点"), max_length=60, blank=True)
    has_passed = models.BooleanField(_("合格"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("培训")
        verbose_name_plural = _("培训")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["teacher", "name", "starts_on"], name="training_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="training_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gt=0), name="training_hours_positive"
            ),
        ]
        indexes = [models.Index(fields=["starts_on"], name="training_start")]

    def __str__(self) -> str:
        return f"{self.teacher} {self.name}"
