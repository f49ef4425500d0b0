"""What schools need of a programme in a term, what was allocated to them, and what is lacking."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from povedu.ledger.selectors import correction_of
from povedu.money import ZERO, fen, yuan
from povedu.scope import Scope
from povedu.terms import Term
from schools.choices import SchoolKind
from schools.models import School
from students.choices import EnrolmentState
from subsidies.choices import AllocationState, Factor, ProgrammeKind
from subsidies.models import Allocation, AllocationLine, FundReceipt, Programme
from subsidies.rules.allocation import Claim
from subsidies.rules.eligibility import day_that_counts
from subsidies.selectors.eligibility import Ruling
from subsidies.selectors.population import Population
from subsidies.selectors.programmes import for_office, programmes


@dataclass(slots=True)
class Need:
    """A school's need of a programme in a term: fen in all and for its registered poor; counts."""

    need_fen: int = 0
    first_fen: int = 0
    poor_count: int = 0
    eligible_count: int = 0
    boarders_count: int = 0
    pupils_count: int = 0
    is_remote: bool = False

    def claim(self, school_id: int, given: "tuple[int, int]") -> Claim:
        """Return what is still needed once some was given (fen in all, fen for the poor)."""
        factors = {
            Factor.POOR: self.eligible_count,
            Factor.BOARDERS: self.boarders_count,
            Factor.PUPILS: self.pupils_count,
            Factor.REMOTE: self.pupils_count if self.is_remote else 0,
        }
        whole, first = given
        need = max(self.need_fen - whole, 0)
        return Claim(
            school_id,
            min(max(self.first_fen - first, 0), need),
            need,
            {str(name): count for name, count in factors.items()},
        )


@dataclass(frozen=True, slots=True)
class GapRow:
    """What a programme or a school of it needs in a term, what was allocated, what is lacking."""

    programme: Programme
    school: School | None
    eligible_count: int
    need: Decimal
    allocated: Decimal

    @property
    def gap(self) -> Decimal:
        """Return what is lacking."""
        return max(self.need - self.allocated, ZERO)


def allocations(scope: Scope, office: str = "") -> QuerySet[Allocation]:
    """Return the plans of the counties in scope; a township or school sees none."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return Allocation.objects.none()
    return (
        Allocation.objects.filter(
            for_office(office), programme__county__code__startswith=scope.division_prefix[:6]
        )
        .select_related("programme", "receipt", "made_by", "approved_by")
        .order_by("-made_at", "-pk")
    )


def lines_of(allocation: Allocation) -> QuerySet[AllocationLine]:
    """Return a plan's lines by school."""
    return allocation.lines.select_related("school").order_by("school__code")


def needs_of(programme: Programme, population: Population) -> dict[int, Need]:
    """Return what each school needs for all its eligible children in the term, awarded or not.

    Only schools with pupils at the programme's stages; a fixed number of queries.
    """
    ruling = Ruling(programme, population, ignore_own=True)
    stages = {one.stage for one in ruling.standards}
    amounts = {
        one.id: sum(part.amount_fen for part in ruling.plan(one)) for one in ruling.standards
    }
    needs: dict[int, Need] = {}
    for one in population.candidates:
        if one.is_repeat or one.profile.state != EnrolmentState.STUDYING:
            continue
        if "" in stages or one.stage in stages:
            need = needs.setdefault(one.school_id, Need())
            need.pupils_count += 1
            need.boarders_count += one.is_boarder
    for chosen in ruling.decisions().chosen:
        need = needs[chosen.candidate.school_id]
        amount = amounts[chosen.standard.id]
        need.need_fen += amount
        need.eligible_count += 1
        if chosen.is_poor:
            need.first_fen += amount
            need.poor_count += 1
    for school in remote_schools(needs):
        needs[school].is_remote = True
    return needs


def remote_schools(schools: Iterable[int]) -> list[int]:
    """Return which of some schools are teaching points or lie in a poor village."""
    rows = School.objects.filter(
        Q(kind=SchoolKind.TEACHING_POINT) | Q(division__is_poor_village=True),
        pk__in=list(schools),
    )
    return list(rows.values_list("pk", flat=True))


def given_to(programme: Programme, term: Term) -> dict[int, tuple[int, int]]:
    """Return what standing plans give each school: fen in all, and of it for the poor."""
    rows = (
        AllocationLine.objects.filter(allocation__programme=programme, allocation__term=term.code)
        .exclude(allocation__state=AllocationState.WITHDRAWN)
        .order_by("school_id")
        .values_list("school_id")
        .annotate(whole=Sum("amount"), first=Sum("first_amount"))
    )
    return {school: (fen(whole), fen(first)) for school, whole, first in rows}


def claims_of(needs: Mapping[int, Need], given: Mapping[int, tuple[int, int]]) -> list[Claim]:
    """Return what each school still needs, in order of its key."""
    return [needs[one].claim(one, given.get(one, (0, 0))) for one in sorted(needs)]


def unallocated(receipt: FundReceipt) -> Decimal:
    """Return what of money that arrived no standing plan has split yet, in yuan.

    Nothing is left of a receipt that a correction takes back, or is about to.
    """
    kept = FundReceipt.objects.filter(pk=receipt.pk).alias(correction=correction_of("receipt"))
    if not kept.filter(correction="").exists():
        return ZERO
    used = (
        Allocation.objects.filter(receipt=receipt)
        .exclude(state=AllocationState.WITHDRAWN)
        .aggregate(total=Sum("amount"))["total"]
    )
    return receipt.amount - (used or ZERO)


def open_receipts(scope: Scope, office: str = "") -> QuerySet[FundReceipt]:
    """Return what arrived for programmes that somebody sees, or for none, newest first."""
    return (
        FundReceipt.objects.filter(county__code__startswith=scope.division_prefix[:6])
        .filter(Q(programme__isnull=True) | for_office(office))
        .alias(correction=correction_of("receipt"))
        .filter(correction="")
        .select_related("programme")
        .order_by("-received_on", "-pk")
    )


def gap_rows(scope: Scope, office: str, term: Term, *, today: date) -> list[GapRow]:
    """Return need, allocation and gap of each programme in a term, the widest gap first."""
    rows = []
    columns: dict[str, Population] = {}
    allocated = dict(
        Allocation.objects.filter(term=term.code, state=AllocationState.APPROVED)
        .order_by("programme_id")
        .values_list("programme_id")
        .annotate(total=Sum("amount"))
    )
    asked = programmes(scope, office).exclude(kind=ProgrammeKind.GIFT)
    for one in asked.prefetch_related("standards", "excludes"):
        people = columns.get(one.county_id)
        if people is None:
            day = day_that_counts(term, today)
            people = columns[one.county_id] = Population(one.county_id, term, day)
        needs = needs_of(one, people)
        need = sum(each.need_fen for each in needs.values())
        heads = sum(each.eligible_count for each in needs.values())
        if need or one.pk in allocated:
            rows.append(GapRow(one, None, heads, yuan(need), allocated.get(one.pk, ZERO)))
    return sorted(rows, key=lambda one: (-one.gap, one.programme.code))


def gap_rows_of(programme: Programme, term: Term, *, today: date) -> list[GapRow]:
    """Return need, allocation and gap of each school, the widest gap first."""
    people = Population(programme.county_id, term, day_that_counts(term, today))
    needs = needs_of(programme, people)
    given: Counter[int] = Counter()
    rows = AllocationLine.objects.filter(
        allocation__programme=programme,
        allocation__term=term.code,
        allocation__state=AllocationState.APPROVED,
    )
    for school_id, amount in rows.values_list("school_id", "amount"):
        given[school_id] += fen(amount)
    schools = {one.pk: one for one in School.objects.filter(pk__in={*needs, *given})}
    nothing = Need()
    found = [
        GapRow(
            programme,
            school,
            needs.get(pk, nothing).eligible_count,
            yuan(needs.get(pk, nothing).need_fen),
            yuan(given[pk]),
        )
        for pk, school in schools.items()
        if needs.get(pk, nothing).need_fen or given[pk]
    ]
    return sorted(found, key=lambda one: (-one.gap, one.school.code if one.school else ""))
