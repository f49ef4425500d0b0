"""Users, their dated jurisdictions and the requests for them, sign-ins, and API tokens."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import GrantState, OfficeCode, Role
from povedu.terms import TermField


class UserManager(BaseUserManager["User"]):
    """Make users by sign-in name."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """Return a new user; without a password nobody can sign in as it."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by sign-in name."""
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a sign-in; what they may do comes from their jurisdictions."""

    username = models.CharField(
        _("登录名"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]*\Z", _("登录名只用小写字母、数字和 . _ -"))
        ],
    )
    name = models.CharField(_("姓名"), max_length=60)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    language = models.CharField(_("界面语言"), max_length=10, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_staff = models.BooleanField(_("可进入后台"), default=False)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True, blank=True)
    division_prefix = models.CharField(
        _("所属区划"), max_length=12, blank=True, help_text=_("建立此用户的机构的区划代码前几位。")
    )
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = UserManager()

    if TYPE_CHECKING:
        # Added to the request's user by django-otp's middleware.
        def is_verified(self) -> bool: ...

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return the name that the top bar shows."""
        return self.name


class Jurisdiction(models.Model):
    """The part of the county a person answers for, in one role, between two dates.

    ``division_prefix`` is a leading part of a 12-digit division code; ``school_code`` narrows to
    one school. An acting approver is a jurisdiction with an end date and ``on_behalf_of``.
    """

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.CASCADE, related_name="jurisdictions"
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    office = models.CharField(_("股室"), max_length=12, choices=OfficeCode.choices, blank=True)
    division_prefix = models.CharField(_("管辖区划"), max_length=12)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    starts_on = models.DateField(_("开始日期"), default=date(2000, 1, 1))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    on_behalf_of = models.ForeignKey(
        User,
        verbose_name=_("代理人员"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("管辖范围")
        verbose_name_plural = _("管辖范围")
        ordering = ["user_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "office", "division_prefix", "school_code", "starts_on"],
                name="jurisdiction_once",
            ),
            models.CheckConstraint(
                # Equal dates are a right taken away on the day it began: it was never live.
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="jurisdiction_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.SCHOOL_CLERK) | ~Q(school_code=""),
                name="jurisdiction_clerk_has_school",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True)
                | (~Q(on_behalf_of=F("user")) & Q(ends_on__isnull=False)),
                name="jurisdiction_acting_is_dated",
            ),
        ]

    def __str__(self) -> str:
        place = self.school_code or self.division_prefix
        return f"{self.get_role_display()} {self.get_office_display()} {place}".replace("  ", " ")


class CountyCalendar(models.Model):
    """The term a county works in now; the bureau moves it on when a term's rosters are due."""

    county_code = models.CharField(_("县"), max_length=6, primary_key=True)
    current_term = TermField(_("当前学期"))

    class Meta:
        verbose_name = _("县校历")
        verbose_name_plural = _("县校历")

    def __str__(self) -> str:
        return f"{self.county_code} {self.current_term}"


class Grant(models.Model):
    """A request to give somebody a jurisdiction, which takes effect when a second person agrees.

    The database refuses a grant decided by whoever asked for it, and one that the person who would
    receive it asked for or decided.
    """

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="grants"
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    office = models.CharField(_("股室"), max_length=12, choices=OfficeCode.choices, blank=True)
    division_prefix = models.CharField(_("管辖区划"), max_length=12)
    school_code = models.CharField(_("学校代码"), max_length=20, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    on_behalf_of = models.ForeignKey(
        User,
        verbose_name=_("代理人员"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    takes_over = models.ForeignKey(
        Jurisdiction,
        verbose_name=_("接替的管辖范围"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("同意后，原任的这一管辖范围在开始日期终止。"),
    )
    reason = models.CharField(_("理由"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=GrantState.choices, default=GrantState.WAITING
    )
    requested_by = models.ForeignKey(
        User, verbose_name=_("申请人"), on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        User,
        verbose_name=_("复核人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    jurisdiction = models.OneToOneField(
        Jurisdiction,
        verbose_name=_("管辖范围"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grant",
    )

    class Meta:
        verbose_name = _("授权申请")
        verbose_name_plural = _("授权申请")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(requested_by=F("user")), name="grant_not_asked_for_oneself"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("requested_by")) & ~Q(decided_by=F("user"))),
                name="grant_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=GrantState.WAITING, decided_by__isnull=True)
                | Q(state=GrantState.WITHDRAWN)
                | (
                    Q(state__in=[GrantState.APPROVED, GrantState.REFUSED])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="grant_decision_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="grant_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.SCHOOL_CLERK) | ~Q(school_code=""),
                name="grant_clerk_has_school",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True)
                | (~Q(on_behalf_of=F("user")) & Q(ends_on__isnull=False)),
                name="grant_acting_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(jurisdiction__isnull=True) | Q(state=GrantState.APPROVED),
                name="grant_gives_only_when_approved",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "office", "division_prefix", "school_code"],
                condition=Q(state=GrantState.WAITING),
                name="grant_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class SignIn(models.Model):
    """One sign-in of a person at one machine, from password to sign-out.

    It lists a person's sessions, ends them, and knows the addresses a person has signed in from,
    so that strangers guessing at a name do not lock its owner out.
    """

    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.CASCADE, related_name="sign_ins"
    )
    session_key = models.CharField(_("会话"), max_length=40, unique=True)
    ip = models.CharField(_("来源地址"), max_length=45, blank=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("登录时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("登录会话")
        verbose_name_plural = _("登录会话")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["user", "ip"], name="sign_in_known_address")]

    def __str__(self) -> str:
        return f"{self.ip} {localtime(self.started_at):%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A person's key to the API; only its digest is kept, and it acts in one jurisdiction."""

    jurisdiction = models.ForeignKey(
        Jurisdiction,
        verbose_name=_("管辖范围"),
        on_delete=models.CASCADE,
        related_name="api_tokens",
    )
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
