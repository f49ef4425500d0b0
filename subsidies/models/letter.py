"""A county's words for the papers that families take in their hands."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models import Division
from subsidies.choices import LetterKind


class LetterWording(models.Model):
    """A county's own words of a kind of letter; without them the shipped ones are used.

    ``opening`` and ``closing`` are paragraphs, a line each, with placeholders in double braces.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("信函种类"), max_length=8, choices=LetterKind.choices)
    title = models.CharField(_("标题"), max_length=60)
    opening = models.TextField(_("开头"), max_length=2000, blank=True)
    closing = models.TextField(_("结尾"), max_length=2000, blank=True)
    signature = models.CharField(_("署名"), max_length=60)
    contact = models.CharField(_("咨询电话"), max_length=60, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("修改人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    edited_at = models.DateTimeField(_("修改时间"))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("信函文字")
        verbose_name_plural = _("信函文字")
        ordering = ["county_id", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["county", "kind"], name="letter_wording_once")
        ]

    def __str__(self) -> str:
        return f"{self.county_id[:6]} {self.get_kind_display()}"
