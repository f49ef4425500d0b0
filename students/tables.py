"""Tables of children's records."""

import django_tables2 as tables
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from students.models import (
    Enrolment,
    Finding,
    HardshipStatus,
    Household,
    HouseholdMember,
    Link,
    PayeeAccount,
    PlacedChild,
    Reconciliation,
    RegisterEntry,
    RegisterSnapshot,
    Student,
)
from students.selectors.wording import reason_words

STATE_TONES = {"studying": "done", "suspended": "waiting", "deceased": "plain", "left": "plain"}
APPROVAL_TONES = {
    "pending": "waiting",
    "approved": "done",
    "refused": "refused",
    "ended": "plain",
}
FINDING_TONES = {"open": "waiting", "settled": "done", "gone": "plain"}


def masked_student_no(student_no: str) -> str:
    """Return a national student number as it may be shown: G, then the masked identity number."""
    return student_no[:1] + mask_id(student_no[1:]) if len(student_no) > 11 else student_no


def grade_words(stage: str, grade: int | None) -> str:
    """Return a grade in words, "" where there is none."""
    return _("%(grade)s年级") % {"grade": grade} if grade else ""


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


class HouseholdTable(ScreenTable):
    """Registered households."""

    head_name = tables.Column(linkify=True, empty_values=())
    division = tables.Column(verbose_name=gettext_lazy("所在村"))
    members_count = NumberColumn()
    seen_as_of = DayColumn()
    risk_removed = tables.BooleanColumn(
        yesno=(gettext_lazy("已消除"), gettext_lazy("未消除")), null=True
    )

    class Meta(ScreenTable.Meta):
        model = Household
        fields = (
            "head_name",
            "household_no",
            "village_as_stated",
            "division",
            "status_as_stated",
            "monitored_kind_as_stated",
            "risk_removed",
            "cause",
            "members_count",
            "seen_as_of",
        )
        lead = ("head_name",)
        hidden = ("division",)

    def render_head_name(self, record: Household) -> str:
        """Show the head, else the number."""
        return str(record)


class MemberTable(ScreenTable):
    """Members of a household, with the student each one is."""

    birth_on = DayColumn()
    number = tables.TemplateColumn(
        template_name="students/number_cell.html", verbose_name=gettext_lazy("证件号码")
    )
    student = tables.TemplateColumn(
        template_name="students/member_student_cell.html",
        verbose_name=gettext_lazy("学生台账"),
        empty_values=(),
    )

    class Meta(ScreenTable.Meta):
        model = HouseholdMember
        fields = (
            "name",
            "relation",
            "sex",
            "birth_on",
            "number",
            "school_state",
            "education_level",
            "health",
            "labour",
            "student",
        )
        orderable = False


class SnapshotTable(ScreenTable):
    """Snapshots of registers."""

    as_of = DayColumn(linkify=True)
    entries_count = NumberColumn()
    imported_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = RegisterSnapshot
        fields = ("as_of", "kind", "county", "entries_count", "file_name", "imported_at")
        lead = ("as_of",)


class EntryTable(ScreenTable):
    """Rows of a snapshot; numbers masked."""

    number = tables.TemplateColumn(
        template_name="students/number_cell.html",
        verbose_name=gettext_lazy("证件号码"),
        orderable=False,
    )
    birth_on = DayColumn()
    risk_removed = tables.BooleanColumn(
        yesno=(gettext_lazy("已消除"), gettext_lazy("未消除")), null=True
    )
    row_number = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = RegisterEntry
        fields = (
            "name",
            "sex",
            "birth_on",
            "number",
            "relation",
            "household_no",
            "township",
            "village",
            "category",
            "category_as_stated",
            "monitored_kind_as_stated",
            "risk_removed",
            "school_state",
            "sheet",
            "row_number",
        )
        lead = ("name",)
        hidden = ("birth_on", "monitored_kind_as_stated", "risk_removed", "sheet")

    def value_number(self, record: RegisterEntry) -> str:
        """Export the masked number."""
        return str(record.id_number)


class ChangeTable(ScreenTable):
    """What differs between two snapshots of a register."""

    change = tables.Column(verbose_name=gettext_lazy("变化"))
    name = tables.Column(verbose_name=gettext_lazy("姓名"))
    household_no = tables.Column(verbose_name=gettext_lazy("户编号"))
    before = LongColumn(verbose_name=gettext_lazy("前一快照"))
    after = LongColumn(verbose_name=gettext_lazy("后一快照"))

    class Meta(ScreenTable.Meta):
        fields = ("change", "name", "household_no", "before", "after")
        orderable = False


class RunTable(ScreenTable):
    """Runs of the comparison."""

    started_at = InstantColumn(linkify=True)
    term = TermColumn()
    findings = NumberColumn(
        accessor="findings_count", verbose_name=gettext_lazy("差异"), orderable=False
    )
    links = NumberColumn(accessor="links_count", verbose_name=gettext_lazy("匹配"), orderable=False)
    children = NumberColumn(
        accessor="partition", verbose_name=gettext_lazy("适龄儿童"), orderable=False
    )
    state = StatusColumn(tones={"done": "done", "running": "doing", "failed": "refused"})

    class Meta(ScreenTable.Meta):
        model = Reconciliation
        fields = ("started_at", "county", "term", "state", "links", "findings", "children")
        lead = ("started_at",)

    def render_findings(self, value: dict[str, int]) -> str:
        """Add up the kinds."""
        return f"{sum(value.values()):,}"

    render_links = render_findings
    render_children = render_findings

    def value_findings(self, value: dict[str, int]) -> int:
        """Export the bare sum."""
        return sum(value.values())

    value_links = value_findings
    value_children = value_findings


class FindingTable(ScreenTable):
    """Findings, open and settled."""

    kind = tables.Column(linkify=("students:finding-queue-item", [tables.A("pk")]))
    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"), orderable=False)
    school = LongColumn(empty_values=(), verbose_name=gettext_lazy("学校"), orderable=False)
    reason = LongColumn(orderable=False, verbose_name=gettext_lazy("说明"))
    state = StatusColumn(tones=FINDING_TONES)
    term = TermColumn()

    class Meta(ScreenTable.Meta):
        model = Finding
        fields = ("kind", "name", "school", "reason", "state", "term")
        lead = ("kind",)

    def render_name(self, record: Finding) -> str:
        """Name the child."""
        return str(record.student or record.entry or "—")

    def render_school(self, record: Finding) -> str:
        """Name the school, else where the register has the child."""
        sides = [record.evidence.get(side) or {} for side in ("left", "right")]
        return next((one["school"] for one in sides if one.get("school")), "—")

    def render_reason(self, value: str) -> str:
        """Put the codes into words."""
        return reason_words(value)


class LinkTable(ScreenTable):
    """Whom a run joined with whom."""

    student = tables.Column(linkify=("students:student-detail", [tables.A("student_id")]))
    entry = tables.Column(verbose_name=gettext_lazy("名册条目"))
    register = tables.Column(accessor="entry__snapshot", verbose_name=gettext_lazy("名册"))
    row = tables.Column(accessor="entry__row_number", verbose_name=gettext_lazy("行号"))
    reason = LongColumn()
    automatic = tables.BooleanColumn(yesno=(gettext_lazy("自动"), gettext_lazy("待人工")))

    class Meta(ScreenTable.Meta):
        model = Link
        fields = ("student", "entry", "register", "row", "stage", "automatic", "reason")

    def render_reason(self, value: str) -> str:
        """Put the codes into words."""
        return reason_words(value)


class PlacedTable(ScreenTable):
    """Where a run placed the children of school age."""

    name = tables.Column(empty_values=(), verbose_name=gettext_lazy("姓名"))
    source = tables.Column(empty_values=(), verbose_name=gettext_lazy("依据"))

    class Meta(ScreenTable.Meta):
        model = PlacedChild
        fields = ("name", "place", "source")

    def render_name(self, record: PlacedChild) -> str:
        """Name the child."""
        return str(record.student or record.entry)

    def render_source(self, record: PlacedChild) -> str:
        """Name the school or the register."""
        if record.student is not None:
            return str(record.student.school or "—")
        return str(record.entry.snapshot) if record.entry else "—"
