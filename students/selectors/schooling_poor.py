"""Households poor because of schooling (因学致贫户) and their members who are at school."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from povedu.scope import Scope
from schools.choices import Stage
from students.choices import StudentState
from students.models import Household, HouseholdMember, Student
from students.rules.schooling import STATE_WORDS
from students.selectors.children import households

CAUSE = "因学"
GROUPS: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("preschool", (Stage.PRESCHOOL,)),
    ("primary", (Stage.PRIMARY,)),
    ("junior", (Stage.JUNIOR,)),
    ("senior", (Stage.SENIOR,)),
    ("vocational", (Stage.VOCATIONAL,)),
    ("higher", (Stage.HIGHER_VOCATIONAL, Stage.UNDERGRADUATE, Stage.POSTGRADUATE)),
    ("special", (Stage.SPECIAL,)),
)

GROUP_WORDS = {
    "preschool": _("学前"),
    "primary": _("小学"),
    "junior": _("初中"),
    "senior": _("高中"),
    "vocational": _("中职"),
    "higher": _("大学及以上"),
    "special": _("特殊教育"),
}


def schooling_poor(scope: Scope) -> QuerySet[Household]:
    """Return the households in scope whose main cause of poverty is schooling.

    Annotated: ``students_count``, the members at school.
    """
    at_school = students_of(scope).filter(household=OuterRef("pk")).order_by().values("household")
    counted = at_school.annotate(n=Count("pk")).values("n")
    return (
        households(scope)
        .filter(cause__contains=CAUSE)
        .annotate(students_count=Subquery(counted))
        .order_by("division_id", "household_no")
    )


def students_of(scope: Scope) -> QuerySet[Any]:
    """Return the members at school of those households, each with ``stage``.

    The stage is the student ledger's where it knows the member as a pupil, else what the poverty
    register says (在校生状况).
    """
    poor = households(scope).filter(cause__contains=CAUSE)
    pupil = Student.objects.filter(id_index=OuterRef("id_index"), state=StudentState.STUDYING)
    known = Case(
        When(id_index="", then=Value("")),
        default=Subquery(pupil.exclude(id_index="").values("stage")[:1]),
        output_field=CharField(),
    )
    stated = Case(
        *(When(school_state__contains=word, then=Value(str(stage))) for word, stage in STATE_WORDS),
        default=Value(""),
        output_field=CharField(),
    )
    return (
        HouseholdMember.objects.filter(household__in=poor)
        .annotate(known=known, stated=stated)
        .annotate(
            stage=Case(
                When(Q(known__isnull=False) & ~Q(known=""), then=F("known")),
                default=F("stated"),
                output_field=CharField(),
            )
        )
        .exclude(stage="")
    )


def figures(scope: Scope) -> dict[str, Any]:
    """Count households, persons and students by group of stages, in two queries."""
    whole = (
        households(scope)
        .filter(cause__contains=CAUSE)
        .order_by()
        .aggregate(households=Count("pk"), persons=Sum("members_count"))
    )
    counted = dict(students_of(scope).order_by().values_list("stage").annotate(n=Count("pk")))
    groups = {name: sum(counted.get(str(stage), 0) for stage in stages) for name, stages in GROUPS}
    return {
        "households": whole["households"],
        "persons": whole["persons"] or 0,
        "students": sum(groups.values()),
        "by_stage": groups,
    }
