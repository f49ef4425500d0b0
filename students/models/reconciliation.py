"""Runs of the comparison, what they linked and found, and what people decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.terms import TermField
from schools.choices import Stage
from schools.models import Division
from students.choices import (
    FindingKind,
    FindingState,
    LinkStage,
    Place,
    ReconciliationState,
    Verdict,
)
from students.models.dropout import DropoutCase
from students.models.register import RegisterEntry, RegisterSnapshot
from students.models.student import Enrolment, Student


class Reconciliation(models.Model):
    """One run over a county's term: its snapshots, links, findings and placed children.

    ``inputs_digest`` stands for all that it read and brought about; a later run that would read
    the same is not done, but notes in ``confirmed_at`` that this one still holds.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    term = TermField(_("学期"))
    snapshots = models.ManyToManyField(RegisterSnapshot, verbose_name=_("名册快照"))
    state = models.CharField(
        _("状态"),
        max_length=10,
        choices=ReconciliationState.choices,
        default=ReconciliationState.RUNNING,
    )
    job_id = models.UUIDField(_("作业"), null=True, blank=True)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    links_count = models.JSONField(_("匹配数"), default=dict)
    findings_count = models.JSONField(_("差异数"), default=dict)
    partition = models.JSONField(_("去向"), default=dict)
    inputs_digest = models.CharField(_("输入摘要"), max_length=64, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("最近核对无变化"), null=True, blank=True)

    class Meta:
        verbose_name = _("比对")
        verbose_name_plural = _("比对")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.county} {self.term}"

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:run-detail", args=[self.pk])


class NightlyRun(models.Model):
    """Whether a county's current term is compared every night; a county without a row is."""

    county = models.OneToOneField(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    is_on = models.BooleanField(_("每夜自动比对"), default=True)

    class Meta:
        verbose_name = _("夜间比对")
        verbose_name_plural = _("夜间比对")
        ordering = ["county_id"]

    def __str__(self) -> str:
        return f"{self.county} {_('开') if self.is_on else _('关')}"


class Weighing(models.Model):
    """The pairs that a county's last run weighed, so that the next one only asks what is new.

    Holds keys, marks of rows and weights (``linkage/weighing.py``); ``version`` stands for the
    model and the program that weighed.
    """

    county = models.OneToOneField(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    version = models.CharField(_("版本"), max_length=64)
    children = models.BinaryField(_("学生一侧"))
    entries = models.BinaryField(_("名册一侧"))
    pairs = models.BinaryField(_("配对"))

    class Meta:
        verbose_name = _("配对权重")
        verbose_name_plural = _("配对权重")
        ordering = ["county_id"]

    def __str__(self) -> str:
        return str(self.county)


class Link(models.Model):
    """A student and a register entry that are the same person, and why runs say so.

    ``reconciliation`` is the first run that said it in this way; it holds for later ones of its
    county and term until ``missed_by``, which did not (``selectors/held.py``).
    """

    reconciliation = models.ForeignKey(
        Reconciliation,
        verbose_name=_("首次比对"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    missed_by = models.ForeignKey(
        Reconciliation,
        verbose_name=_("不再成立"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    term = TermField(_("学期"))
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        related_name="links",
        db_index=False,  # link_once begins with it
    )
    entry = models.ForeignKey(
        RegisterEntry, verbose_name=_("名册条目"), on_delete=models.PROTECT, related_name="links"
    )
    stage = models.CharField(_("依据"), max_length=10, choices=LinkStage.choices)
    automatic = models.BooleanField(_("自动"))
    probability = models.FloatField(_("概率"), null=True, blank=True)
    reason = models.CharField(_("理由代码"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("匹配")
        verbose_name_plural = _("匹配")
        ordering = ["reconciliation_id", "pk"]
        constraints = [
            # One that holds now, and one that each run has ended.
            models.UniqueConstraint(
                "student", "entry", "term", Coalesce("missed_by", 0), name="link_once"
            ),
            models.CheckConstraint(
                condition=Q(missed_by=None) | Q(missed_by__gt=F("reconciliation")),
                name="link_held_by_a_run",
            ),
            models.CheckConstraint(
                condition=Q(automatic=False) | Q(stage__in=["id", "recovered"]),
                name="link_probable_never_automatic",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} = {self.entry}"


class Finding(models.Model):
    """A difference for a person to settle, one row per county, term, kind and subject.

    ``subject_key`` identifies what it is about and survives runs; ``evidence_digest`` changes when
    the evidence does, which reopens a settled finding. ``missed_by`` is the first run that did not
    find it any more, None while the newest does: what stays is not written again. ``evidence``
    holds both source rows with numbers masked. ``reason`` holds stable codes, put into words where
    they are shown.
    """

    county = models.ForeignKey(
        Division,
        verbose_name=_("县"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # finding_once begins with it
    )
    term = TermField(_("学期"))
    kind = models.CharField(_("类型"), max_length=24, choices=FindingKind.choices)
    subject_key = models.CharField(_("对象键"), max_length=64)
    state = models.CharField(
        _("状态"), max_length=10, choices=FindingState.choices, default=FindingState.OPEN
    )
    first_run = models.ForeignKey(
        Reconciliation,
        verbose_name=_("首次发现"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    missed_by = models.ForeignKey(
        Reconciliation,
        verbose_name=_("不再发现"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
    )
    entry = models.ForeignKey(
        RegisterEntry,
        verbose_name=_("名册条目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
    )
    enrolment = models.ForeignKey(
        Enrolment,
        verbose_name=_("就读"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
    )
    division_code = models.CharField(_("区划"), max_length=12)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    reason = models.CharField(_("说明代码"), max_length=300)
    probability = models.FloatField(_("概率"), null=True, blank=True)
    evidence = models.JSONField(_("证据"), default=dict)
    evidence_digest = models.CharField(_("证据摘要"), max_length=64)

    class Meta:
        verbose_name = _("差异")
        verbose_name_plural = _("差异")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "term", "kind", "subject_key"], name="finding_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "division_code"], name="finding_queue"),
            models.Index(fields=["state", "school_code"], name="finding_school_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.student or self.entry}"

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:finding-queue-item", args=[self.pk])


class Decision(models.Model):
    """What a person decided on a finding's evidence; remembered, so that it is not asked again.

    ``effects`` names what the decision changed, so that undoing it restores exactly that. ``group``
    is shared by decisions that were made together, which are undone together.
    """

    finding = models.ForeignKey(
        Finding, verbose_name=_("差异"), on_delete=models.PROTECT, related_name="decisions"
    )
    evidence_digest = models.CharField(_("证据摘要"), max_length=64)
    verdict = models.CharField(_("结论"), max_length=16, choices=Verdict.choices)
    place = models.CharField(_("去向"), max_length=16, choices=Place.choices, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    effects = models.JSONField(_("影响"), default=dict)
    group = models.UUIDField(_("批次"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("处理人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("处理时间"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("处理结论")
        verbose_name_plural = _("处理结论")
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(undone_at__isnull=True), name="decision_live_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["group"], condition=Q(group__isnull=False), name="decision_together"
            )
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.get_verdict_display()}"


class PlacedChild(models.Model):
    """Where runs placed one child of school age: every child once, the parts sum to the whole.

    ``reconciliation`` is the first run that placed the child so; the row holds for later ones of
    the county and term until ``missed_by``, which placed the child otherwise.

    The child is a student of the ledger, else a register's row, else a case that alone knows of it.
    ``stage`` is that of the term's roster; ``returned`` says that a case ended with a return.
    """

    reconciliation = models.ForeignKey(
        Reconciliation,
        verbose_name=_("首次比对"),
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    missed_by = models.ForeignKey(
        Reconciliation,
        verbose_name=_("不再成立"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    term = TermField(_("学期"))
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # placed_student_once begins with it
    )
    entry = models.ForeignKey(
        RegisterEntry,
        verbose_name=_("名册条目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    case = models.ForeignKey(
        DropoutCase,
        verbose_name=_("控辍个案"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    place = models.CharField(_("去向"), max_length=16, choices=Place.choices)
    division_code = models.CharField(_("区划"), max_length=12)
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices, blank=True)
    returned = models.BooleanField(_("劝返到校"), default=False)

    class Meta:
        verbose_name = _("适龄儿童去向")
        verbose_name_plural = _("适龄儿童去向")
        ordering = ["reconciliation_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(student__isnull=False) | Q(entry__isnull=False) | Q(case__isnull=False),
                name="placed_child_is_somebody",
            ),
            models.UniqueConstraint(
                "student",
                "term",
                Coalesce("missed_by", 0),
                condition=Q(student__isnull=False),
                name="placed_student_once",
            ),
            models.CheckConstraint(
                condition=Q(missed_by=None) | Q(missed_by__gt=F("reconciliation")),
                name="placed_held_by_a_run",
            ),
        ]
        indexes = [
            models.Index(fields=["term", "place", "division_code"], name="placed_place"),
            models.Index(fields=["term", "division_code"], name="placed_division"),
            # Few are known by these alone.
            models.Index(fields=["entry"], condition=Q(entry__isnull=False), name="placed_entry"),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="placed_case"),
        ]

    def __str__(self) -> str:
        return f"{self.person or ''} {self.get_place_display()}".strip()

    @property
    def person(self) -> "Student | RegisterEntry | DropoutCase | None":
        """Return whoever the row is about, as the record that knows the child best."""
        return self.student or self.entry or self.case
