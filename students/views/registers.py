"""Rosters of a term, registers of other departments, and households."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import IdNumber
from povedu.screens import Button, DetailScreen, Fact, ListScreen, Screen, SecretSearch, Tab
from povedu.screens.base import Words, row_or_404
from students import filters, tables
from students.forms.registers import ComparisonForm
from students.models import Enrolment, Household, RegisterEntry, RegisterSnapshot
from students.rules.snapshots import Change
from students.selectors import children as reads
from students.selectors.snapshots import compare_snapshots

_REGISTERS: tuple[Words, str] = (gettext_lazy("外部名册"), "students:snapshot-list")
SHOWN_CHANGES = 500
CHANGE_WORDS = {
    "new": gettext_lazy("新增"),
    "gone": gettext_lazy("退出"),
    "category": gettext_lazy("类别变化"),
    "moved": gettext_lazy("迁移"),
    "household": gettext_lazy("户编号变化"),
    "renamed": gettext_lazy("姓名变化"),
    "risk-removed": gettext_lazy("风险消除"),
}


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


class ClassList(Screen):
    """The term's classes with their pupils."""

    action = "students.enrolment.view"
    title = gettext_lazy("学校班级")
    template_name = "students/classes.html"
    parents = ((gettext_lazy("学期花名册"), "students:roster-list"),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show every class in scope."""
        rows = list(reads.class_sizes(self.scope, self.request.term))
        table = tables.ClassTable(rows, orderable=False)
        pupils = sum(row["pupils"] for row in rows)  # type: ignore[index]  # grouped rows
        schools = len({row["school_id"] for row in rows})  # type: ignore[index]  # grouped rows
        return self.render_to_response(
            self.get_context_data(table=table, pupils=pupils, schools=schools, classes=len(rows))
        )

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
        return [Button(_("两次快照比对"), reverse("students:snapshot-compare"), self.action)]


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


class SnapshotCompare(Screen):
    """What changed between two snapshots of a register, in plain words and as a table."""

    action = "students.register.view"
    title = gettext_lazy("两次快照比对")
    template_name = "students/compare.html"
    parents = (_REGISTERS,)
    shown: ClassVar[int] = SHOWN_CHANGES

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for two snapshots; with two, show how they differ."""
        asked = bool(request.GET)
        form = ComparisonForm(request.GET if asked else None, snapshots=reads.snapshots(self.scope))
        context: dict[str, Any] = {"form": form}
        if asked and form.is_valid():
            context |= self.compared(form.cleaned_data["before"], form.cleaned_data["after"])
        status = 400 if asked and not form.is_valid() else 200
        return self.render_to_response(self.get_context_data(**context), status=status)

    def compared(self, before: RegisterSnapshot, after: RegisterSnapshot) -> dict[str, Any]:
        """Return the differences for the template."""
        result = compare_snapshots(self.scope, before, after)
        counts = [(label, result.counts.get(kind, 0)) for kind, label in CHANGE_WORDS.items()]
        rows = [_worded(one) for one in result.changes[: self.shown]]
        return {
            "before": before,
            "after": after,
            "sizes": result.rows,
            "counts": counts,
            "total": len(result.changes),
            "limit": self.shown,
            "table": tables.ChangeTable(rows, orderable=False),
        }


def _worded(change: Change) -> dict[str, str]:
    row = change._asdict() | {"change": str(CHANGE_WORDS[change.kind])}
    if change.kind in {"new", "gone", "category"}:
        row |= {"before": _category(change.before), "after": _category(change.after)}
    return row


def _category(value: str) -> str:
    from students.choices import Hardship

    return str(Hardship(value).label) if value in Hardship.values else value
