"""What goes back to the office that sent a list, after a run."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words, row_or_404
from students.models import PlacedChild, Reconciliation
from students.selectors import runs
from subsidies.filters import FeedbackFilter
from subsidies.selectors.feedback import feedback, list_of
from subsidies.selectors.programmes import office_of
from subsidies.tables.feedback import FeedbackTable

if TYPE_CHECKING:
    from django.db.models import QuerySet


class FeedbackList(ListScreen):
    """Children of the list and aided children off it, as one run found them."""

    action = "subsidies.feedback.view"
    title = gettext_lazy("受助学生比对反馈表")
    parents = ((gettext_lazy("比对记录"), "students:run-list"),)
    table_class = FeedbackTable
    filterset_class = FeedbackFilter
    search_fields = ("student__name", "student__initials__startswith", "entry__name")
    search_hint = gettext_lazy("姓名或拼音首字母")
    export_kind = "feedback"
    export_action = "subsidies.feedback.export"
    empty_reason = gettext_lazy("名单上没有义务教育年龄段的人员；较早的比对只保留数字。")

    @cached_property
    def run(self) -> Reconciliation:
        """Return the run of the address; out of scope is a 404."""
        found = row_or_404(runs.runs(self.scope), pk=self.kwargs["pk"])
        assert isinstance(found, Reconciliation)  # noqa: S101  # the selector's model
        return found

    def rows(self) -> "QuerySet[PlacedChild]":
        """Return the run's rows in scope."""
        return feedback(self.scope, self.run, office_of(self.request.actor))

    def check_parameters(self) -> None:
        """Look the run up first, whatever is asked of the page."""
        if self.run.pk:  # raises the 404
            super().check_parameters()

    def heading(self) -> Words:
        """Name the table and the run."""
        return _("受助学生比对反馈表：%(run)s") % {"run": self.run}

    def buttons(self) -> list[Button]:
        """Lead to the answers to one list in both directions, of every stage."""
        pk = [self.run.pk]
        listed = Button(
            _("名单反馈表"), reverse("subsidies:feedback-entries", args=pk), self.action
        )
        off = Button(_("名单外学生"), reverse("subsidies:feedback-off-list", args=pk), self.action)
        return [listed, off]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which list it answers, and whose money counts."""
        names = _("、").join(map(str, list_of(self.run))) or _("无")
        hint = _("名单：%(list)s。受助以本学期已批准的资助决定为准，只计您可见的资助项目。")
        return super().get_context_data(page_hint=hint % {"list": names}, **kwargs)
