"""Tables of the matrix: cells in a list, and a school's students against its programmes."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import LongColumn, MoneyColumn, ScreenTable, SelectColumn, StatusColumn
from povedu.screens.templatetags.screens import badge
from students.models import Student
from students.tables import grade_words
from subsidies.choices import CellState
from subsidies.models import AidCell

CELL_TONES: Mapping[str, str] = {
    CellState.PAID: "done",
    CellState.PAYING: "done",
    CellState.AWAITING: "waiting",
    CellState.RETURNED: "refused",
    CellState.SUSPENDED: "refused",
    CellState.OVERDUE: "overdue",
    CellState.MISSED: "overdue",
    CellState.EXHAUSTED: "waiting",
    CellState.ELSEWHERE: "doing",
    CellState.STOPPED: "plain",
    CellState.RECOVERED: "plain",
    CellState.NOT_ELIGIBLE: "plain",
}


class CellTable(ScreenTable):
    """Cells, one line each, with the reason in words."""

    select = SelectColumn()
    student = tables.Column(linkify=("subsidies:aid-account", [tables.A("student_id")]))
    programme = LongColumn()
    school = LongColumn()
    grade = tables.Column(empty_values=(), verbose_name=_("年级"))
    state = StatusColumn(tones=CELL_TONES)
    reason = LongColumn(
        accessor="reason_words", verbose_name=_("原因"), order_by=("reason",), attrs={"td": {}}
    )
    amount = MoneyColumn()
    paid = MoneyColumn()
    award = tables.Column(
        accessor="award_id",
        verbose_name=_("资助决定"),
        orderable=False,
        exclude_from_export=True,
        linkify=("subsidies:award-detail", [tables.A("award_id")]),
    )

    class Meta(ScreenTable.Meta):
        model = AidCell
        fields = (
            *("select", "student", "school", "grade", "class_name", "programme"),
            *("state", "reason", "amount", "paid", "award"),
        )
        lead = ("student", "programme", "state", "reason")

    def render_grade(self, record: AidCell) -> str:
        """Name the grade."""
        return grade_words(record.stage, record.grade)

    def render_award(self) -> str:
        """Lead to the award."""
        return str(_("查看"))


class ProgrammeColumn(tables.Column):
    """A programme of the matrix: the child's cell as a badge, the reason on hover."""

    def __init__(self, programme_id: int, **kwargs: Any) -> None:
        self.programme_id = programme_id
        super().__init__(empty_values=(), orderable=False, **kwargs)

    def _cell(self, record: Any) -> AidCell | None:
        found: list[AidCell] = record.cells
        return next((one for one in found if one.programme_id == self.programme_id), None)

    def render(self, record: Any) -> SafeString | str:
        """Draw the state; a child of another stage has no part in the programme."""
        one = self._cell(record)
        if one is None:
            return format_html(
                '<span class="quiet" title="{}">{}</span>', _OTHER_STAGE, _("不属学段")
            )
        return format_html(
            '<span title="{}">{}</span>',
            one.reason_words,
            badge(one.get_state_display(), CELL_TONES[one.state]),
        )

    def value(self, record: Any) -> str:
        """Export state and reason."""
        one = self._cell(record)
        if one is None:
            return str(_OTHER_STAGE)
        return f"{one.get_state_display()}：{one.reason_words}"


_OTHER_STAGE = _("不属于本项目的学段")


class SchoolMatrixTable(ScreenTable):
    """A school's students, each programme a column of its own (added when it is made)."""

    name = tables.Column(linkify=("subsidies:aid-account", [tables.A("pk")]))
    grade = tables.Column(empty_values=(), verbose_name=_("年级"))
    class_name = tables.Column(empty_values=(), verbose_name=_("班级"), orderable=False)

    class Meta(ScreenTable.Meta):
        model = Student
        fields = ("name", "grade", "class_name")
        lead = ("name",)

    def render_grade(self, record: Any) -> str:
        """Name the grade of the term, not today's."""
        one: AidCell = record.cells[0]
        return grade_words(one.stage, one.grade)

    def render_class_name(self, record: Any) -> str:
        """Name the class of the term."""
        return str(record.cells[0].class_name)
