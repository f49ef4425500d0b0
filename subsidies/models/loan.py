"""Student loans of origin: contracts of the borrower's home county, one row per contract."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from povedu.protected import IdNumber, Phone, ProtectedField
from schools.models import Division
from students.models import Student
from subsidies.choices import LoanLevel, LoanState, ReliefCause, ReliefKind, ReliefState


class Loan(models.Model):
    """An origin-place student loan (生源地信用助学贷款) for one academic year.

    The borrower studies away from home and often is no pupil of the county any more: ``student``
    is set where the county knows the confirmed number. ``is_over_cap`` is what the rule of the
    year said when the amount was entered.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    contract_no = models.CharField(_("合同号"), max_length=40)
    academic_year = models.PositiveSmallIntegerField(_("学年（起始年）"))
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="loans",
    )
    borrower_name = models.CharField(_("借款人"), max_length=40)
    borrower_id_number = ProtectedField(IdNumber, verbose_name=_("借款人身份证号"))
    borrower_index = models.CharField(_("证号索引"), max_length=32, blank=True, editable=False)
    co_borrower_name = models.CharField(_("共同借款人"), max_length=40, blank=True)
    co_borrower_id_number = ProtectedField(IdNumber, verbose_name=_("共同借款人身份证号"))
    co_borrower_relation = models.CharField(_("与借款人关系"), max_length=20, blank=True)
    phone = ProtectedField(Phone, verbose_name=_("联系电话"))
    college = models.CharField(_("就读高校"), max_length=80)
    level = models.CharField(_("学历层次"), max_length=14, choices=LoanLevel.choices)
    is_renewal = models.BooleanField(_("续贷"), default=False)
    amount = MoneyField(_("贷款金额（元）"))
    is_over_cap = models.BooleanField(_("超过当年最高额"), default=False)
    bank = models.CharField(_("经办银行"), max_length=60, blank=True)
    granted_on = models.DateField(_("放款日期"), null=True, blank=True)
    due_on = models.DateField(_("到期日期"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=LoanState.choices, default=LoanState.SIGNED
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))
    over_cap_reason = models.CharField(_("超额理由"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("生源地助学贷款")
        verbose_name_plural = _("生源地助学贷款")
        ordering = ["-academic_year", "contract_no"]
        constraints = [
            models.UniqueConstraint(fields=["county", "contract_no"], name="loan_contract_once"),
            models.UniqueConstraint(
                fields=["county", "borrower_index", "academic_year"],
                condition=~Q(borrower_index="") & ~Q(state="cancelled"),
                name="loan_person_year_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="loan_positive"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True)
                | Q(granted_on__isnull=True)
                | Q(due_on__gt=F("granted_on")),
                name="loan_dates_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["academic_year", "level"], name="loan_year"),
            models.Index(fields=["borrower_index"], name="loan_borrower"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_no} {self.borrower_name}"

    def get_absolute_url(self) -> str:
        """Return the contract's page."""
        return reverse("subsidies:loan-detail", args=[self.pk])


class LoanCap(models.Model):
    """The most a county lends a year, from an academic year on; stands before the shipped caps."""

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    since_year = models.PositiveSmallIntegerField(_("起始学年"))
    usual_amount = MoneyField(_("本专科最高额（元）"))
    postgraduate_amount = MoneyField(_("研究生最高额（元）"))
    document = models.CharField(_("依据文件"), max_length=120)

    class Meta:
        verbose_name = _("助学贷款最高额")
        verbose_name_plural = _("助学贷款最高额")
        ordering = ["county_id", "-since_year"]
        constraints = [
            models.UniqueConstraint(fields=["county", "since_year"], name="loan_cap_once"),
            models.CheckConstraint(
                condition=Q(usual_amount__gt=0, postgraduate_amount__gte=F("usual_amount")),
                name="loan_cap_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_id[:6]} {self.since_year}"


class LoanRelief(models.Model):
    """What somebody else pays of a borrower's loans: earned by service, or given in need.

    Paid by the bank's risk fund or a higher level straight to the lender, so it is in no batch and
    not in the county's ledger. ``number`` counts the yearly parts of a compensation.
    """

    loan = models.ForeignKey(
        Loan, verbose_name=_("贷款合同"), on_delete=models.PROTECT, related_name="reliefs"
    )
    kind = models.CharField(_("类别"), max_length=12, choices=ReliefKind.choices)
    cause = models.CharField(_("事由"), max_length=12, choices=ReliefCause.choices)
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("第几次"), default=1)
    served_from = models.DateField(_("服务起始日期"), null=True, blank=True)
    amount = MoneyField(_("金额（元）"))
    evidence = models.CharField(_("证明材料"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=ReliefState.choices, default=ReliefState.PENDING
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审核人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    note = models.CharField(_("审核意见"), max_length=200, blank=True)
    paid_on = models.DateField(_("拨付日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("贷款代偿与救助")
        verbose_name_plural = _("贷款代偿与救助")
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "kind", "year"],
                condition=~Q(state="refused"),
                name="loan_relief_year_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="loan_relief_positive"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("entered_by")),
                name="loan_relief_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(decided_by__isnull=False),
                name="loan_relief_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state="paid") & Q(paid_on__isnull=False))
                | (~Q(state="paid") & Q(paid_on__isnull=True)),
                name="loan_relief_paid_has_date",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="compensation") & Q(cause__in=["grassroots", "military", "local"])
                )
                | (
                    Q(kind="rescue")
                    & Q(cause__in=["death", "incapacity", "illness", "disaster", "low_income"])
                ),
                name="loan_relief_cause_fits",
            ),
        ]
        indexes = [models.Index(fields=["state", "entered_at"], name="loan_relief_state")]

    def __str__(self) -> str:
        return f"{self.loan} {self.get_kind_display()} {self.year}"

    def get_absolute_url(self) -> str:
        """Return the relief's page."""
        return reverse("subsidies:relief-detail", args=[self.pk])
