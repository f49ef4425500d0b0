"""Days that a county works or rests against the published calendar."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words
from subsidies import forms, tables
from subsidies.selectors.calendar import calendar_days
from subsidies.services import calendar as services
from subsidies.views.office import NewForm, OfficeAction

DAYS = gettext_lazy("工作日调整")
LIST = ((DAYS, "subsidies:calendar-list"),)
EDIT = "subsidies.calendar.edit"


class CalendarList(ListScreen):
    """What the county has changed."""

    action = "subsidies.calendar.view"
    title = DAYS
    selector = calendar_days
    table_class = tables.CalendarDayTable
    empty_reason = gettext_lazy("没有调整：按国务院公布的节假日计算；尚未公布的年份按周一至周五。")

    def buttons(self) -> list[Button]:
        """Offer to change a day."""
        return [Button(_("调整工作日"), reverse("subsidies:calendar-set"), EDIT, "bi-plus-lg")]


class CalendarSet(NewForm):
    """Declare a day worked or free."""

    action = EDIT
    title = gettext_lazy("调整工作日")
    hint = gettext_lazy("公示天数和办理时限按此计算；已发布的公示不变。")
    parents = LIST
    form_class = forms.CalendarDayForm
    service = services.set_calendar_day
    success_url_name = "subsidies:calendar-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}


class CalendarRemove(OfficeAction):
    """Go by the published calendar again."""

    action = EDIT
    title = gettext_lazy("取消工作日调整")
    own_selector = calendar_days
    parents = LIST
    form_class = forms.ActorForm
    service = services.remove_calendar_day
    object_argument = "calendar_day"
    success_url_name = "subsidies:calendar-list"

    def consequence(self) -> Words:
        """Say what it was."""
        return _("取消后，%(day)s 按公布的日历计算。") % {"day": self.object.day.isoformat()}

    def back_url(self) -> str:
        """Go back to the list."""
        return reverse("subsidies:calendar-list")
