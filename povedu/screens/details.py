"""A page about one thing: a summary card, and tabs that load when opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import Table

from povedu.scope import Scope
from povedu.screens.screen import SIGNED_IN, Screen, Words, is_partial, row_or_404

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


class ObjectScreen(Screen):
    """A page about one row, found through a selector so that another's row is a 404."""

    selector: ClassVar[Callable[[Scope], "QuerySet[Any]"]]
    lookup: ClassVar[str] = "pk"  # both the model field and the URL argument
    object: Any

    def rows(self) -> "QuerySet[Any]":
        """Return the rows that may be opened."""
        return type(self).selector(self.scope)

    def load(self) -> "Model":
        """Return the row of the address."""
        return row_or_404(self.rows(), **{self.lookup: self.kwargs[self.lookup]})

    def heading(self) -> Words:
        """Name the row."""
        found = getattr(self, "object", None)
        return str(found) if found is not None else self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the row."""
        return super().get_context_data(object=getattr(self, "object", None), **kwargs)


class ShownRows(list[Any]):
    """Rows read once that still know their model, from which columns take their headings."""

    def __init__(self, rows: list[Any], model: "type[Model] | None") -> None:
        super().__init__(rows)
        self.model = model


@dataclass(frozen=True)
class Fact:
    """A line of a summary card. ``field`` names a protected field, which gets its eye."""

    label: Words
    value: Any = ""
    url: str = ""
    field: str = ""
    status: str = ""  # waiting, doing, done, refused: shown as a badge
    money: bool = False


@dataclass(frozen=True)
class Tab:
    """A tab: a template, or a table over rows, fetched only when it is opened.

    ``context`` is called as ``context(screen)`` and returns what the template needs; ``rows`` as
    ``rows(screen)`` and returns what the table shows.
    """

    name: str
    label: Words
    template: str = "screens/tab_table.html"
    context: Callable[[Any], dict[str, Any]] | None = None
    table_class: type[Table] | None = None
    rows: Callable[[Any], Any] | None = None
    action: str = SIGNED_IN
    empty: Words = ""


class DetailScreen(ObjectScreen):
    """One thing on one page; ``?tab=name`` addresses a tab, htmx fetches only its part."""

    template_name = "screens/detail.html"
    tabs: ClassVar[Sequence[Tab]] = ()
    tab_rows = 200

    def facts(self) -> Sequence[Fact]:
        """Return the lines of the summary card."""
        return ()

    def open_tabs(self) -> list[Tab]:
        """Return the tabs that the person may open."""
        return [tab for tab in self.tabs if self.may(tab.action)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, or only the tab that htmx asks for."""
        self.object = self.load()
        tabs = self.open_tabs()
        asked = request.GET.get("tab") or (tabs[0].name if tabs else "")
        tab = next((one for one in tabs if one.name == asked), None)
        if tab is None and asked:
            raise Http404
        part = self.tab_context(tab) if tab else {}
        if tab and is_partial(request):
            return render(request, "screens/tab.html", {**part, "object": self.object, "tab": tab})
        context = self.get_context_data(tabs=tabs, tab=tab, facts=self.facts(), **part)
        return self.render_to_response(context)

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        """Return what the tab's template needs."""
        context = dict(tab.context(self)) if tab.context else {}
        if tab.table_class and tab.rows:
            rows = tab.rows(self)[: self.tab_rows + 1]
            shown = list(rows)
            table = tab.table_class(
                shown[: self.tab_rows], request=self.request, orderable=False, order_by=()
            )
            table.data.data = ShownRows(shown[: self.tab_rows], getattr(rows, "model", None))
            context |= {"table": table, "cut": len(shown) > self.tab_rows, "limit": self.tab_rows}
        return context
