"""The tables of teachers and postings."""

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import DayColumn, LongColumn, NumberColumn, ScreenTable
from povedu.screens.templatetags.screens import badge
from schools.tables import linked
from teachers.models import Posting, Teacher, Training


class TeacherTable(ScreenTable):
    """The register; protected values are not in it."""

    name = tables.Column(linkify=True)
    school = LongColumn()
    is_away = tables.BooleanColumn(verbose_name=_("在外任职"), orderable=False)
    hired_on = DayColumn()
    school_since_on = DayColumn()
    left_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Teacher
        fields = (
            *("number", "name", "sex", "school", "post", "stage", "subject", "title"),
            *("employment_kind", "is_away", "education", "hired_on", "school_since_on"),
            *("left_on", "leave_reason"),
        )
        lead = ("name",)
        hidden = ("education", "school_since_on", "leave_reason")

    def render_is_away(self, value: bool) -> SafeString | str:  # noqa: FBT001  # the table's signature
        """Mark who serves elsewhere today."""
        return badge(_("在外任职"), "doing") if value else ""

    def value_is_away(self, value: bool) -> object:  # noqa: FBT001  # the table's signature
        """Export yes or no."""
        return _("是") if value else _("否")


class StaffTable(TeacherTable):
    """The teachers of one school."""

    class Meta(TeacherTable.Meta):
        sequence = ("number", "name", "sex", "post", "stage", "subject", "title", "...")
        exclude = ("school", "left_on", "leave_reason", "education")


class PostingTable(ScreenTable):
    """Postings; both schools are told."""

    teacher = tables.Column(linkify=True)
    home_school = LongColumn()
    school = LongColumn()
    starts_on = DayColumn()
    ends_on = DayColumn()
    edit = tables.Column(
        accessor="pk",
        verbose_name=_("操作"),
        orderable=False,
        exclude_from_export=True,
        linkify=linked("teachers:posting-edit", "teachers.posting.edit"),
    )

    class Meta(ScreenTable.Meta):
        model = Posting
        fields = (
            *("teacher", "kind", "home_school", "school", "post", "subject", "is_full_time"),
            *("starts_on", "ends_on", "document", "edit"),
        )
        lead = ("teacher",)
        hidden = ("document", "subject")

    def render_edit(self) -> object:
        """Name the link."""
        return _("修改")


class TrainingTable(ScreenTable):
    """Trainings, one row for each teacher who took part."""

    teacher = tables.Column(linkify=True)
    school = LongColumn(accessor="teacher__school", verbose_name=_("学校"))
    name = LongColumn()
    hours = NumberColumn()
    starts_on = DayColumn()
    ends_on = DayColumn()
    has_passed = tables.BooleanColumn(yesno=(_("合格"), _("不合格")), null=True)

    class Meta(ScreenTable.Meta):
        model = Training
        fields = (
            *("teacher", "school", "name", "level", "form", "subject", "hours", "starts_on"),
            *("ends_on", "organiser", "place", "has_passed"),
        )
        lead = ("teacher",)
        hidden = ("subject", "place")
