"""Reading programmes, standards, sources and quotas."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from povedu.accounts.choices import OfficeCode, Role
from povedu.money import fen
from povedu.scope import Actor, Scope
from subsidies.choices import AwardState
from subsidies.models import Award, AwardSource, Programme, Quota, SourceRule, Standard
from subsidies.rules.eligibility import StandardLine
from subsidies.rules.sources import SourceLine, Used


def office_of(actor: Actor) -> str:
    """Return the office whose programmes alone somebody sees, "" for those who see every one's.

    The finance office pays for all offices and so sees all.
    """
    if actor.role not in (Role.OFFICE_STAFF, Role.APPROVER):
        return ""
    return "" if actor.office == OfficeCode.FINANCE else actor.office


def for_office(office: str, path: str = "programme__office") -> Q:
    """Return the filter that keeps an office's own programmes, everything for ""."""
    return Q(**{path: office}) if office else Q()


def programmes(scope: Scope, office: str = "") -> QuerySet[Programme]:
    """Return the programmes of the counties in scope; somebody in one place sees its county's."""
    return (
        Programme.objects.filter(
            for_office(office, "office"), county__code__startswith=scope.division_prefix[:6]
        )
        .select_related("county", "stacks_on")
        .order_by("county_id", "code")
    )


def standards_on(programme: Programme, day: date) -> QuerySet[Standard]:
    """Return the standards that a programme pays by on a day."""
    return Standard.objects.filter(programme=programme, starts_on__lte=day).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    )


def standard_lines(programme: Programme, day: date) -> list[StandardLine]:
    """Return the standards of a day as rules see them."""
    return [
        StandardLine(
            one.pk,
            one.stage,
            one.boarding,
            one.tier,
            one.grade,
            one.major,
            frozenset(one.categories),
            fen(one.instalment_amount),
        )
        for one in standards_on(programme, day)
    ]


def source_lines(programme: Programme, year: int) -> list[SourceLine]:
    """Return who pays in a budget year, in order."""
    return [
        SourceLine(
            one.source,
            None if one.amount_per_head is None else fen(one.amount_per_head),
            one.head_cap,
            None if one.money_cap is None else fen(one.money_cap),
        )
        for one in SourceRule.objects.filter(programme=programme, year=year).order_by("position")
    ]


def used_sources(programme: Programme, year: int) -> dict[str, Used]:
    """Return what the live awards of a budget year have drawn from each source."""
    rows = (
        AwardSource.objects.filter(award__programme=programme, award__budget_year=year)
        .exclude(award__state=AwardState.CANCELLED)
        .order_by("source")
        .values_list("source")
        .annotate(heads=Count("pk"), total=Sum("amount"))
    )
    return {source: Used(heads, fen(total)) for source, heads, total in rows}


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """Places planned and taken in a year; ``planned`` None where nothing was planned."""

    year: int
    planned: int | None
    actual: int

    @property
    def over(self) -> int:
        """Return how many places beyond the plan are taken."""
        return max(self.actual - self.planned, 0) if self.planned is not None else 0


def quota_use(programme: Programme, year: int) -> QuotaUse:
    """Return the places of a programme in a budget year: planned, and students with an award."""
    planned = Quota.objects.filter(programme=programme, year=year).aggregate(
        whole=Sum("heads_count", filter=Q(school__isnull=True)), parts=Sum("heads_count")
    )
    actual = (
        Award.objects.filter(programme=programme, budget_year=year)
        .exclude(state=AwardState.CANCELLED)
        .aggregate(heads=Count("student", distinct=True))["heads"]
    )
    return QuotaUse(year, planned["whole"] or planned["parts"], actual)
