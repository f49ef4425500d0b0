"""Figures for the annual summary and the dashboards, and the rows behind them.

A project counts in the calendar year in which it was completed or put to use; older batches
therefore stand in a later year's summary. A cancelled one never counts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Substr

from povedu.money import ZERO
from povedu.scope import Scope
from schools.choices import ProjectCategory, ProjectState
from schools.models import (
    Division,
    EquipmentDelivery,
    EquipmentItem,
    MealReport,
    Project,
    ProjectFunding,
    School,
)
from schools.rules.meals import SchoolYear, average_days, average_pupils
from schools.rules.projects import FINISHED
from schools.selectors.meals import meal_reports
from schools.selectors.places import schools
from schools.selectors.projects import items, overdue, projects_with_money

OF_WHICH = "其中"  # begins the name of a line that adds nothing to the line above it
BUILDING_KINDS = frozenset(
    {
        ProjectCategory.BUILDING,
        ProjectCategory.KINDERGARTEN,
        ProjectCategory.REPAIR,
        ProjectCategory.NEW_SCHOOL,
        ProjectCategory.TEACHER_HOUSING,
        ProjectCategory.CARE_CENTRE,
    }
)


@dataclass
class BatchMeasures:
    """A batch's year: schools and projects apart, since one school may have several projects.

    ``area`` in m²; money in yuan; ``items`` are quantities by name, an “of which” line under a
    name that begins with 其中; ``quantity`` adds up the other lines; ``unit_price`` is the one
    price of them all, None where there are several.
    """

    code: str
    name: str
    category: str
    document: str = ""
    projects: int = 0
    building: int = 0
    equipment: int = 0
    complete: int = 0
    area: Decimal | None = None
    total: Decimal = ZERO
    by_source: dict[str, Decimal] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    quantity: int | None = None
    unit_price: Decimal | None = None
    school_ids: set[int] = field(default_factory=set, repr=False)
    poor_village_school_ids: set[int] = field(default_factory=set, repr=False)

    @property
    def schools(self) -> int:
        """Return how many schools have a project or received equipment."""
        return len(self.school_ids)

    @property
    def in_poor_villages(self) -> int:
        """Return how many of the schools lie in a poor village."""
        return len(self.poor_village_school_ids)

    def measures(self) -> dict[str, Any]:
        """Return the figures by name, as the summary prints them."""
        return {
            "schools": self.schools,
            "projects": self.projects,
            "building": self.building,
            "equipment": self.equipment,
            "complete": self.complete,
            "in_poor_villages": self.in_poor_villages,
            "area": self.area,
            "items": dict(self.items),
            "quantity": self.quantity,
            "unit_price": self.unit_price,
        }


def counted_in(year: int) -> Q:
    """Return the filter for projects that count in a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    done = Q(completed_on__range=(first, last)) | Q(in_use_on__range=(first, last))
    return done & ~Q(state=ProjectState.CANCELLED)


def projects_of_year(scope: Scope, year: int, batch: str = "") -> QuerySet[Project]:
    """Return the projects that count in a year, of one batch code or of all, with money."""
    rows = projects_with_money(scope).filter(counted_in(year))
    return rows.filter(batch__code=batch) if batch else rows


def items_of_year(scope: Scope, year: int, batch: str = "") -> QuerySet[EquipmentItem]:
    """Return the equipment lines of the projects that count in a year."""
    rows = items(scope).filter(project__in=_counted(scope, year))
    return rows.filter(project__batch__code=batch) if batch else rows


def _counted(scope: Scope, year: int) -> QuerySet[Project]:
    inside = scope.q(division="division_id", school="school__code")
    return Project.objects.filter(inside, counted_in(year)).order_by()


def batch_measures(scope: Scope, year: int) -> list[BatchMeasures]:
    """Return the measures of every batch with a project in the year; five queries in all."""
    found = _batches(_counted(scope, year))
    for batch_id, source, amount in (
        ProjectFunding.objects.filter(project__in=_counted(scope, year))
        .order_by()
        .values_list("project__batch", "source")
        .annotate(sum=Sum("amount"))
    ):
        found[batch_id].by_source[source] = amount
        found[batch_id].total += amount
    _add_schools(found, _counted(scope, year))
    _add_items(found, _counted(scope, year))
    return sorted(found.values(), key=lambda one: one.code)


def _batches(counted: QuerySet[Project]) -> dict[int, BatchMeasures]:
    rows = counted.values(
        "batch_id", "batch__code", "batch__name", "batch__category", "batch__document"
    ).annotate(
        projects=Count("pk"),
        building=Count("pk", filter=Q(category__in=BUILDING_KINDS)),
        equipment=Count("pk", filter=~Q(category__in=BUILDING_KINDS)),
        complete=Count("pk", filter=Q(state__in=FINISHED)),
        area=Sum("area"),
    )
    return {
        row["batch_id"]: BatchMeasures(
            code=row["batch__code"],
            name=row["batch__name"],
            category=row["batch__category"],
            document=row["batch__document"],
            projects=row["projects"],
            building=row["building"],
            equipment=row["equipment"],
            complete=row["complete"],
            area=row["area"],
        )
        for row in rows
    }


def _add_schools(found: dict[int, BatchMeasures], counted: QuerySet[Project]) -> None:
    """Add the schools of the projects, and those that received equipment."""
    own = counted.filter(school__isnull=False).values_list(
        "batch_id", "school_id", "school__division__is_poor_village"
    )
    received = (
        EquipmentDelivery.objects.filter(item__project__in=counted)
        .order_by()
        .values_list("item__project__batch_id", "school_id", "school__division__is_poor_village")
    )
    for batch_id, school_id, is_poor in [*own.distinct(), *received.distinct()]:
        found[batch_id].school_ids.add(school_id)
        if is_poor:
            found[batch_id].poor_village_school_ids.add(school_id)


def _add_items(found: dict[int, BatchMeasures], counted: QuerySet[Project]) -> None:
    rows = (
        EquipmentItem.objects.filter(project__in=counted)
        .order_by()
        .values("project__batch_id", "name", "part_of")
        .annotate(
            sum=Sum("quantity"), cheapest=Min("unit_price"), dearest=Max("unit_price"), at=Min("pk")
        )
    )
    prices: dict[int, set[Decimal | None]] = defaultdict(set)
    for row in sorted(rows, key=lambda one: one["at"]):
        measures = found[row["project__batch_id"]]
        name = row["name"]
        if row["part_of"] is not None:
            name = name if name.startswith(OF_WHICH) else f"{OF_WHICH}{name}"
        else:
            measures.quantity = (measures.quantity or 0) + row["sum"]
            prices[row["project__batch_id"]] |= {row["cheapest"], row["dearest"]}
        measures.items[name] = measures.items.get(name, 0) + row["sum"]
    for batch_id, known in prices.items():
        if len(known) == 1:
            found[batch_id].unit_price = known.pop()


@dataclass(frozen=True, slots=True)
class MealMeasures:
    """A year of meals: schools, persons, person-times, money in yuan, the standard per day."""

    schools: int = 0
    pupils: int = 0
    person_times: int = 0
    funds: Decimal = ZERO
    per_day: Decimal | None = None
    average_days: Decimal = Decimal(0)


def meals_of_year(scope: Scope, year: int) -> QuerySet[MealReport]:
    """Return the monthly reports of a calendar year."""
    return meal_reports(scope).filter(month__gte=date(year, 1, 1), month__lte=date(year, 12, 1))


def meal_measures(scope: Scope, year: int) -> MealMeasures:
    """Return a year's meals by the definitions of the yearly form (see rules.meals)."""
    rows = meals_of_year(scope, year).order_by()
    years = rows.values_list("school_id").annotate(
        meals=Sum("meals_count"), days=Sum("feeding_days"), funds=Sum("amount")
    )
    known = [SchoolYear(meals, days) for _school, meals, days, _funds in years]
    funds = sum((row[3] for row in years), ZERO)
    served = (
        rows.filter(meals_count__gt=0).values("month").annotate(n=Count("school", distinct=True))
    )
    standards = rows.filter(meals_count__gt=0).aggregate(a=Min("standard"), b=Max("standard"))
    meals = sum(one.meals_count for one in known)
    pupils = average_pupils(known)
    return MealMeasures(
        schools=max((row["n"] for row in served), default=0),
        pupils=pupils,
        person_times=meals,
        funds=funds,
        per_day=standards["a"] if standards["a"] == standards["b"] else None,
        average_days=average_days(meals, pupils),
    )


@dataclass(frozen=True, slots=True)
class TownshipFigures:
    """A township's projects of a year and its schools."""

    code: str
    name: str
    schools: int = 0
    projects: int = 0
    complete: int = 0
    total: Decimal = ZERO


def by_township(scope: Scope, year: int) -> list[TownshipFigures]:
    """Return schools and the year's projects township by township, in code order; four queries.

    County-wide purchases stand under the county's own code.
    """
    names = dict(
        Division.objects.filter(
            code__startswith=scope.county_code, level__in=["township", "county"]
        ).values_list("code", "name")
    )
    open_schools = _per_township(
        schools(scope).filter(closed_on=None).order_by().select_related(None), "division_id"
    )
    counted = _counted(scope, year)
    projects = _per_township(counted, "division_id")
    complete = _per_township(counted.filter(state__in=FINISHED), "division_id")
    totals: dict[str, Decimal] = {
        row["township"]: row["sum"]
        for row in ProjectFunding.objects.filter(project__in=counted)
        .order_by()
        .values(township=Substr("project__division_id", 1, 9))
        .annotate(sum=Sum("amount"))
    }
    prefixes = sorted({*open_schools, *projects})
    return [
        TownshipFigures(
            code=f"{prefix}000",
            name=names.get(f"{prefix}000", f"{prefix}000"),
            schools=open_schools.get(prefix, 0),
            projects=projects.get(prefix, 0),
            complete=complete.get(prefix, 0),
            total=totals.get(prefix, ZERO),
        )
        for prefix in prefixes
    ]


def _per_township(rows: QuerySet[Any], path: str) -> dict[str, int]:
    grouped = rows.values(township=Substr(path, 1, 9)).annotate(n=Count("pk"))
    return {row["township"]: row["n"] for row in grouped}


def projects_by_state(scope: Scope) -> dict[str, int]:
    """Return how many projects in scope stand in each state."""
    inside = scope.q(division="division_id", school="school__code")
    rows = Project.objects.filter(inside).order_by().values_list("state").annotate(n=Count("pk"))
    counts = dict(rows)
    return {state.value: counts.get(state.value, 0) for state in ProjectState}


def overdue_projects(scope: Scope, today: date) -> QuerySet[Project]:
    """Return the projects in scope that are late on a day, as a whole or by a milestone."""
    return projects_with_money(scope).filter(overdue(today))


def schools_by_kind(scope: Scope) -> dict[str, int]:
    """Return how many open schools in scope are of each kind."""
    inside = scope.q(division="division_id", school="code")
    rows = School.objects.filter(inside, closed_on=None).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("pk")))


def total_of(measures: Iterable[BatchMeasures]) -> Decimal:
    """Return the money of several batches together, in yuan."""
    return sum((one.total for one in measures), ZERO)
