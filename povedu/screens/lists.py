"""Lists: one selector, one table, one line of filters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import FilterSet
from django_tables2 import Table

from povedu.errors import Refusal
from povedu.scope import ActingRequest, Actor, Scope
from povedu.screens import exporting, searching
from povedu.screens.filters import Chip, chips_of, parameter_names, without
from povedu.screens.screen import Screen, Words
from povedu.screens.searching import SearchQuery, SecretSearch
from povedu.screens.services import SentBefore, claim_submission
from povedu.terms import Term

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_SIZES = (20, 50, 100, 200)
OWN_PARAMETERS = frozenset({"page", "per_page", "sort", "search"})


@dataclass(frozen=True)
class BulkAction:
    """A thing to do to the ticked rows.

    ``consequence`` is a sentence with ``%(count)d``; it is shown before anything is done. The
    screen's method ``bulk_<name>(chosen: QuerySet) -> Words`` calls the service and returns the
    sentence shown afterwards.
    """

    name: str
    label: Words
    action: str
    consequence: Words
    danger: bool = False


class FilteredRows(Screen):
    """Rows of a selector, narrowed by a filter set and by a search; shared by lists and queues."""

    selector: ClassVar[Callable[[Scope], "QuerySet[Any]"]]
    filterset_class: ClassVar[type[FilterSet] | None] = None
    main_filters: ClassVar[int] = 3  # the others are under "更多"
    search_fields: ClassVar[Sequence[str]] = ()
    search_numbers: ClassVar[Sequence[SecretSearch]] = ()
    search_hint: ClassVar[Words] = gettext_lazy("姓名、拼音首字母或完整证件号")
    extra_parameters: ClassVar[frozenset[str]] = frozenset()
    own_parameters: ClassVar[frozenset[str]] = OWN_PARAMETERS

    def rows(self) -> "QuerySet[Any]":
        """Return all rows that the person may see."""
        return type(self).selector(self.scope)

    def check_parameters(self) -> None:
        """Refuse query parameters that the page does not know."""
        known = self.own_parameters | self.extra_parameters | parameter_names(self.filterset_class)
        if set(self.request.GET) - known:
            raise BadRequest("unknown query parameter")

    @cached_property
    def search(self) -> SearchQuery | None:
        """Return the search that the address names, None without one or when it has lapsed."""
        token = self.request.GET.get("search", "")
        return searching.recall(self.request, token) if token else None

    @cached_property
    def filterset(self) -> FilterSet | None:
        """Return the bound filter set."""
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET, queryset=self.rows(), request=self.request)

    def filtered(self) -> "QuerySet[Any]":
        """Return the rows after filters and search."""
        found: QuerySet[Any] = self.filterset.qs if self.filterset is not None else self.rows()
        if self.filterset is not None and not self.filterset.is_valid():
            return found.none()
        if self.request.GET.get("search"):
            if self.search is None:
                return found.none()
            found = found.filter(self.search.q(self.search_fields, self.search_numbers))
        return found

    def chips(self) -> list[Chip]:
        """Return what is being filtered by."""
        chips = chips_of(self.filterset, self.request.GET) if self.filterset is not None else []
        if self.request.GET.get("search"):
            label = self.search.label if self.search else _("已失效，请重新检索")
            chips.insert(0, Chip(_("检索"), label, without(self.request.GET, "search")))
        return chips

    def take_search(self) -> HttpResponse:
        """Keep what was typed and go to the address that names it by token."""
        query = self.request.GET.copy()
        query.pop("page", None)
        query.pop("search", None)
        typed = self.request.POST.get("q", "").strip()
        if typed:
            query["search"] = searching.keep(self.request, SearchQuery.read(typed))
        return self.here(query)

    def here(self, query: QueryDict) -> HttpResponse:
        """Go back to this page with a query."""
        text = query.urlencode()
        return HttpResponseRedirect(f"{self.request.path}?{text}" if text else self.request.path)

    def bar(self) -> dict[str, Any]:
        """Return what the filter bar's template needs."""
        fields = list(self.filterset.form) if self.filterset is not None else []
        main, more = fields[: self.main_filters], fields[self.main_filters :]
        active = {name for name in self.request.GET if self.request.GET.get(name)}
        kept = ("search", "sort", *self.extra_parameters)
        return {
            "filterset": self.filterset,
            "main_fields": main,
            "more_fields": more,
            "more_active": any(
                key == field.name or key.startswith(f"{field.name}_")
                for field in more
                for key in active
            ),
            "kept_parameters": [(name, self.request.GET[name]) for name in kept if name in active],
            "searchable": bool(self.search_fields or self.search_numbers),
            "search_hint": self.search_hint,
            "search_text": self.search.text if self.search else "",
            "chips": self.chips(),
        }


class ListScreen(FilteredRows):
    """A list: five declarative lines make one.

    ``action``, ``title``, ``selector``, ``table_class`` and ``filterset_class``; further
    ``search_fields``, ``export_kind``, ``bulk_actions``, ``empty_reason`` and ``empty_action``.
    """

    template_name = "screens/list.html"
    table_class: ClassVar[type[Table]]
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    export_kind: ClassVar[str] = ""
    export_action: ClassVar[str] = ""  # without it whoever may see the list may export it
    page_size: ClassVar[int] = 50
    empty_reason: ClassVar[Words] = gettext_lazy("还没有记录。")
    empty_action: ClassVar[Words] = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        self.check_parameters()
        invalid = self.filterset is not None and not self.filterset.is_valid()
        table = self.table()
        page = self.paginate(table)
        context = self.get_context_data(
            **self.bar(),
            table=table,
            page=page,
            total=page.paginator.count,
            page_sizes=PAGE_SIZES,
            per_page=page.paginator.per_page,
            columns=self.choosable(table),
            bulk_actions=self.allowed_bulk(),
            exportable=self.exportable(),
            filtered=bool(self.chips()),
            empty_reason=self.empty_reason,
            empty_action=self.empty_action,
        )
        return self.render_to_response(context, status=400 if invalid else 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Search, choose columns, export, or act on the ticked rows."""
        self.check_parameters()
        wanted = request.POST.get("do", "")
        if wanted == "search":
            return self.take_search()
        if wanted == "columns":
            return self.take_columns()
        if wanted == "export" and self.exportable():
            return self.export()
        for bulk in self.allowed_bulk():
            if wanted == f"bulk-{bulk.name}":
                return self.act(bulk)
        raise BadRequest("unknown request")

    # Table, columns, pages.

    def table(self, without: Sequence[str] = ()) -> Table:
        """Return the table, sorted as asked, with the chosen columns, or those not ``without``."""
        data = self.filtered()
        exclude = tuple(without) if self.allowed_bulk() else ("select", *without)
        table = self.table_class(data, request=self.request, exclude=exclude, **self.table_extra())
        sort = self.request.GET.get("sort", "")
        if sort:
            column = sort.removeprefix("-")
            if column not in table.columns.columns or not table.columns[column].orderable:
                raise BadRequest("unknown sort")
            table.order_by = sort
        self._settle_order(table)
        if not without:
            for name in self.hidden_columns(table):
                table.columns.hide(name)
        return table

    def table_extra(self) -> dict[str, Any]:
        """Return further arguments of the table."""
        return {}

    @staticmethod
    def _settle_order(table: Table) -> None:
        """End every order with the primary key, so that no row shows on two pages."""
        rows = getattr(table.data, "data", None)
        if rows is None or not hasattr(rows, "query"):
            return
        order = tuple(rows.query.order_by) or tuple(rows.model._meta.ordering)
        if not {"pk", "-pk", "id", "-id"} & {one for one in order if isinstance(one, str)}:
            table.data.data = rows.order_by(*order, "pk")

    @property
    def columns_cookie(self) -> str:
        """Return the name of the cookie that remembers the hidden columns of this list."""
        return f"columns-{self.table_class.__name__}"

    def hidden_columns(self, table: Table) -> list[str]:
        """Return the columns not shown: what was chosen, else what the table hides at first."""
        chosen = self.request.COOKIES.get(self.columns_cookie)
        first: Sequence[str] = getattr(self.table_class.Meta, "hidden", ())
        names = list(first) if chosen is None else chosen.split(".")
        lead = {"select", *getattr(self.table_class.Meta, "lead", ())}
        return [name for name in names if name in table.columns.columns and name not in lead]

    def choosable(self, table: Table) -> list[tuple[str, str, bool]]:
        """Return (name, heading, shown) of each column that may be hidden."""
        lead = {"select", *getattr(self.table_class.Meta, "lead", ())}
        return [
            (column.name, str(column.header), column.visible)
            for column in table.columns.columns.values()
            if column.name not in lead
        ]

    def take_columns(self) -> HttpResponse:
        """Remember which columns to show, for a year, for this list only."""
        shown = set(self.request.POST.getlist("column"))
        known = [name for name, _heading, _shown in self.choosable(self.table())]
        hidden = ".".join(name for name in known if name not in shown)
        response = self.here(self.request.GET.copy())
        response.set_cookie(
            self.columns_cookie,
            hidden,
            max_age=365 * 86400,
            path=self.request.path,
            secure=self.request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response

    def paginate(self, table: Table) -> "Page[Any]":
        """Cut the asked page; beyond the last is the last."""
        paginator: Paginator[Any] = Paginator(table.rows, self.per_page())
        page = paginator.get_page(self.request.GET.get("page"))
        table.paginator, table.page = paginator, page
        return page

    def per_page(self) -> int:
        """Return the page size: asked for, remembered, or the list's own."""
        asked = self.request.GET.get("per_page", "")
        if asked:
            if asked not in {str(size) for size in PAGE_SIZES}:
                raise BadRequest("unknown page size")
            if self.request.session.get("per_page") != int(asked):
                self.request.session["per_page"] = int(asked)
            return int(asked)
        return int(self.request.session.get("per_page", self.page_size))

    # Export of exactly what is filtered.

    def exportable(self) -> bool:
        """Say whether the person may export this list."""
        return bool(self.export_kind) and self.may(self.export_action or self.action)

    def export(self) -> HttpResponse:
        """Hand the filters to the export job and go to its progress page."""
        query = self.request.GET.copy()
        for name in ("page", "per_page", "search"):
            query.pop(name, None)
        order = exporting.ExportOrder(
            kind=self.export_kind,
            screen=f"{type(self).__module__}.{type(self).__qualname__}",
            arguments={key: str(value) for key, value in self.kwargs.items()},
            query=query.urlencode(),
            search=exporting.sealed_search(self.search),
            hidden=tuple(self.hidden_columns(self.table())),
            term=self.request.term.code,
        )
        return HttpResponseRedirect(self.enqueue_export(order))

    def enqueue_export(self, order: "exporting.ExportOrder") -> str:
        """Start the export and return the address that shows its progress."""
        return exporting.start(self.request, order)

    @classmethod
    def replay(cls, order: "exporting.ExportOrder", *, actor: Actor, now: Any) -> Table:
        """Return the whole table of an export order, as the person saw it; for the worker.

        The rights are checked again: one taken away since then raises PermissionError.
        """
        request = ActingRequest()
        request.method = "GET"
        request.GET = QueryDict(order.query)
        request.actor, request.now, request.term = actor, now, Term.parse(order.term)
        screen = cls()
        screen.setup(request, **order.arguments)
        if not screen.exportable():
            raise PermissionError(order.kind)
        search = exporting.opened_search(order.search)
        if search is not None:
            request.GET = QueryDict(f"{order.query}&search=replayed")
            screen.search = search
        return screen.table(without=("select", *order.hidden))

    # Bulk actions.

    def allowed_bulk(self) -> list[BulkAction]:
        """Return the bulk actions of the person."""
        return [one for one in self.bulk_actions if self.may(one.action)]

    def chosen(self) -> "QuerySet[Any]":
        """Return the ticked rows, or all that are filtered when the whole list was chosen."""
        if self.request.POST.get("all") == "1":
            return self.filtered()
        numbers = [one for one in self.request.POST.getlist("pk") if one]
        try:
            return self.filtered().filter(pk__in=numbers)
        except (ValueError, TypeError) as broken:
            raise BadRequest("rows") from broken

    def act(self, bulk: BulkAction) -> HttpResponse:
        """Show the consequence first, then do it once."""
        rows = self.chosen()
        count = rows.count()
        if not count:
            raise Refusal("nothing-chosen", _("没有选中可办理的记录。请先勾选。"))
        if self.request.POST.get("confirmed") != "1":
            context = self.get_context_data(
                bulk=bulk,
                page_title=bulk.label,
                consequence=str(bulk.consequence) % {"count": count},
                figures=[(_("条数"), count)],
                whole=self.request.POST.get("all") == "1",
                numbers=self.request.POST.getlist("pk"),
                back=self.request.get_full_path(),
            )
            return self.response_class(self.request, "screens/bulk.html", context)
        handler: Callable[[QuerySet[Any]], Words] = getattr(self, f"bulk_{bulk.name}")
        try:
            with transaction.atomic():
                claim_submission(
                    token=str(self.request.POST.get("form_token", "")),
                    user_id=self.request.actor.user_id,
                    now=self.request.now,
                )
                said = handler(rows)
            messages.success(self.request, str(said))
        except SentBefore:
            pass
        return self.here(self.request.GET.copy())
