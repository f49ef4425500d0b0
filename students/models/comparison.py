"""Two states of one list compared, and what changed for whom."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from schools.choices import Stage
from schools.models import Division
from students.choices import Basis, ChangeKind, RegisterKind


class Comparison(models.Model):
    """A comparison of two snapshots, terms or runs of a county, as of when it was made.

    ``before_key`` and ``after_key`` name the two: a snapshot's or run's key, a term's code. They
    are no foreign keys, for a comparison must not keep an import from being taken back.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    basis = models.CharField(_("对照内容"), max_length=10, choices=Basis.choices)
    register = models.CharField(_("名册"), max_length=30, choices=RegisterKind.choices, blank=True)
    before_key = models.CharField(_("前期编号"), max_length=20)
    after_key = models.CharField(_("后期编号"), max_length=20)
    before_on = models.DateField(_("前期日期"))
    after_on = models.DateField(_("后期日期"))
    before_count = models.PositiveIntegerField(_("前期人数"))
    after_count = models.PositiveIntegerField(_("后期人数"))
    changes_count = models.JSONField(_("变化数"), default=dict)
    made_at = models.DateTimeField(_("对照时间"))

    class Meta:
        verbose_name = _("两期对照")
        verbose_name_plural = _("两期对照")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "basis", "before_key", "after_key"], name="comparison_once"
            )
        ]

    def __str__(self) -> str:
        what = self.get_register_display() or self.get_basis_display()
        return f"{what} {self.before_on:%Y-%m-%d} → {self.after_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:comparison-detail", args=[self.pk])


class Change(models.Model):
    """One change of one person between the two; codes are put into words where they are shown."""

    comparison = models.ForeignKey(
        Comparison, verbose_name=_("两期对照"), on_delete=models.CASCADE, related_name="changes"
    )
    kind = models.CharField(_("变化"), max_length=14, choices=ChangeKind.choices)
    name = models.CharField(_("姓名"), max_length=40)
    division_code = models.CharField(_("区划"), max_length=12, blank=True)
    before = models.CharField(_("前期"), max_length=120, blank=True)
    after = models.CharField(_("后期"), max_length=120, blank=True)
    from_division_code = models.CharField(_("迁出区划"), max_length=12, blank=True)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices, blank=True)
    household_no = models.CharField(_("户编号"), max_length=40, blank=True)
    student_key = models.BigIntegerField(_("学生编号"), null=True, blank=True)

    class Meta:
        verbose_name = _("变化")
        verbose_name_plural = _("变化")
        ordering = ["comparison_id", "pk"]
        indexes = [models.Index(fields=["comparison", "kind"], name="change_kind")]

    def __str__(self) -> str:
        return f"{self.name} {self.get_kind_display()}"
