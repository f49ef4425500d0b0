"""Pages of the teacher register."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.protected import IdNumber
from povedu.scope import Scope
from povedu.screens import Button, DetailScreen, Fact, Hit, ListScreen, SecretSearch, Tab
from povedu.screens.screen import Words
from povedu.screens.searching import SearchQuery
from schools.views.scoped import (
    ScopedActionScreen,
    ScopedFormScreen,
    allowed,
    day_in_view,
    local_day,
)
from teachers import filters, forms, selectors, services, tables
from teachers.models import Teacher

VIEW, EDIT = "teachers.teacher.view", "teachers.teacher.edit"
POST = "teachers.posting.edit"
_LIST: tuple[Words, str] = (_("教师花名册"), "teachers:teacher-list")
_NUMBERS = (SecretSearch(IdNumber, "id_index"),)


class TeacherList(ListScreen):
    """The register, with who serves elsewhere."""

    action = VIEW
    title = _("教师花名册")
    table_class = tables.TeacherTable
    filterset_class = filters.TeacherFilter
    search_fields = ("name", "initials__startswith", "number__startswith")
    search_numbers = _NUMBERS
    search_hint = _("姓名、拼音首字母、教师编号或完整身份证号")
    export_kind = "teachers"
    empty_action = _("可以新增教师，也可以导入教师花名册。")

    def rows(self) -> QuerySet[Teacher]:
        """Return the teachers, with who serves elsewhere in the term in view."""
        return selectors.teachers_on(self.scope, day_in_view(self.request))

    def buttons(self) -> list[Button]:
        """Offer a new teacher."""
        return [Button(_("新增教师"), reverse("teachers:teacher-add"), EDIT, "bi-plus-lg")]


def _lines(screen: Any) -> dict[str, Any]:
    teacher: Teacher = screen.object
    return {
        "lines": [
            Fact(_("性别"), teacher.get_sex_display()),
            Fact(_("出生日期"), _day(teacher.birth_on)),
            Fact(_("任教学段"), teacher.get_stage_display()),
            Fact(_("任教学科"), teacher.subject),
            Fact(_("职称"), teacher.get_title_display()),
            Fact(_("学历"), teacher.education),
            Fact(_("参加工作日期"), _day(teacher.hired_on)),
            Fact(_("到校日期"), _day(teacher.school_since_on)),
        ]
    }


def _day(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _posting_links(screen: Any) -> dict[str, Any]:
    address = reverse("teachers:posting-add", args=[screen.object.pk])
    return {"actions": allowed(screen, [Button(_("新增任职"), address, POST, "bi-plus-lg")])}


class TeacherDetail(DetailScreen):
    """A teacher: the register and the postings."""

    action = VIEW
    selector = selectors.teachers
    parents = (_LIST,)
    tabs = (
        Tab("base", _("基本信息"), template="schools/tab_facts.html", context=_lines),
        Tab(
            "postings",
            _("任职"),
            template="schools/tab_actions.html",
            context=_posting_links,
            table_class=tables.PostingTable,
            rows=lambda screen: selectors.postings(screen.scope).filter(teacher=screen.object),
            action="teachers.posting.view",
            empty=_("没有交流、支教等任职；原岗位见基本信息。"),
        ),
        Tab(
            "trainings",
            _("培训"),
            table_class=tables.TrainingTable,
            rows=lambda screen: selectors.trainings(screen.scope).filter(teacher=screen.object),
            action="teachers.training.view",
            empty=_("没有培训记录。"),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say who, where, which post, and whether in post."""
        teacher: Teacher = self.object
        school = teacher.school
        left = teacher.left_on
        return [
            Fact(_("教师编号"), teacher.number),
            Fact(_("学校"), school, school.get_absolute_url()),
            Fact(_("岗位"), teacher.get_post_display()),
            Fact(_("用工性质"), teacher.get_employment_kind_display()),
            Fact(_("状态"), _("已离开"), status="refused")
            if left
            else Fact(_("状态"), _("在岗"), status="done"),
            *(
                [Fact(_("离开日期"), _day(left)), Fact(_("离开原因"), teacher.leave_reason)]
                if left
                else []
            ),
            Fact(_("身份证号"), field="id_number"),
            Fact(_("电话"), field="phone"),
        ]

    def buttons(self) -> list[Button]:
        """Offer the form, and leaving or coming back."""
        pk = self.object.pk
        name, label = ("teacher-return", _("恢复在岗"))
        if self.object.left_on is None:
            name, label = ("teacher-leave", _("登记离开"))
        return [
            Button(_("编辑"), reverse("teachers:teacher-edit", args=[pk]), EDIT, "bi-pencil"),
            Button(label, reverse(f"teachers:{name}", args=[pk]), EDIT),
        ]


class TeacherAdd(ScopedFormScreen):
    """A new teacher."""

    action = EDIT
    title = _("新增教师")
    parents = (_LIST,)
    form_class = forms.TeacherForm
    service = services.create_teacher
    details = services.TeacherDetails
    success = _("已新增教师。")


class TeacherEdit(ScopedFormScreen):
    """What the register holds."""

    action = EDIT
    title = _("修改教师")
    parents = (_LIST,)
    selector = selectors.teachers
    form_class = forms.TeacherForm
    service = services.edit_teacher
    details = services.TeacherDetails
    object_argument = "teacher"
    version_field = "version"

    def initial(self) -> dict[str, Any]:
        """Begin with the record, the protected values left out."""
        values = super().initial()
        return {name: value for name, value in values.items() if name not in ("id_number", "phone")}


class TeacherLeave(ScopedActionScreen):
    """Somebody leaves."""

    action = EDIT
    title = _("登记教师离开")
    parents = (_LIST,)
    selector = selectors.teachers
    form_class = forms.LeavingForm
    service = services.record_leaving
    object_argument = "teacher"
    version_field = "version"
    danger = True

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"left_on": local_day(self.request.now)}

    def consequence(self) -> Words:
        """Say what happens."""
        return _("“%(name)s”将登记为离开；尚未结束的任职同日结束，历年记录保留。") % {
            "name": self.object.name
        }


class TeacherReturn(ScopedActionScreen):
    """A leaving is taken back."""

    action = EDIT
    title = _("恢复在岗")
    parents = (_LIST,)
    selector = selectors.teachers
    form_class = forms.NothingForm
    service = services.record_return
    object_argument = "teacher"
    version_field = "version"

    def consequence(self) -> Words:
        """Say what happens."""
        return _("“%(name)s”将恢复为在岗；已结束的任职不恢复。") % {"name": self.object.name}


def find_teachers(scope: Scope, query: SearchQuery) -> list[Hit]:
    """Return the teachers that the top bar's search means."""
    wanted = query.q(TeacherList.search_fields, _NUMBERS)
    rows = selectors.teachers(scope).filter(wanted).order_by("pk")[:8]
    return [Hit(row.name, row.get_absolute_url(), row.school.name) for row in rows]
