"""Reading divisions and schools."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from povedu.scope import Scope
from povedu.terms import Term
from schools.choices import DivisionLevel
from schools.models import Division, PupilCount, School, SchoolAlias, SchoolEvent
from schools.rules.stages import normal_school_name


def divisions(scope: Scope) -> QuerySet[Division]:
    """Return the divisions in scope; for a school its own village and township."""
    rows = Division.objects.select_related("parent")
    if scope.school_code is not None:
        village = Q(schools__code=scope.school_code)
        return rows.filter(village | Q(children__schools__code=scope.school_code)).distinct()
    return rows.filter(scope.q(division="code"))


def divisions_with_counts(scope: Scope) -> QuerySet[Division]:
    """Return the divisions in scope with how many open schools lie directly in each."""
    schools_here = (
        School.objects.filter(division=OuterRef("pk"), closed_on=None)
        .order_by()
        .values("division")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return divisions(scope).annotate(schools_count=Coalesce(Subquery(schools_here), 0))


def townships(scope: Scope) -> QuerySet[Division]:
    """Return the townships in scope."""
    return divisions(scope).filter(level=DivisionLevel.TOWNSHIP)


def counties(scope: Scope) -> QuerySet[Division]:
    """Return the counties that the scope lies in or holds."""
    return Division.objects.filter(level=DivisionLevel.COUNTY, code__startswith=scope.county_code)


def place_name(scope: Scope) -> str:
    """Return what a scope is in words: the school, else the division, "" for everything."""
    if scope.school_code is not None:
        return (
            School.objects.filter(code=scope.school_code).values_list("name", flat=True).first()
            or ""
        )
    if not scope.division_prefix:
        return ""
    code = scope.division_prefix.ljust(12, "0")
    return Division.objects.filter(code=code).values_list("name", flat=True).first() or ""


def schools(scope: Scope) -> QuerySet[School]:
    """Return the schools in scope, closed ones included."""
    return School.objects.filter(scope.q(division="division_id", school="code")).select_related(
        "division__parent", "central_school", "merged_into"
    )


def open_schools(scope: Scope) -> QuerySet[School]:
    """Return the schools in scope that are not closed."""
    return schools(scope).filter(closed_on=None)


def receiving_schools(scope: Scope) -> QuerySet[School]:
    """Return the open schools of the scope's county, which may receive somebody from it."""
    return open_schools(Scope(scope.county_code))


def schools_with_pupils(scope: Scope, term: Term) -> QuerySet[School]:
    """Return the schools in scope with their pupils and boarders of a term."""
    counts = PupilCount.objects.filter(school=OuterRef("pk"), term=term.code).order_by()
    total = counts.values("school").annotate(sum=Sum("pupils_count")).values("sum")
    boarders = (
        counts.filter(is_boarder=True).values("school").annotate(sum=Sum("pupils_count"))
    ).values("sum")
    return schools(scope).annotate(
        pupils_count=Coalesce(Subquery(total), 0), boarders_count=Coalesce(Subquery(boarders), 0)
    )


def pupil_counts(scope: Scope, school: School) -> QuerySet[PupilCount]:
    """Return a school's pupil counts, the newest term first."""
    inside = scope.q(division="school__division_id", school="school__code")
    return PupilCount.objects.filter(inside, school=school).order_by("-term", "stage", "is_boarder")


def aliases(scope: Scope) -> QuerySet[SchoolAlias]:
    """Return the aliases of the schools in scope."""
    inside = scope.q(division="school__division_id", school="school__code")
    return SchoolAlias.objects.filter(inside).select_related("school")


def events(scope: Scope) -> QuerySet[SchoolEvent]:
    """Return what happened to the schools in scope."""
    inside = scope.q(division="school__division_id", school="school__code")
    return SchoolEvent.objects.filter(inside).select_related("school")


def name_on(school: School, day: date) -> str:
    """Return what a school was called on a day, from its renamings after that day."""
    later = (
        school.events.filter(kind="renamed", happened_on__gt=day)
        .order_by("happened_on", "pk")
        .values_list("old_value", flat=True)
        .first()
    )
    return later or school.name


def school_ids_by_name(county_code: str) -> Mapping[str, int]:
    """Return every spelling that means a school of a county: names, short names and aliases.

    Keys are spelled by ``normal_school_name``. A name beats a short name; a short name that two
    schools share means neither. Two queries.
    """
    rows = list(
        School.objects.filter(division__code__startswith=county_code[:6]).values_list(
            "pk", "name", "short_name"
        )
    )
    found = dict(_unambiguous((normal_school_name(short), pk) for pk, _name, short in rows))
    found |= dict(
        SchoolAlias.objects.filter(county_code=county_code[:6]).values_list("name", "school_id")
    )
    found |= dict(_unambiguous((normal_school_name(name), pk) for pk, name, _short in rows))
    return found


def _unambiguous(pairs: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: dict[str, set[int]] = {}
    for name, pk in pairs:
        if name:
            seen.setdefault(name, set()).add(pk)
    return ((name, pks.pop()) for name, pks in seen.items() if len(pks) == 1)
