"""Tables of the dropout ledgers."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import DayColumn, LongColumn, NumberColumn, ScreenTable, StatusColumn
from students.models import DropoutCase, DropoutVisit

DROPOUT_TONES = {
    "suspected": "waiting",
    "dropped_out": "refused",
    "returned": "doing",
    "explained": "doing",
    "closed": "done",
}


class DropoutTable(ScreenTable):
    """Cases with who answers for the child and how often somebody tried."""

    name = tables.Column(linkify=True)
    school = LongColumn(empty_values=())
    state = StatusColumn(tones=DROPOUT_TONES)
    found_on = DayColumn()
    left_on = DayColumn()
    visits_count = NumberColumn(verbose_name=_("劝返次数"))
    last_visit_on = DayColumn(verbose_name=_("最近劝返"))
    returned_on = DayColumn()
    closed_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = DropoutCase
        fields = (
            *("name", "sex", "school", "grade_as_stated", "home_as_stated", "state", "reason"),
            *("found_on", "left_on", "teacher_name", "cadre_name", "guardian_name"),
            *("visits_count", "last_visit_on", "whereabouts", "returned_on", "returned_school"),
            *("placement", "closed_on", "closed_evidence"),
        )
        lead = ("name",)
        hidden = (
            *("found_on", "guardian_name", "returned_school", "placement", "closed_on"),
            "closed_evidence",
        )

    def render_school(self, record: DropoutCase) -> str:
        """Name the school left, as stated where it is none of ours."""
        return str(record.school or record.school_as_stated or "—")


class VisitTable(ScreenTable):
    """Attempts on one case."""

    visited_on = DayColumn()
    result = LongColumn()

    class Meta(ScreenTable.Meta):
        model = DropoutVisit
        fields = ("visited_on", "people", "way", "result", "recorded_by")
        orderable = False
