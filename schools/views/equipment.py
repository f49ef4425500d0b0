"""Pages of equipment: what a project buys, and which school received it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.screens import ListScreen
from povedu.screens.screen import Words
from schools import filters, selectors, services, tables
from schools.forms import projects as forms
from schools.views.project_steps import OfProject
from schools.views.projects import EDIT, PROJECTS, VIEW
from schools.views.scoped import (
    ScopedFormScreen,
    local_day,
)


class EquipmentList(ListScreen):
    """Equipment of all projects, line by line."""

    action = VIEW
    title = _("设备采购")
    hint = _("“其中”项只作说明，不计入合计。")
    selector = selectors.items
    table_class = tables.ItemTable
    filterset_class = filters.ItemFilter
    search_fields = ("name", "model_no", "project__name")
    search_hint = _("品名、规格型号或项目名称")
    export_kind = "equipment"


class DeliveryList(ListScreen):
    """Which school received what."""

    action = VIEW
    title = _("设备配发")
    parents = ((_("设备采购"), "schools:equipment-list"),)
    selector = selectors.deliveries
    table_class = tables.DeliveryTable
    filterset_class = filters.DeliveryFilter
    search_fields = (
        *("item__name", "item__model_no", "school__name", "school__initials__contains"),
        *("item__project__name", "school__code__startswith"),
    )
    search_hint = _("品名、规格型号、校名或项目名称")
    export_kind = "deliveries"
    empty_reason = _("还没有配发记录。可在设备采购中登记，或导入设备配发表。")


class ItemAdd(OfProject):
    """A line of a purchase."""

    title = _("新增设备明细")
    form_class = forms.ItemForm
    service = services.add_item
    details = services.ItemDetails
    button = _("保存")
    tab = "equipment"

    def form_arguments(self) -> dict[str, Any]:
        """Make a new line of the project."""
        return {**super().form_arguments(), "instance": None, "project": self.object}

    def initial(self) -> dict[str, Any]:
        """Begin with the usual unit."""
        return {"unit": gettext("台")}


class ItemEdit(ScopedFormScreen):
    """Change a line of a purchase."""

    action = EDIT
    title = _("修改设备明细")
    parents = (PROJECTS,)
    selector = selectors.items
    form_class = forms.ItemForm
    service = services.edit_item
    details = services.ItemDetails
    object_argument = "item"

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form the project."""
        return {**super().form_arguments(), "project": self.object.project}

    def back_url(self) -> str:
        """Lead back to the tab."""
        return f"{self.object.project.get_absolute_url()}?tab=equipment"

    def success_url(self, result: object) -> str:
        """Lead back to the tab."""
        return self.back_url()


class ItemDeliver(OfProject):
    """How many of an item a school received."""

    title = _("登记设备配发")
    selector = selectors.items
    form_class = forms.DeliveryForm
    service = services.deliver
    object_argument = "item"
    button = _("登记")
    tab = "equipment"

    def initial(self) -> dict[str, Any]:
        """Begin with today and the project's school."""
        return {
            "school": self.object.project.school,
            "delivered_on": local_day(self.request.now),
        }

    def consequence(self) -> Words:
        """Name the item."""
        return gettext("设备“%(item)s”。同一学校再次登记时以新数量为准。") % {
            "item": self.object.name
        }

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say how many are left."""
        item = self.object
        return [
            (_("采购数量"), item.quantity),
            (_("已配发"), item.delivered),
            (_("未配发"), item.quantity - item.delivered),
        ]
