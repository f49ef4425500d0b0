"""Pages of a batch's rows: the list, a cell mended in its place, a whole row, a repair declined."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.intake import selectors
from povedu.intake.choices import BatchState
from povedu.intake.cleaning import cell_keys
from povedu.intake.forms import Cell, CellsForm
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch, ImportRow
from povedu.intake.problems import REPAIRS, Outcome, sentence
from povedu.intake.reading.cells import as_text
from povedu.intake.row_table import RowTable
from povedu.intake.rowstore import RowReader
from povedu.intake.services import repairs, review
from povedu.intake.tables import RowFilter
from povedu.intake.views.batches import LIST
from povedu.screens.actions import NoQuestions
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words, row_or_404

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RowList(ListScreen):
    """The staged rows of a batch."""

    template_name = "intake/rows.html"
    action = "intake.batch.view"
    table_class = RowTable
    filterset_class = RowFilter
    empty_reason = _("没有这样的行。")
    parents = (LIST,)

    @cached_property
    def batch(self) -> ImportBatch:
        """Return the batch of the address, 404 out of scope."""
        found = row_or_404(selectors.batches(self.scope), pk=self.kwargs["pk"])
        assert isinstance(found, ImportBatch)  # noqa: S101  # narrows the type
        return found

    def heading(self) -> Words:
        """Name the file."""
        return self.batch.file_name

    def rows(self) -> "QuerySet[Any]":
        """Return the batch's rows."""
        return selectors.rows(self.scope, self.batch.pk)

    def check_parameters(self) -> None:
        """Find the batch first: not there and not in scope are the same 404."""
        self.batch  # noqa: B018  # looked up for its 404
        super().check_parameters()

    def table_extra(self) -> dict[str, Any]:
        """Give the table what opens the rows."""
        under_review = self.batch.state in (BatchState.STAGED, BatchState.RETURNED)
        may_fix = under_review and self.may(kind_of(self.batch.kind).action)
        return {"batch": self.batch, "token": get_token(self.request) if may_fix else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the batch, whose counts stand above the rows."""
        return super().get_context_data(batch=self.batch, **kwargs)

    def buttons(self) -> list[Button]:
        """Lead back to the batch."""
        return [Button(_("返回批次"), reverse("intake:batch-detail", args=[self.batch.pk]))]


class RowFix(FormScreen):
    """Correct the cells of one row and check it again."""

    action = "intake.batch.review"
    form_class: ClassVar[type[forms.BaseForm]] = CellsForm
    service: ClassVar[Callable[..., Any]] = review.fix_row
    object_argument = "row"
    parents = (LIST,)
    lookup = "row"
    button = _("改正并重新检查")
    success = _("已改正并重新检查。")

    def rows(self) -> "QuerySet[Any]":
        """Return the batch's rows, where the person may work on it."""
        batches = selectors.workable(self.request.actor)
        return selectors.rows(self.scope, self.kwargs["pk"]).filter(batch__in=batches)

    def load(self) -> Any:
        """Return the row of the address."""
        row = row_or_404(self.rows(), pk=self.kwargs["row"])
        assert isinstance(row, ImportRow)  # noqa: S101  # narrows the type
        return row

    def heading(self) -> Words:
        """Name the row."""
        return gettext("第 %(row)d 行") % {"row": self.object.number}

    def cells(self) -> list[Cell]:
        """Return the row's cells, those with problems first."""
        row = self.object
        kind = kind_of(row.batch.kind)
        stored = RowReader(kind, row.batch).open(row)
        cells = []
        mapping = row.batch.sheets[row.sheet]["mapping"]
        for at, (one, key) in enumerate(zip(mapping, cell_keys(mapping), strict=True)):
            if one["field"]:
                column = kind.columns[one["field"]]
                label = one["header"] if column.gathers else column.label
                said = [
                    sentence(problem, row.number, label)
                    for problem in stored.problems
                    if problem.field == one["field"] and not problem.is_repair
                ]
                cells.append(Cell(key, label, as_text(stored.raw[at]), said))
        return sorted(cells, key=lambda cell: not cell.said)

    def initial(self) -> dict[str, Any]:
        """Take first values from the cells."""
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """Show the row's cells."""
        return {**super().form_arguments(), "cells": self.cells()}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Pass the cells as one."""
        assert isinstance(form, CellsForm)  # noqa: S101  # narrows the type
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "row": self.object,
            "cells": form.cells,
        }

    def success_url(self, result: Any) -> str:
        """Go back to the rows that still have something."""
        return reverse("intake:row-list", args=[self.kwargs["pk"]]) + f"?outcome={Outcome.REFUSED}"

    def back_url(self) -> str:
        """Go back to the rows."""
        return self.success_url(None)


class _RowPart(RowFix):
    """A change to one row in its place: htmx gets the row back, anybody else the list."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the whole row: these addresses only take changes."""
        row = self.load()
        return HttpResponseRedirect(reverse("intake:row-fix", args=[row.batch_id, row.pk]))

    def leave(self, url: str) -> HttpResponse:
        """Draw the row anew, and the counts."""
        if not getattr(self.request, "htmx", False):
            return super().leave(url)
        list(messages.get_messages(self.request))  # shown by the row itself
        row = self.load()
        table = RowTable(
            self.rows().filter(pk=row.pk), batch=row.batch, token=get_token(self.request)
        )
        table.paginate(per_page=1)
        return render(self.request, "intake/row.html", {"table": table, "batch": row.batch})


class CellFix(_RowPart):
    """Correct the cells that are sent and check the row again."""


class _RowRepair(_RowPart):
    form_class = NoQuestions

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        """Pass the row, its batch and the rule."""
        if self.kwargs["code"] not in REPAIRS:
            raise Http404
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "batch": self.object.batch,
            "row": self.object,
            "code": self.kwargs["code"],
        }

    def form_arguments(self) -> dict[str, Any]:
        """Ask nothing."""
        return {"data": self.request.POST}


class RowRepairDecline(_RowRepair):
    """Decline one repair of one row."""

    service = repairs.decline_repair


class RowRepairAccept(_RowRepair):
    """Accept one repair of one row again."""

    service = repairs.accept_repair
