"""Donors, what they give, and the students they stand by."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.money import MoneyField
from povedu.protected import Phone, ProtectedField
from schools.models import Division, School
from students.models import Student
from subsidies.choices import DonorKind, GiftState
from subsidies.models.programme import Programme


class Donor(models.Model):
    """Somebody who gives to students."""

    name = models.CharField(_("捐助方"), max_length=80)
    kind = models.CharField(_("类别"), max_length=12, choices=DonorKind.choices)
    county = models.ForeignKey(
        Division, verbose_name=_("县"), on_delete=models.PROTECT, related_name="+"
    )
    phone = ProtectedField(Phone, verbose_name=_("联系电话"))
    is_anonymous = models.BooleanField(_("不公开姓名"), default=False)

    class Meta:
        verbose_name = _("捐助方")
        verbose_name_plural = _("捐助方")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["county", "name"], name="donor_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the donor's page."""
        return reverse("subsidies:donor-detail", args=[self.pk])


class Gift(models.Model):
    """One gift to one student or school, in cash or kind; each gift counts once as 人次.

    Promised (``given_on``), received by the office (``received_on``), delivered to the student
    (``settled_on``), which posts it. Whoever delivers is not who entered it; ``delivered_by`` is
    empty where a list told of a delivery that nobody here made.
    """

    programme = models.ForeignKey(
        Programme, verbose_name=_("资助项目"), on_delete=models.PROTECT, related_name="gifts"
    )
    donor = models.ForeignKey(
        Donor, verbose_name=_("捐助方"), on_delete=models.PROTECT, related_name="gifts"
    )
    student = models.ForeignKey(
        Student, verbose_name=_("学生"), on_delete=models.PROTECT, related_name="gifts"
    )
    school = models.ForeignKey(
        School, verbose_name=_("学校"), on_delete=models.PROTECT, related_name="gifts"
    )
    given_on = models.DateField(_("捐助日期"))
    amount = MoneyField(_("金额或折价（元）"))
    item = models.CharField(_("实物名称"), max_length=60, blank=True)
    received_on = models.DateField(_("收到日期"), null=True, blank=True)
    settled_on = models.DateField(_("到账日期"), null=True, blank=True)
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("交付人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    cancelled_on = models.DateField(_("撤销日期"), null=True, blank=True)
    cancel_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("捐助")
        verbose_name_plural = _("捐助")
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="gift_positive"),
            models.CheckConstraint(
                condition=Q(delivered_by__isnull=True) | ~Q(delivered_by=F("entered_by")),
                name="gift_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(delivered_by__isnull=True) | Q(settled_on__isnull=False),
                name="gift_delivered_has_date",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True)
                | Q(settled_on__isnull=True, received_on__isnull=True),
                name="gift_cancelled_before_received",
            ),
        ]
        indexes = [models.Index(fields=["programme", "settled_on"], name="gift_settled")]

    def __str__(self) -> str:
        return f"{self.donor} {self.amount}"

    def get_absolute_url(self) -> str:
        """Return the gift's page."""
        return reverse("subsidies:gift-detail", args=[self.pk])

    @property
    def state(self) -> GiftState:
        """Say where the gift stands."""
        if self.cancelled_on:
            return GiftState.CANCELLED
        if self.settled_on:
            return GiftState.DELIVERED
        return GiftState.RECEIVED if self.received_on else GiftState.PROMISED


class Sponsorship(models.Model):
    """A donor who stands by one student for longer, and whether the guardian lets them be named.

    Without a live consent the donor is told a code and the stage and nothing else.
    """

    donor = models.ForeignKey(
        Donor, verbose_name=_("捐助方"), on_delete=models.PROTECT, related_name="sponsorships"
    )
    student = models.ForeignKey(
        Student, verbose_name=_("学生"), on_delete=models.PROTECT, related_name="sponsorships"
    )
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    consented_on = models.DateField(_("同意公开日期"), null=True, blank=True)
    consent_guardian = models.CharField(_("同意的监护人"), max_length=40, blank=True)
    consent_evidence = models.CharField(_("同意书编号"), max_length=80, blank=True)
    withdrawn_on = models.DateField(_("撤回同意日期"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登记人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("助学结对")
        verbose_name_plural = _("助学结对")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["donor", "student"],
                condition=Q(ends_on__isnull=True),
                name="sponsorship_live_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="sponsorship_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(consented_on__isnull=True)
                | (~Q(consent_guardian="") & ~Q(consent_evidence="")),
                name="sponsorship_consent_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(consented_on__isnull=False, withdrawn_on__gte=F("consented_on")),
                name="sponsorship_withdrawn_after_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donor} – {self.student_id}"

    def get_absolute_url(self) -> str:
        """Return the page of the donor."""
        return reverse("subsidies:donor-detail", args=[self.donor_id])
