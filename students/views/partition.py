"""Where the children of school age are: by township, child by child, and as the three ledgers."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import IdNumber
from povedu.screens import Button, ListScreen, Screen, SecretSearch
from povedu.screens.screen import Words, row_or_404
from povedu.terms import Term
from students import filters, tables
from students.choices import Place
from students.models import PlacedChild, Reconciliation
from students.selectors import partition as reads

VIEW, CHILDREN = "students.partition.view", "students.student.view"
_RUNS: tuple[Words, str] = (gettext_lazy("比对记录"), "students:run-list")
_LEDGERS: tuple[Words, str] = (gettext_lazy("三本台账"), "students:ledgers")


class _OfRun(Screen):
    """A page about the children that one run placed."""

    @cached_property
    def run(self) -> Reconciliation:
        """Return the run of the address; out of scope is a 404."""
        found = row_or_404(reads.partitioned(self.scope), pk=self.kwargs["pk"])
        if not isinstance(found, Reconciliation):
            raise TypeError(found)
        return found


class PartitionPage(_OfRun):
    """The children by township and place, or by the six visit outcomes, against the run before."""

    action = VIEW
    title = gettext_lazy("适龄儿童去向分布")
    template_name = "students/partition.html"
    parents = (_RUNS,)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the table."""
        if set(request.GET) - {"by"} or request.GET.get("by", "outcome") != "outcome":
            raise BadRequest("unknown query parameter")
        by_outcome = "by" in request.GET
        found = reads.partition(self.scope, self.run, by_outcome=by_outcome)
        context = self.get_context_data(
            run=self.run,
            term=Term.parse(self.run.term).label,
            columns=[label for _key, label in found.columns],
            lines=[(line, self._cells(found, line, by_outcome=by_outcome)) for line in found.lines],
            sums=(found.total, self._cells(found, found.total, by_outcome=by_outcome)),
            found=found,
            by_outcome=by_outcome,
            ages=settings.SCHOOL_AGE,
        )
        return self.render_to_response(context)

    def _cells(
        self, found: reads.Partition, line: reads.Line, *, by_outcome: bool
    ) -> list[tuple[reads.Cell, str]]:
        """Return a line's cells, each with the address of its children where they may be seen."""
        keys = [key for key, _label in found.columns] + [""]
        cells = [*line.cells, line.total]
        return [
            (cell, self._children(line.code, key, by_outcome=by_outcome) if cell.count else "")
            for key, cell in zip(keys, cells, strict=True)
        ]

    def _children(self, code: str, key: str, *, by_outcome: bool) -> str:
        if not self.may(CHILDREN) or code.endswith("000"):
            return ""
        asked = {"outcome" if by_outcome else "place": key, "township": code.ljust(12, "0")}
        if not code:
            asked.pop("township")
        query = urlencode({name: value for name, value in asked.items() if value})
        url = reverse("students:run-children", args=[self.run.pk])
        return f"{url}?{query}" if query else url

    def heading(self) -> Words:
        """Name the run's term."""
        return f"{self.title} · {Term.parse(self.run.term).label}"

    def buttons(self) -> list[Button]:
        """Lead to the children and to the other view."""
        here = reverse("students:run-partition", args=[self.run.pk])
        other = (
            Button(_("按去向"), here, VIEW)
            if "by" in self.request.GET
            else Button(_("按六类走访结果"), f"{here}?by=outcome", VIEW)
        )
        children = reverse("students:run-children", args=[self.run.pk])
        return [Button(_("逐人名单"), children, CHILDREN, "bi-list-ul"), other]


class PlacedList(_OfRun, ListScreen):
    """The ledger of children of school age: every child once, with where the child is."""

    action = CHILDREN
    title = gettext_lazy("适龄儿童台账")
    hint = gettext_lazy("每名适龄儿童只列一次，各去向人数之和等于总人数。")
    parents = (_LEDGERS,)
    table_class = tables.PlacedTable
    filterset_class = filters.PlacedFilter
    main_filters = 3
    search_fields = (
        *("student__name", "student__initials__startswith", "entry__name", "case__name"),
    )
    search_numbers = (
        *(SecretSearch(IdNumber, "student__id_index"), SecretSearch(IdNumber, "entry__id_index")),
    )
    export_kind = "school-age-children"
    export_action = "students.student.export"
    empty_reason = gettext_lazy("没有去向明细；较早的比对只保留数字。")

    def rows(self) -> QuerySet[PlacedChild]:
        """Return the run's children in scope."""
        return reads.placed_children(self.scope, self.run)

    def check_parameters(self) -> None:
        """Look the run up first, whatever is asked of the page."""
        if self.run.pk:  # raises the 404
            super().check_parameters()

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {Term.parse(self.run.term).label}"

    def buttons(self) -> list[Button]:
        """Lead back to the figures."""
        url = reverse("students:run-partition", args=[self.run.pk])
        return [Button(_("去向分布"), url, VIEW, "bi-grid-3x3")]


class LedgersPage(Screen):
    """The three ledgers of the term, and whether partition and cases tell of the same children."""

    action = VIEW
    title = gettext_lazy("三本台账")
    hint = gettext_lazy("由最近一次比对得出，差异处理、返校登记后即时更新。")
    template_name = "students/ledgers.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the ledgers of the term in view."""
        found = reads.ledgers(self.scope, self.request.term, settings.SCHOOL_AGE)
        lines = [(line, str(Place(line.place).label), self._cases(line)) for line in found.lines]
        context = self.get_context_data(
            found=found,
            lines=lines,
            term_label=self.request.term.label,
            ages=settings.SCHOOL_AGE,
            children_url=self._url("students:run-children", CHILDREN, found.run),
            partition_url=self._url("students:run-partition", VIEW, found.run),
        )
        return self.render_to_response(context)

    def _url(self, name: str, action: str, run: Reconciliation | None) -> str:
        return reverse(name, args=[run.pk]) if run is not None and self.may(action) else ""

    def _cases(self, line: reads.Ledger) -> str:
        if not self.may("students.dropout.view"):
            return ""
        return f"{reverse('students:dropout-list')}?state={line.place}"
