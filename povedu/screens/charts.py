"""Dashboards: figures at the top, then charts that each answer one question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from povedu.screens.screen import Screen, Words

Number = int | float | Decimal | None


@dataclass(frozen=True)
class Figure:
    """One figure card: a number, its unit, last year's number and the way to the rows behind it.

    ``tone`` is done, waiting or overdue where the number itself is good or bad news.
    """

    label: Words
    value: Number
    unit: Words = ""
    last_year: Number = None
    url: str = ""
    money: bool = False  # yuan, shown as 万元
    percent: bool = False  # 0 to 100
    tone: str = ""

    @property
    def change(self) -> float | None:
        """Return the change on last year: points for percentages, per cent for the others."""
        if self.value is None or self.last_year is None:
            return None
        now, then = float(self.value), float(self.last_year)
        if self.percent:
            return now - then
        return None if not then else (now - then) / then * 100

    @property
    def size(self) -> float:
        """Return the change without its sign, which an arrow shows."""
        return abs(self.change or 0.0)


@dataclass(frozen=True)
class Series:
    """One row of numbers over a chart's categories."""

    name: Words
    values: Sequence[Number]
    line: bool = False


@dataclass(frozen=True)
class ChartPanel:
    """A chart and its table; the title is the question that it answers.

    ``categories`` are the names along the axis, ``links`` their addresses (same length, or empty).
    Bars are sorted by the first series unless ``in_time``. ``target`` draws a line.
    """

    key: str
    question: Words
    categories: Sequence[Words]
    series: Sequence[Series]
    unit: Words = ""
    links: Sequence[str] = ()
    target: Number = None
    target_label: Words = _("目标")
    in_time: bool = False
    stacked: bool = False
    lowest_first: bool = False
    money: bool = False  # values are yuan, drawn as 万元
    as_of: datetime | None = None
    heading: Words = _("名称")
    note: Words = ""
    wide: bool = False

    @property
    def spec_id(self) -> str:
        """Return the id of the script element that holds the data."""
        return f"{self.key}-spec"

    @property
    def order(self) -> list[int]:
        """Return the positions of the categories in drawing order."""
        positions = list(range(len(self.categories)))
        if self.in_time or not self.series:
            return positions
        values = self.series[0].values
        return sorted(
            positions,
            key=lambda one: (values[one] is None, float(values[one] or 0)),
            reverse=not self.lowest_first,
        )

    def drawn(self, value: Number) -> float | None:
        """Return a value in the unit drawn."""
        if value is None:
            return None
        return round(float(value) / 10000, 2) if self.money else float(value)

    @property
    def spec(self) -> dict[str, Any]:
        """Return what the browser draws from; plain JSON."""
        order = self.order
        return {
            "question": str(self.question),
            "categories": [str(self.categories[one]) for one in order],
            "links": [self.links[one] for one in order] if self.links else [],
            "series": [
                {
                    "name": str(one.name),
                    "values": [self.drawn(one.values[at]) for at in order],
                    "line": one.line,
                }
                for one in self.series
            ],
            "unit": str(_("万元")) if self.money else str(self.unit),
            "target": self.drawn(self.target),
            "targetLabel": str(self.target_label),
            "inTime": self.in_time,
            "stacked": self.stacked,
        }

    @property
    def table(self) -> list[tuple[str, str, list[Number]]]:
        """Return (name, address, values) in drawing order: the same data to read."""
        return [
            (
                str(self.categories[one]),
                self.links[one] if self.links else "",
                [series.values[one] for series in self.series],
            )
            for one in self.order
        ]


class DashboardScreen(Screen):
    """Four to six figures, then charts two abreast."""

    template_name = "screens/dashboard.html"

    def figures(self) -> Sequence[Figure]:
        """Return the cards at the top."""
        return ()

    def panels(self) -> Sequence[ChartPanel]:
        """Return the charts."""
        return ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        context = self.get_context_data(
            figures=self.figures(), panels=self.panels(), as_of=self.request.now
        )
        return self.render_to_response(context)
