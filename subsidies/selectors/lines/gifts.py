"""Lines of gifts: each is one 人次, in cash or in kind at its value."""

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.ledger.choices import FundSource
from povedu.scope import Scope
from povedu.sheets import Column
from subsidies.models import Gift
from subsidies.selectors.lines.settled import SUBSIDIES, settled_gifts


class _Gifts:
    """Social gifts: each gift is one 人次, in cash or in kind at its value."""

    key = "gifts"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return a line for every programme with gifts in the year."""
        found = (
            settled_gifts(scope, year)
            .order_by("programme__code")
            .values("programme__code")
            .annotate(
                name=Max("programme__name"),
                persons=Count("student_id", distinct=True),
                donors=Count("donor_id", distinct=True),
                schools=Count("school_id", distinct=True),
                in_kind=Count("pk", filter=~Q(item="")),
                total=Sum("amount"),
                rows=Count("pk"),
            )
        )
        return [
            Line(
                id=one["programme__code"],
                title=one["name"],
                section=SUBSIDIES,
                kind="gifts",
                persons=one["persons"],
                person_times=one["rows"],
                amount=one["total"],
                by_source={FundSource.SOCIAL.value: one["total"]},
                measures={
                    "donors": one["donors"],
                    "schools": one["schools"],
                    "in_kind": one["in_kind"],
                },
                rows=one["rows"],
            )
            for one in found
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the gifts of a programme, or their sums by school."""
        given = settled_gifts(scope, year).filter(programme__code=line_id)
        if not given.exists():
            return None
        return _gifts(given) if personal else _gifts_by_school(given)


def _gifts(given: QuerySet[Gift]) -> RowList:
    columns = [
        Column("gift", _("编号"), "number"),
        Column("student_id", _("学生编号"), "number"),
        Column("student", _("学生")),
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("donor_id", _("捐助方编号"), "number"),
        Column("item", _("实物名称")),
        Column("settled_on", _("到账日期"), "date"),
        Column("amount", _("金额或折价（元）"), "money", total=True),
    ]
    rows = given.order_by("settled_on", "pk").values_list(
        "pk",
        "student_id",
        "student__name",
        "school__code",
        "school__name",
        "donor_id",
        "item",
        "settled_on",
        "amount",
    )
    return RowList(
        columns,
        rows,
        sums={"amount": "amount", "by_source.social": "amount"},
        distinct={
            "persons": Distinct(["student_id"]),
            "person_times": Distinct(["gift"]),
            "measures.donors": Distinct(["donor_id"]),
            "measures.schools": Distinct(["school_code"]),
        },
        personal=True,
        links={"student": ("students:student-detail", "student_id")},
    )


def _gifts_by_school(given: QuerySet[Gift]) -> RowList:
    columns = [
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("persons", _("人数"), "number"),
        Column("person_times", _("人次"), "number", total=True),
        Column("amount", _("金额或折价（元）"), "money", total=True),
    ]
    rows = (
        given.order_by("school__code")
        .values("school__code", "school__name")
        .annotate(
            persons=Count("student_id", distinct=True), times=Count("pk"), total=Sum("amount")
        )
        .values_list("school__code", "school__name", "persons", "times", "total")
    )
    return RowList(
        columns,
        rows,
        sums={"amount": "amount", "by_source.social": "amount", "person_times": "person_times"},
        distinct={"measures.schools": Distinct(["school_code"])},
    )


GIFTS: LineSource = _Gifts()
