"""Lines of the annual summary from the teacher register and postings."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.scope import Scope
from povedu.sheets import Column
from teachers.choices import EmploymentKind, PostingKind
from teachers.models import Posting, Teacher

SECTION = "teachers"


def _label(name: str, choices: Any) -> Case:
    whens = [When(**{name: one.value}, then=Value(str(one.label))) for one in choices]
    return Case(*whens, default=F(name), output_field=CharField())


def teachers_on(scope: Scope, day: date) -> QuerySet[Teacher]:
    """Return the teachers in service on a day."""
    place = scope.q(division="school__division_id", school="school__code")
    return Teacher.objects.filter(place).filter(
        Q(hired_on__isnull=True) | Q(hired_on__lte=day),
        Q(left_on__isnull=True) | Q(left_on__gt=day),
    )


def postings_in(scope: Scope, year: int) -> QuerySet[Posting]:
    """Return the postings that began in a calendar year, to or from a school in scope."""
    place = scope.q(division="school__division_id", school="school__code") | scope.q(
        division="home_school__division_id", school="home_school__code"
    )
    return Posting.objects.filter(
        place, starts_on__gte=date(year, 1, 1), starts_on__lt=date(year + 1, 1, 1)
    )


class _Teachers:
    """Teachers in service at the year's end."""

    key = "teachers"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where there is a register."""
        told = list(
            teachers_on(scope, date(year, 12, 31)).values_list("school_id", "employment_kind")
        )
        if not told:
            return []
        kinds = Counter(kind for _school, kind in told)
        return [
            Line(
                id="teachers",
                title=str(_("在岗教师")),
                section=SECTION,
                kind="teachers",
                persons=len(told),
                measures={
                    "schools": len({school for school, _kind in told}),
                    **{kind: kinds[kind] for kind in EmploymentKind.values if kinds[kind]},
                },
                rows=len(told),
            )
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the teachers, or their number by school."""
        if line_id != "teachers":
            return None
        found = teachers_on(scope, date(year, 12, 31))
        return _teachers(found) if personal else _teachers_by_school(found)


def _teachers(found: QuerySet[Teacher]) -> RowList:
    columns = [
        Column("teacher_id", _("编号"), "number"),
        Column("number", _("教师编号")),
        Column("teacher", _("姓名")),
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("subject", _("任教学科")),
        Column("kind", _("用工性质")),
        Column("hired_on", _("参加工作日期"), "date"),
    ]
    rows = (
        found.annotate(kind_label=_label("employment_kind", EmploymentKind))
        .order_by("school__code", "number")
        .values_list(
            *("pk", "number", "name", "school__code", "school__name", "subject", "kind_label"),
            "hired_on",
        )
    )
    return RowList(
        columns,
        rows,
        distinct={
            "persons": Distinct(["teacher_id"]),
            "measures.schools": Distinct(["school_code"]),
            **{
                f"measures.{kind.value}": Distinct(["teacher_id"], ("kind", str(kind.label)))
                for kind in EmploymentKind
            },
        },
        personal=True,
        links={"teacher": ("teachers:teacher-detail", "teacher_id")},
    )


def _teachers_by_school(found: QuerySet[Teacher]) -> RowList:
    columns = [
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("teachers", _("教师数"), "number", total=True),
    ]
    rows = (
        found.order_by("school__code")
        .values("school__code", "school__name")
        .annotate(teachers=Count("pk"))
        .values_list("school__code", "school__name", "teachers")
    )
    return RowList(
        columns,
        rows,
        sums={"persons": "teachers"},
        distinct={"measures.schools": Distinct(["school_code"])},
    )


class _Postings:
    """Teachers who began to serve away from their home post in the year."""

    key = "postings"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where anybody was posted."""
        told = list(postings_in(scope, year).values_list("teacher_id", "kind", "school_id"))
        if not told:
            return []
        kinds = Counter(kind for _teacher, kind, _school in told)
        return [
            Line(
                id="postings",
                title=str(_("教师交流轮岗")),
                section=SECTION,
                kind="postings",
                persons=len({teacher for teacher, _kind, _school in told}),
                person_times=len(told),
                measures={
                    "schools": len({school for _teacher, _kind, school in told}),
                    **{kind: kinds[kind] for kind in PostingKind.values if kinds[kind]},
                },
                rows=len(told),
            )
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the postings, or their number by receiving school."""
        if line_id != "postings":
            return None
        found = postings_in(scope, year)
        return _postings(found) if personal else _postings_by_school(found)


def _postings(found: QuerySet[Posting]) -> RowList:
    columns = [
        Column("posting_id", _("编号"), "number"),
        Column("teacher_id", _("教师"), "number"),
        Column("teacher", _("姓名")),
        Column("home_school", _("原学校"), width=26),
        Column("school_code", _("任职学校代码")),
        Column("school", _("任职学校"), width=26),
        Column("kind", _("方式")),
        Column("starts_on", _("开始日期"), "date"),
        Column("ends_on", _("结束日期"), "date"),
    ]
    rows = (
        found.annotate(kind_label=_label("kind", PostingKind))
        .order_by("starts_on", "pk")
        .values_list(
            *("pk", "teacher_id", "teacher__name", "home_school__name", "school__code"),
            *("school__name", "kind_label", "starts_on", "ends_on"),
        )
    )
    return RowList(
        columns,
        rows,
        distinct={
            "persons": Distinct(["teacher_id"]),
            "person_times": Distinct(["posting_id"]),
            "measures.schools": Distinct(["school_code"]),
            **{
                f"measures.{kind.value}": Distinct(["posting_id"], ("kind", str(kind.label)))
                for kind in PostingKind
            },
        },
        personal=True,
        links={"teacher": ("teachers:teacher-detail", "teacher_id")},
    )


def _postings_by_school(found: QuerySet[Posting]) -> RowList:
    columns = [
        Column("school_code", _("任职学校代码")),
        Column("school", _("任职学校"), width=26),
        Column("postings", _("人次"), "number", total=True),
    ]
    rows = (
        found.order_by("school__code")
        .values("school__code", "school__name")
        .annotate(postings=Count("pk"))
        .values_list("school__code", "school__name", "postings")
    )
    return RowList(
        columns,
        rows,
        sums={"person_times": "postings"},
        distinct={"measures.schools": Distinct(["school_code"])},
    )


TEACHERS: LineSource = _Teachers()
POSTINGS: LineSource = _Postings()


def teachers_by_part(scope: Scope, day: date, *, digits: int) -> dict[str, int]:
    """Return teachers in service by the division's first digits, or by school."""
    part = Substr("school__division_id", 1, digits) if digits else F("school__code")
    told = teachers_on(scope, day).order_by().values(part=part).annotate(n=Count("pk"))
    return dict(told.values_list("part", "n"))


def postings_by_kind(scope: Scope, year: int) -> dict[str, int]:
    """Return how many postings of each kind began in a year."""
    told = postings_in(scope, year).order_by().values_list("kind").annotate(n=Count("pk"))
    counts = dict(told)
    return {kind: counts[kind] for kind in PostingKind.values if kind in counts}
