"""Counts of teachers and postings for the figures page, over the summary's own rows."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from povedu.scope import Scope
from schools.models import Division
from schools.selectors import schools
from teachers.choices import EmploymentKind, Post, Title
from teachers.models import Posting, Teacher
from teachers.rules.exchange import COUNTED, TARGET_PERCENT, Candidate, due, percent
from teachers.selectors.lines import postings_in, teachers_on
from teachers.selectors.teachers import postings, running_on

SENIOR_TITLES = (Title.SENIOR_PROFESSOR, Title.SENIOR, Title.FIRST)


@dataclass(frozen=True, slots=True)
class TeacherMeasures:
    """Teachers in service at the end of a year, who came and went, and the postings begun in it."""

    teachers: int = 0
    by_employment: dict[str, int] = field(default_factory=dict)
    joined: int = 0
    left: int = 0
    postings: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExchangeMeasures:
    """A year's exchange: who was due, who moved, the shares in per cent, the target."""

    due: int
    moved: int
    senior_moved: int
    ratio: Decimal | None
    senior_share: Decimal | None
    target: Decimal = TARGET_PERCENT

    @property
    def reached(self) -> bool:
        """Say whether the year reached the target; with nobody due it did."""
        return self.ratio is None or self.ratio >= self.target


def teacher_measures(scope: Scope, year: int) -> TeacherMeasures:
    """Return a calendar year's counts; three queries."""
    inside = scope.q(division="school__division_id", school="school__code")
    first, last = date(year, 1, 1), date(year, 12, 31)
    by_employment = _counts(teachers_on(scope, last), "employment_kind")
    moves = Teacher.objects.filter(inside).aggregate(
        joined=Count("pk", filter=Q(hired_on__range=(first, last))),
        left=Count("pk", filter=Q(left_on__range=(first, last))),
    )
    by_kind = _counts(postings_in(scope, year), "kind")
    return TeacherMeasures(
        teachers=sum(by_employment.values()),
        by_employment=by_employment,
        joined=moves["joined"],
        left=moves["left"],
        postings=sum(by_kind.values()),
        by_kind=by_kind,
    )


def moved_in(scope: Scope, academic_year: int) -> QuerySet[Posting]:
    """Return the postings that count as exchange and began in an academic year (from 1 August).

    ``academic_year`` is its first calendar year.
    """
    home_schools = schools(scope).order_by().select_related(None).values("pk")
    return postings(scope).filter(
        kind__in=COUNTED,
        is_full_time=True,
        starts_on__gte=date(academic_year, 8, 1),
        starts_on__lt=date(academic_year + 1, 8, 1),
        home_school__in=home_schools,
    )


def exchange_measures(scope: Scope, academic_year: int) -> ExchangeMeasures:
    """Return an academic year's exchange against the teachers who were due on 1 September."""
    day = date(academic_year, 9, 1)
    rows = (
        teachers_on(scope, day)
        .filter(employment_kind=EmploymentKind.PERMANENT)
        .exclude(post=Post.STAFF)
        .order_by()
        .values_list("sex", "birth_on", "school_since_on")
    )
    due_count = due((Candidate(*row) for row in rows.iterator()), day)
    moved = moved_in(scope, academic_year).order_by().select_related(None)
    counted = moved.aggregate(
        moved=Count("teacher", distinct=True),
        senior=Count("teacher", distinct=True, filter=Q(teacher__title__in=SENIOR_TITLES)),
    )
    return ExchangeMeasures(
        due=due_count,
        moved=counted["moved"],
        senior_moved=counted["senior"],
        ratio=percent(counted["moved"], due_count),
        senior_share=percent(counted["senior"], counted["moved"]),
    )


@dataclass(frozen=True, slots=True)
class TownshipTeachers:
    """A township's teachers in service and those posted there from elsewhere."""

    code: str
    name: str
    teachers: int
    posted_here: int


def by_township(scope: Scope, day: date) -> list[TownshipTeachers]:
    """Return teachers and postings township by township on a day, in code order; three queries."""
    inside = scope.q(division="school__division_id", school="school__code")
    staff = _per_township(teachers_on(scope, day))
    posted = _per_township(Posting.objects.filter(inside, running_on(day)))
    names = dict(
        Division.objects.filter(
            code__startswith=scope.county_code, level__in=["township", "county"]
        ).values_list("code", "name")
    )
    return [
        TownshipTeachers(
            code=f"{prefix}000",
            name=names.get(f"{prefix}000", f"{prefix}000"),
            teachers=staff.get(prefix, 0),
            posted_here=posted.get(prefix, 0),
        )
        for prefix in sorted({*staff, *posted})
    ]


def _per_township(rows: QuerySet[Any]) -> dict[str, int]:
    grouped = (
        rows.order_by().values(township=Substr("school__division_id", 1, 9)).annotate(n=Count("pk"))
    )
    return {row["township"]: row["n"] for row in grouped}


def _counts(rows: QuerySet[Any], name: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(name).annotate(n=Count("pk")))
