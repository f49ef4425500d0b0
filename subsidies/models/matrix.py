"""The matrix student × programme × term, computed set-wise and kept until it is computed again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from povedu.terms import Term, TermField
from schools.choices import Stage
from schools.models import Division, School
from students.models import Student
from subsidies.choices import CellState
from subsidies.models.award import Award
from subsidies.models.programme import Programme
from subsidies.rules.matrix import reason_label


class AidMatrix(models.Model):
    """A county's matrix of a term as it was computed last: when, by whom, how large.

    Every student × programme is a cell. Only cells of a programme's own stages are rows;
    ``outside_count`` counts the others, so that all of them sum to students × programmes.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    term = TermField(_("学期"))
    computed_at = models.DateTimeField(_("计算时间"))
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("计算人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    students_count = models.PositiveIntegerField(_("学生数"), default=0)
    programmes_count = models.PositiveIntegerField(_("项目数"), default=0)
    cells_count = models.PositiveIntegerField(_("格数"), default=0)
    outside_count = models.PositiveIntegerField(_("不属项目学段的格数"), default=0)

    class Meta:
        verbose_name = _("资助矩阵")
        verbose_name_plural = _("资助矩阵")
        ordering = ["county_id", "-term"]
        constraints = [models.UniqueConstraint(fields=["county", "term"], name="aid_matrix_once")]

    def __str__(self) -> str:
        return f"{self.county} {Term.parse(self.term).label}"


class AidCell(models.Model):
    """One student × programme of a matrix: its state, the reason, what is due and what arrived.

    Derived from awards, payments and eligibility and written anew each time: it keeps nobody from
    being removed, hence no constraint on ``student`` and ``award``. ``detail`` is what somebody
    wrote (why an award was cancelled, why a child is not to be aided).
    """

    matrix = models.ForeignKey(
        AidMatrix, verbose_name=_("资助矩阵"), on_delete=models.CASCADE, related_name="cells"
    )
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="aid_cells",
    )
    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.CASCADE, related_name="cells"
    )
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="+"
    )
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices)
    grade = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=CellState.choices)
    reason = models.CharField(_("原因代码"), max_length=30)
    detail = models.CharField(_("补充说明"), max_length=200, blank=True)
    award = models.ForeignKey(
        Award,
        verbose_name=_("资助决定"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
    )
    amount = MoneyField(_("应发（元）"), null=True, blank=True)
    paid = MoneyField(_("已发（元）"), default=0)

    class Meta:
        verbose_name = _("资助矩阵格")
        verbose_name_plural = _("资助矩阵格")
        ordering = ["school_id", "class_name", "student_id", "programme_id"]
        constraints = [
            models.UniqueConstraint(fields=["matrix", "student", "programme"], name="aid_cell_once")
        ]
        indexes = [
            models.Index(fields=["matrix", "state"], name="aid_cell_state"),
            models.Index(fields=["matrix", "school"], name="aid_cell_school"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.programme_id} {self.get_state_display()}"

    @property
    def reason_words(self) -> str:
        """Return the reason in words, with what somebody wrote."""
        words = reason_label(self.reason)
        return f"{words}：{self.detail}" if self.detail else words
