"""What changed about a child after its award was granted, and what followed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from schools.models import School
from subsidies.choices import AwardChangeKind, AwardEffect
from subsidies.models.award import Award


class AwardChange(models.Model):
    """One consequence of a change for an award; never changed itself.

    ``stopped_amount`` is what is not paid any more, in yuan; ``marker`` names the cause, so that
    the same cause has its consequence once.
    """

    award = models.ForeignKey(
        Award, verbose_name=_("资助决定"), on_delete=models.PROTECT, related_name="changes"
    )
    kind = models.CharField(_("变动"), max_length=16, choices=AwardChangeKind.choices)
    effect = models.CharField(_("处理"), max_length=10, choices=AwardEffect.choices)
    reason = models.CharField(_("原因"), max_length=200)
    from_school = models.ForeignKey(
        School, verbose_name=_("原学校"), on_delete=models.PROTECT, related_name="+"
    )
    to_school = models.ForeignKey(
        School,
        verbose_name=_("转入学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    stopped_amount = MoneyField(_("停发金额（元）"), default=0)
    marker = models.CharField(_("起因"), max_length=40, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = _("资助变动")
        verbose_name_plural = _("资助变动")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["award", "kind", "marker"], name="award_change_once"),
            models.CheckConstraint(
                condition=Q(stopped_amount__gte=0), name="award_change_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award} {self.get_kind_display()}"
