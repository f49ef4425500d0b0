"""The proof that a child studies where it is said to, away from home."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.terms import TermField
from schools.models import Division
from students.choices import Place, ProofState
from students.models.student import Student


class StudyProof(models.Model):
    """What was asked of a family whose child studies away, what came back, and who checked it.

    The child is a student of the ledger, else the person of a register: by ``id_index``, else by
    name and birth date, so that the proof outlives the snapshot. One proof for a child and term.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    term = TermField(_("学期"))
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="study_proofs",
    )
    id_index = models.CharField(_("证号索引"), max_length=32, blank=True, editable=False)
    name = models.CharField(_("姓名"), max_length=40)
    normal_name = models.CharField(_("比对用姓名"), max_length=40, editable=False)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    division_code = models.CharField(_("户籍区划"), max_length=12)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    place = models.CharField(_("去向"), max_length=16, choices=Place.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=ProofState.choices, default=ProofState.REQUESTED
    )
    requested_on = models.DateField(_("告知日期"))
    due_on = models.DateField(_("应交日期"))
    received_on = models.DateField(_("收到日期"), null=True, blank=True)
    school_name = models.CharField(_("就读学校"), max_length=60, blank=True)
    document_no = models.CharField(_("证明编号"), max_length=60, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("收件人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("核实人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    checked_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("在读证明")
        verbose_name_plural = _("在读证明")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "term"],
                condition=Q(student__isnull=False),
                name="proof_student_once",
            ),
            models.UniqueConstraint(
                fields=["county", "term", "id_index"],
                condition=Q(student__isnull=True) & ~Q(id_index=""),
                name="proof_number_once",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("requested_on")), name="proof_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("received_by")),
                name="proof_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=(Q(state="requested") & Q(received_on__isnull=True))
                | (Q(state="received") & Q(received_on__isnull=False, checked_by__isnull=True))
                | (Q(state="checked") & Q(received_on__isnull=False, checked_by__isnull=False)),
                name="proof_state_has_its_facts",
            ),
        ]
        indexes = [
            models.Index(fields=["term", "state", "due_on"], name="proof_waiting"),
            models.Index(fields=["normal_name", "birth_on"], name="proof_name_birth"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:proof-detail", args=[self.pk])
