"""The annual summary's line of households poor because of schooling (因学致贫户)."""

from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Substr
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.scope import Scope
from povedu.sheets import Column
from povedu.terms import Term
from students.choices import EnrolmentState, RegisterKind
from students.models import Enrolment, RegisterEntry, RegisterSnapshot, Student
from students.rules.schooling import STATE_WORDS
from students.selectors.lines import MECHANISM
from students.selectors.schooling_poor import CAUSE, GROUP_WORDS, GROUPS


def _snapshots(scope: Scope, year: int) -> list[int]:
    """Return the keys of each county's newest poverty register of a year."""
    rows = (
        RegisterSnapshot.objects.filter(
            kind=RegisterKind.POVERTY, as_of__year=year, county__code__startswith=scope.county_code
        )
        .order_by("county_id", "-as_of", "-pk")
        .values_list("county_id", "pk")
    )
    return [next(found)[1] for _county, found in groupby(rows, itemgetter(0))]


def entries_of(scope: Scope, year: int) -> QuerySet[Any]:
    """Return the people of such households in scope, as a year's newest poverty register has them.

    Annotated: ``at`` (nine digits of the township) and ``group``, of the stage that the autumn
    roster has the person in, else the register (在校生状况); "" for who is not at school. A school
    sees the households of its own pupils.
    """
    snapshots = _snapshots(scope, year)
    same = RegisterEntry.objects.filter(
        snapshot=OuterRef("snapshot"), household_no=OuterRef("household_no")
    )
    here = Enrolment.objects.filter(term=Term(year, 1).code, state=EnrolmentState.STUDYING)
    rows = RegisterEntry.objects.filter(
        Exists(same.filter(cause__contains=CAUSE)), snapshot__in=snapshots
    ).exclude(household_no="")
    if scope.school_code is not None:
        own = here.filter(school__code=scope.school_code).exclude(student__id_index="")
        rows = rows.filter(Exists(same.filter(id_index__in=own.values("student__id_index"))))
    elif len(scope.division_prefix) > 6:
        rows = rows.filter(division__code__startswith=scope.division_prefix)
    # The child is found by its number first: asked for through a join, SQLite without statistics
    # goes through a whole term's rolls for every entry.
    child = Student.objects.filter(id_index=OuterRef(OuterRef("id_index"))).exclude(id_index="")
    pupil = here.filter(student__in=child.values("pk")).order_by("-pk").values("stage")
    groups = {stage: name for name, stages in GROUPS for stage in stages}
    return rows.annotate(
        known=Case(
            When(id_index="", then=Value("")),
            default=Coalesce(Subquery(pupil[:1]), Value("")),
            output_field=CharField(),
        ),
    ).annotate(
        at=Substr(Coalesce(F("division_id"), F("snapshot__county_id")), 1, 9),
        group=Case(
            *(When(known=str(stage), then=Value(name)) for stage, name in groups.items()),
            *(
                When(school_state__contains=word, then=Value(groups[stage]))
                for word, stage in STATE_WORDS
            ),
            default=Value(""),
            output_field=CharField(),
        ),
    )


class _SchoolingPoor:
    """Households poor because of schooling, their people, and their students by stage."""

    key = "schooling-poor"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where the year's register has such households."""
        told = list(entries_of(scope, year).values_list("at", "household_no", "group"))
        if not told:
            return []
        groups = Counter(group for _at, _number, group in told if group)
        return [
            Line(
                id=self.key,
                title=str(_("因学致贫户")),
                section=MECHANISM,
                kind="schooling-poor",
                persons=groups.total(),
                measures={
                    "households": len({(at, number) for at, number, _group in told}),
                    "people": len(told),
                    "stages": {
                        str(GROUP_WORDS[name]): groups[name] for name, _s in GROUPS if groups[name]
                    },
                },
                rows=len(told),
            )
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the people, or their numbers by township."""
        if line_id != self.key:
            return None
        found = entries_of(scope, year)
        return _people(found) if personal else _by_township(found)


def _people(found: QuerySet[Any]) -> RowList:
    columns = [
        Column("entry_id", _("条目编号"), "number"),
        Column("township_code", _("乡镇代码")),
        Column("township", _("乡镇")),
        Column("village", _("行政村")),
        Column("household_no", _("户编号")),
        Column("name", _("姓名")),
        Column("relation", _("与户主关系")),
        Column("group", _("学段")),
        Column("stage", _("学段")),
        Column("at_school", _("在校")),
        Column("cause", _("致贫原因")),
    ]
    words = [When(group=name, then=Value(str(GROUP_WORDS[name]))) for name, _stages in GROUPS]
    rows = (
        found.annotate(
            stage_label=Case(*words, default=Value(""), output_field=CharField()),
            at_school=Case(
                When(~Q(group=""), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )
        .order_by("at", "household_no", "pk")
        .values_list(
            *("pk", "at", "township", "village", "household_no", "name", "relation", "group"),
            *("stage_label", "at_school", "cause"),
        )
    )
    stages = {
        f"measures.stages.{GROUP_WORDS[name]}": Distinct(["entry_id"], ("group", name))
        for name, _stages in GROUPS
    }
    return RowList(
        columns,
        rows,
        distinct={
            "persons": Distinct(["entry_id"], ("at_school", True)),
            "measures.households": Distinct(["township_code", "household_no"]),
            "measures.people": Distinct(["entry_id"]),
            **stages,
        },
        personal=True,
        hidden=frozenset({"entry_id", "group", "at_school"}),
    )


def _by_township(found: QuerySet[Any]) -> RowList:
    columns = [
        Column("township_code", _("乡镇代码")),
        Column("township", _("乡镇")),
        Column("households", _("户数"), "number", total=True),
        Column("people", _("人口"), "number", total=True),
        Column("students", _("在校学生"), "number", total=True),
    ]
    rows = (
        found.order_by("at")
        .values("at")
        .annotate(
            words=Max("township"),
            households=Count("household_no", distinct=True),
            people=Count("pk"),
            students=Count("pk", filter=~Q(group="")),
        )
        .values_list("at", "words", "households", "people", "students")
    )
    return RowList(
        columns,
        rows,
        sums={
            "persons": "students",
            "measures.households": "households",
            "measures.people": "people",
        },
    )


SCHOOLING_POOR: LineSource = _SchoolingPoor()
