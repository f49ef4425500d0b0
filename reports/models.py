"""The text a county writes its summary in, and the summaries it wrote."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reports.choices import EditionState


class SummaryTemplate(models.Model):
    """A county's wording of the annual summary and the head and foot of its paper.

    Texts hold placeholders such as ``{{year}}`` and ``{{preschool.wan}}`` (``reports.rules.text``).
    ``word_template`` is the county's own version of the shipped Word template, where it has one.
    """

    county_code = models.CharField(_("县"), max_length=6, unique=True)
    title = models.CharField(_("标题"), max_length=120)
    issuer = models.CharField(_("发文机关标志"), max_length=60, blank=True)
    number = models.CharField(_("发文字号"), max_length=40, blank=True)
    signer = models.CharField(_("签发人"), max_length=20, blank=True)
    recipients = models.CharField(_("主送机关"), max_length=120, blank=True)
    body = models.TextField(_("正文"))
    signature = models.CharField(_("署名"), max_length=60, blank=True)
    sealed = models.BooleanField(_("加盖印章"), default=True)
    note = models.CharField(_("附注"), max_length=80, blank=True)
    copies_to = models.CharField(_("抄送"), max_length=300, blank=True)
    printed_by = models.CharField(_("印发机关"), max_length=60, blank=True)
    word_template = models.BinaryField(_("Word 模板"), null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("修改人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    updated_at = models.DateTimeField(_("修改时间"))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("总结模板")
        verbose_name_plural = _("总结模板")
        ordering = ["county_code"]

    def __str__(self) -> str:
        return f"{self.county_code} {self.title}"


class SummaryEdition(models.Model):
    """An annual summary as written down on a day; once issued it stays as it is.

    ``content`` is the figures (the shape of ``annual_summary --format json``), ``paper`` the words;
    ``sha256`` is over both. ``locks_period`` says that figures of the year are closed: the
    ledger takes no more of it, and what changes afterwards is shown against this edition.
    """

    county_code = models.CharField(_("县"), max_length=6)
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("版次"))
    state = models.CharField(
        _("状态"), max_length=12, choices=EditionState.choices, default=EditionState.DRAFT
    )
    title = models.CharField(_("标题"), max_length=120)
    content = models.JSONField(_("数据"))
    paper = models.JSONField(_("文字"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    locks_period = models.BooleanField(_("锁定年度数据"), default=False)
    job_id = models.UUIDField(_("作业"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("拟稿人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("拟稿时间"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("签发人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("年度总结")
        verbose_name_plural = _("年度总结")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "year", "number"], name="edition_number_once"
            ),
            models.UniqueConstraint(
                fields=["county_code", "year"],
                condition=Q(state="issued"),
                name="edition_issued_once",
            ),
            models.CheckConstraint(
                condition=Q(issued_by__isnull=True) | ~Q(issued_by=F("made_by")),
                name="edition_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(issued_by__isnull=False),
                name="edition_issued_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page of the edition."""
        return reverse("reports:edition-detail", args=[self.pk])
