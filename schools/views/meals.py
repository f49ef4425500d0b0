"""Pages of the nutrition programme."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from povedu.screens import Button, ListScreen, Todo
from povedu.screens.months import MonthField
from povedu.screens.screen import Words
from schools import filters, selectors, services, tables
from schools.forms import meals as forms
from schools.models import MealReport, School
from schools.rules.meals import month_after, month_before
from schools.views.scoped import ScopedFormScreen, local_day

VIEW, REPORT = "schools.meal.view", "schools.meal.report"
_MONTHS_SHOWN = 3
_LIST: tuple[Words, str] = (_("营养餐月报"), "schools:meal-list")


def _asked_month(text: str) -> date | None:
    """Read a month from an address, None without one; refuse nonsense."""
    if not text:
        return None
    try:
        month: date | None = MonthField().clean(text)
    except ValidationError as broken:
        raise BadRequest("month") from broken
    return month


class MealList(ListScreen):
    """The monthly reports that have come in."""

    action = VIEW
    title = _("营养餐月报")
    hint = _("“人”是实际受益学生数，“人次”是供餐次数，两者不能混用。")
    selector = selectors.meal_reports
    table_class = tables.MealTable
    filterset_class = filters.MealFilter
    main_filters = 4
    search_fields = ("school__name", "school__initials__contains", "school__code__startswith")
    search_hint = _("校名、拼音首字母或学校标识码")
    export_kind = "meals"

    def buttons(self) -> list[Button]:
        """Offer this month's report and the overview of who has not reported."""
        return [
            Button(_("填报月报"), reverse("schools:meal-add"), REPORT, "bi-plus-lg"),
            Button(_("按月查看"), reverse("schools:meal-month"), VIEW, "bi-calendar3"),
            Button(_("县级月报"), reverse("schools:meal-county-month"), VIEW),
            Button(_("年报"), reverse("schools:meal-year"), VIEW),
        ]


class MealMonth(ListScreen):
    """One month school by school: totals, who has reported and who has not."""

    action = VIEW
    template_name = "schools/meal_month.html"
    parents = (_LIST,)
    table_class = tables.MonthTable
    filterset_class = filters.MonthStateFilter
    search_fields = ("name", "initials__contains", "code__startswith")
    search_hint = _("校名、拼音首字母或学校标识码")
    export_kind = "meal-month"
    extra_parameters = frozenset({"month"})
    empty_reason = _("没有应填报的学校。")
    page_size = 200

    @property
    def month(self) -> date:
        """Return the month of the address, else the one whose reports are due."""
        asked = _asked_month(self.request.GET.get("month", ""))
        return asked or selectors.month_due(local_day(self.request.now))

    def rows(self) -> QuerySet[School]:
        """Return the schools that ought to report."""
        return selectors.meal_schools(self.scope, self.month)

    def heading(self) -> Words:
        """Name the month."""
        return _("%(month)s 营养餐填报情况") % {"month": f"{self.month:%Y-%m}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the month's totals and its neighbours."""
        month = self.month
        return super().get_context_data(
            month=month,
            totals=selectors.month_totals(self.scope, month),
            missing=selectors.missing_schools(self.scope, month).count(),
            before=month_before(month),
            after=month_after(month),
            **kwargs,
        )

    def buttons(self) -> list[Button]:
        """Offer the report of this month."""
        address = f"{reverse('schools:meal-add')}?month={self.month:%Y-%m}"
        return [Button(_("填报月报"), address, REPORT, "bi-plus-lg")]


class MealAdd(ScopedFormScreen):
    """A school's month, begun with last month's figures."""

    action = REPORT
    title = _("填报营养餐月报")
    parents = (_LIST,)
    form_class = forms.NewMealForm
    service = services.report_meals
    details = services.MealDetails
    apart = ("school",)
    success = _("已填报。")

    def initial(self) -> dict[str, Any]:
        """Begin with last month's figures of the school in the address, or of the only one."""
        asked = _asked_month(self.request.GET.get("month", ""))
        month = asked or selectors.month_due(local_day(self.request.now))
        rows = forms.schools_with_meals(self.scope)
        code = self.request.GET.get("school", "")
        found = list(rows.filter(code=code)[:1] if code else rows[:2])
        if len(found) != 1:
            return {"month": month}
        return {"school": found[0], **selectors.first_values(self.scope, found[0], month)}


class MealEdit(ScopedFormScreen):
    """Correct a reported month."""

    action = REPORT
    title = _("更正营养餐月报")
    parents = (_LIST,)
    selector = selectors.meal_reports
    form_class = forms.MealForm
    service = services.correct_meals
    object_argument = "report"
    version_field = "version"
    success = _("已更正。")

    def arguments(self, form: Any) -> dict[str, Any]:
        """Keep the month of the report."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "report": self.object,
            "details": services.MealDetails(month=self.object.month, **form.cleaned_data),
        }

    def heading(self) -> Words:
        """Name school and month."""
        found: MealReport | None = getattr(self, "object", None)
        return f"{self.title} {found}" if found else self.title


class CountyMonth(ListScreen):
    """The county's month report in the layout that the level above asks for."""

    action = VIEW
    parents = (_LIST,)
    hint = _("栏目与上级月报一致；“人次”与“人”分列，分项可以重叠，不相加。")
    table_class = tables.CountyMonthTable
    export_kind = "meal-county-month"
    extra_parameters = frozenset({"month"})
    empty_reason = _("本月还没有学校填报。")
    page_size = 200

    @property
    def month(self) -> date:
        """Return the month of the address, else the one whose reports are due."""
        asked = _asked_month(self.request.GET.get("month", ""))
        return asked or selectors.month_due(local_day(self.request.now))

    def rows(self) -> QuerySet[MealReport]:
        """Return the month's reports."""
        return selectors.county_month(self.scope, self.month)

    def heading(self) -> Words:
        """Name the month."""
        return _("%(month)s 营养改善计划月报") % {"month": f"{self.month:%Y-%m}"}

    def buttons(self) -> list[Button]:
        """Lead to who has not reported, and to the neighbours."""
        here, month = reverse("schools:meal-county-month"), self.month
        gaps = f"{reverse('schools:meal-month')}?month={month:%Y-%m}&reported=false"
        return [
            Button(_("未填报学校"), gaps, VIEW),
            Button(_("上月"), f"{here}?month={month_before(month):%Y-%m}", VIEW),
            Button(_("下月"), f"{here}?month={month_after(month):%Y-%m}", VIEW),
        ]


class MealYear(ListScreen):
    """A year school by school, and its averages as the annual form defines them."""

    action = VIEW
    template_name = "schools/meal_year.html"
    parents = (_LIST,)
    table_class = tables.MealYearTable
    export_kind = "meal-year"
    empty_reason = _("本年度没有学校填报。")
    page_size = 200

    @property
    def year(self) -> int:
        """Return the year of the address, else this one."""
        return int(self.kwargs.get("year") or local_day(self.request.now).year)

    def rows(self) -> QuerySet[School]:
        """Return the schools that fed anybody."""
        return selectors.fed_in_year(self.scope, self.year)

    def heading(self) -> Words:
        """Name the year."""
        return _("%(year)s年营养改善计划年报") % {"year": self.year}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the averages."""
        return super().get_context_data(
            averages=selectors.averages(self.scope, self.year),
            years=[self.year - 1, self.year + 1],
            **kwargs,
        )


def reports_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count, month by month, the schools whose report has not come in, for the landing page."""
    found = []
    for month, gaps in selectors.months_missing(actor.scope, local_day(now))[-_MONTHS_SHOWN:]:
        address = f"{reverse('schools:meal-month')}?month={month:%Y-%m}&reported=false"
        if actor.scope.school_code is not None:
            address = f"{reverse('schools:meal-add')}?month={month:%Y-%m}"
        label = _("%(month)s 营养餐月报待填报") % {"month": f"{month:%Y-%m}"}
        found.append(Todo(label, len(gaps), address, "due"))
    return found
