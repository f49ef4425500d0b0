"""Lines of the annual summary from hardship and reconciliation."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.scope import Scope
from povedu.sheets import Column
from povedu.terms import Term
from schools.choices import Stage
from students.choices import FindingKind, FindingState, Hardship, ReconciliationState
from students.models import Enrolment, Finding, HardshipStatus, Reconciliation

MECHANISM = "mechanism"
# Households of the poverty register, by its earlier and its later words.
REGISTERED_POOR = (
    Hardship.REGISTERED_POOR,
    Hardship.LIFTED,
    Hardship.UNSTABLE,
    Hardship.EDGE,
    Hardship.SUDDEN,
)


def _label(name: str, choices: Any) -> Case:
    whens = [When(**{name: one.value}, then=Value(str(one.label))) for one in choices]
    return Case(*whens, default=F(name), output_field=CharField())


def poor_students(day: date) -> QuerySet[HardshipStatus, Any]:
    """Return the ids of students from registered-poor households on a day, for a subquery."""
    return (
        HardshipStatus.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=day),
            category__in=REGISTERED_POOR,
            starts_on__lte=day,
        )
        .order_by()
        .values("student_id")
    )


def poor_enrolments(scope: Scope, year: int) -> QuerySet[Enrolment]:
    """Return the autumn enrolments of registered-poor students, one for each student.

    Somebody on two rosters counts where the later entry stands.
    """
    term = Term(year, 1)
    latest = (
        Enrolment.objects.filter(student_id=OuterRef("student_id"), term=term.code)
        .order_by("-pk")
        .values("pk")[:1]
    )
    place = scope.q(division="school__division_id", school="school__code")
    return Enrolment.objects.filter(
        place,
        term=term.code,
        student_id__in=poor_students(date(year, 12, 31)),
        pk=Subquery(latest),
    )


class _Poor:
    """Students from registered-poor households on the autumn rosters."""

    key = "registered-poor"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where there are any."""
        told = list(poor_enrolments(scope, year).values_list("school_id", "stage"))
        if not told:
            return []
        stages = Counter(stage for _school, stage in told)
        return [
            Line(
                id=self.key,
                title=str(_("建档立卡贫困家庭学生")),
                section=MECHANISM,
                kind="pupils",
                persons=len(told),
                measures={
                    "schools": len({school for school, _stage in told}),
                    "stages": {
                        str(stage.label): stages[stage.value]
                        for stage in Stage
                        if stages[stage.value]
                    },
                },
                rows=len(told),
            )
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the students, or their number by school."""
        if line_id != self.key:
            return None
        found = poor_enrolments(scope, year)
        return _poor(found) if personal else _poor_by_school(found)


def _poor(found: QuerySet[Enrolment]) -> RowList:
    columns = [
        Column("student_id", _("学生编号"), "number"),
        Column("student", _("学生")),
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("stage", _("学段")),
        Column("grade", _("年级"), "number"),
        Column("class_name", _("班级")),
    ]
    rows = (
        found.annotate(stage_label=_label("stage", Stage))
        .order_by("school__code", "pk")
        .values_list(
            *("student_id", "student__name", "school__code", "school__name", "stage_label"),
            *("grade", "class_name"),
        )
    )
    return RowList(
        columns,
        rows,
        distinct={
            "persons": Distinct(["student_id"]),
            "measures.schools": Distinct(["school_code"]),
        },
        personal=True,
        links={"student": ("students:student-detail", "student_id")},
    )


def _poor_by_school(found: QuerySet[Enrolment]) -> RowList:
    columns = [
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("students", _("学生数"), "number", total=True),
    ]
    rows = (
        found.order_by("school__code")
        .values("school__code", "school__name")
        .annotate(students=Count("pk"))
        .values_list("school__code", "school__name", "students")
    )
    return RowList(
        columns,
        rows,
        sums={"persons": "students"},
        distinct={"measures.schools": Distinct(["school_code"])},
    )


class _Findings:
    """Differences that comparing the year's rosters and registers brought up."""

    key = "findings"

    @staticmethod
    def _of_year(scope: Scope, year: int) -> QuerySet[Finding]:
        terms = [Term(year - 1, 2).code, Term(year, 1).code]
        place = scope.q(division="division_code", school="school_code")
        return Finding.objects.filter(place, term__in=terms)

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where rosters and registers were compared."""
        found = self._of_year(scope, year)
        states = Counter(found.order_by().values_list("state", flat=True))
        if not states:
            return []
        return [
            Line(
                id=self.key,
                title=str(_("名册比对核查")),
                section=MECHANISM,
                kind="findings",
                measures={"findings": states.total(), **{s: states[s] for s in states}},
                rows=states.total(),
            )
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the findings without names, which their own pages hold."""
        if line_id != self.key:
            return None
        columns = [
            Column("finding_id", _("编号"), "number"),
            Column("term", _("学期")),
            Column("kind", _("类型"), width=30),
            Column("state_code", _("状态代码")),
            Column("state", _("状态")),
            Column("division_code", _("区划")),
            Column("school_code", _("学校代码")),
        ]
        rows = (
            self._of_year(scope, year)
            .annotate(
                kind_label=_label("kind", FindingKind), state_label=_label("state", FindingState)
            )
            .order_by("term", "kind", "pk")
            .values_list(
                *("pk", "term", "kind_label", "state", "state_label", "division_code"),
                "school_code",
            )
        )
        return RowList(
            columns,
            rows,
            distinct={
                "measures.findings": Distinct(["finding_id"]),
                **{
                    f"measures.{state.value}": Distinct(["finding_id"], ("state_code", state.value))
                    for state in FindingState
                },
            },
            hidden=frozenset({"state_code"}),
        )


POOR: LineSource = _Poor()
FINDINGS: LineSource = _Findings()


# --- for the dashboards -------------------------------------------------------------------------


def poor_by_part(
    scope: Scope, year: int, aided: QuerySet[Any, Any], *, digits: int
) -> dict[str, tuple[int, int]]:
    """Return (poor, poor and aided) by the division's first digits, or by school.

    ``aided`` is a subquery of student ids.
    """
    part = Substr("school__division_id", 1, digits) if digits else F("school__code")
    told: QuerySet[Any, Any] = (
        poor_enrolments(scope, year)
        .order_by()
        .values(part=part)
        .annotate(poor=Count("pk"), aided=Count("pk", filter=Q(student_id__in=aided)))
        .values_list("part", "poor", "aided")
    )
    return {key: (poor, helped) for key, poor, helped in told}


def newest_partition(scope: Scope, year: int) -> dict[str, int]:
    """Return where the newest finished run of a year's terms placed children, counties added up."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return {}
    runs = Reconciliation.objects.filter(
        scope.q(division="county_id"),
        term__in=[Term(year, 1).code, Term(year - 1, 2).code],
        state=ReconciliationState.DONE,
    )
    added: Counter[str] = Counter()
    seen: set[str] = set()
    for county, partition in runs.order_by("-pk").values_list("county_id", "partition"):
        if county not in seen:
            seen.add(county)
            added.update(partition)
    return dict(added)
