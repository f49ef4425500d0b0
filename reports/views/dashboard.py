"""What leadership looks at: a year in figures and charts, a place at a time."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from povedu.ledger.choices import FundSource
from povedu.screens import Button, ChartPanel, Crumb, DashboardScreen, Figure, Series
from reports.selectors import indicators, lines, places
from reports.selectors.indicators import COVERAGE_TARGET, Part
from reports.views.summary import YearScreen
from schools.choices import ProjectState, Stage
from schools.selectors import names
from students.choices import Place
from teachers.choices import PostingKind


class Dashboard(YearScreen, DashboardScreen):
    """Coverage, money, projects and teachers of a place in a year, by its parts."""

    action = "reports.dashboard.view"
    template_name = "reports/dashboard.html"

    def heading(self) -> str:
        """Name the place and the year."""
        place = names.place_label(self.place)
        return _("%(year)s年驾驶舱 %(place)s") % {"year": self.year, "place": place}

    def crumbs(self) -> list[Crumb]:
        """Lead back up from a township or a school."""
        here = [Crumb(self.heading())]
        if self.place == self.scope:
            return here
        top = reverse("reports:dashboard-year", args=[self.year])
        up = [Crumb(names.place_label(self.scope) or _("全部"), top)]
        ended = len(self.place.division_prefix) if self.place.school_code is None else 10
        for digits in (6, 9):  # the county and the township on the way down
            if len(self.scope.division_prefix) < digits < ended:
                prefix = self.place.division_prefix[:digits]
                name = names.place_label(places.narrowed(self.scope, prefix))
                up.append(Crumb(name, f"{top}?place={prefix}"))
        return [*up, *here]

    def buttons(self) -> list[Button]:
        """Lead to the summary of the same place."""
        address = reverse("reports:summary-year", args=[self.year]) + self.place_query
        return [Button(_("年度总结"), address, "reports.summary.view")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        context = self.get_context_data(
            figures=self.figures(),
            panels=self.panels(),
            as_of=self.request.now,
            year=self.year,
            years=range(self.year - 2, self.year + 2),
            place_query=self.place_query,
        )
        return self.render_to_response(context)

    @cached_property
    def summary(self) -> lines.Summary:
        """Return the year's lines."""
        return lines.annual_summary(self.place, self.year)

    @cached_property
    def parts(self) -> list[Part]:
        """Return the counties of a city, the townships of a county, or a township's schools."""
        return indicators.parts(self.place, self.year)

    def _behind(self, line_id: str) -> str:
        return lines.trace_of(self.year, line_id) + self.place_query

    def figures(self) -> Sequence[Figure]:
        """Return six cards with last year's figure beside each."""
        poor, aided = indicators.coverage(self.place, self.year)
        poor_before, aided_before = indicators.coverage(self.place, self.year - 1)
        rate = aided / poor * 100 if poor else None
        before = aided_before / poor_before * 100 if poor_before else None
        return [
            Figure(
                _("建档立卡学生资助覆盖率"),
                rate,
                last_year=before,
                percent=True,
                url=self._behind("registered-poor") if poor else "",
                tone="" if rate is None or rate >= COVERAGE_TARGET else "overdue",
            ),
            self._count(_("建档立卡学生"), "registered-poor", _("人")),
            self._money(),
            self._count(_("营养改善受益学生"), "meals", _("人")),
            self._projects(),
            self._count(_("在岗教师"), "teachers", _("人")),
        ]

    def _count(self, label: str, line_id: str, unit: str) -> Figure:
        told = self.summary.find(line_id)
        if told is None:
            return Figure(label, None, unit)
        last = told.last.persons if told.last else None
        return Figure(label, told.line.persons, unit, last, self._behind(line_id))

    def _money(self) -> Figure:
        now = sum(indicators.money_by_source(self.place, self.year).values())
        before = sum(indicators.money_by_source(self.place, self.year - 1).values())
        address = reverse("reports:summary-year", args=[self.year]) + self.place_query
        return Figure(
            _("资助资金到账"), now, last_year=before or None, url=f"{address}#subsidies", money=True
        )

    def _projects(self) -> Figure:
        now = sum(indicators.projects_by_state(self.place, self.year).values())
        before = sum(indicators.projects_by_state(self.place, self.year - 1).values())
        address = reverse("reports:summary-year", args=[self.year]) + self.place_query
        return Figure(_("建设项目"), now, _("个"), before or None, f"{address}#construction")

    def panels(self) -> Sequence[ChartPanel]:
        """Return the charts that have anything to show."""
        panels = [
            self._coverage(),
            self._money_by_part(),
            self._money_by_source(),
            self._money_by_stage(),
            self._by_word(
                "projects",
                _("项目进展到哪一步？"),
                indicators.projects_by_state(self.place, self.year),
                {one.value: one.label for one in ProjectState},
                _("个"),
            ),
            self._by_word(
                "postings",
                _("教师以哪些方式交流轮岗？"),
                indicators.postings_by_kind(self.place, self.year),
                {one.value: one.label for one in PostingKind},
                _("人次"),
            ),
            self._by_word(
                "children",
                _("适龄儿童都在哪里？"),
                indicators.places_of_children(self.place, self.year),
                {one.value: one.label for one in Place},
                _("人"),
            ),
            self._teachers(),
        ]
        return [one for one in panels if one.categories]

    def _drill(self, part: Part) -> str:
        if self.place.school_code is not None:
            return ""
        place = part.key if names.part_digits(self.place) else f"s{part.key}"
        return f"{reverse('reports:dashboard-year', args=[self.year])}?place={place}"

    def _of_parts(self, shown: list[Part]) -> dict[str, Any]:
        level = {6: _("县（市、区）"), 9: _("乡镇"), 0: _("学校")}
        return {
            "categories": [one.name for one in shown],
            "links": [self._drill(one) for one in shown],
            "heading": level[names.part_digits(self.place)],
        }

    def _coverage(self) -> ChartPanel:
        shown = [one for one in self.parts if one.poor]
        return ChartPanel(
            key="coverage",
            question=_("哪里的建档立卡学生资助覆盖率低于 %(target)s%%？")
            % {"target": COVERAGE_TARGET},
            series=[
                Series(_("覆盖率"), [one.coverage for one in shown]),
            ],
            unit="%",
            target=COVERAGE_TARGET,
            lowest_first=True,
            note=_("当年资助到账的建档立卡学生占秋季在校建档立卡学生的比例。"),
            **self._of_parts(shown),
        )

    def _money_by_part(self) -> ChartPanel:
        shown = [one for one in self.parts if one.money]
        return ChartPanel(
            key="money-by-part",
            question=_("资助资金到了哪里？"),
            series=[Series(_("到账资金"), [one.money for one in shown])],
            money=True,
            **self._of_parts(shown),
        )

    def _teachers(self) -> ChartPanel:
        shown = [one for one in self.parts if one.teachers]
        return ChartPanel(
            key="teachers",
            question=_("教师分布在哪里？"),
            series=[Series(_("在岗教师"), [one.teachers for one in shown])],
            unit=_("人"),
            **self._of_parts(shown),
        )

    def _money_by_source(self) -> ChartPanel:
        now = indicators.money_by_source(self.place, self.year)
        before = indicators.money_by_source(self.place, self.year - 1)
        keys = [one for one in FundSource if now.get(one.value) or before.get(one.value)]
        return ChartPanel(
            key="money-by-source",
            question=_("资助资金来自哪一级？"),
            categories=[one.label for one in keys],
            series=[
                Series(str(self.year), [now.get(one.value, 0) for one in keys]),
                Series(str(self.year - 1), [before.get(one.value, 0) for one in keys]),
            ],
            money=True,
            heading=_("资金来源"),
        )

    def _money_by_stage(self) -> ChartPanel:
        now = indicators.money_by_stage(self.place, self.year)
        before = indicators.money_by_stage(self.place, self.year - 1)
        keys = [one for one in Stage if now.get(one.value) or before.get(one.value)]
        return ChartPanel(
            key="money-by-stage",
            question=_("资助资金用在哪个学段？"),
            categories=[one.label for one in keys],
            series=[
                Series(str(self.year), [now.get(one.value, 0) for one in keys]),
                Series(str(self.year - 1), [before.get(one.value, 0) for one in keys]),
            ],
            money=True,
            in_time=True,
            heading=_("学段"),
        )

    @staticmethod
    def _by_word(
        key: str, question: str, counts: Any, words: dict[str, Any], unit: str
    ) -> ChartPanel:
        shown = [word for word in words if counts.get(word)]
        return ChartPanel(
            key=key,
            question=question,
            categories=[words[one] for one in shown],
            series=[Series(_("数量"), [counts[one] for one in shown])],
            unit=unit,
            in_time=True,
        )


class HomeFigures(Dashboard):
    """The dashboard's figures alone, for the landing page."""

    action = "reports.figures.view"
    template_name = "reports/home_figures.html"

    def panels(self) -> Sequence[ChartPanel]:
        """Leave the charts to the dashboard."""
        return []
