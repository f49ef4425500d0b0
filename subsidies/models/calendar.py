"""Days on which a county's offices work otherwise than the national calendar says."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models import Division


class CalendarDay(models.Model):
    """A day that a county declares worked or free; it outranks the published calendar."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("日期"))
    is_working = models.BooleanField(_("上班"), default=False)
    note = models.CharField(_("说明"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("工作日调整")
        verbose_name_plural = _("工作日调整")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["county", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.note}".strip()
