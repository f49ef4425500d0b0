"""Lines of projects and equipment."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.ledger.choices import FundSource
from povedu.money import ZERO, MoneyField
from povedu.scope import Scope
from povedu.sheets import Column
from schools.choices import DangerGrade, ProjectCategory, ProjectState
from schools.models import (
    EquipmentItem,
    Project,
    ProjectFunding,
    ProjectPayment,
)
from schools.selectors.lines.conditions import (
    CONSTRUCTION,
    PAY,
    label_of,
    of_year,
)


def projects_of_year(scope: Scope, year: int) -> QuerySet[Project]:
    """Return the projects that a year's summary speaks of.

    Those completed or put to use in the year, and those that were going on: begun, or planned in a
    batch of that year or before, and not completed by its end. Cancelled ones are left out.
    """
    ended = date(year + 1, 1, 1)
    done = of_year("completed_on", year) | of_year("in_use_on", year)
    begun = Q(started_on__lt=ended) | (Q(started_on__isnull=True) & Q(batch__year__lte=year))
    open_then = Q(completed_on__isnull=True) | Q(completed_on__gte=ended)
    place = scope.q(division="division_id", school="school__code")
    return (
        Project.objects.filter(place)
        .exclude(state=ProjectState.CANCELLED)
        .filter(done | (begun & open_then))
    )


@dataclass(slots=True)
class _Batch:
    """What the projects of one batch add up to."""

    title: str = ""
    categories: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    danger: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    schools: set[int] = field(default_factory=set)
    poor: set[int] = field(default_factory=set)
    complete: int = 0
    in_use: int = 0
    projects: int = 0
    area: Decimal = ZERO
    sources: dict[str, Decimal] = field(default_factory=dict)
    paid: Decimal = ZERO
    items: dict[str, int] = field(default_factory=dict)
    quantity: int = 0
    prices: set[Decimal] = field(default_factory=set)

    def take(self, row: dict[str, Any], year: int) -> None:
        """Count one project."""
        self.title = row["batch__name"]
        self.projects += 1
        self.categories[row["category"]] += 1
        if row["danger_grade"]:
            self.danger[row["danger_grade"]] += 1
        if row["school_id"]:
            self.schools.add(row["school_id"])
            if row["poor"]:
                self.poor.add(row["school_id"])
        self.complete += bool(row["completed_on"] and row["completed_on"].year <= year)
        self.in_use += bool(row["in_use_on"] and row["in_use_on"].year <= year)
        self.area += row["area"] or 0

    def measures(self) -> dict[str, Any]:
        """Return the measures, those that do not apply left out."""
        told: dict[str, Any] = {
            "projects": self.projects,
            "schools": len(self.schools),
            "in_poor_villages": len(self.poor),
            "complete": self.complete,
            "in_use": self.in_use,
            **self.categories,
            "area": self.area,
            "paid": self.paid,
            "danger_grades": dict(sorted(self.danger.items())),
            "items": self.items,
            "quantity": self.quantity,
            "unit_price": next(iter(self.prices)) if len(self.prices) == 1 else None,
        }
        always = ["projects", "complete"]
        if self.schools:
            always += ["schools", "in_poor_villages"]
        return {name: value for name, value in told.items() if value or name in always}


class _Projects:
    """Construction and equipment: a line per batch, its rows the projects of the year."""

    key = "projects"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return a line for every batch with projects completed, put to use or going on."""
        projects = projects_of_year(scope, year)
        batches: dict[str, _Batch] = defaultdict(_Batch)
        for row in _located(projects).values(
            *("batch__code", "batch__name", "category", "danger_grade", "school_id", "poor"),
            *("completed_on", "in_use_on", "area"),
        ):
            batches[row["batch__code"]].take(row, year)
        self._money(projects, batches, year)
        self._items(projects, batches)
        return [self._line(code, batch) for code, batch in sorted(batches.items())]

    @staticmethod
    def _money(projects: QuerySet[Project], batches: dict[str, _Batch], year: int) -> None:
        funding = ProjectFunding.objects.filter(project__in=projects).order_by("source")
        for code, source, total in funding.values_list("project__batch__code", "source").annotate(
            total=Sum("amount")
        ):
            batches[code].sources[source] = total
        paid = ProjectPayment.objects.filter(of_year("paid_on", year), project__in=projects)
        for code, total in (
            paid.order_by().values_list("project__batch__code").annotate(total=Sum("amount"))
        ):
            batches[code].paid = total

    @staticmethod
    def _items(projects: QuerySet[Project], batches: dict[str, _Batch]) -> None:
        items = EquipmentItem.objects.filter(project__in=projects).order_by("pk")
        for code, name, quantity, price, whole in items.values_list(
            "project__batch__code", "name", "quantity", "unit_price", "part_of_id"
        ):
            batch = batches[code]
            label = str(_("其中%(item)s") % {"item": name}) if whole else name
            batch.items[label] = batch.items.get(label, 0) + quantity
            if not whole:
                batch.quantity += quantity
                batch.prices |= {price} if price else set()

    @staticmethod
    def _line(code: str, batch: _Batch) -> Line:
        housing = set(batch.categories) == {ProjectCategory.TEACHER_HOUSING.value}
        return Line(
            id=code,
            title=batch.title,
            section=PAY if housing else CONSTRUCTION,
            kind="projects",
            amount=sum(batch.sources.values(), ZERO),
            by_source=batch.sources,
            measures=batch.measures(),
            rows=batch.projects,
        )

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the projects of a batch."""
        projects = projects_of_year(scope, year).filter(batch__code=line_id)
        if not projects.exists():
            return None
        told = projects.order_by().values_list("funding__source", flat=True).distinct()
        sources = [source for source in FundSource.values if source in set(told)]
        return _project_rows(projects, sources, year)


def _located(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Annotate each project with whether it stands in a poor village."""
    poor = Coalesce("school__division__is_poor_village", "division__is_poor_village")
    return projects.annotate(poor=poor)


def _total_of(model: Any, where: Q) -> Coalesce:
    """Return the sum of a project's amounts, apart from other joins."""
    sums = (
        model.objects.filter(where, project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return Coalesce(Subquery(sums), Value(0), output_field=MoneyField())


def _project_rows(projects: QuerySet[Project], sources: list[str], year: int) -> RowList:
    columns = [
        Column("project_id", _("编号"), "number"),
        Column("project", _("项目"), width=30),
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("category", _("类别")),
        Column("danger_grade", _("危房等级")),
        Column("poor", _("贫困村")),
        Column("complete", _("已完工")),
        Column("used", _("已投用")),
        Column("state", _("进度")),
        Column("completed_on", _("完工日期"), "date"),
        Column("in_use_on", _("投用日期"), "date"),
        Column("area", _("建筑面积（平方米）"), "number", total=True),
        Column("quantity", _("设备数量"), "number", total=True),
        Column("amount", _("资金（元）"), "money", total=True),
        Column("paid", _("本年支付（元）"), "money", total=True),
        *(Column(f"source_{one}", FundSource(one).label, "money", total=True) for one in sources),
    ]
    ended = date(year + 1, 1, 1)
    items = (
        EquipmentItem.objects.filter(project=OuterRef("pk"), part_of=None)
        .order_by()
        .values("project")
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    rows = (
        _located(projects)
        .annotate(
            done=Case(When(completed_on__lt=ended, then=Value(True)), default=Value(False)),
            used=Case(When(in_use_on__lt=ended, then=Value(True)), default=Value(False)),
            quantity=Coalesce(Subquery(items), Value(0)),
            total=_total_of(ProjectFunding, Q()),
            paid=_total_of(ProjectPayment, of_year("paid_on", year)),
            category_label=label_of("category", ProjectCategory),
            state_label=label_of("state", ProjectState),
            **{f"source_{one}": _total_of(ProjectFunding, Q(source=one)) for one in sources},
        )
        .order_by("number", "pk")
        .values_list(
            *("pk", "name", "school__code", "school__name", "category_label", "danger_grade"),
            *(
                "poor",
                "done",
                "used",
                "state_label",
                "completed_on",
                "in_use_on",
                "area",
                "quantity",
            ),
            *("total", "paid"),
            *(f"source_{one}" for one in sources),
        )
    )
    return RowList(
        columns,
        rows,
        sums={
            "amount": "amount",
            "measures.paid": "paid",
            "measures.area": "area",
            "measures.quantity": "quantity",
            **{f"by_source.{one}": f"source_{one}" for one in sources},
        },
        distinct={
            "measures.projects": Distinct(["project_id"]),
            "measures.complete": Distinct(["project_id"], ("complete", True)),
            "measures.in_use": Distinct(["project_id"], ("used", True)),
            "measures.schools": Distinct(["school_code"]),
            "measures.in_poor_villages": Distinct(["school_code"], ("poor", True)),
            **{
                f"measures.{one.value}": Distinct(["project_id"], ("category", str(one.label)))
                for one in ProjectCategory
            },
            **{
                f"measures.danger_grades.{one.value}": Distinct(
                    ["project_id"], ("danger_grade", one.value)
                )
                for one in DangerGrade
            },
        },
        links={"project": ("schools:project-detail", "project_id")},
    )


def projects_by_state(scope: Scope, year: int) -> dict[str, int]:
    """Return how many of the year's projects stand in each state, in the order of their life."""
    told = projects_of_year(scope, year).order_by().values_list("state").annotate(n=Count("pk"))
    counts = dict(told)
    return {state: counts[state] for state in ProjectState.values if state in counts}


PROJECTS: LineSource = _Projects()
