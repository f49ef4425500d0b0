"""Findings handed to schools, the schools' answers, and the papers behind them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import ProtectedField, Secret
from schools.models import School
from students.choices import ASSIGNMENT_LIVE, ApprovalState, AssignmentState, ProofKind
from students.models.proof import StudyProof
from students.models.reconciliation import Decision, Finding


class Assignment(models.Model):
    """A finding that a school must answer by a day; a finding has one live assignment.

    ``due_on`` is the last day for the answer. ``group`` is shared by what was handed out together.
    ``closed_by`` is the decision that closed it and ``state_before`` what that replaced, so that
    undoing the decision reopens exactly that.
    """

    finding = models.ForeignKey(
        Finding, verbose_name=_("差异"), on_delete=models.PROTECT, related_name="assignments"
    )
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=AssignmentState.choices, default=AssignmentState.ASKED
    )
    state_before = models.CharField(_("办结前状态"), max_length=10, blank=True, editable=False)
    closed_by = models.ForeignKey(
        Decision,
        verbose_name=_("办结所依据的结论"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="closed_assignments",
    )
    due_on = models.DateField(_("答复期限"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("交办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("交办时间"))
    group = models.UUIDField(_("批次"), null=True, blank=True)

    class Meta:
        verbose_name = _("交办")
        verbose_name_plural = _("交办")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(state__in=ASSIGNMENT_LIVE),
                name="assignment_live_once",
            )
        ]
        indexes = [
            models.Index(fields=["state", "school", "due_on"], name="assignment_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return the address of the finding's page."""
        return reverse("students:finding-queue-item", args=[self.finding_id])


class AssignmentStep(models.Model):
    """What was said in an assignment: asked, answered, sent back, settled; never changed."""

    assignment = models.ForeignKey(
        Assignment, verbose_name=_("交办"), on_delete=models.PROTECT, related_name="steps"
    )
    state = models.CharField(_("到达状态"), max_length=10, choices=AssignmentState.choices)
    words = models.CharField(_("内容"), max_length=300, blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    said_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("交办记录")
        verbose_name_plural = _("交办记录")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.assignment} {self.get_state_display()}"


class EvidenceFile(models.Model):
    """A picture or PDF put to a finding or to a proof of study, sealed in the store.

    It lies there under a name that says nothing. ``content_type`` was told by the bytes. ``digest``
    is the SHA-256 of what was kept.
    """

    finding = models.ForeignKey(
        Finding,
        verbose_name=_("差异"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence_files",
    )
    study_proof = models.ForeignKey(
        StudyProof,
        verbose_name=_("在读证明"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence_files",
    )
    caption = models.CharField(_("材料名称"), max_length=60)
    stored_name = models.CharField(_("存储名"), max_length=64, unique=True)
    content_type = models.CharField(_("类型"), max_length=20)
    bytes_count = models.PositiveIntegerField(_("字节数"))
    digest = models.CharField(_("内容摘要"), max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("佐证材料")
        verbose_name_plural = _("佐证材料")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "digest"], name="evidence_file_once"),
            models.UniqueConstraint(fields=["study_proof", "digest"], name="evidence_proof_once"),
            models.CheckConstraint(
                condition=Q(finding__isnull=False, study_proof__isnull=True)
                | Q(finding__isnull=True, study_proof__isnull=False),
                name="evidence_file_of_one",
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/jpeg", "image/png", "application/pdf"]),
                name="evidence_file_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.caption

    @property
    def subject(self) -> Finding | StudyProof:
        """Return what the paper was put to."""
        found = self.finding or self.study_proof
        assert found is not None  # noqa: S101  # the constraint above
        return found


class HardshipProof(models.Model):
    """A paper that a school saw for a hardship no register knows; somebody else accepts it.

    ``number`` is the paper's own number. A finding has one proof that waits.
    """

    finding = models.ForeignKey(
        Finding, verbose_name=_("差异"), on_delete=models.PROTECT, related_name="proofs"
    )
    kind = models.CharField(_("证明种类"), max_length=20, choices=ProofKind.choices)
    number = ProtectedField(Secret, verbose_name=_("证件编号"))
    issued_by = models.CharField(_("出具单位"), max_length=60, blank=True)
    issued_on = models.DateField(_("出具日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ApprovalState.choices,
        default=ApprovalState.PENDING,
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("登记时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审核人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("困难证明")
        verbose_name_plural = _("困难证明")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(state="pending"), name="proof_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
                name="proof_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(state__in=["approved", "refused"])
                    & Q(decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                ),
                name="proof_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.finding}"
