"""What rows of a register contradict, and which of the rules a county has switched off."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models import Division
from students.models.register import RegisterSnapshot


class RegisterCheck(models.Model):
    """What a snapshot's rows contradict by the rules of register logic; rows never change.

    ``edition`` names the rules and ``rows_mark`` the rows there were, so that more rows or other
    rules have the snapshot checked anew. ``faults`` lists ``[rule, entry, other entry or null,
    subject, facts]`` by key, without referring to rows: an import stays free to be taken back.
    """

    snapshot = models.OneToOneField(
        RegisterSnapshot, verbose_name=_("快照"), on_delete=models.CASCADE, related_name="logic"
    )
    edition = models.CharField(_("规则版本"), max_length=16)
    rows_mark = models.CharField(_("名册行标记"), max_length=40)
    faults = models.JSONField(_("疑点"), default=list)

    class Meta:
        verbose_name = _("名册检查")
        verbose_name_plural = _("名册检查")
        ordering = ["-snapshot_id"]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.edition}"


class RuleSwitch(models.Model):
    """Whether a county asks about a rule of register logic; without a row the rule's default."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    rule = models.CharField(_("规则"), max_length=32)
    is_on = models.BooleanField(_("启用"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("修改人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("名册规则开关")
        verbose_name_plural = _("名册规则开关")
        ordering = ["county_id", "rule"]
        constraints = [models.UniqueConstraint(fields=["county", "rule"], name="rule_switch_once")]

    def __str__(self) -> str:
        return f"{self.county} {self.rule}"
