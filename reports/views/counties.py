"""A city's counties side by side."""

import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.audit.services import record
from povedu.ledger.choices import FundSource
from povedu.screens import Button
from povedu.sheets import CONTENT_TYPES, Column, Cover
from reports.selectors import rollup
from reports.views.summary import YearScreen
from schools.selectors import names

COLUMNS = (
    Column("county", gettext_lazy("县（市、区）"), width=18),
    Column("aid_persons", gettext_lazy("资助人数"), "number"),
    Column("aid_times", gettext_lazy("资助人次"), "number"),
    Column("aid_amount", gettext_lazy("资助金额（元）"), "money"),
    Column("gift_persons", gettext_lazy("捐助人数"), "number"),
    Column("gift_times", gettext_lazy("捐助人次"), "number"),
    Column("gift_amount", gettext_lazy("捐助金额（元）"), "money"),
    Column("loan_persons", gettext_lazy("贷款人数"), "number"),
    Column("loan_contracts", gettext_lazy("贷款合同（份）"), "number"),
    Column("loan_amount", gettext_lazy("贷款金额（元）"), "money"),
    Column("accounts", gettext_lazy("个人资助账户（个）"), "number"),
    Column("account_amount", gettext_lazy("账户累计金额（元）"), "money"),
    Column("meal_schools", gettext_lazy("营养餐学校（所）"), "number"),
    Column("meal_pupils", gettext_lazy("营养餐学生（人）"), "number"),
    Column("meal_times", gettext_lazy("供餐人次"), "number"),
    Column("meal_amount", gettext_lazy("营养餐资金（元）"), "money"),
)


class Counties(YearScreen):
    """Each county's figures in a year, and the city's, where a child counts once."""

    action = "reports.rollup.view"
    template_name = "reports/counties.html"
    hint = gettext_lazy("合计按全市去重：跨县转学的学生只计一人，同一学期同一项目只计一人次。")

    def heading(self) -> str:
        """Name the year and the place."""
        return _("%(year)s年分县汇总 %(place)s") % {
            "year": self.year,
            "place": names.place_label(self.scope),
        }

    def buttons(self) -> list[Button]:
        """Offer the table as a file."""
        url = reverse("reports:counties-file", args=[self.year])
        return [Button(_("导出"), url, "reports.rollup.export", "bi-download")]

    @cached_property
    def found(self) -> rollup.Rollup:
        """Return the figures."""
        return rollup.rollup(self.scope, self.year)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        found = self.found
        context = self.get_context_data(
            found=found,
            rows=[*found.counties, found.whole],
            sources=[FundSource(one).label for one in found.sources],
            year=self.year,
            years=[self.year - 1, self.year + 1],
            as_of=self.request.now,
        )
        return self.render_to_response(context)


class CountiesFile(Counties):
    """The same table as a workbook; it holds no person's row."""

    action = "reports.rollup.export"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write it down and say so in the audit trail."""
        cover = Cover(
            self.heading(), self.request.actor.name, self.request.now, [(_("年度"), str(self.year))]
        )
        target = io.BytesIO()
        written = sheets.write(target, "xlsx", COLUMNS, rollup.as_rows(self.found), cover)
        record(
            actor=self.request.actor,
            now=self.request.now,
            verb="rollup.export",
            changes={"sha256": ("", written.sha256), "year": ("", self.year)},
            count=written.rows,
        )
        name = f"counties-{self.year}-{timezone.localtime(self.request.now):%Y%m%d}.xlsx"
        answer = HttpResponse(target.getvalue(), content_type=CONTENT_TYPES["xlsx"])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
