"""Samples of payments for verification: a fixed frame, a seed, the drawn, and what was found."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from schools.models import Division
from subsidies.choices import SampleMethod, SampleResult, SampleState, Stratum
from subsidies.models.payment import Payment
from subsidies.models.programme import Programme


class Sample(models.Model):
    """A draw of settled payments. First the frame is fixed, then the seed is named, then drawn.

    The frame is every payment settled on the days named whose bank answer was posted by
    ``framed_at``; ``frame_digest`` binds it. The seed comes from somebody other than who fixed the
    frame, so that nobody can choose whom it hits.
    """

    number = models.CharField(_("抽查编号"), max_length=40, unique=True)
    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("名称"), max_length=80)
    starts_on = models.DateField(_("到账日期起"))
    ends_on = models.DateField(_("到账日期止（不含）"))
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("资助项目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    stratum = models.CharField(
        _("分层"), max_length=10, choices=Stratum.choices, default=Stratum.NONE
    )
    size = models.PositiveIntegerField(_("抽取笔数"))
    state = models.CharField(
        _("状态"), max_length=8, choices=SampleState.choices, default=SampleState.FRAMED
    )
    framed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("固定总体的人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    framed_at = models.DateTimeField(_("固定总体的时间"))
    frame_count = models.PositiveIntegerField(_("总体笔数"), default=0)
    frame_amount = MoneyField(_("总体金额（元）"), default=0)
    frame_digest = models.CharField(_("总体摘要"), max_length=64)
    seed = models.CharField(_("种子"), max_length=80, blank=True)
    seed_origin = models.CharField(_("种子来源"), max_length=120, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("定种子的人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("出报告时间"), null=True, blank=True)
    conclusion = models.CharField(_("结论"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("资金抽查")
        verbose_name_plural = _("资金抽查")
        ordering = ["-framed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="sample_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="sample_size_positive"),
            models.CheckConstraint(
                condition=Q(drawn_by__isnull=True) | ~Q(drawn_by=F("framed_by")),
                name="sample_frame_and_seed_apart",
            ),
            models.CheckConstraint(
                condition=Q(state="framed", seed="") | (~Q(state="framed") & ~Q(seed="")),
                name="sample_drawn_has_seed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the sample's page."""
        return reverse("subsidies:sample-detail", args=[self.pk])


class SampleItem(models.Model):
    """A drawn payment and what looking into it gave."""

    sample = models.ForeignKey(
        Sample, verbose_name=_("资金抽查"), on_delete=models.PROTECT, related_name="items"
    )
    payment = models.ForeignKey(
        Payment, verbose_name=_("发放明细"), on_delete=models.PROTECT, related_name="+"
    )
    rank = models.PositiveIntegerField(_("抽取次序"))
    payment_key = models.CharField(_("明细编号"), max_length=60)
    stratum_key = models.CharField(_("层"), max_length=60, blank=True)
    draw_hash = models.CharField(_("排序值"), max_length=64)
    result = models.CharField(
        _("结果"), max_length=12, choices=SampleResult.choices, default=SampleResult.OPEN
    )
    method = models.CharField(
        _("核查方式"), max_length=10, choices=SampleMethod.choices, blank=True
    )
    found_amount = MoneyField(_("核实金额（元）"), null=True, blank=True)
    document = models.CharField(_("照片或凭证编号"), max_length=80, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    checked_on = models.DateField(_("核查日期"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("核查人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("抽中明细")
        verbose_name_plural = _("抽中明细")
        ordering = ["sample_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "payment"], name="sample_item_once"),
            models.UniqueConstraint(fields=["sample", "rank"], name="sample_rank_once"),
            models.CheckConstraint(
                condition=Q(result="open")
                | (Q(checked_by__isnull=False) & Q(checked_on__isnull=False) & ~Q(method="")),
                name="sample_item_says_who_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample.number}-{self.rank}"
