"""Administrative divisions."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.choices import DivisionLevel


class Division(models.Model):
    """A place by its 12-digit code, which is the primary key: a prefix of it is a jurisdiction."""

    code = models.CharField(
        _("区划代码"),
        max_length=12,
        primary_key=True,
        validators=[RegexValidator(r"^\d{12}$", _("区划代码应为 12 位数字。"))],
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=DivisionLevel.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级区划"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    is_poor_village = models.BooleanField(_("贫困村"), default=False)
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"], name="division_level")]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """Return the leading digits that all places inside share."""
        digits = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
        return self.code[: digits[self.level]]
