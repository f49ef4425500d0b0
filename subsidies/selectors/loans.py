"""Reading origin-place student loans: contracts, a borrower's years, caps, reliefs and sums."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from povedu.money import ZERO
from povedu.scope import Scope
from subsidies.choices import LoanState, ReliefKind, ReliefState
from subsidies.models import Loan, LoanCap, LoanRelief
from subsidies.rules.loans import Cap, with_own
from subsidies.rules.reliefs import Contract, compensable


def _county(scope: Scope, path: str) -> Q | None:
    """Return the filter for the counties in scope, None for somebody narrower than a county."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return None
    return Q(**{f"{path}__code__startswith": scope.division_prefix})


def loans(scope: Scope) -> QuerySet[Loan]:
    """Return the contracts of the counties in scope; nobody narrower than a county sees any."""
    inside = _county(scope, "county")
    if inside is None:
        return Loan.objects.none()
    return (
        Loan.objects.filter(inside)
        .select_related("student")
        .order_by("-academic_year", "contract_no")
    )


def reliefs(scope: Scope) -> QuerySet[LoanRelief]:
    """Return the reliefs of the counties in scope."""
    inside = _county(scope, "loan__county")
    if inside is None:
        return LoanRelief.objects.none()
    return LoanRelief.objects.filter(inside).select_related("loan", "entered_by", "decided_by")


def caps(scope: Scope) -> QuerySet[LoanCap]:
    """Return the caps that the counties in scope have set themselves."""
    inside = _county(scope, "county")
    return LoanCap.objects.none() if inside is None else LoanCap.objects.filter(inside)


def caps_of(county_id: str) -> tuple[Cap, ...]:
    """Return the caps of a county, its own before the shipped ones, the newest first."""
    own = LoanCap.objects.filter(county=county_id)
    return with_own(
        Cap(one.since_year, one.usual_amount, one.postgraduate_amount) for one in own.iterator()
    )


def contracts_of(loan: Loan) -> QuerySet[Loan]:
    """Return all contracts of a loan's borrower in the county, year by year."""
    rows = Loan.objects.filter(county=loan.county_id)
    if not loan.borrower_index:
        return rows.filter(pk=loan.pk)
    return rows.filter(borrower_index=loan.borrower_index).order_by("academic_year", "contract_no")


def reliefs_of(loan: Loan) -> QuerySet[LoanRelief]:
    """Return the reliefs of a loan's borrower, the newest first."""
    return (
        LoanRelief.objects.filter(loan__in=contracts_of(loan).order_by().values("pk"))
        .select_related("loan", "entered_by", "decided_by")
        .order_by("-year", "-pk")
    )


@dataclass(frozen=True, slots=True)
class BorrowerSums:
    """A borrower's debt in yuan: lent in all, compensable, and what reliefs have taken of each."""

    lent: Decimal
    compensable: Decimal
    compensated: Decimal
    compensations: int
    relieved: Decimal

    @property
    def left(self) -> Decimal:
        """Return what no relief has been given for."""
        return self.lent - self.relieved


def borrower_sums(loan: Loan) -> BorrowerSums:
    """Return the sums of a loan's borrower; reliefs that were refused do not count."""
    live = contracts_of(loan).exclude(state__in=[LoanState.CANCELLED, LoanState.SIGNED])
    told = list(live.values_list("academic_year", "level", "amount"))
    given = reliefs_of(loan).exclude(state=ReliefState.REFUSED).order_by()
    sums = given.aggregate(
        all=Sum("amount"),
        earned=Sum("amount", filter=Q(kind=ReliefKind.COMPENSATION)),
        count=Count("pk", filter=Q(kind=ReliefKind.COMPENSATION)),
    )
    return BorrowerSums(
        sum((amount for _year, _level, amount in told), ZERO),
        compensable((Contract(*one) for one in told), caps_of(loan.county_id)),
        sums["earned"] or ZERO,
        sums["count"],
        sums["all"] or ZERO,
    )


def borrower_key() -> Any:
    """Return what is one for each borrower: the number's index, else the contract itself."""
    return Coalesce(NullIf(F("borrower_index"), Value("")), F("contract_no"))


def loan_sums(rows: QuerySet[Loan]) -> dict[str, Any]:
    """Return contracts, borrowers and yuan of contracts; cancelled ones do not count."""
    live = rows.order_by().exclude(state=LoanState.CANCELLED)
    return live.aggregate(
        contracts=Count("pk"),
        borrowers=Count(borrower_key(), distinct=True),
        renewals=Count("pk", filter=Q(is_renewal=True)),
        over_cap=Count("pk", filter=Q(is_over_cap=True)),
        amount=Sum("amount"),
    )


def lent_in(scope: Scope, year: int) -> QuerySet[Loan]:
    """Return the contracts of the academic year that begins in a calendar year."""
    return loans(scope).filter(academic_year=year).exclude(state=LoanState.CANCELLED)
