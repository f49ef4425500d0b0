"""Rosters of a term, registers of other departments, and households."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import IdNumber
from povedu.screens import Button, DetailScreen, Fact, ListScreen, SecretSearch, Tab
from povedu.screens.screen import Words, row_or_404
from students import filters, tables
from students.models import Enrolment, Household, RegisterEntry, RegisterSnapshot
from students.selectors import children as reads

_REGISTERS: tuple[Words, str] = (gettext_lazy("外部名册"), "students:snapshot-list")


class RosterList(ListScreen):
    """The term's roster, child by child."""

    action = "students.enrolment.view"
    title = gettext_lazy("学期花名册")
    table_class = tables.EnrolmentTable
    filterset_class = filters.EnrolmentFilter
    search_fields = ("student__name", "student__initials__startswith")
    search_numbers = (SecretSearch(IdNumber, "student__id_index"),)
    export_kind = "roster"
    export_action = "students.student.export"
    empty_reason = gettext_lazy("本学期还没有花名册。")
    empty_action = gettext_lazy("请在“导入”中上传学校花名册。")

    def rows(self) -> QuerySet[Enrolment]:
        """Return the enrolments of the term in view."""
        return (
            reads.enrolments(self.scope)
            .filter(term=self.request.term.code)
            .order_by("school__code", "stage", "grade", "class_name", "student__pinyin")
        )

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"

    def buttons(self) -> list[Button]:
        """Lead to the classes."""
        return [Button(_("按班级汇总"), reverse("students:class-list"), self.action)]


class ClassList(ListScreen):
    """The term's classes with their pupils, a page at a time; the sums are of all of them."""

    action = "students.enrolment.view"
    title = gettext_lazy("学校班级")
    template_name = "students/classes.html"
    parents = ((gettext_lazy("学期花名册"), "students:roster-list"),)
    table_class = tables.ClassTable
    empty_reason = gettext_lazy("本学期还没有花名册。")

    @cached_property
    def classes(self) -> list[dict[str, Any]]:
        """Return every class in scope."""
        return list(reads.class_sizes(self.scope, self.request.term))

    def rows(self) -> Any:
        """Return grouped rows, which have no key to end their order with."""
        return self.classes

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sums."""
        kwargs["pupils"] = sum(row["pupils"] for row in self.classes)
        kwargs["schools"] = len({row["school_id"] for row in self.classes})
        return super().get_context_data(**kwargs)

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"


class HouseholdList(ListScreen):
    """Registered households."""

    action = "students.household.view"
    title = gettext_lazy("建档立卡户")
    selector = reads.households
    table_class = tables.HouseholdTable
    filterset_class = filters.HouseholdFilter
    search_fields = ("head_name", "household_no", "village_as_stated")
    search_hint = gettext_lazy("户主姓名、户编号或村名")
    export_kind = "households"
    export_action = "students.student.export"
    empty_reason = gettext_lazy("还没有建档立卡户。")
    empty_action = gettext_lazy("导入扶贫数据库后，这里会按户列出。")


def _members(screen: Any) -> list[Any]:
    members = list(reads.household_members(screen.scope, screen.object))
    known = reads.students_by_number(screen.scope, [one.id_index for one in members])
    for one in members:
        vars(one)["student"] = known.get(one.id_index)
    return members


class HouseholdDetail(DetailScreen):
    """A household and its members."""

    action = "students.household.view"
    selector = reads.households
    parents = ((gettext_lazy("建档立卡户"), "students:household-list"),)
    tabs = (
        Tab("members", gettext_lazy("家庭成员"), table_class=tables.MemberTable, rows=_members),
    )

    def facts(self) -> Sequence[Fact]:
        """Say where and of what kind."""
        one: Household = self.object
        removed = {True: _("已消除"), False: _("未消除"), None: ""}[one.risk_removed]
        return [
            Fact(_("户编号"), one.household_no),
            Fact(_("户主"), one.head_name),
            Fact(_("所在村"), one.division or one.village_as_stated),
            Fact(_("户类型"), one.status_as_stated),
            Fact(_("监测对象类别"), one.monitored_kind_as_stated),
            Fact(_("风险是否消除"), removed),
            Fact(_("主要致贫原因"), one.cause),
            Fact(_("联系电话"), field="phone"),
            Fact(_("人数"), one.members_count),
            Fact(_("数据日期"), f"{one.seen_as_of:%Y-%m-%d}"),
        ]


class SnapshotList(ListScreen):
    """Snapshots of registers."""

    action = "students.register.view"
    title = gettext_lazy("外部名册")
    hint = gettext_lazy("其他部门的名册按数据日期保存，导入后不再修改。")
    selector = reads.snapshots
    table_class = tables.SnapshotTable
    filterset_class = filters.SnapshotFilter
    export_kind = "snapshots"
    empty_reason = gettext_lazy("还没有导入过名册。")
    empty_action = gettext_lazy("请在“导入”中上传扶贫数据库、民政等部门的名册。")

    def buttons(self) -> list[Button]:
        """Lead to the comparison of two snapshots."""
        url = reverse("students:comparison-start", args=["snapshots"])
        return [Button(_("两次快照对照"), url, "students.comparison.make")]


class EntryList(ListScreen):
    """A snapshot's rows."""

    action = "students.register.view"
    selector = reads.entries
    table_class = tables.EntryTable
    filterset_class = filters.EntryFilter
    main_filters = 3
    search_fields = ("name", "pinyin__startswith", "village")
    search_numbers = (SecretSearch(IdNumber, "id_index"),)
    export_kind = "register-entries"
    export_action = "students.register.export"
    parents = (_REGISTERS,)

    @cached_property
    def snapshot(self) -> RegisterSnapshot:
        """Return the snapshot of the address; out of scope is a 404."""
        found = row_or_404(reads.snapshots(self.scope), pk=self.kwargs["pk"])
        if not isinstance(found, RegisterSnapshot):
            raise TypeError(found)
        return found

    def rows(self) -> QuerySet[RegisterEntry]:
        """Return the snapshot's rows in scope."""
        return reads.entries(self.scope).filter(snapshot=self.snapshot).order_by("row_number")

    def check_parameters(self) -> None:
        """Look the snapshot up first, whatever is asked of the page."""
        if self.snapshot.pk:  # raises the 404
            super().check_parameters()

    def heading(self) -> Words:
        """Name the snapshot."""
        return str(self.snapshot)
