"""Addresses of reports and their lines in the navigation."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from povedu.screens.menu import MenuItem, Section
from povedu.screens.todo import HomePanel
from reports.views import checks, counties, dashboard, editions, ledger, summary


class LineConverter(StringConverter):
    """The id of a line: a programme's or batch's code, or a word of the product."""

    regex = r"[^/]{1,60}"


register_converter(LineConverter, "line")

app_name = "reports"
MENU = [
    MenuItem(Section.REPORTS, _("驾驶舱"), "reports:dashboard", "reports.dashboard.view", order=10),
    MenuItem(Section.REPORTS, _("年度总结"), "reports:summary", "reports.summary.view", order=20),
    MenuItem(
        Section.REPORTS, _("历次文稿"), "reports:edition-list", "reports.edition.view", order=30
    ),
    MenuItem(
        Section.REPORTS,
        _("导出资金台账"),
        "reports:ledger-export",
        "reports.ledger.export",
        order=40,
    ),
    MenuItem(Section.REPORTS, _("分县汇总"), "reports:counties", "reports.rollup.view", order=15),
    MenuItem(Section.REPORTS, _("数字核对"), "reports:check", "reports.check.run", order=50),
]

# Leadership has nothing to settle here: what waits for them is how the county stands.
PANELS = [
    HomePanel(_("全县情况"), "reports:home-figures", "reports.figures.view", order=10),
]

urlpatterns = [
    path("dashboard/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("dashboard/figures/", dashboard.HomeFigures.as_view(), name="home-figures"),
    path("dashboard/<int:year>/", dashboard.Dashboard.as_view(), name="dashboard-year"),
    path("counties/", counties.Counties.as_view(), name="counties"),
    path("counties/<int:year>/", counties.Counties.as_view(), name="counties-year"),
    path("counties/<int:year>/file/", counties.CountiesFile.as_view(), name="counties-file"),
    path("summary/", summary.SummaryScreen.as_view(), name="summary"),
    path("summary/<int:year>/", summary.SummaryScreen.as_view(), name="summary-year"),
    path("summary/<int:year>/text/", summary.SummaryText.as_view(), name="summary-text"),
    path("summary/<int:year>/write/", summary.SummaryWrite.as_view(), name="summary-write"),
    path("summary/<int:year>/lines/<line:line_id>/", summary.LineRows.as_view(), name="line-rows"),
    path(
        "summary/<int:year>/lines/<line:line_id>/export/",
        summary.RowsExport.as_view(),
        name="rows-export",
    ),
    path("editions/", editions.EditionList.as_view(), name="edition-list"),
    path("editions/<int:pk>/", editions.EditionDetail.as_view(), name="edition-detail"),
    path("editions/<int:pk>/issue/", editions.EditionIssue.as_view(), name="edition-issue"),
    path("editions/<int:pk>/file.<str:fmt>", editions.EditionFile.as_view(), name="edition-file"),
    path("template/", editions.TemplateEdit.as_view(), name="template"),
    path("template/word/", editions.WordTemplate.as_view(), name="template-word"),
    path("check/", checks.CheckText.as_view(), name="check"),
    path("ledger/export/", ledger.LedgerExport.as_view(), name="ledger-export"),
]
