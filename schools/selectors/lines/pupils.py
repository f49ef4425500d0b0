"""Lines of pupils on the rolls."""

from collections import defaultdict

from django.db.models import (
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.scope import Scope
from povedu.sheets import Column
from povedu.terms import Term
from schools.choices import Stage
from schools.models import (
    PupilCount,
)
from schools.selectors.lines.conditions import (
    MECHANISM,
    VOCATIONAL,
    in_scope,
    label_of,
)

_PUPIL_LINES = {
    "pupils": (MECHANISM, _("在校学生"), None),
    "vocational-pupils": (VOCATIONAL, _("中等职业学校在校生"), Stage.VOCATIONAL),
    "special-pupils": (VOCATIONAL, _("特殊教育在校生"), Stage.SPECIAL),
}


def pupil_counts(scope: Scope, year: int) -> QuerySet[PupilCount]:
    """Return the counts of a calendar year: those of its autumn term, else of its spring."""
    counts = PupilCount.objects.filter(in_scope(scope))
    for term in (Term(year, 1), Term(year - 1, 2)):
        of_term = counts.filter(term=term.code)
        if of_term.exists():
            return of_term
    return counts.none()


class _Pupils:
    """Pupils on the rolls, all and of the vocational and special schools."""

    key = "pupils"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return a line each for all pupils and for those stages that have any."""
        counts = list(
            pupil_counts(scope, year).values_list(
                "school_id", "stage", "is_boarder", "pupils_count"
            )
        )
        lines = []
        for line_id, (section, title, stage) in _PUPIL_LINES.items():
            told = [one for one in counts if stage is None or one[1] == stage]
            if told:
                lines.append(_pupil_line(line_id, section, str(title), told))
        return lines

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return schools with their pupils."""
        if line_id not in _PUPIL_LINES:
            return None
        stage = _PUPIL_LINES[line_id][2]
        counts = pupil_counts(scope, year)
        if stage is not None:
            counts = counts.filter(stage=stage)
        columns = [
            Column("school_code", _("学校代码")),
            Column("school", _("学校"), width=26),
            Column("stage", _("学段")),
            Column("boarders", _("寄宿生"), "number", total=True),
            Column("pupils", _("学生数"), "number", total=True),
        ]
        rows = (
            counts.order_by("school__code", "stage")
            .values("school__code", "school__name", "stage")
            .annotate(
                stage_label=label_of("stage", Stage),
                boarders=Coalesce(Sum("pupils_count", filter=Q(is_boarder=True)), Value(0)),
                pupils=Sum("pupils_count"),
            )
            .values_list("school__code", "school__name", "stage_label", "boarders", "pupils")
        )
        return RowList(
            columns,
            rows,
            sums={"persons": "pupils", "measures.boarders": "boarders"},
            distinct={"measures.schools": Distinct(["school_code"])},
        )


def _pupil_line(
    line_id: str, section: str, title: str, told: list[tuple[int, str, bool, int]]
) -> Line:
    by_stage: dict[str, int] = defaultdict(int)
    for _school, stage, _boarder, count in told:
        by_stage[str(Stage(stage).label)] += count
    return Line(
        id=line_id,
        title=title,
        section=section,
        kind="pupils",
        persons=sum(one[3] for one in told),
        measures={
            "schools": len({one[0] for one in told}),
            "boarders": sum(one[3] for one in told if one[2]),
            "stages": dict(by_stage),
        },
        rows=len({one[:2] for one in told}),
    )


PUPILS: LineSource = _Pupils()
