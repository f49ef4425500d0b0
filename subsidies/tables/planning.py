"""Tables of what a change would do, and of planned places."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from povedu.money import yuan
from povedu.screens.tables import LongColumn, MoneyColumn, NumberColumn, ScreenTable
from students.models import Student
from students.tables import grade_words
from subsidies.selectors.quotas import QuotaRow
from subsidies.selectors.simulation import Simulation


class _SideColumn(MoneyColumn):
    """An amount of the simulation, looked up by student."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(accessor="pk", orderable=False, **kwargs)


class SimulationTable(ScreenTable):
    """Students whose aid would change, with both amounts of the term."""

    name = tables.Column(linkify=("subsidies:student-reasons", [tables.A("pk")]))
    school = LongColumn()
    before = _SideColumn(verbose_name=_("现在（元）"))
    after = _SideColumn(verbose_name=_("改动后（元）"))
    difference = _SideColumn(verbose_name=_("增减（元）"))
    reason = tables.Column(verbose_name=_("不再享受的原因"), accessor="pk", orderable=False)

    class Meta(ScreenTable.Meta):
        model = Student
        fields = (
            "name",
            "school",
            "stage",
            "grade",
            "class_name",
            "before",
            "after",
            "difference",
            "reason",
        )
        lead = ("name",)

    def __init__(self, *args: Any, simulation: Simulation | None, **kwargs: Any) -> None:
        self.simulation = simulation
        super().__init__(*args, **kwargs)

    def render_grade(self, value: int, record: Student) -> str:
        """Say the grade in words."""
        return grade_words(record.stage, value)

    def _told(self) -> Simulation:
        assert self.simulation is not None  # noqa: S101  # without it there are no rows
        return self.simulation

    def render_before(self, value: int) -> str:
        """Say what the student gets now."""
        return f"{self.value_before(value):,.2f}"

    def value_before(self, value: int) -> Any:
        """Return what the student gets now, in yuan."""
        return yuan(self._told().before_of(value))

    def render_after(self, value: int) -> str:
        """Say what the student would get."""
        return f"{self.value_after(value):,.2f}"

    def value_after(self, value: int) -> Any:
        """Return what the student would get, in yuan."""
        return yuan(self._told().after_of(value))

    def render_difference(self, value: int) -> str:
        """Say how much more or less that is."""
        return f"{self.value_difference(value):+,.2f}"

    def value_difference(self, value: int) -> Any:
        """Return how much more or less that is, in yuan."""
        return self.value_after(value) - self.value_before(value)

    def render_reason(self, value: int) -> str:
        """Say why the student would get nothing."""
        return self._told().reason_of(value) or "—"

    def value_reason(self, value: int) -> str:
        """Return why the student would get nothing."""
        return self._told().reason_of(value)


class QuotaUseTable(ScreenTable):
    """Planned and taken places, programme by programme."""

    programme = LongColumn(
        verbose_name=_("资助项目"),
        linkify=("subsidies:quota-school-list", [tables.A("programme__pk")]),
    )
    percent = tables.Column(verbose_name=_("占在校生比例（%）"), default="—")
    enrolled = NumberColumn(verbose_name=_("在校生"))
    planned = NumberColumn(verbose_name=_("计划人数"))
    actual = NumberColumn(verbose_name=_("实际人数"))
    over = NumberColumn(verbose_name=_("超出"))
    free = NumberColumn(verbose_name=_("未用"))
    reason = LongColumn(verbose_name=_("超计划理由"))

    class Meta(ScreenTable.Meta):
        orderable = False
        lead = ("programme",)

    def render_planned(self, record: QuotaRow) -> str:
        """Say what was planned."""
        return f"{record.planned:,}" if record.planned is not None else "—"


class QuotaSchoolTable(ScreenTable):
    """Planned and taken places, school by school."""

    school = LongColumn(verbose_name=_("学校"))
    enrolled = NumberColumn(verbose_name=_("在校生"))
    planned = NumberColumn(verbose_name=_("计划人数"))
    actual = NumberColumn(verbose_name=_("实际人数"))
    over = NumberColumn(verbose_name=_("超出"))
    free = NumberColumn(verbose_name=_("未用"))

    class Meta(ScreenTable.Meta):
        orderable = False
        lead = ("school",)
