"""A page that shows the open findings under the queue's filters and does one thing to them all."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from povedu.screens import ActionScreen
from povedu.screens.lists import FilteredRows
from students import filters, tables
from students.models import Finding
from students.selectors import children as reads
from students.views.queue import FindingQueue

FIRST_ROWS = 20


class OverShown(FilteredRows, ActionScreen):
    """Look, say what is to be done, once; the form carries which findings were looked at."""

    selector = reads.findings
    filterset_class = filters.QueueFilter
    search_fields = FindingQueue.search_fields
    count = 0  # of the rows that fit

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what it would be done to."""
        self.check_parameters()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it."""
        self.check_parameters()
        return super().post(request, *args, **kwargs)

    def fitting(self) -> QuerySet[Finding]:
        """Return the findings that it would be done to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the first rows."""
        rows = self.fitting()
        self.count = rows.count()
        table = tables.FindingTable(list(rows[:FIRST_ROWS]), orderable=False, order_by=())
        return super().get_context_data(table=table, count=self.count, limit=FIRST_ROWS, **kwargs)
