"""Monthly meal reports of the nutrition programme."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from schools.choices import MealMode
from schools.models.school import School


class MealReport(models.Model):
    """A school's meals in one month: pupils fed, feeding days, meals (person-times) and money.

    ``month`` is the first day of the month. ``meals_count`` is person-times, at most pupils × days.
    """

    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="meal_reports"
    )
    month = models.DateField(_("月份"))
    mode = models.CharField(_("供餐模式"), max_length=10, choices=MealMode.choices)
    pupils_count = models.PositiveIntegerField(_("受益学生（人）"))
    feeding_days = models.PositiveSmallIntegerField(_("供餐天数"))
    meals_count = models.PositiveIntegerField(_("供餐人次"))
    standard = MoneyField(_("每生每天标准（元）"))
    amount = MoneyField(_("本月资金（元）"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("填报人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    reported_at = models.DateTimeField(_("填报时间"))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("营养餐月报")
        verbose_name_plural = _("营养餐月报")
        ordering = ["-month", "school_id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "month"], name="meal_report_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="meal_month_first_day"),
            models.CheckConstraint(condition=Q(feeding_days__lte=31), name="meal_days_in_month"),
            models.CheckConstraint(
                condition=Q(meals_count__lte=F("pupils_count") * F("feeding_days")),
                name="meal_count_within_days",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="meal_amount_not_negative"),
        ]
        indexes = [models.Index(fields=["month"], name="meal_month")]

    def __str__(self) -> str:
        return f"{self.school} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        """Return the address of its month."""
        return f"{reverse('schools:meal-month')}?month={self.month:%Y-%m}"
