"""Two states of one list: what is compared, and reading what changed within a scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr
from django.utils import timezone

from povedu.scope import Scope
from povedu.terms import Term
from schools.choices import Stage
from schools.models import Division
from students.choices import EnrolmentState
from students.models import (
    Change,
    Comparison,
    Enrolment,
    Reconciliation,
    RegisterEntry,
    RegisterSnapshot,
)
from students.rules.comparing import Child, Listed, Rostered
from students.rules.schooling import stage_of_person
from students.selectors.held import detailed_runs, held_places


def comparisons(scope: Scope) -> QuerySet[Comparison]:
    """Return the comparisons made of the county in scope, newest first; schools see none."""
    rows = Comparison.objects.select_related("county")
    if scope.school_code is not None:
        return rows.none()
    return rows.filter(county__code__startswith=scope.county_code)


def changes(scope: Scope) -> QuerySet[Change]:
    """Return the changes in scope: a township sees who came to it and who left it."""
    rows = Change.objects.filter(comparison__in=comparisons(scope))
    prefix = scope.division_prefix
    if len(prefix) <= 6:
        return rows.filter(comparison__county__code__startswith=prefix)
    return rows.filter(
        Q(division_code__startswith=prefix) | Q(from_division_code__startswith=prefix)
    )


def changes_of(scope: Scope, comparison: Comparison) -> QuerySet[Change]:
    """Return the changes of a comparison in scope, in the order of their kinds."""
    return changes(scope).filter(comparison=comparison).order_by("pk")


def named(rows: QuerySet[Change]) -> QuerySet[Change]:
    """Add the name of the division where each person is now, as ``division_name``."""
    here = Division.objects.filter(code=OuterRef("division_code")).values("name")
    return rows.annotate(division_name=Subquery(here[:1]))


def summed(tallies: Iterable["Tally"]) -> dict[str, int]:
    """Add tallies up by kind."""
    found: dict[str, int] = {}
    for one in tallies:
        for kind, number in one.counts.items():
            found[kind] = found.get(kind, 0) + number
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """A township's, or a stage's, changes by kind."""

    key: str
    label: str
    counts: dict[str, int]


def by_township(rows: QuerySet[Change]) -> list[Tally]:
    """Count changes by township and kind; those of no known township stand last."""
    counted = (
        rows.order_by()
        .annotate(at=Substr("division_code", 1, 9))
        .values_list("at", "kind")
        .annotate(n=Count("pk"))
    )
    found = _gathered(counted)
    codes = [code.ljust(12, "0") for code in found if code]
    names = dict(Division.objects.filter(pk__in=codes).values_list("pk", "name"))
    keyed = [
        Tally(code.ljust(12, "0") if code else "", names.get(code.ljust(12, "0"), ""), counts)
        for code, counts in found.items()
    ]
    return sorted(keyed, key=lambda one: (not one.key, one.key))


def by_stage(rows: QuerySet[Change]) -> list[Tally]:
    """Count changes by stage and kind; those at no stage stand last."""
    found = _gathered(rows.order_by().values_list("stage", "kind").annotate(n=Count("pk")))
    order = [*Stage.values, ""]
    return [
        Tally(stage, str(Stage(stage).label) if stage else "", found[stage])
        for stage in order
        if stage in found
    ]


def _gathered(counted: Iterable[tuple[Any, Any, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, kind, number in counted:
        found.setdefault(key, {})[kind] = number
    return found


# --- what is compared ---------------------------------------------------------------------------


def listed_in(snapshot: RegisterSnapshot) -> list[Listed]:
    """Return a snapshot's people as the comparison sees them."""
    rows = (
        RegisterEntry.objects.filter(snapshot=snapshot)
        .order_by("pk")
        .values_list(
            *("name", "normal_name", "id_index", "person_no", "household_no", "birth_on"),
            *("division_id", "township", "village", "category", "category_as_stated"),
            *("risk_removed", "school_state"),
        )
    )
    term = Term.on(snapshot.as_of)
    return [
        Listed._make(
            (
                *row[:6],
                row[6] or "",
                f"{row[7]}{row[8]}",
                *row[9:12],
                stage_of_person(row[12], row[5], term, settings.SCHOOL_AGE),
            )
        )
        for row in rows.iterator(chunk_size=5000)
    ]


def rostered_in(county: Division, term: Term) -> list[Rostered]:
    """Return a term's pupils in the county; of several schools the one still attended stands."""
    rows = (
        Enrolment.objects.filter(term=term.code, student__county=county)
        .exclude(state=EnrolmentState.LEFT)
        .order_by("student_id", "state", "pk")
        .values_list(
            *("student_id", "student__name", "school__code", "school__name", "school__division_id"),
            *("stage", "grade", "is_boarder", "state", "hardship_as_stated"),
        )
    )
    return [Rostered(*row) for row in rows.iterator(chunk_size=5000)]


def placed_in(run: Reconciliation) -> list[Child]:
    """Return the children of school age that a run placed."""
    rows = (
        held_places(run)
        .order_by("pk")
        .values_list(
            *("student_id", "student__name", "entry__name", "case__name"),
            *("student__id_index", "entry__id_index", "case__id_index"),
            *("student__birth_on", "entry__birth_on", "case__birth_on"),
            *("division_code", "student__school__code", "stage", "place"),
        )
    )
    return [
        Child(
            row[0],
            row[1] or row[2] or row[3] or "",
            row[4] or row[5] or row[6] or "",
            row[7] or row[8] or row[9],
            row[10],
            row[11] or "",
            *row[12:],
        )
        for row in rows.iterator(chunk_size=5000)
    ]


def comparable_runs(scope: Scope) -> QuerySet[Reconciliation]:
    """Return the runs whose children are still kept: the newest two of each term."""
    return detailed_runs(scope).order_by("-pk")


def day_of(thing: RegisterSnapshot | Term | Reconciliation) -> date:
    """Return the day that one side of a comparison stands for."""
    if isinstance(thing, RegisterSnapshot):
        return thing.as_of
    if isinstance(thing, Term):
        return thing.starts_on
    return timezone.localtime(thing.finished_at or thing.started_at).date()
