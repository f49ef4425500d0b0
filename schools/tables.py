"""The tables of places, projects and meals."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    StatusColumn,
    TermColumn,
    YesNoColumn,
)
from povedu.screens.templatetags.screens import badge
from schools.models import (
    Division,
    EquipmentDelivery,
    EquipmentItem,
    MealReport,
    Milestone,
    Project,
    ProjectBatch,
    ProjectPayment,
    ProjectStep,
    PupilCount,
    School,
    SchoolAlias,
    SchoolEvent,
)

STATE_TONES = {
    "planned": "waiting",
    "tendering": "waiting",
    "under_way": "doing",
    "main_structure": "doing",
    "complete": "done",
    "in_use": "done",
    "cancelled": "refused",
}


def linked(name: str, action: str) -> Callable[..., str | None]:
    """Return a column's link to a page of the row, for those who may open that page."""

    def address(record: Model, table: tables.Table) -> str | None:
        allowed = table.request.actor.may(action)
        return reverse(name, args=[record.pk]) if allowed else None

    return address


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


class BatchTable(ScreenTable):
    """Batches of projects."""

    name = LongColumn(linkify=True)
    edit = tables.Column(
        accessor="pk",
        verbose_name=_("操作"),
        linkify=linked("schools:batch-edit", "schools.project.edit"),
        orderable=False,
        exclude_from_export=True,
    )
    projects_count = NumberColumn(verbose_name=_("项目数"))
    complete_count = NumberColumn(verbose_name=_("已完工"))
    funded = MoneyColumn(verbose_name=_("资金（元）"))

    class Meta(ScreenTable.Meta):
        model = ProjectBatch
        fields = (
            *("code", "name", "category", "year", "document"),
            *("projects_count", "complete_count", "funded", "edit"),
        )
        lead = ("name",)

    def render_edit(self) -> Any:
        """Name the link."""
        return _("编辑")


class ProjectTable(ScreenTable):
    """Projects with progress and money."""

    name = LongColumn(linkify=True)
    batch = LongColumn()
    school = LongColumn()
    state = StatusColumn(tones=STATE_TONES)
    is_overdue = tables.BooleanColumn(verbose_name=_("逾期"), order_by=("-is_overdue",))
    funded = MoneyColumn(verbose_name=_("资金（元）"))
    paid = MoneyColumn(verbose_name=_("已支付（元）"))
    planned_completion_on = DayColumn()
    started_on = DayColumn()
    completed_on = DayColumn()
    in_use_on = DayColumn()
    area = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = Project
        fields = (
            *("number", "name", "batch", "school", "category", "state", "is_overdue"),
            *("funded", "paid", "planned_completion_on", "completed_on", "in_use_on"),
            *("started_on", "area", "danger_grade", "contractor", "division"),
        )
        lead = ("name",)
        hidden = ("number", "started_on", "area", "danger_grade", "contractor", "division")

    def render_is_overdue(self, value: bool) -> SafeString | str:  # noqa: FBT001  # the table's signature
        """Mark what is late, with icon and word."""
        return badge(_("逾期"), "overdue") if value else ""

    def value_is_overdue(self, value: bool) -> object:  # noqa: FBT001  # the table's signature
        """Export yes or no."""
        return _("是") if value else _("否")


class StepTable(ScreenTable):
    """The steps of a project's life."""

    happened_on = DayColumn()
    state = StatusColumn(tones=STATE_TONES)
    recorded_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = ProjectStep
        fields = ("happened_on", "state", "note", "recorded_by", "recorded_at")


class PaymentTable(ScreenTable):
    """The payments of a project."""

    paid_on = DayColumn()
    amount = MoneyColumn()

    class Meta(ScreenTable.Meta):
        model = ProjectPayment
        fields = ("paid_on", "source", "amount", "voucher_no", "note")


class MilestoneTable(ScreenTable):
    """The milestones of the projects."""

    project = LongColumn(linkify=True)
    due_on = DayColumn()
    done_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Milestone
        fields = ("project", "name", "due_on", "done_on")


class ItemTable(ScreenTable):
    """Equipment bought, line by line; an “of which” line names its own."""

    project = LongColumn(linkify=True)
    unit_price = MoneyColumn()
    quantity = NumberColumn()
    delivered = NumberColumn(verbose_name=_("已配发"))
    line_amount = MoneyColumn(verbose_name=_("金额（元）"))

    class Meta(ScreenTable.Meta):
        model = EquipmentItem
        fields = (
            *("project", "name", "model_no", "part_of", "quantity", "unit", "unit_price"),
            *("line_amount", "delivered"),
        )
        lead = ("name",)


class ReceivedTable(ScreenTable):
    """What a school received."""

    project = LongColumn(accessor="item__project", linkify=True)
    item = LongColumn()
    quantity = NumberColumn()
    delivered_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = EquipmentDelivery
        fields = ("project", "item", "quantity", "delivered_on")


class DeliveryTable(ScreenTable):
    """Which school received how many of what."""

    school = LongColumn(linkify=True)
    item = LongColumn(verbose_name=_("品名"))
    model_no = tables.Column(accessor="item__model_no", verbose_name=_("规格型号"))
    quantity = NumberColumn()
    unit = tables.Column(accessor="item__unit", verbose_name=_("单位"))
    delivered_on = DayColumn()
    project = LongColumn(accessor="item__project", verbose_name=_("项目"), linkify=True)

    class Meta(ScreenTable.Meta):
        model = EquipmentDelivery
        fields = ("school", "item", "model_no", "quantity", "unit", "delivered_on", "project")
        lead = ("school", "item")


class MealTable(ScreenTable):
    """Monthly reports; persons and person-times are told apart."""

    month = tables.DateColumn(
        format="Y-m", linkify=linked("schools:meal-edit", "schools.meal.report")
    )
    school = LongColumn(linkify=True)
    pupils_count = NumberColumn()
    feeding_days = NumberColumn()
    meals_count = NumberColumn()
    standard = MoneyColumn()
    amount = MoneyColumn()
    reported_at = InstantColumn()

    class Meta(ScreenTable.Meta):
        model = MealReport
        fields = (
            *("month", "school", "mode", "offer", "pupils_count", "feeding_days"),
            *("meals_count", "standard", "amount", "reported_by", "reported_at"),
        )
        lead = ("month", "school")


class MonthTable(ScreenTable):
    """A month school by school: who has reported what, and who has not."""

    name = LongColumn(linkify=True)
    state = tables.Column(
        accessor="report_id", verbose_name=_("填报"), empty_values=(), orderable=False
    )
    pupils_count = NumberColumn(verbose_name=_("受益学生（人）"))
    feeding_days = NumberColumn(verbose_name=_("供餐天数"))
    meals_count = NumberColumn(verbose_name=_("供餐人次"))
    amount = MoneyColumn(verbose_name=_("本月资金（元）"))

    class Meta(ScreenTable.Meta):
        model = School
        fields = (
            *("code", "name", "division", "state", "pupils_count", "feeding_days"),
            *("meals_count", "amount"),
        )
        lead = ("name", "state")

    def render_state(self, value: int | None) -> SafeString:
        """Say whether the report has come in."""
        return badge(_("已填报"), "done") if value else badge(_("未填报"), "waiting")

    def value_state(self, value: int | None) -> object:
        """Export the word."""
        return _("已填报") if value else _("未填报")


class CountyMonthTable(ScreenTable):
    """The month report for the level above: its columns, in its order."""

    county = tables.Column(verbose_name=_("区县"), accessor="school__division_id", orderable=False)
    school = LongColumn(linkify=True)
    kind = tables.Column(verbose_name=_("学校类别"), accessor="school__get_kind_display")
    setting = tables.Column(verbose_name=_("城区或乡村"), accessor="school__get_setting_display")
    has_canteen = YesNoColumn(verbose_name=_("有无食堂"), accessor="school__has_canteen")
    enrolled_count = NumberColumn()
    year_amount = MoneyColumn(verbose_name=_("累计投入资金（元）"))
    amount = MoneyColumn(verbose_name=_("本月投入资金（元）"))
    meals_count = NumberColumn(verbose_name=_("本月惠及学生（人次）"))
    left_behind_meals = NumberColumn()
    day_poor_meals = NumberColumn()
    free_meals = NumberColumn()
    pupils_count = NumberColumn(verbose_name=_("惠及实际学生（人）"))
    left_behind_count = NumberColumn()
    day_poor_count = NumberColumn()
    free_count = NumberColumn()
    feeding_days = NumberColumn()

    class Meta(ScreenTable.Meta):
        model = MealReport
        fields = (
            *("county", "school", "kind", "setting", "has_canteen", "offer", "mode"),
            *("enrolled_count", "year_amount", "amount", "meals_count", "left_behind_meals"),
            *("day_poor_meals", "free_meals", "pupils_count", "left_behind_count"),
            *("day_poor_count", "free_count", "feeding_days"),
        )
        lead = ("school",)
        hidden = ("county", "setting")

    def render_county(self, value: str) -> str:
        """Show the county's code."""
        return value[:6]

    value_county = render_county


class MealYearTable(ScreenTable):
    """A year school by school."""

    name = LongColumn(linkify=True)
    months = NumberColumn(verbose_name=_("填报月数"))
    days = NumberColumn(verbose_name=_("供餐天数"))
    meals = NumberColumn(verbose_name=_("全年总餐次（人次）"))
    pupils = NumberColumn(verbose_name=_("平均受益学生（人）"))
    amount = MoneyColumn(verbose_name=_("全年资金（元）"))

    class Meta(ScreenTable.Meta):
        model = School
        fields = ("code", "name", "months", "days", "meals", "pupils", "amount")
        lead = ("name",)
