"""Planned places against taken ones: by heads, or as a percentage of those enrolled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet, Sum

from povedu.scope import Scope
from povedu.terms import Term
from schools.models import PupilCount, School
from subsidies.choices import AwardState
from subsidies.models import Award, Programme, Quota, QuotaExcess, Standard
from subsidies.rules.shares import apportion
from subsidies.selectors.programmes import programmes


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


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """Places of a programme at one school, or of the whole county (``school`` None)."""

    programme: Programme
    school: School | None
    planned: int | None
    actual: int
    percent: Decimal | None = None
    enrolled: int | None = None
    reason: str = ""

    @property
    def over(self) -> int:
        """Return how many places beyond the plan are taken."""
        return max(self.actual - self.planned, 0) if self.planned is not None else 0

    @property
    def free(self) -> int:
        """Return how many planned places are not taken."""
        return max(self.planned - self.actual, 0) if self.planned is not None else 0


def share_of(percent: Decimal, enrolled: int) -> int:
    """Return a percentage of those enrolled in whole heads, rounded half up."""
    exact = percent * enrolled / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


Pupils = Mapping[int, Mapping[str, int]]  # by school, by stage


def pupils_of(county_id: str, year: int) -> Pupils:
    """Return the pupils of a county's schools by school and stage in a calendar year.

    Those of the autumn term that begins in the year; where no roster of it is in yet, of the spring
    term before.
    """
    rows = PupilCount.objects.filter(school__division__code__startswith=county_id[:6])
    for term in (Term(year, 1), Term(year - 1, 2)):
        found: dict[int, dict[str, int]] = {}
        for school, stage, pupils in (
            rows.filter(term=term.code)
            .order_by("school_id", "stage")
            .values_list("school_id", "stage")
            .annotate(pupils=Sum("pupils_count"))
        ):
            found.setdefault(school, {})[stage] = pupils
        if found:
            return found
    return {}


def stages_by_programme(year: int, **only: object) -> dict[int, set[str]]:
    """Return the stages that programmes have a standard for in a calendar year, "" for any."""
    rows = Standard.objects.filter(starts_on__lt=date(year + 1, 1, 1), **only).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=date(year, 1, 1))
    )
    found: dict[int, set[str]] = {}
    for programme, stage in rows.order_by("pk").values_list("programme_id", "stage"):
        found.setdefault(programme, set()).add(stage)
    return found


def at_stages(pupils: Pupils, stages: set[str]) -> dict[int, int]:
    """Return each school's pupils at some stages, schools without any left out."""
    counts = {
        school: sum(count for stage, count in by_stage.items() if "" in stages or stage in stages)
        for school, by_stage in pupils.items()
    }
    return {school: count for school, count in counts.items() if count}


def enrolled_by_school(programme: Programme, year: int) -> dict[int, int]:
    """Return the pupils of each school at the programme's stages in a year."""
    stages = stages_by_programme(year, programme=programme).get(programme.pk, set())
    return at_stages(pupils_of(programme.county_id, year), stages)


def planned_of(quotas: Iterable[Quota], enrolled: Mapping[int, int]) -> int | None:
    """Return the places planned for a county in a year, None where nothing was planned."""
    given = list(quotas)
    whole = [one for one in given if one.school_id is None]
    if not given:
        return None
    if whole:
        return _heads(whole[0], sum(enrolled.values()))
    return sum(_heads(one, enrolled.get(one.school_id or 0, 0)) for one in given)


def planned_heads(quota: Quota) -> int:
    """Return the places that one quota plans, a percentage counted over those enrolled."""
    if quota.percent is None:
        return quota.heads_count or 0
    enrolled = enrolled_by_school(quota.programme, quota.year)
    one = quota.school_id
    return _heads(quota, sum(enrolled.values()) if one is None else enrolled.get(one, 0))


def _heads(quota: Quota, enrolled: int) -> int:
    if quota.percent is not None:
        return share_of(quota.percent, enrolled)
    return quota.heads_count or 0


def quota_use(programme: Programme, year: int) -> QuotaUse:
    """Return the places of a programme in a budget year: planned, and students with an award."""
    quotas = list(Quota.objects.filter(programme=programme, year=year))
    by_percent = any(one.percent is not None for one in quotas)
    planned = planned_of(quotas, enrolled_by_school(programme, year) if by_percent else {})
    actual = _live(programme, year).aggregate(heads=Count("student", distinct=True))["heads"]
    return QuotaUse(year, planned, actual)


def _live(programme: Programme, year: int) -> QuerySet[Award]:
    return Award.objects.filter(programme=programme, budget_year=year).exclude(
        state=AwardState.CANCELLED
    )


def planned_by_school(
    programme: Programme, year: int, enrolled: Mapping[int, int]
) -> dict[int, int]:
    """Return the places planned for each school in a year.

    Those set for the school; of a county's percentage the parts that sum to the county's places.
    A county's plain number of heads is nobody's in particular.
    """
    quotas = list(Quota.objects.filter(programme=programme, year=year))
    whole = next((one for one in quotas if one.school_id is None), None)
    if whole is not None and whole.percent is not None and enrolled:
        total = share_of(whole.percent, sum(enrolled.values()))
        schools = sorted(enrolled)
        parts = apportion(total, [enrolled[one] for one in schools])
        return dict(zip(schools, parts, strict=True))
    return {
        one.school_id: _heads(one, enrolled.get(one.school_id, 0))
        for one in quotas
        if one.school_id is not None
    }


def quota_rows(scope: Scope, office: str, year: int) -> list[QuotaRow]:
    """Return the county-wide places of each programme in a year, those without a plan too."""
    quotas: dict[int, list[Quota]] = {}
    for quota in Quota.objects.filter(year=year):
        quotas.setdefault(quota.programme_id, []).append(quota)
    taken = dict(
        Award.objects.filter(budget_year=year)
        .exclude(state=AwardState.CANCELLED)
        .order_by("programme_id")
        .values_list("programme_id")
        .annotate(heads=Count("student", distinct=True))
    )
    reasons = dict(
        QuotaExcess.objects.filter(year=year)
        .order_by("approved_at")
        .values_list("programme_id", "reason")
    )
    stages = stages_by_programme(year)
    pupils: dict[str, Pupils] = {}
    rows = []
    for one in programmes(scope, office):
        own = quotas.get(one.pk, [])
        if not own and one.pk not in taken:
            continue
        enrolled: dict[int, int] = {}
        if any(each.percent is not None for each in own):
            if one.county_id not in pupils:
                pupils[one.county_id] = pupils_of(one.county_id, year)
            enrolled = at_stages(pupils[one.county_id], stages.get(one.pk, set()))
        percent = next((each.percent for each in own if each.school_id is None), None)
        planned, heads = planned_of(own, enrolled), sum(enrolled.values()) or None
        reason = reasons.get(one.pk, "")
        rows.append(QuotaRow(one, None, planned, taken.get(one.pk, 0), percent, heads, reason))
    return rows


def quota_rows_of(programme: Programme, year: int) -> list[QuotaRow]:
    """Return the places of a programme at each school in a year, the most over first."""
    enrolled = enrolled_by_school(programme, year)
    planned = planned_by_school(programme, year, enrolled)
    taken = dict(
        _live(programme, year)
        .order_by("school_id")
        .values_list("school_id")
        .annotate(heads=Count("student", distinct=True))
    )
    schools = {one.pk: one for one in School.objects.filter(pk__in={*planned, *taken})}
    rows = [
        QuotaRow(programme, school, planned.get(pk), taken.get(pk, 0), None, enrolled.get(pk, 0))
        for pk, school in schools.items()
    ]
    return sorted(
        rows, key=lambda one: (-one.over, -one.actual, one.school.code if one.school else "")
    )
