"""Table of changed working days."""

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import DayColumn, ScreenTable
from subsidies.models import CalendarDay


class CalendarDayTable(ScreenTable):
    """Days that a county works or rests against the published calendar."""

    day = DayColumn()
    remove = tables.Column(
        verbose_name=gettext_lazy("操作"),
        accessor="pk",
        orderable=False,
        linkify=("subsidies:calendar-remove", [tables.A("pk")]),
    )

    class Meta(ScreenTable.Meta):
        model = CalendarDay
        fields = ("day", "is_working", "note", "remove")
        lead = ("day",)

    def render_is_working(self, value: bool) -> str:  # noqa: FBT001  # how a table gives a cell
        """Say whether it is worked."""
        return _("上班") if value else _("放假")

    def render_remove(self) -> str:
        """Offer to take it back."""
        return _("取消")
