"""Pages of divisions and the school register."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.scope import Scope
from povedu.screens import (
    Button,
    DetailScreen,
    Fact,
    FormScreen,
    Hit,
    ListScreen,
    Tab,
)
from povedu.screens.menu import declared
from povedu.screens.screen import Words
from povedu.screens.searching import SearchQuery
from schools import filters, selectors, services, tables
from schools.forms import schools as forms
from schools.models import School
from schools.views.scoped import (
    ScopedFormScreen,
    allowed,
    local_day,
    place_words,
)

VIEW, EDIT, ADD = "schools.school.view", "schools.school.edit", "schools.school.add"
LIST: tuple[Words, str] = (_("学校名录"), "schools:school-list")


class DivisionList(ListScreen):
    """The tree of divisions with the schools in each."""

    action = "schools.division.view"
    title = _("行政区划")
    hint = _("按区划代码排列；点名称可修改名称和贫困村标记。")
    selector = selectors.divisions_with_counts
    table_class = tables.DivisionTable
    filterset_class = filters.DivisionFilter
    search_fields = ("name", "code__startswith")
    search_hint = _("名称或区划代码")
    export_kind = "divisions"
    page_size = 200


class DivisionEdit(FormScreen):
    """Name and poor-village flag."""

    action = "schools.division.edit"
    title = _("修改行政区划")
    parents = ((_("行政区划"), "schools:division-list"),)
    selector = selectors.divisions
    form_class = forms.DivisionForm
    service = services.edit_division
    object_argument = "division"
    success_url_name = "schools:division-list"


class SchoolList(ListScreen):
    """The school register with the pupils of the term in view."""

    action = VIEW
    title = _("学校名录")
    table_class = tables.SchoolTable
    filterset_class = filters.SchoolFilter
    search_fields = ("name", "initials__contains", "code__startswith", "aliases__name")
    search_hint = _("校名、别名、拼音首字母或学校标识码")
    export_kind = "schools"
    empty_action = _("可以新增学校，也可以导入学校名录。")

    def rows(self) -> QuerySet[School]:
        """Return the schools with the pupils of the term in view."""
        return selectors.schools_with_pupils(self.scope, self.request.term)

    def filtered(self) -> QuerySet[Any]:
        """Count a school once however many of its aliases match."""
        return super().filtered().distinct()

    def buttons(self) -> list[Button]:
        """Offer a new school."""
        return [Button(_("新增学校"), reverse("schools:school-add"), ADD, "bi-plus-lg")]


def _lines(screen: Any) -> dict[str, Any]:
    school: School = screen.object
    central, merged = school.central_school, school.merged_into
    return {
        "lines": [
            Fact(_("简称"), school.short_name),
            Fact(_("举办者"), school.get_ownership_display()),
            Fact(_("城乡类型"), school.get_setting_display()),
            Fact(_("学段"), " ".join(str(stage.label) for stage in school.stages)),
            Fact(_("校长"), school.principal_name),
            Fact(_("中心学校"), central, central.get_absolute_url() if central else ""),
            Fact(_("有寄宿生"), _yes(school.has_boarding)),
            Fact(_("有食堂"), _yes(school.has_canteen)),
            Fact(_("实施营养改善计划"), _yes(school.has_meals)),
            Fact(_("设立日期"), school.opened_on and f"{school.opened_on:%Y-%m-%d}"),
            Fact(_("并入学校"), merged, merged.get_absolute_url() if merged else ""),
        ]
    }


def _yes(value: object) -> Words:
    return _("是") if value else _("否")


def _actions(*buttons: tuple[Words, str, str]) -> Callable[[Any], dict[str, Any]]:
    """Return a tab's context with links to pages of the school: (label, URL name, icon)."""

    def context(screen: Any) -> dict[str, Any]:
        code = screen.object.code
        return {
            "actions": allowed(
                screen,
                [
                    Button(label, reverse(f"schools:{name}", args=[code]), EDIT, icon)
                    for label, name, icon in buttons
                ],
            )
        }

    return context


def _events_context(screen: Any) -> dict[str, Any]:
    if screen.object.closed_on:
        return _actions((_("恢复办学"), "school-reopen", "bi-arrow-counterclockwise"))(screen)
    return _actions(
        (_("更名"), "school-rename", "bi-pencil"),
        (_("区划调整"), "school-move", "bi-signpost"),
        (_("撤并"), "school-merge", "bi-sign-merge-right"),
        (_("停办"), "school-close", "bi-x-octagon"),
    )(screen)


class SchoolDetail(DetailScreen):
    """A school: its register, names, history, pupils, teachers, projects, equipment and meals.

    Apps above add tabs of their own by ``SCHOOL_TABS`` in their urls module.
    """

    action = VIEW
    selector = selectors.schools
    lookup = "code"
    parents = (LIST,)
    tabs = (
        Tab("base", _("基本信息"), template="schools/tab_facts.html", context=_lines),
        Tab(
            "aliases",
            _("别名"),
            template="schools/tab_actions.html",
            context=_actions((_("新增别名"), "alias-add", "bi-plus-lg")),
            table_class=tables.AliasTable,
            rows=lambda screen: selectors.aliases(screen.scope).filter(school=screen.object),
            empty=_("没有别名。花名册里的校名写法不同时，可在此添加。"),
        ),
        Tab(
            "events",
            _("变更"),
            template="schools/tab_actions.html",
            context=_events_context,
            table_class=tables.EventTable,
            rows=lambda screen: selectors.events(screen.scope).filter(school=screen.object),
        ),
        Tab(
            "pupils",
            _("在校生"),
            table_class=tables.PupilTable,
            rows=lambda screen: selectors.pupil_counts(screen.scope, screen.object),
            empty=_("还没有在校生数。导入花名册后自动更新。"),
        ),
        Tab(
            "projects",
            _("项目"),
            table_class=tables.ProjectTable,
            rows=lambda screen: selectors.projects_on(screen.scope, screen.today).filter(
                school=screen.object
            ),
            action="schools.project.view",
        ),
        Tab(
            "equipment",
            _("设备"),
            table_class=tables.ReceivedTable,
            rows=lambda screen: selectors.deliveries_to(screen.scope, screen.object),
            action="schools.project.view",
        ),
        Tab(
            "meals",
            _("营养餐"),
            table_class=tables.MealTable,
            rows=lambda screen: selectors.meal_reports(screen.scope).filter(school=screen.object),
            action="schools.meal.view",
        ),
    )

    @property
    def today(self) -> Any:
        """Return the day of the request."""
        return local_day(self.request.now)

    def open_tabs(self) -> list[Tab]:
        """Add the tabs of the apps above, in their place before the projects."""
        own = super().open_tabs()
        further = [tab for tab in declared("SCHOOL_TABS", Tab) if self.may(tab.action)]
        place = next((n for n, tab in enumerate(own) if tab.name == "projects"), len(own))
        return [*own[:place], *further, *own[place:]]

    def facts(self) -> Sequence[Fact]:
        """Say what, where, and whether it is open."""
        school: School = self.object
        closed = school.closed_on
        return [
            Fact(_("学校标识码"), school.code),
            Fact(_("办学类型"), school.get_kind_display()),
            Fact(_("所在区划"), " ".join(place_words(school.division))),
            Fact(_("状态"), _("已停办"), status="refused")
            if closed
            else Fact(_("状态"), _("办学中"), status="done"),
            *([Fact(_("停办日期"), f"{closed:%Y-%m-%d}")] if closed else []),
        ]

    def buttons(self) -> list[Button]:
        """Offer the form."""
        return [
            Button(
                _("编辑"),
                reverse("schools:school-edit", args=[self.object.code]),
                EDIT,
                "bi-pencil",
            )
        ]


class SchoolAdd(ScopedFormScreen):
    """A new school."""

    action = ADD
    title = _("新增学校")
    parents = (LIST,)
    form_class = forms.NewSchoolForm
    service = services.create_school
    details = services.SchoolDetails
    apart = ("code", "name", "division", "document")
    success = _("已新增学校。")


class SchoolEdit(ScopedFormScreen):
    """What needs no event of its own."""

    action = EDIT
    title = _("修改学校")
    parents = (LIST,)
    selector = selectors.schools
    lookup = "code"
    form_class = forms.SchoolForm
    service = services.edit_school
    details = services.SchoolDetails
    object_argument = "school"
    version_field = "version"


def find_schools(scope: Scope, query: SearchQuery) -> list[Hit]:
    """Return the schools that the top bar's search means."""
    wanted = query.q(SchoolList.search_fields)
    rows = selectors.schools(scope).filter(wanted).distinct().order_by("code")[:8]
    return [Hit(row.name, row.get_absolute_url(), row.get_kind_display()) for row in rows]
