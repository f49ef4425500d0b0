"""Students, their hardship, cards and terms at school."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import Address, BankAccount, IdNumber, Phone, ProtectedField
from povedu.terms import TermField
from schools.choices import Stage
from schools.models import Division, School
from students.choices import (
    ApprovalState,
    EnrolmentState,
    Hardship,
    PayeeRelation,
    RegisterKind,
    Sex,
    StudentState,
)


class Student(models.Model):
    """A child or young person the county answers for.

    ``id_index`` is the blind index of a *confirmed* number and unique; ``stated_index`` and
    ``first_15_index`` are of what was stated and may repeat. A student without a confirmed number
    is provisional: joined to nobody except through reconciliation, and never paid.
    """

    county = models.ForeignKey(
        Division,
        verbose_name=_("县"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # nearly always the same one
    )
    student_no = models.CharField(_("学籍号"), max_length=30, blank=True)
    student_no_index = models.CharField(_("学籍号索引"), max_length=32, blank=True, editable=False)
    name = models.CharField(_("姓名"), max_length=40)
    normal_name = models.CharField(_("比对用姓名"), max_length=40, editable=False)
    pinyin = models.CharField(_("拼音"), max_length=80, blank=True, editable=False)
    initials = models.CharField(_("拼音首字母"), max_length=40, blank=True, editable=False)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    ethnicity = models.CharField(_("民族"), max_length=20, blank=True)
    id_number = ProtectedField(IdNumber, verbose_name=_("身份证号"))
    id_index = models.CharField(_("证号索引"), max_length=32, blank=True, editable=False)
    stated_id_number = ProtectedField(IdNumber, verbose_name=_("填报证号"))
    stated_index = models.CharField(_("填报证号索引"), max_length=32, blank=True, editable=False)
    first_15_index = models.CharField(_("前15位索引"), max_length=32, blank=True, editable=False)
    id_was_recovered = models.BooleanField(_("证号由其他栏还原"), default=False, editable=False)
    identity_confirmed = models.BooleanField(_("身份已确认"), default=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=StudentState.choices, default=StudentState.STUDYING
    )
    school = models.ForeignKey(
        School,
        verbose_name=_("就读学校"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="students",
        db_index=False,  # student_school_grade begins with it
    )
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices, blank=True)
    grade = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    is_boarder = models.BooleanField(_("住校"), default=False)
    is_migrant = models.BooleanField(_("随迁子女"), default=False)
    home_division = models.ForeignKey(
        Division,
        verbose_name=_("户籍地"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="students",
        db_index=False,  # student_home leaves out those of whom it is not known
    )
    home_address = ProtectedField(Address, verbose_name=_("家庭住址"))
    guardian_name = models.CharField(_("监护人"), max_length=40, blank=True)
    guardian_relation = models.CharField(_("与监护人关系"), max_length=20, blank=True)
    guardian_id_number = ProtectedField(IdNumber, verbose_name=_("监护人证号"))
    phone = ProtectedField(Phone, verbose_name=_("联系电话"))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("学生")
        verbose_name_plural = _("学生")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"], condition=~Q(id_index=""), name="student_id_once"
            ),
            models.CheckConstraint(
                condition=Q(identity_confirmed=False) | ~Q(id_index=""),
                name="student_confirmed_has_id",
            ),
        ]
        indexes = [
            models.Index(  # a number stated and confirmed alike is found by student_id_once
                fields=["stated_index"],
                condition=~Q(stated_index=F("id_index")),
                name="student_stated",
            ),
            models.Index(  # only who has no confirmed number is looked for by it
                fields=["student_no_index"],
                condition=Q(identity_confirmed=False),
                name="student_no_idx",
            ),
            models.Index(fields=["normal_name", "birth_on"], name="student_name_birth"),
            models.Index(fields=["school", "stage", "grade"], name="student_school_grade"),
            models.Index(
                fields=["home_division"],
                condition=Q(home_division__isnull=False),
                name="student_home",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the page."""
        return reverse("students:student-detail", args=[self.pk])


class Enrolment(models.Model):
    """A student's term at a school, one row per student, term and school."""

    student = models.ForeignKey(
        Student,
        verbose_name=_("学生"),
        on_delete=models.PROTECT,
        related_name="enrolments",
        db_index=False,  # enrolment_once begins with it
    )
    term = TermField(_("学期"))
    school = models.ForeignKey(
        School,
        verbose_name=_("学校"),
        on_delete=models.PROTECT,
        related_name="enrolments",
        db_index=False,  # who asks for a school's asks for a term's: enrolment_term_school
    )
    stage = models.CharField(_("学段"), max_length=20, choices=Stage.choices)
    grade = models.PositiveSmallIntegerField(_("年级"), null=True, blank=True)
    class_name = models.CharField(_("班级"), max_length=20, blank=True)
    major = models.CharField(_("专业"), max_length=40, blank=True)
    is_boarder = models.BooleanField(_("住校"), default=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.STUDYING
    )
    hardship_as_stated = models.CharField(_("自报困难类型"), max_length=60, blank=True)
    import_batch_id = models.BigIntegerField(_("导入批次"), null=True, blank=True)
    source_sheet = models.CharField(_("工作表"), max_length=60, blank=True)
    source_row = models.PositiveIntegerField(_("行号"), null=True, blank=True)

    class Meta:
        verbose_name = _("就读")
        verbose_name_plural = _("就读")
        ordering = ["-term", "school_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["student", "term", "school"], name="enrolment_once")
        ]
        indexes = [
            models.Index(fields=["term", "school", "stage"], name="enrolment_term_school"),
            models.Index(fields=["import_batch_id"], name="enrolment_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.term} {self.school}"


class HardshipStatus(models.Model):
    """A confirmed hardship of a student between two dates, with the source that says so."""

    student = models.ForeignKey(
        Student, verbose_name=_("学生"), on_delete=models.PROTECT, related_name="hardships"
    )
    category = models.CharField(_("困难类别"), max_length=20, choices=Hardship.choices)
    as_stated = models.CharField(_("名册原文"), max_length=60, blank=True)
    source = models.CharField(
        _("来源"),
        max_length=30,
        choices=[
            *RegisterKind.choices,
            ("paper", _("纸质认定")),
            ("proof", _("学校登记、审核通过的证明")),
            ("school", _("学校填报")),
        ],
    )
    entry = models.ForeignKey(
        "students.RegisterEntry",
        verbose_name=_("名册条目"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hardships",
    )
    evidence = models.CharField(_("证明材料"), max_length=200, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    risk_removed_on = models.DateField(_("风险消除日期"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("确认人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("确认时间"))

    class Meta:
        verbose_name = _("困难身份")
        verbose_name_plural = _("困难身份")
        ordering = ["student_id", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="hardship_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["student", "category", "source"],
                condition=Q(ends_on__isnull=True),
                name="hardship_live_once",
            ),
        ]
        indexes = [models.Index(fields=["category", "starts_on"], name="hardship_category")]

    def __str__(self) -> str:
        return f"{self.student} {self.get_category_display()}"


class PayeeAccount(models.Model):
    """The card a student's money goes to; a change waits for somebody other than who entered it."""

    student = models.ForeignKey(
        Student, verbose_name=_("学生"), on_delete=models.PROTECT, related_name="payee_accounts"
    )
    payee_name = models.CharField(_("户名"), max_length=40)
    relation = models.CharField(_("与学生关系"), max_length=12, choices=PayeeRelation.choices)
    payee_id_number = ProtectedField(IdNumber, verbose_name=_("持卡人证号"))
    bank_name = models.CharField(_("开户行"), max_length=60, blank=True)
    account = ProtectedField(BankAccount, verbose_name=_("银行账号"))
    account_index = models.CharField(_("账号索引"), max_length=32, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.PENDING
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("录入人"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    entered_at = models.DateTimeField(_("录入时间"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审核人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    approved_at = models.DateTimeField(_("审核时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("收款账户")
        verbose_name_plural = _("收款账户")
        ordering = ["student_id", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(state="approved"), name="payee_live_once"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="payee_maker_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False),
                name="payee_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee_name} {self.account}"
