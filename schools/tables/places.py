"""The tables of places and schools."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import (
    DayColumn,
    LongColumn,
    NumberColumn,
    ScreenTable,
    TermColumn,
    YesNoColumn,
)
from schools.models import (
    Division,
    PupilCount,
    School,
    SchoolAlias,
    SchoolEvent,
)
from schools.tables.linking import linked

_DEPTH = {"county": 0, "township": 1, "village": 2}
_INDENT = "\u3000"


class DivisionTable(ScreenTable):
    """The tree of divisions, in code order."""

    name = tables.Column(linkify=linked("schools:division-edit", "schools.division.edit"))
    schools_count = NumberColumn(verbose_name=_("学校数"))

    class Meta(ScreenTable.Meta):
        model = Division
        fields = ("name", "code", "level", "parent", "is_poor_village", "schools_count")
        lead = ("name",)

    def render_name(self, value: str, record: Division) -> SafeString:
        """Indent by level."""
        return format_html("{}{}", _INDENT * _DEPTH.get(record.level, 0), value)

    def value_name(self, value: str) -> str:
        """Export the bare name."""
        return value


class SchoolTable(ScreenTable):
    """The school register."""

    name = LongColumn(linkify=True)
    township = tables.Column(
        accessor="division", verbose_name=_("所在区划"), order_by=("division_id",)
    )
    pupils_count = NumberColumn(verbose_name=_("在校生"))
    boarders_count = NumberColumn(verbose_name=_("寄宿生"))
    has_meals = YesNoColumn(verbose_name=_("营养餐"))
    opened_on = DayColumn()
    closed_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = School
        fields = (
            *("code", "name", "short_name", "kind", "township", "setting", "pupils_count"),
            *("boarders_count", "has_meals", "has_canteen", "has_boarding", "principal_name"),
            *("ownership", "central_school", "opened_on", "closed_on"),
        )
        lead = ("name",)
        hidden = ("ownership", "central_school", "opened_on", "has_canteen", "short_name")

    def render_township(self, value: Division) -> str:
        """Write the township before a village."""
        parent = value.parent
        return f"{parent.name} {value.name}" if parent and value.level == "village" else value.name


class AliasTable(ScreenTable):
    """The other names of a school."""

    remove = tables.Column(
        accessor="pk",
        verbose_name=_("操作"),
        linkify=linked("schools:alias-remove", "schools.school.edit"),
        exclude_from_export=True,
    )

    class Meta(ScreenTable.Meta):
        model = SchoolAlias
        fields = ("name", "remove")

    def render_remove(self) -> Any:
        """Name the link."""
        return _("删除")


class EventTable(ScreenTable):
    """What happened to a school."""

    happened_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = SchoolEvent
        fields = ("happened_on", "kind", "old_value", "new_value", "document")


class PupilTable(ScreenTable):
    """A school's pupils by term, stage and boarding."""

    term = TermColumn()
    pupils_count = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = PupilCount
        fields = ("term", "stage", "is_boarder", "pupils_count")
