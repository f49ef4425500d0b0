"""Tables of children, their schooling, hardships and cards."""

import django_tables2 as tables
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from povedu.identity import mask_id
from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
    TermColumn,
)
from povedu.screens.templatetags.screens import badge
from schools.rules.grades import grade_label
from students.models import (
    Enrolment,
    HardshipStatus,
    PayeeAccount,
    Student,
)

STATE_TONES = {"studying": "done", "suspended": "waiting", "deceased": "plain", "left": "plain"}
APPROVAL_TONES = {
    "pending": "waiting",
    "approved": "done",
    "refused": "refused",
    "ended": "plain",
}


def masked_student_no(student_no: str) -> str:
    """Return a national student number as it may be shown: G, then the masked identity number."""
    return student_no[:1] + mask_id(student_no[1:]) if len(student_no) > 11 else student_no


# What ``grade_label`` can say, named for the catalogue.
GRADE_LABELS = (
    *(gettext_noop("小班"), gettext_noop("中班"), gettext_noop("大班")),
    *(gettext_noop("一年级"), gettext_noop("二年级"), gettext_noop("三年级")),
    *(gettext_noop("四年级"), gettext_noop("五年级"), gettext_noop("六年级")),
    *(gettext_noop("七年级"), gettext_noop("八年级"), gettext_noop("九年级")),
    *(gettext_noop("高一"), gettext_noop("高二"), gettext_noop("高三")),
)


def grade_words(stage: str, grade: int | None) -> str:
    """Return a grade in words of the reader's language, "" where there is none."""
    label = grade_label(stage, grade)
    return _(label) if label else ""


def source_words(sheet: str, row: int | None) -> str:
    """Return where in a file a row stands."""
    return _("%(sheet)s 第 %(row)s 行") % {"sheet": sheet, "row": row}


class StudentTable(ScreenTable):
    """The ledger of children."""

    name = tables.Column(linkify=True)
    school = LongColumn(accessor="school__name", verbose_name=gettext_lazy("就读学校"))
    hardships = tables.Column(
        accessor="live_hardships",
        verbose_name=gettext_lazy("困难身份"),
        orderable=False,
        empty_values=(None, []),
    )
    identity_confirmed = tables.Column(verbose_name=gettext_lazy("身份"))
    state = StatusColumn(tones=STATE_TONES)
    is_boarder = tables.BooleanColumn(
        verbose_name=gettext_lazy("住校"), yesno=(gettext_lazy("住校"), gettext_lazy("走读"))
    )
    birth_on = DayColumn()
    student_no = tables.Column(orderable=False)
    township = tables.Column(
        accessor="home_division__name", verbose_name=gettext_lazy("户籍地"), orderable=False
    )

    class Meta(ScreenTable.Meta):
        model = Student
        fields = (
            "name",
            "sex",
            "birth_on",
            "school",
            "stage",
            "grade",
            "class_name",
            "hardships",
            "identity_confirmed",
            "is_boarder",
            "state",
            "student_no",
            "ethnicity",
            "township",
            "guardian_name",
        )
        lead = ("name",)
        hidden = ("birth_on", "student_no", "ethnicity", "township", "guardian_name")

    def render_grade(self, record: Student) -> str:
        """Write the grade in words."""
        return grade_words(record.stage, record.grade) or "—"

    def render_hardships(self, value: list[HardshipStatus]) -> SafeString:
        """Draw each live category once."""
        labels = dict.fromkeys(str(one.get_category_display()) for one in value)
        return format_html_join(" ", "{}", ((badge(label, "plain"),) for label in labels))

    def value_hardships(self, value: list[HardshipStatus]) -> str:
        """Export the categories as text."""
        return _("、").join(dict.fromkeys(str(one.get_category_display()) for one in value))

    def render_identity_confirmed(self, value: bool) -> SafeString:  # noqa: FBT001  # django-tables2's call
        """Say whether the child may be paid."""
        return badge(_("已确认"), "done") if value else badge(_("待确认"), "waiting")

    def value_identity_confirmed(self, value: bool) -> str:  # noqa: FBT001  # django-tables2's call
        """Export the word."""
        return _("已确认") if value else _("待确认")

    def render_student_no(self, value: str) -> str:
        """Mask the identity number inside."""
        return masked_student_no(value)


class EnrolmentTable(ScreenTable):
    """A term's roster."""

    student = tables.Column(linkify=True)
    sex = tables.Column(accessor="student__get_sex_display", verbose_name=gettext_lazy("性别"))
    school = LongColumn(accessor="school__name", verbose_name=gettext_lazy("学校"))
    term = TermColumn()
    is_boarder = tables.BooleanColumn(yesno=(gettext_lazy("住校"), gettext_lazy("走读")))
    state = StatusColumn(tones={"studying": "done", "suspended": "waiting"})
    identity = tables.Column(
        accessor="student__identity_confirmed", verbose_name=gettext_lazy("身份")
    )
    source = tables.Column(
        accessor="source_row", verbose_name=gettext_lazy("来源行"), orderable=False
    )

    class Meta(ScreenTable.Meta):
        model = Enrolment
        fields = (
            "student",
            "sex",
            "term",
            "school",
            "stage",
            "grade",
            "class_name",
            "is_boarder",
            "hardship_as_stated",
            "identity",
            "state",
            "source",
        )
        lead = ("student",)
        hidden = ("term",)

    def render_grade(self, record: Enrolment) -> str:
        """Write the grade in words."""
        return grade_words(record.stage, record.grade) or "—"

    def render_identity(self, value: bool) -> SafeString:  # noqa: FBT001  # django-tables2's call
        """Say whether the child may be paid."""
        return badge(_("已确认"), "done") if value else badge(_("待确认"), "waiting")

    def render_source(self, record: Enrolment) -> str:
        """Name the sheet and the row."""
        return source_words(record.source_sheet, record.source_row)


class ClassTable(ScreenTable):
    """Classes of schools with their pupils."""

    school__name = tables.TemplateColumn(
        template_name="students/class_cell.html", verbose_name=gettext_lazy("学校")
    )
    stage = tables.Column(verbose_name=gettext_lazy("学段"))
    grade = tables.Column(verbose_name=gettext_lazy("年级"))
    class_name = tables.Column(verbose_name=gettext_lazy("班级"))
    pupils = NumberColumn(verbose_name=gettext_lazy("学生"))
    boarders = NumberColumn(verbose_name=gettext_lazy("住校"))
    provisional = NumberColumn(verbose_name=gettext_lazy("身份待确认"))

    class Meta(ScreenTable.Meta):
        fields = (
            "school__name",
            "stage",
            "grade",
            "class_name",
            "pupils",
            "boarders",
            "provisional",
        )
        orderable = False

    def render_stage(self, value: str) -> str:
        """Name the stage."""
        from schools.choices import Stage

        return str(Stage(value).label) if value in Stage.values else value

    def render_grade(self, record: dict[str, object]) -> str:
        """Write the grade in words."""
        grade = record["grade"]
        return grade_words(str(record["stage"]), int(str(grade)) if grade else None)


class SchoolingTable(ScreenTable):
    """A child's way through school."""

    term = TermColumn()
    school = LongColumn(accessor="school__name", verbose_name=gettext_lazy("学校"))
    is_boarder = tables.BooleanColumn(yesno=(gettext_lazy("住校"), gettext_lazy("走读")))
    state = StatusColumn(tones={"studying": "done", "suspended": "waiting"})
    source = tables.Column(accessor="source_row", verbose_name=gettext_lazy("来源行"))

    class Meta(ScreenTable.Meta):
        model = Enrolment
        fields = (
            "term",
            "school",
            "stage",
            "grade",
            "class_name",
            "is_boarder",
            "hardship_as_stated",
            "state",
            "source",
        )

    def render_grade(self, record: Enrolment) -> str:
        """Write the grade in words."""
        return grade_words(record.stage, record.grade) or "—"

    def render_source(self, record: Enrolment) -> str:
        """Name the sheet and the row."""
        return source_words(record.source_sheet, record.source_row)


class HardshipTable(ScreenTable):
    """A child's hardships with their sources and dates."""

    starts_on = DayColumn()
    ends_on = DayColumn()
    risk_removed_on = DayColumn()
    evidence = LongColumn()
    entry = tables.Column(verbose_name=gettext_lazy("名册"), accessor="entry__snapshot")
    confirmed_by = tables.Column(accessor="confirmed_by__name", verbose_name=gettext_lazy("确认人"))
    end = tables.TemplateColumn(
        template_name="students/hardship_end_cell.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(ScreenTable.Meta):
        model = HardshipStatus
        fields = (
            "category",
            "as_stated",
            "source",
            "entry",
            "starts_on",
            "ends_on",
            "risk_removed_on",
            "evidence",
            "confirmed_by",
            "end",
        )


class PayeeTable(ScreenTable):
    """Cards: a child's, or those that wait for approval."""

    student = tables.Column(linkify=("students:student-detail", [tables.A("student_id")]))
    school = LongColumn(accessor="student__school__name", verbose_name=gettext_lazy("就读学校"))
    account = tables.TemplateColumn(
        template_name="students/account_cell.html",
        verbose_name=gettext_lazy("银行账号"),
        orderable=False,
    )
    state = StatusColumn(tones=APPROVAL_TONES)
    entered_by = tables.Column(accessor="entered_by__name", verbose_name=gettext_lazy("录入人"))
    entered_at = InstantColumn()
    approved_by = tables.Column(accessor="approved_by__name", verbose_name=gettext_lazy("审核人"))
    decide = tables.TemplateColumn(
        template_name="students/payee_decide_cell.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta(ScreenTable.Meta):
        model = PayeeAccount
        fields = (
            "student",
            "school",
            "payee_name",
            "relation",
            "bank_name",
            "account",
            "state",
            "entered_by",
            "entered_at",
            "approved_by",
            "decide",
        )
        lead = ("student",)

    def value_account(self, record: PayeeAccount) -> str:
        """Export the masked number."""
        return str(record.account)
