"""A list answered in both directions: to whoever sent it, and with whom it leaves out."""

from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from povedu.screens import Button, ListScreen
from povedu.screens.screen import Words, row_or_404
from students.models import Reconciliation, RegisterEntry, RegisterSnapshot, Student
from students.selectors import runs
from subsidies.choices import ListResult
from subsidies.filters import ListedFilter, OffListFilter
from subsidies.selectors import target_lists as reads
from subsidies.selectors.programmes import office_of
from subsidies.tables.target_lists import ListedTable, OffListTable

VIEW = "subsidies.feedback.view"


class _OfList(ListScreen):
    """A page about one list that a run compared; ``?list=`` names it, else the locked one."""

    action = VIEW
    template_name = "subsidies/target_list.html"
    parents = ((gettext_lazy("比对记录"), "students:run-list"),)
    export_action = "subsidies.feedback.export"
    extra_parameters = frozenset({"list"})
    page: ClassVar[str] = ""
    other: tuple[Words, str] = ("", "")

    @cached_property
    def run(self) -> Reconciliation:
        """Return the run of the address; out of scope is a 404."""
        found = row_or_404(runs.runs(self.scope), pk=self.kwargs["pk"])
        assert isinstance(found, Reconciliation)  # noqa: S101  # the selector's model
        return found

    @cached_property
    def lists(self) -> list[RegisterSnapshot]:
        """Return the lists to choose from."""
        return reads.lists_of(self.run)

    @cached_property
    def snapshot(self) -> RegisterSnapshot | None:
        """Return the list in view, None where the run compared none."""
        asked = self.request.GET.get("list", "")
        if not asked:
            return self.lists[0] if self.lists else None
        found = [one for one in self.lists if str(one.pk) == asked]
        if not found:
            raise BadRequest("unknown list")
        return found[0]

    def check_parameters(self) -> None:
        """Look the run up first, whatever is asked of the page."""
        if self.run.pk:  # raises the 404
            super().check_parameters()

    def heading(self) -> Words:
        """Name the table, the list and the run."""
        return f"{self.title}：{self.snapshot or self.run}"

    def buttons(self) -> list[Button]:
        """Lead to the other direction."""
        label, name = self.other
        return [Button(label, self._url(name, self.snapshot), VIEW)]

    def _url(self, name: str, snapshot: RegisterSnapshot | None) -> str:
        url = reverse(f"subsidies:{name}", args=[self.run.pk])
        return f"{url}?list={snapshot.pk}" if snapshot else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the other lists."""
        kwargs["lists"] = [
            (one, self._url(self.page, one), one == self.snapshot) for one in self.lists
        ]
        return super().get_context_data(**kwargs)


class ListedEntries(_OfList):
    """名单反馈表: what became of every row of a list."""

    title = gettext_lazy("名单反馈表")
    hint = gettext_lazy("名单每行一个结果；受助以本学期已批准的资助决定为准。")
    table_class = ListedTable
    filterset_class = ListedFilter
    search_fields = ("name", "pinyin__startswith", "household_no")
    search_hint = gettext_lazy("姓名、拼音或户编号")
    export_kind = "listed"
    empty_reason = gettext_lazy("名单上没有人员；较早的比对不再保留匹配明细。")
    page = "feedback-entries"
    other = (gettext_lazy("名单外学生"), "feedback-off-list")

    def rows(self) -> QuerySet[Any]:
        """Return the list's rows in scope."""
        if self.snapshot is None:
            return RegisterEntry.objects.none()
        return reads.listed(self.scope, self.run, self.snapshot, office_of(self.request.actor))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts by result."""
        counts = reads.counted(self.rows()) if self.snapshot else {}
        base = self._url(self.page, self.snapshot)
        kwargs["results"] = [
            (ListResult(name).label, number, f"{base}&result={name}")
            for name, number in counts.items()
        ]
        return super().get_context_data(**kwargs)


class OffListPupils(_OfList):
    """名单外学生反馈表: pupils aided, or holding a proof, who are not on the list."""

    title = gettext_lazy("名单外学生反馈表")
    hint = gettext_lazy("本学期在校、不在名单上而已受助或持有扶贫手册、证明的学生，供报送增补。")
    table_class = OffListTable
    filterset_class = OffListFilter
    search_fields = ("name", "initials__startswith")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "off-list"
    empty_reason = gettext_lazy("没有名单外受助或持证明的学生。")
    page = "feedback-off-list"
    other = (gettext_lazy("名单内人员"), "feedback-entries")

    def rows(self) -> QuerySet[Any]:
        """Return the pupils in scope."""
        if self.snapshot is None:
            return Student.objects.none()
        return reads.off_list(self.scope, self.run, self.snapshot, office_of(self.request.actor))
