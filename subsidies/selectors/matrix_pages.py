"""Reading the matrix: cells in scope, counts by programme, school and state, and its age."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum

from povedu.audit.selectors import count_since
from povedu.money import ZERO
from povedu.scope import Scope
from students.models import Student
from subsidies.models import AidCell, AidMatrix, Programme
from subsidies.selectors.programmes import for_office

# What somebody may do that changes cells; counted to say how far a matrix is behind.
_CHANGING = (
    *("award.propose", "award.approve", "award.cancel", "award.suspend", "award.resume"),
    *("determination.decide", "batch.make", "batch.release", "batch.void", "batch.remove-line"),
    *("bank-return.apply", "payment.give-up", "history.withdraw", "recovery.approve"),
    *("standard.create", "standard.end", "source-rule.set", "quota.set", "doubt.decide"),
)


def matrices(scope: Scope) -> QuerySet[AidMatrix]:
    """Return the matrices of the counties that a scope lies in or covers."""
    return AidMatrix.objects.filter(
        county__code__startswith=scope.division_prefix[:6]
    ).select_related("county", "computed_by")


def cells(scope: Scope, term: str, office: str = "") -> QuerySet[AidCell]:
    """Return a term's cells of the schools in scope and the programmes of an office."""
    return (
        AidCell.objects.filter(
            scope.q(division="school__division_id", school="school__code"),
            for_office(office),
            matrix__term=term,
        )
        .select_related("student", "programme", "school")
        .order_by("school_id", "class_name", "student_id", "programme_id")
    )


def changes_since(matrix: AidMatrix) -> int:
    """Count what has been done to money since a matrix was computed, and so is not in it."""
    return count_since(matrix.computed_at, _CHANGING, matrix.county_id[:6])


@dataclass(frozen=True, slots=True)
class StateCount:
    """Cells of one state: how many, what is due in them and what has arrived."""

    count: int = 0
    amount: Decimal = ZERO
    paid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A programme's or a school's cells by state."""

    key: Any
    name: str
    states: Mapping[str, StateCount]

    @property
    def total(self) -> int:
        """Return how many cells there are."""
        return sum(one.count for one in self.states.values())

    @property
    def amount(self) -> Decimal:
        """Return what is due in all of them."""
        return sum((one.amount for one in self.states.values()), ZERO)

    @property
    def paid(self) -> Decimal:
        """Return what has arrived of it."""
        return sum((one.paid for one in self.states.values()), ZERO)

    def of(self, state: str) -> StateCount:
        """Return the cells of one state."""
        return self.states.get(state, _NOTHING)


_NOTHING = StateCount()


def by_programme(scope: Scope, term: str, office: str = "") -> list[SummaryLine]:
    """Return a line per programme, in order of its code; one query."""
    return _lines(cells(scope, term, office), "programme_id", "programme__name", "programme__code")


def by_school(scope: Scope, term: str, office: str = "", programme: int = 0) -> list[SummaryLine]:
    """Return a line per school, of all programmes or one; one query."""
    rows = cells(scope, term, office)
    if programme:
        rows = rows.filter(programme=programme)
    return _lines(rows, "school__code", "school__name", "school__code")


def _lines(rows: QuerySet[AidCell], key: str, name: str, order: str) -> list[SummaryLine]:
    found: dict[tuple[str, Any, str], dict[str, StateCount]] = defaultdict(dict)
    told: QuerySet[Any, Any] = (
        rows.order_by(order)
        .values_list(order, key, name, "state")
        .annotate(cells=Count("pk"), due=Sum("amount"), arrived=Sum("paid"))
    )
    for place, own, label, state, count, due, arrived in told:
        found[(place, own, label)][state] = StateCount(count, due or ZERO, arrived or ZERO)
    return [SummaryLine(own, label, states) for (_place, own, label), states in found.items()]


def total_of(lines: Iterable[SummaryLine]) -> SummaryLine:
    """Add lines up."""
    sums: dict[str, StateCount] = {}
    for line in lines:
        for state, one in line.states.items():
            old = sums.get(state, _NOTHING)
            sums[state] = StateCount(
                old.count + one.count, old.amount + one.amount, old.paid + one.paid
            )
    return SummaryLine(None, "", sums)


def students_of(scope: Scope, term: str, school_code: str, office: str = "") -> QuerySet[Student]:
    """Return the students with cells at a school in a term; ``cells`` holds them, prefetched."""
    own = cells(scope, term, office).filter(school__code=school_code)
    return (
        Student.objects.filter(pk__in=own.order_by().values("student"))
        .prefetch_related(
            Prefetch("aid_cells", own.select_related(None).order_by("programme_id"), "cells")
        )
        .order_by("grade", "class_name", "pk")
    )


def programmes_of(
    scope: Scope, term: str, school_code: str, office: str = ""
) -> QuerySet[Programme]:
    """Return the programmes with cells at a school in a term."""
    own = cells(scope, term, office).filter(school__code=school_code)
    return Programme.objects.filter(pk__in=own.order_by().values("programme")).order_by("code")
