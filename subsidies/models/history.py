"""What was paid before this system or by other systems: evidence, kept as it was stated."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from povedu.protected import BankAccount, IdNumber, ProtectedField
from povedu.terms import Term, TermField
from schools.choices import Stage
from schools.models import Division, School
from students.models import Student
from subsidies.models.programme import Programme


class PastPayment(models.Model):
    """A payment that another system, or the time before this one, has on record; never changed.

    ``id_index`` is set where the stated number is whole; a student with that number confirmed is
    who was paid, also one who enters later. ``student`` is who it was when the row came in.
    ``period`` is the term or a month of it. ``amount`` is empty where the list names none.
    ``mark`` digests the statement, so that it stands once whatever file repeats it.
    """

    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("资助项目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="past_payments",
    )
    programme_as_stated = models.CharField(_("原项目名称"), max_length=80, blank=True)
    term = TermField(_("学期"))
    period = models.CharField(_("所属期"), max_length=10)
    amount = MoneyField(_("金额（元）"), null=True, blank=True)
    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="past_payments",
    )
    name = models.CharField(_("姓名"), max_length=40)
    id_number = ProtectedField(IdNumber, verbose_name=_("证件号码"))
    id_index = models.CharField(_("证号索引"), max_length=32, blank=True, editable=False)
    school = models.ForeignKey(
        School,
        verbose_name=_("学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="past_payments",
    )
    school_as_stated = models.CharField(_("原学校名称"), max_length=80, blank=True)
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices, blank=True)
    tier = models.CharField(_("档次"), max_length=20, blank=True)
    hardship_as_stated = models.CharField(_("原困难类型"), max_length=60, blank=True)
    account = ProtectedField(BankAccount, verbose_name=_("账号"))
    account_index = models.CharField(_("账号索引"), max_length=32, blank=True, editable=False)
    paid_on = models.DateField(_("发放日期"), null=True, blank=True)
    file_name = models.CharField(_("来源文件"), max_length=120)
    import_batch_id = models.BigIntegerField(_("导入批次"), null=True, blank=True)
    source_sheet = models.CharField(_("来源工作表"), max_length=60, blank=True)
    source_row = models.PositiveIntegerField(_("来源行号"))
    mark = models.CharField(_("内容摘要"), max_length=32, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("既往发放记录")
        verbose_name_plural = _("既往发放记录")
        ordering = ["-term", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["county", "mark"], name="past_payment_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="past_payment_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "term"], name="past_payment_programme"),
            models.Index(fields=["id_index"], name="past_payment_person"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.programme_label} {self.period}"

    @property
    def programme_label(self) -> str:
        """Return the programme as we name it, else as it was stated."""
        return self.programme.name if self.programme else self.programme_as_stated

    @property
    def term_label(self) -> str:
        """Return the term as screens show it."""
        return Term.parse(self.term).label


class PastPaymentWithdrawal(models.Model):
    """Why a past payment's record is not believed any more; the record itself stays."""

    past_payment = models.OneToOneField(
        PastPayment,
        verbose_name=_("既往发放记录"),
        on_delete=models.PROTECT,
        related_name="withdrawal",
    )
    reason = models.CharField(_("原因"), max_length=200)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("办理时间"))

    class Meta:
        verbose_name = _("既往记录不予采信")
        verbose_name_plural = _("既往记录不予采信")
        ordering = ["-withdrawn_at"]

    def __str__(self) -> str:
        return f"{self.past_payment}：{self.reason}"
