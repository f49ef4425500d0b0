"""Tables that answer a list: every row of it, and pupils off it; numbers masked."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.tables import LongColumn, MoneyColumn, NumberColumn, ScreenTable
from students.choices import Place
from students.models import Enrolment, RegisterEntry, Student
from students.tables import grade_words
from subsidies.choices import ListResult


def _pupil(record: Any) -> Student | None:
    """Return the pupil joined to a list's row: the sure one, by its key among the links."""
    return next(
        (one.student for one in record.run_links if one.student_id == record.pupil),
        None,
    )


class _AidColumns(ScreenTable):
    """School, class and aid of the pupil behind a row; subclasses say who the pupil is."""

    school = LongColumn(empty_values=(), verbose_name=gettext_lazy("就读学校"), orderable=False)
    stage = tables.Column(empty_values=(), verbose_name=gettext_lazy("学段"), orderable=False)
    grade = tables.Column(empty_values=(), verbose_name=gettext_lazy("年级"), orderable=False)
    class_name = tables.Column(empty_values=(), verbose_name=gettext_lazy("班级"), orderable=False)
    programmes = LongColumn(empty_values=(), verbose_name=gettext_lazy("资助项目"), orderable=False)
    amount = MoneyColumn(
        empty_values=(), verbose_name=gettext_lazy("资助金额（元）"), orderable=False
    )

    def pupil_of(self, record: Any) -> Any:
        """Return the pupil of a row, None without one."""
        raise NotImplementedError

    def term_of(self, record: Any) -> Enrolment | None:
        """Return the pupil's term at school."""
        pupil = self.pupil_of(record)
        return pupil.studying[0] if pupil is not None and pupil.studying else None

    def render_school(self, record: Any) -> str:
        """Name the term's school."""
        term = self.term_of(record)
        return term.school.name if term else ""

    def render_stage(self, record: Any) -> str:
        """Name the stage."""
        term = self.term_of(record)
        return term.get_stage_display() if term else ""

    def render_grade(self, record: Any) -> str:
        """Name the grade."""
        term = self.term_of(record)
        return str(grade_words(term.stage, term.grade)) if term else ""

    def render_class_name(self, record: Any) -> str:
        """Name the class."""
        term = self.term_of(record)
        return term.class_name if term else ""

    def render_programmes(self, record: Any) -> str:
        """Name the term's programmes."""
        pupil = self.pupil_of(record)
        awards = pupil.aid if pupil is not None else []
        return _("、").join(dict.fromkeys(one.programme.name for one in awards))

    def render_amount(self, record: Any, column: MoneyColumn) -> Any:
        """Add up the term's awards."""
        total = self._sum(record)
        return "" if total is None else column.render(total)

    def value_amount(self, record: Any, column: MoneyColumn) -> Any:
        """Export the sum."""
        return column.value(self._sum(record))

    def _sum(self, record: Any) -> Any:
        pupil = self.pupil_of(record)
        awards = pupil.aid if pupil is not None else []
        return sum((one.amount for one in awards), Decimal(0)) if awards else None


class ListedTable(_AidColumns):
    """名单反馈表: every row of a list, in the register's own columns, with what became of it."""

    number = tables.Column(
        accessor="id_number", verbose_name=gettext_lazy("证件号码"), orderable=False
    )
    row_number = NumberColumn(verbose_name=gettext_lazy("名单行号"), orderable=False)
    result = tables.Column(verbose_name=gettext_lazy("比对结果"), orderable=False)
    whereabouts = tables.Column(empty_values=(), verbose_name=gettext_lazy("去向"), orderable=False)

    class Meta(ScreenTable.Meta):
        model = RegisterEntry
        fields: tuple[str, ...] = (
            *("row_number", "township", "village", "household_no", "person_no", "name", "sex"),
            *("number", "relation", "category_as_stated", "result", "whereabouts"),
            *("school", "stage", "grade", "class_name", "programmes", "amount"),
        )
        lead = ("row_number", "name")
        hidden = ("person_no", "relation", "class_name", "sex")
        orderable = False

    def pupil_of(self, record: Any) -> Any:
        """Return the pupil surely joined."""
        return _pupil(record)

    def render_number(self, value: Any) -> str:
        """Mask the number."""
        return str(value)

    value_number = render_number

    def render_result(self, value: str) -> str:
        """Say what became of the row."""
        return str(ListResult(value).label)

    def render_whereabouts(self, value: str | None) -> str:
        """Say where the child is, which explains why it was not found at school here."""
        return str(Place(value).label) if value else _("不在适龄范围")


class OffListTable(_AidColumns):
    """名单外学生反馈表: pupils who are aided or hold a proof and are not on the list."""

    name = tables.Column(linkify=True, orderable=False)
    number = tables.Column(
        accessor="id_number", verbose_name=gettext_lazy("证件号码"), orderable=False
    )
    hardships = LongColumn(
        empty_values=(), verbose_name=gettext_lazy("持有的手册或证明"), orderable=False
    )
    aided = tables.BooleanColumn(
        verbose_name=gettext_lazy("资助情况"),
        yesno=(gettext_lazy("名单外受助"), gettext_lazy("未受助")),
        orderable=False,
    )

    class Meta(ScreenTable.Meta):
        model = Student
        fields: tuple[str, ...] = (
            *("name", "sex", "number", "school", "stage", "grade", "class_name", "hardships"),
            *("aided", "programmes", "amount"),
        )
        lead = ("name",)
        hidden = ("sex",)
        orderable = False

    def pupil_of(self, record: Any) -> Any:
        """Return the row itself."""
        return record

    def render_number(self, value: Any) -> str:
        """Mask the number."""
        return str(value)

    value_number = render_number

    def render_hardships(self, record: Any) -> str:
        """Name the proofs with their sources."""
        words = [
            _("%(category)s（%(source)s）")
            % {"category": one.get_category_display(), "source": one.get_source_display()}
            for one in record.live_hardships
        ]
        return _("、").join(dict.fromkeys(words))
