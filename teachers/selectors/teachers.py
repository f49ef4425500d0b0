"""Reading teachers and postings."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from povedu.scope import Scope
from schools.models import School
from teachers.models import Posting, Teacher, Training


def teachers(scope: Scope) -> QuerySet[Teacher]:
    """Return the teachers whose home post is in scope, those who left included."""
    inside = scope.q(division="school__division_id", school="school__code")
    return Teacher.objects.filter(inside).select_related("school__division__parent")


def teachers_on(scope: Scope, day: date) -> QuerySet[Teacher]:
    """Return the teachers in scope with whether each serves away from home on a day."""
    away = Posting.objects.filter(running_on(day), teacher=OuterRef("pk"))
    return teachers(scope).annotate(is_away=Exists(away))


def running_on(day: date) -> Q:
    """Return the filter for postings that run on a day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def postings(scope: Scope) -> QuerySet[Posting]:
    """Return the postings from or to a school in scope."""
    here = scope.q(division="school__division_id", school="school__code")
    home = scope.q(division="home_school__division_id", school="home_school__code")
    return Posting.objects.filter(here | home).select_related(
        "teacher", "school__division", "home_school__division"
    )


def own_postings(scope: Scope) -> QuerySet[Posting]:
    """Return the postings that the scope may change: those from its own schools."""
    home = scope.q(division="home_school__division_id", school="home_school__code")
    return postings(scope).filter(home)


def staff_of(scope: Scope, school: School) -> QuerySet[Teacher]:
    """Return the teachers whose home post is at a school in scope and who have not left."""
    return teachers(scope).filter(school=school, left_on=None)


def staff_on(scope: Scope, school: School, day: date) -> QuerySet[Teacher]:
    """Return a school's staff with whether each serves away from home on a day."""
    return teachers_on(scope, day).filter(school=school, left_on=None)


def postings_at(scope: Scope, school: School) -> QuerySet[Posting]:
    """Return the postings to a school in scope."""
    return postings(scope).filter(school=school)


def trainings(scope: Scope) -> QuerySet[Training]:
    """Return the trainings of teachers whose home post is in scope."""
    inside = scope.q(division="teacher__school__division_id", school="teacher__school__code")
    return Training.objects.filter(inside).select_related("teacher__school__division")
