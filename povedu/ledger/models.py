"""Ledger entries: double-entry, append-only by trigger, hash-chained per county."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import Account, CorrectionState, FundSource
from povedu.money import MoneyField
from povedu.terms import TermField


class LedgerEntry(models.Model):
    """One leg of a balanced transaction; debits positive, credits negative, never changed.

    ``hash`` is SHA-256 over the entry's canonical text, which holds the previous hash: anybody can
    check an export with it. ``seal`` is an HMAC over ``hash`` under a key that the database does
    not hold: nobody can make the chain anew. Who and what for are codes, so that the ledger
    depends on no app above.
    """

    county_code = models.CharField(_("县"), max_length=6)
    seq = models.BigIntegerField(_("序号"))
    transaction_no = models.BigIntegerField(_("凭证号"))
    posted_at = models.DateTimeField(_("记账时间"))
    effective_on = models.DateField(_("业务日期"))
    account = models.CharField(_("科目"), max_length=12, choices=Account.choices)
    amount = MoneyField(_("金额"))
    source = models.CharField(_("资金来源"), max_length=10, choices=FundSource.choices)
    programme_code = models.CharField(_("项目代码"), max_length=40, blank=True)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    term = TermField(_("学期"), blank=True)
    subject = models.CharField(_("依据"), max_length=60, blank=True)
    memo = models.CharField(_("摘要"), max_length=120, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("记账人"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    previous_hash = models.CharField(_("前一哈希"), max_length=64)
    hash = models.CharField(_("哈希"), max_length=64)
    seal = models.CharField(_("密钥封签"), max_length=64)

    class Meta:
        verbose_name = _("资金台账分录")
        verbose_name_plural = _("资金台账分录")
        ordering = ["county_code", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "seq"], name="ledger_seq_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_amount_not_zero"),
        ]
        indexes = [
            models.Index(fields=["county_code", "effective_on"], name="ledger_effective"),
            models.Index(fields=["county_code", "transaction_no"], name="ledger_transaction"),
            models.Index(fields=["subject"], name="ledger_subject"),
            models.Index(fields=["programme_code", "effective_on"], name="ledger_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.county_code}-{self.seq}"


class LedgerHead(models.Model):
    """The end of a county's chain; moved by compare-and-set when entries are posted."""

    county_code = models.CharField(_("县"), max_length=6, primary_key=True)
    seq = models.BigIntegerField(_("序号"), default=0)
    transaction_no = models.BigIntegerField(_("凭证号"), default=0)
    hash = models.CharField(_("哈希"), max_length=64, default="0" * 64)

    class Meta:
        verbose_name = _("台账链头")
        verbose_name_plural = _("台账链头")

    def __str__(self) -> str:
        return f"{self.county_code} {self.seq} {self.hash[:12]}"


class ClosedYear(models.Model):
    """A calendar year of a county whose figures are issued: nothing more is dated into it."""

    county_code = models.CharField(_("县"), max_length=6)
    year = models.PositiveSmallIntegerField(_("年度"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("锁定人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField(_("锁定时间"))

    class Meta:
        verbose_name = _("已锁定年度")
        verbose_name_plural = _("已锁定年度")
        ordering = ["county_code", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "year"], name="ledger_year_closed_once")
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.year}"


class Correction(models.Model):
    """A voucher taken back by a counter voucher: asked for by one person, decided by another.

    Nothing is removed: ``posted_no`` is the counter voucher, the original stays where it was.
    """

    county_code = models.CharField(_("县"), max_length=6)
    transaction_no = models.BigIntegerField(_("原凭证号"))
    reason = models.CharField(_("更正理由"), max_length=120)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    effective_on = models.DateField(_("冲回日期"))
    state = models.CharField(
        _("状态"), max_length=8, choices=CorrectionState.choices, default=CorrectionState.ASKED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申请人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审批人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    note = models.CharField(_("审批意见"), max_length=120, blank=True)
    posted_no = models.BigIntegerField(_("冲回凭证号"), null=True, blank=True)

    class Meta:
        verbose_name = _("台账更正")
        verbose_name_plural = _("台账更正")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "transaction_no"],
                condition=Q(state__in=["asked", "posted"]),
                name="correction_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="correction_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, posted_no__isnull=True)
                | Q(state="posted", decided_by__isnull=False, posted_no__isnull=False)
                | Q(state="refused", decided_by__isnull=False, posted_no__isnull=True),
                name="correction_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.transaction_no}"

    def get_absolute_url(self) -> str:
        """Return the correction's page."""
        return reverse("ledger:correction-detail", args=[self.pk])
