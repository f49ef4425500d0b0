"""Lines of programmes: persons, person-times, money by source, quota."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.ledger.choices import FundSource
from povedu.scope import Scope
from povedu.sheets import Column
from schools.choices import Stage
from subsidies.models import Payment, PaymentSource, Programme, Quota
from subsidies.selectors.counting import AWARD, person_times, persons
from subsidies.selectors.lines.settled import (
    CODE,
    SUBSIDIES,
    VOCATIONAL_SECTION,
    in_scope,
    settled_payments,
)
from subsidies.selectors.quotas import planned_heads

VOCATIONAL = frozenset({Stage.VOCATIONAL, Stage.HIGHER_VOCATIONAL, Stage.SPECIAL})


class _Programmes:
    """Programmes that paid students: persons, person-times, money by source, quota."""

    key = "programmes"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return a line for every programme with settled payments in the year."""
        paid = settled_payments(scope, year)
        boarder = Q(**{f"{AWARD}__is_boarder": True})
        found = (
            paid.order_by(CODE)
            .values(CODE)
            .annotate(
                name=Max(f"{AWARD}__programme__name"),
                persons=persons(),
                times=person_times(),
                boarders=person_times(only=boarder),
                schools=Count(f"{AWARD}__school_id", distinct=True),
                total=Sum("amount"),
                rows=Count("pk"),
            )
        )
        sources, facts = _sources(paid), _facts(paid)
        quotas = _quotas(scope, year)
        return [
            Line(
                id=one[CODE],
                title=one["name"],
                section=facts[one[CODE]].section,
                kind="programme",
                persons=one["persons"],
                person_times=one["times"],
                amount=one["total"],
                by_source=sources[one[CODE]],
                quota=quotas.get(one[CODE]),
                measures={
                    "schools": one["schools"],
                    "boarder_terms": one["boarders"],
                    "day_terms": one["times"] - one["boarders"],
                    "year_amounts": facts[one[CODE]].year_amounts,
                    "instalment_amounts": facts[one[CODE]].instalment_amounts,
                },
                rows=one["rows"],
            )
            for one in found
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the settled payments of a programme, or their sums by school."""
        paid = settled_payments(scope, year).filter(**{CODE: line_id})
        if not paid.exists():
            return None
        sources = [source for source in FundSource.values if source in _sources(paid)[line_id]]
        return _payments(paid, sources) if personal else _payments_by_school(paid, sources)


class _Facts:
    """What the awards behind a line say: stages and standards."""

    def __init__(self) -> None:
        self.stages: set[str] = set()
        self._year: set[Decimal] = set()
        self._instalment: set[Decimal] = set()

    def take(self, stage: str, year_amount: Decimal, instalment_amount: Decimal) -> None:
        self.stages.add(stage)
        self._year.add(year_amount)
        self._instalment.add(instalment_amount)

    @property
    def section(self) -> str:
        return VOCATIONAL_SECTION if self.stages <= VOCATIONAL else SUBSIDIES

    @property
    def year_amounts(self) -> list[Decimal]:
        return sorted(self._year)

    @property
    def instalment_amounts(self) -> list[Decimal]:
        return sorted(self._instalment)


def _facts(paid: QuerySet[Payment]) -> dict[str, _Facts]:
    facts: dict[str, _Facts] = defaultdict(_Facts)
    standard = f"{AWARD}__standard"
    told = paid.order_by().values_list(
        CODE, f"{AWARD}__stage", f"{standard}__year_amount", f"{standard}__instalment_amount"
    )
    for code, stage, year_amount, instalment_amount in told.distinct():
        facts[code].take(stage, year_amount, instalment_amount)
    return facts


def _sources(paid: QuerySet[Payment]) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    told = (
        PaymentSource.objects.filter(payment__in=paid)
        .order_by("source")
        .values_list(f"payment__{CODE}", "source")
        .annotate(total=Sum("amount"))
    )
    for code, source, total in told:
        sums[code][source] = total
    return sums


def _quotas(scope: Scope, year: int) -> dict[str, int]:
    """Return planned heads by programme code: the county's own figure, else the schools' sum."""
    whole: dict[str, int] = {}
    parts: dict[str, int] = defaultdict(int)
    told = Quota.objects.filter(
        scope.q(division="programme__county_id") | in_scope(scope, "school"), year=year
    )
    for quota in told.select_related("programme"):
        code, heads = quota.programme.code, planned_heads(quota)
        if quota.school_id is None:
            whole[code] = whole.get(code, 0) + heads
        else:
            parts[code] += heads
    return {**parts, **whole}


def _source_columns(sources: list[str]) -> list[Column]:
    return [Column(f"source_{one}", FundSource(one).label, "money", total=True) for one in sources]


def _source_sums(sources: list[str], path: str) -> dict[str, Sum]:
    return {
        f"source_{one}": Sum(f"{path}amount", filter=Q(**{f"{path}source": one})) for one in sources
    }


def _sums(sources: list[str]) -> dict[str, str]:
    return {"amount": "amount", **{f"by_source.{one}": f"source_{one}" for one in sources}}


def _payments(paid: QuerySet[Payment], sources: list[str]) -> RowList:
    columns = [
        Column("student_id", _("学生编号"), "number"),
        Column("student", _("学生")),
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("term", _("学期")),
        Column("period", _("所属期")),
        Column("boarder", _("住校")),
        Column("batch", _("发放批次")),
        Column("settled_on", _("到账日期"), "date"),
        Column("amount", _("金额（元）"), "money", total=True),
        *_source_columns(sources),
    ]
    rows = (
        paid.order_by("settled_on", "pk")
        .annotate(**_source_sums(sources, "sources__"))
        .values_list(
            f"{AWARD}__student_id",
            f"{AWARD}__student__name",
            f"{AWARD}__school__code",
            f"{AWARD}__school__name",
            f"{AWARD}__term",
            "instalment__period",
            f"{AWARD}__is_boarder",
            "batch__number",
            "settled_on",
            "amount",
            *(f"source_{one}" for one in sources),
        )
    )
    return RowList(
        columns,
        rows,
        sums=_sums(sources),
        distinct={
            "persons": Distinct(["student_id"]),
            "person_times": Distinct(["student_id", "term"]),
            "measures.schools": Distinct(["school_code"]),
            "measures.boarder_terms": Distinct(["student_id", "term"], ("boarder", True)),
            "measures.day_terms": Distinct(["student_id", "term"], ("boarder", False)),
        },
        personal=True,
        links={
            "student": ("students:student-detail", "student_id"),
        },
    )


def _payments_by_school(paid: QuerySet[Payment], sources: list[str]) -> RowList:
    columns = [
        Column("school_code", _("学校代码")),
        Column("school", _("学校"), width=26),
        Column("persons", _("人数"), "number"),
        Column("person_times", _("人次"), "number", total=True),
        Column("payments", _("发放笔数"), "number", total=True),
        Column("amount", _("金额（元）"), "money", total=True),
        *_source_columns(sources),
    ]
    school = f"{AWARD}__school"
    heads = (
        paid.order_by(f"{school}__code")
        .values(f"{school}__code", f"{school}__name")
        .annotate(
            persons=persons(),
            person_times=person_times(),
            payments=Count("pk", distinct=True),
            total=Sum("sources__amount"),
            **_source_sums(sources, "sources__"),
        )
    )
    rows = heads.values_list(
        f"{school}__code",
        f"{school}__name",
        "persons",
        "person_times",
        "payments",
        "total",
        *(f"source_{one}" for one in sources),
    )
    return RowList(
        columns, rows, sums=_sums(sources), distinct={"measures.schools": Distinct(["school_code"])}
    )


PROGRAMMES: LineSource = _Programmes()


def programme_choices(scope: Scope) -> list[tuple[str, str]]:
    """Return (code, name) of the programmes in scope, for filters."""
    told: QuerySet[Any, Any] = Programme.objects.filter(scope.q(division="county_id"))
    return list(told.order_by("code").values_list("code", "name").distinct())
