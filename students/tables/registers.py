"""Tables of registers: households, members, snapshots, entries."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy

from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    NumberColumn,
    ScreenTable,
)
from students.models import (
    Household,
    HouseholdMember,
    RegisterEntry,
    RegisterSnapshot,
)


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


class SchoolingPoorTable(HouseholdTable):
    """Households poor because of schooling, with how many of each are at school."""

    students_count = NumberColumn(verbose_name=gettext_lazy("在校学生"), default=0)

    class Meta(HouseholdTable.Meta):
        fields = (
            *("head_name", "household_no", "village_as_stated", "division", "status_as_stated"),
            *("monitored_kind_as_stated", "cause", "members_count", "students_count"),
            "seen_as_of",
        )
        exclude = ("risk_removed",)


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
            "certificate_grade",
            "place",
            "sheet",
            "row_number",
        )
        lead = ("name",)
        hidden = (
            *("birth_on", "monitored_kind_as_stated", "risk_removed", "certificate_grade"),
            *("place", "sheet"),
        )

    def value_number(self, record: RegisterEntry) -> str:
        """Export the masked number."""
        return str(record.id_number)
