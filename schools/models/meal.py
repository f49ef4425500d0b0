"""Monthly meal reports of the nutrition programme."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from schools.choices import MealMode, MealOffer
from schools.models.school import School


class MealReport(models.Model):
    """A school's meals in one month: pupils fed, feeding days, meals (person-times) and money.

    ``month`` is the first day of the month. ``meals_count`` is person-times, at most pupils × days.
    Left-behind children, poor day pupils and the freely fed are parts that may overlap; each is
    told as persons and as person-times, as the national month report asks.
    """

    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="meal_reports"
    )
    month = models.DateField(_("月份"))
    mode = models.CharField(_("供餐模式"), max_length=10, choices=MealMode.choices)
    offer = models.CharField(_("供餐内容"), max_length=10, choices=MealOffer.choices, blank=True)
    pupils_count = models.PositiveIntegerField(_("受益学生（人）"))
    feeding_days = models.PositiveSmallIntegerField(_("供餐天数"))
    meals_count = models.PositiveIntegerField(_("供餐人次"))
    enrolled_count = models.PositiveIntegerField(_("全校学生数（人）"), null=True, blank=True)
    left_behind_count = models.PositiveIntegerField(_("农村留守儿童（人）"), default=0)
    left_behind_meals = models.PositiveIntegerField(_("农村留守儿童（人次）"), default=0)
    day_poor_count = models.PositiveIntegerField(_("非寄宿贫困学生（人）"), default=0)
    day_poor_meals = models.PositiveIntegerField(_("非寄宿贫困学生（人次）"), default=0)
    free_count = models.PositiveIntegerField(_("免费提供（人）"), default=0)
    free_meals = models.PositiveIntegerField(_("免费提供（人次）"), default=0)
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
            models.CheckConstraint(
                condition=Q(
                    left_behind_count__lte=F("pupils_count"),
                    day_poor_count__lte=F("pupils_count"),
                    free_count__lte=F("pupils_count"),
                    left_behind_meals__lte=F("meals_count"),
                    day_poor_meals__lte=F("meals_count"),
                    free_meals__lte=F("meals_count"),
                ),
                name="meal_parts_within_whole",
            ),
        ]
        indexes = [models.Index(fields=["month"], name="meal_month")]

    def __str__(self) -> str:
        return f"{self.school} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        """Return the address of its month."""
        return f"{reverse('schools:meal-month')}?month={self.month:%Y-%m}"
