"""The tables of projects and equipment."""

from typing import Any

import django_tables2 as tables
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
)
from povedu.screens.templatetags.screens import badge
from schools.models import (
    EquipmentDelivery,
    EquipmentItem,
    Milestone,
    Project,
    ProjectBatch,
    ProjectPayment,
    ProjectStep,
)
from schools.tables.linking import linked

STATE_TONES = {
    "planned": "waiting",
    "tendering": "waiting",
    "under_way": "doing",
    "main_structure": "doing",
    "complete": "done",
    "in_use": "done",
    "cancelled": "refused",
}


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
