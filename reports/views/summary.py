"""The annual summary on screen, the rows behind its figures, and the button that writes it."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.figures import RowList, flat, resum
from povedu.jobs.models import Job
from povedu.jobs.services import enqueue
from povedu.paper.document import numbered
from povedu.scope import Scope
from povedu.screens import ActionScreen, Button, Screen
from povedu.screens.screen import url_or_blank
from reports import tasks
from reports.choices import Section, figure_label
from reports.exports.rows import PERSONAL
from reports.exports.summary import measures_text
from reports.forms import RowsForm
from reports.rules.text import Told
from reports.selectors import editions, lines, places
from reports.services import write_paper
from schools.selectors import names

SUMMARY = (gettext_lazy("年度总结"), "reports:summary")
PAGE_ROWS = 100


class YearScreen(Screen):
    """A page about a year in a place; ``place`` narrows the person's own scope."""

    parameters = frozenset({"place"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse unknown parameters, then answer."""
        allowed = self.may(self.action_for(str(request.method)))
        if allowed and set(request.GET) - self.parameters:
            raise BadRequest("unknown query parameter")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def year(self) -> int:
        """Return the year of the address, else the one that the term in view begins in."""
        asked = self.kwargs.get("year")
        if asked is None:
            return self.request.term.starts_on.year
        if not lines.FIRST_YEAR <= asked <= lines.LAST_YEAR:
            raise Http404
        return int(asked)

    @cached_property
    def place(self) -> Scope:
        """Return the scope looked at."""
        return places.narrowed(self.scope, self.request.GET.get("place", ""))

    @property
    def place_query(self) -> str:
        """Return the query that keeps the place, "" for the person's own scope."""
        place = self.request.GET.get("place", "")
        return f"?{urlencode({'place': place})}" if place else ""

    def county(self) -> str:
        """Return the one county looked at, "" where it is a part of one or several."""
        prefix = self.place.division_prefix
        if self.place.school_code is not None or len(prefix) > 6:
            return ""
        codes = names.county_codes(self.place)
        return codes[0] if len(codes) == 1 else ""


class SummaryScreen(YearScreen):
    """The year's lines by section, every figure a link to its rows, last year beside them."""

    action = "reports.summary.view"
    template_name = "reports/summary.html"

    def heading(self) -> str:
        """Name the year."""
        return _("%(year)s年度总结") % {"year": self.year}

    def buttons(self) -> list[Button]:
        """Offer to write it down, the text, and the editions."""
        if not self.county():
            return []
        return [
            Button(
                _("生成总结文件"),
                reverse("reports:summary-write", args=[self.year]) + self.place_query,
                "reports.summary.write",
                "bi-file-earmark-text",
            ),
            Button(
                _("查看文字稿"),
                reverse("reports:summary-text", args=[self.year]) + self.place_query,
                "reports.edition.view",
            ),
            Button(_("历次文稿"), reverse("reports:edition-list"), "reports.edition.view"),
            Button(_("总结模板"), reverse("reports:template"), "reports.template.view"),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        summary = lines.annual_summary(self.place, self.year)
        sections = [
            (section, [self._row(one) for one in summary.section(section.value)])
            for section in Section
        ]
        context = self.get_context_data(
            year=self.year,
            place_name=names.place_label(self.place),
            place_query=self.place_query,
            sections=[pair for pair in sections if pair[1]],
            years=range(self.year - 2, self.year + 2),
            issued=editions.issued(self.place, self.year) if self.county() else None,
        )
        return self.render_to_response(context)

    def _row(self, told: Told) -> dict[str, Any]:
        line, last = told.line, told.last
        change = None
        if last and line.amount is not None and last.amount is not None:
            change = line.amount - last.amount
        return {
            "line": line,
            "last": last,
            "change": change,
            "measures": measures_text(line.figures()["measures"]),
            "url": lines.trace_of(self.year, line.id) + self.place_query,
        }


class SummaryText(YearScreen):
    """The paper's words as they would be written now."""

    action = "reports.edition.view"
    template_name = "reports/text.html"
    parents = (SUMMARY,)
    title = gettext_lazy("文字稿")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the words and what was left out of them."""
        county = self.county()
        if not county:
            raise Http404
        summary = lines.annual_summary(self.place, self.year)
        today = timezone.localdate(self.request.now)
        paper, missing = write_paper(summary, editions.template_of(county), dated_on=today)
        context = self.get_context_data(
            paper=paper, blocks=numbered(paper.body), missing=missing, year=self.year
        )
        return self.render_to_response(context)


class LineRows(YearScreen):
    """The rows behind a figure, and the figure worked out again from them."""

    action = "reports.rows.view"
    template_name = "reports/rows.html"
    parents = (SUMMARY,)
    parameters = frozenset({"place", "page", "by", "check"})

    def heading(self) -> str:
        """Name the line and the year."""
        return _("%(year)s年 %(line)s") % {"year": self.year, "line": self.told.line.title}

    @cached_property
    def told(self) -> Told:
        """Return the line; not there and not in scope are the same 404."""
        found = lines.one_line(self.place, self.year, self.kwargs["line_id"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def found(self) -> RowList:
        """Return the rows that the person may see: people, or schools."""
        personal = self.may(PERSONAL) and self.request.GET.get("by") != "school"
        found = lines.rows_behind(self.place, self.year, self.kwargs["line_id"], personal=personal)
        if found is None:
            raise Http404
        return found

    def buttons(self) -> list[Button]:
        """Offer the file."""
        address = reverse("reports:rows-export", args=[self.year, self.kwargs["line_id"]])
        return [
            Button(
                _("导出明细"),
                address + self.place_query,
                "reports.rows.export",
                "bi-download",
            )
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a page of rows; with ``check`` the figure against the sum of all its rows."""
        if request.GET.get("check"):
            return self.check()
        page = Paginator(self.found.rows, PAGE_ROWS).get_page(request.GET.get("page"))
        shown = [
            at for at, one in enumerate(self.found.columns) if one.key not in self.found.hidden
        ]
        context = self.get_context_data(
            year=self.year,
            told=self.told,
            found=self.found,
            columns=[self.found.columns[at] for at in shown],
            rows=[[self._cell(row, at) for at in shown] for row in page.object_list],
            page=page,
            figures=self._figures(),
            place_query=self.place_query,
            by_school=not self.found.personal,
            can_name=self.may(PERSONAL),
        )
        return self.render_to_response(context)

    def _cell(self, row: tuple[Any, ...], at: int) -> dict[str, Any]:
        column = self.found.columns[at]
        link = self.found.links.get(column.key)
        url = ""
        if link is not None:
            keys = [one.key for one in self.found.columns]
            url = url_or_blank(link[0], row[keys.index(link[1])])
        return {"value": row[at], "kind": column.kind, "url": url}

    def _figures(self) -> list[tuple[str, Any]]:
        told = flat(self.told.line.figures())
        return [
            (figure_label(path), value)
            for path, value in told.items()
            if value not in (None, 0) and not isinstance(value, list)
        ]

    def check(self) -> HttpResponse:
        """Answer the fragment that compares the line with its rows."""
        told, again = flat(self.told.line.figures()), resum(self.found)
        if not self.found.personal:
            again.pop("rows")
        checked = [
            (figure_label(path), told.get(path) or 0, value, (told.get(path) or 0) == value)
            for path, value in again.items()
            if told.get(path) or value
        ]
        context = {"checked": checked, "agreed": all(one[3] for one in checked)}
        return render(self.request, "reports/check_part.html", context)


class RowsExport(YearScreen, ActionScreen):
    """Start the export of the rows behind a figure."""

    action = "reports.rows.export"
    form_class = RowsForm
    title = gettext_lazy("导出指标明细")
    sentence = gettext_lazy("导出在后台进行，完成后可在作业页下载；导出会记入操作日志。")
    button = gettext_lazy("开始导出")
    success = gettext_lazy("已开始导出。")
    parents = (SUMMARY,)

    @staticmethod
    def start(
        *,
        actor: Any,
        now: Any,
        year: int,
        line: str,
        place: str,
        format: str,  # the form's field
    ) -> Job:
        """Ask for the work."""
        return enqueue(
            kind=tasks.EXPORT_ROWS,
            params={"year": year, "line": line, "place": place, "format": format},
            actor=actor,
            now=now,
        )

    service = start

    def found(self) -> None:
        """Answer 404 for a line that is not there or not in scope."""
        line_id = self.kwargs["line_id"]
        if lines.rows_behind(self.place, self.year, line_id, personal=False) is None:
            raise Http404

    def arguments(self, form: Any) -> dict[str, Any]:
        """Add what the address says."""
        told = {"year": self.year, "line": self.kwargs["line_id"]}
        return {**super().arguments(form), **told, "place": self.request.GET.get("place", "")}

    def success_url(self, result: Any) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])


class SummaryWrite(YearScreen, ActionScreen):
    """Start writing the year's summary down."""

    action = "reports.summary.write"
    title = gettext_lazy("生成年度总结")
    button = gettext_lazy("开始生成")
    success = gettext_lazy("已开始生成。")
    parents = (SUMMARY,)

    def consequence(self) -> str:
        """Say what will happen."""
        return _(
            "将按当前记录汇总 %(year)s 年各项指标，存为一份新草稿，并写出 Word、PDF、Excel 和 JSON "
            "四种文件供下载；已印发的文稿不受影响。"
        ) % {"year": self.year}

    @staticmethod
    def start(*, actor: Any, now: Any, county: str, year: int) -> Job:
        """Ask for the work."""
        return enqueue(
            kind=tasks.WRITE_SUMMARY,
            params={"county": county, "year": year},
            actor=actor,
            now=now,
            digest=f"summary-{county}-{year}",
        )

    service = start

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county and the year."""
        county = self.county()
        if not county:
            raise Refusal("county-needed", _("请先选定一个县。"))
        return {**super().arguments(form), "county": county, "year": self.year}

    def success_url(self, result: Any) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])
