"""Editions of the annual summary, their files, and the county's template."""

import io
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.paper.stencil import STENCIL
from povedu.scope import Scope
from povedu.screens import ActionScreen, Button, DetailScreen, Fact, FormScreen, ListScreen, Screen
from povedu.screens.details import ObjectScreen
from povedu.sheets import Cover
from reports import services
from reports.choices import EditionState, figure_label
from reports.exports import summary
from reports.filters import EditionFilter
from reports.forms import IssueForm, TemplateForm
from reports.models import SummaryEdition, SummaryTemplate
from reports.rules import frozen
from reports.selectors import editions, lines
from reports.tables import TONES, EditionTable
from reports.views.summary import SUMMARY, YearScreen
from schools.selectors import names

EDITIONS = (gettext_lazy("历次文稿"), "reports:edition-list")


class EditionList(ListScreen):
    """The summaries that were written down."""

    action = "reports.edition.view"
    title = gettext_lazy("历次文稿")
    selector = editions.editions
    table_class = EditionTable
    filterset_class = EditionFilter
    parents = (SUMMARY,)
    empty_reason = gettext_lazy("还没有生成过年度总结。")


class EditionDetail(DetailScreen):
    """One edition: its files, and every figure that is no longer what it says."""

    action = "reports.edition.view"
    selector = editions.editions
    template_name = "reports/edition.html"
    parents = (SUMMARY, EDITIONS)
    object: SummaryEdition

    def facts(self) -> Sequence[Fact]:
        """Show who wrote and issued it, and whether it is whole."""
        one = self.object
        whole = frozen.digest(one.content, one.paper) == one.sha256
        return [
            Fact(_("年度"), one.year),
            Fact(_("版次"), one.number),
            Fact(_("状态"), one.get_state_display(), status=TONES[one.state]),
            Fact(_("拟稿"), f"{one.made_by} {one.made_at:%Y-%m-%d}"),
            Fact(_("签发"), f"{one.issued_by} {one.issued_at:%Y-%m-%d}" if one.issued_at else "—"),
            Fact(_("年度数据"), _("已锁定") if one.locks_period else _("未锁定")),
            Fact(
                _("内容校验"),
                _("与拟稿时一致") if whole else _("与校验值不符"),
                status="done" if whole else "refused",
            ),
            Fact(_("校验值"), one.sha256),
        ]

    def buttons(self) -> list[Button]:
        """Offer to issue a draft."""
        if self.object.state != EditionState.DRAFT:
            return []
        return [
            Button(
                _("签发印发"),
                reverse("reports:edition-issue", args=[self.object.pk]),
                "reports.edition.issue",
                "bi-check2-square",
            )
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the files and the differences."""
        now = lines.as_json(lines.annual_summary(Scope(self.object.county_code), self.object.year))
        found = frozen.differences(lines.lines_of(self.object.content), lines.lines_of(now))
        return super().get_context_data(
            formats=summary.FORMATS,
            differences=[
                {
                    "title": one.title,
                    "figure": figure_label(one.figure),
                    "then": one.then,
                    "now": one.now,
                    "url": lines.trace_of(self.object.year, one.line_id),
                }
                for one in found
            ],
            **kwargs,
        )


class EditionFile(ObjectScreen):
    """An edition as a file, as it was written down."""

    action = "reports.edition.view"
    selector = editions.editions

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write the file anew from what is frozen."""
        fmt = self.kwargs["fmt"]
        if fmt not in summary.FORMATS:
            raise Http404
        edition = self.load()
        if not isinstance(edition, SummaryEdition):
            raise Http404
        paper = frozen.unpack(edition.paper)
        own = editions.template_of(edition.county_code).word_template
        target = io.BytesIO()
        summary.write(
            fmt,
            target,
            content=edition.content,
            paper=paper,
            cover=Cover(paper.title, str(edition.made_by), edition.made_at),
            word_template=bytes(own) if own else None,
        )
        response = HttpResponse(target.getvalue(), content_type=summary.CONTENT_TYPES[fmt])
        name = f"{edition.year}-summary-v{edition.number}.{fmt}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class EditionIssue(ActionScreen):
    """Issue a draft."""

    action = "reports.edition.issue"
    selector = editions.editions
    form_class = IssueForm
    service = services.issue_summary
    object_argument = "edition"
    title = gettext_lazy("签发年度总结")
    button = gettext_lazy("签发")
    success = gettext_lazy("已签发。")
    parents = (SUMMARY, EDITIONS)

    def consequence(self) -> str:
        """Say what will happen."""
        return _(
            "签发后这份文稿的数据和文字不再改变；同年度原来印发的文稿改为“已被新版代替”。"
            "拟稿人不能签发自己的文稿。"
        )


class TemplateEdit(YearScreen, FormScreen):
    """The county's wording and the head and foot of its paper."""

    action = "reports.template.view"
    write_action = "reports.template.edit"
    template_name = "reports/template.html"
    form_class = TemplateForm
    service = services.save_template
    object_argument = "template"
    version_field = "version"
    title = gettext_lazy("总结模板")
    parents = (SUMMARY,)
    success_url_name = "reports:template"
    wide_fields = ("title", "copies_to")

    def found(self) -> SummaryTemplate:
        """Return the county's template, or the shipped one to begin from."""
        county = self.county()
        if not county:
            raise Http404
        return editions.template_of(county)

    def version(self) -> str:
        """Return 0 for a template that was never saved."""
        template = self.object
        saved = isinstance(template, SummaryTemplate) and not template._state.adding
        return str(template.version) if saved else "0"

    def back_url(self) -> str:
        """Go back to the summary."""
        return reverse("reports:summary")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the names that a text may hold."""
        county = self.county()
        summary_now = lines.annual_summary(Scope(county), self.year)
        return super().get_context_data(
            known=[(one.line.id, one.line.title) for one in summary_now.told],
            place_name=names.place_label(Scope(county)),
            own_word=bool(getattr(self.object, "word_template", None)),
            **kwargs,
        )


class WordTemplate(YearScreen, Screen):
    """The Word template in use, to edit in WPS."""

    action = "reports.template.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand out the county's own, else the shipped one."""
        county = self.county()
        if not county:
            raise Http404
        own = editions.template_of(county).word_template
        content = bytes(own) if own else STENCIL.read_bytes()
        response = HttpResponse(content, content_type=summary.CONTENT_TYPES["docx"])
        response["Content-Disposition"] = 'attachment; filename="summary-template.docx"'
        return response
