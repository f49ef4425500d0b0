"""Aid of several counties side by side: a row per county, and the whole counted as one.

A child who moved from one county to another is one person of the city: persons are distinct
students, and a student is one record however many counties paid. A person-time is one student ×
programme (by its code) × term, so what two counties paid of one programme in one term is one.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat, Substr

from povedu.ledger.choices import FundSource
from povedu.money import ZERO
from povedu.scope import Scope
from students.models import Student
from subsidies.choices import PaymentState
from subsidies.models import Gift, Payment, PaymentSource
from subsidies.selectors.counting import AWARD
from subsidies.selectors.lines import CODE, settled_gifts, settled_payments
from subsidies.selectors.loans import borrower_key, lent_in

WHOLE = ""  # the key of the row that counts everything as one


@dataclass(frozen=True, slots=True)
class Sums:
    """Persons, person-times (or contracts) and yuan."""

    persons: int = 0
    times: int = 0
    amount: Decimal = ZERO


Table = dict[str, Sums]  # by six-digit county code, the whole under ``WHOLE``


def _county_of(path: str) -> Substr:
    return Substr(path, 1, 6, output_field=CharField())


def _times() -> Concat:
    """Return what is distinct for each 人次 over programmes: student, programme code, term."""
    parts = (Cast(f"{AWARD}__student_id", CharField()), Value("|"), F(CODE), Value("|"))
    return Concat(*parts, F(f"{AWARD}__term"), output_field=CharField())


def _both(rows: QuerySet[Any], place: str, **counts: Any) -> Table:
    """Return the counts of each county, and of all together; two queries."""
    told = rows.order_by().values(part=_county_of(place)).annotate(**counts)
    table = {one["part"]: _sums(one) for one in told}
    table[WHOLE] = _sums(rows.order_by().aggregate(**counts))
    return table


def _sums(one: dict[str, Any]) -> Sums:
    return Sums(one["persons"], one["times"], one["total"] or ZERO)


def aid(scope: Scope, year: int) -> Table:
    """Return a year's settled payments."""
    return _both(
        settled_payments(scope, year),
        f"{AWARD}__school__division_id",
        persons=Count(f"{AWARD}__student_id", distinct=True),
        times=Count(_times(), distinct=True),
        total=Sum("amount"),
    )


def aid_by_programme(scope: Scope, year: int) -> dict[tuple[str, str], Table]:
    """Return a year's settled payments by (code, name) of programme."""
    paid = settled_payments(scope, year).order_by()
    counts: dict[str, Any] = {
        "persons": Count(f"{AWARD}__student_id", distinct=True),
        "times": Count(_times(), distinct=True),
        "total": Sum("amount"),
    }
    names = dict(paid.values_list(CODE, f"{AWARD}__programme__name").order_by(CODE))
    county = _county_of(f"{AWARD}__school__division_id")
    found: dict[tuple[str, str], Table] = {}
    for one in paid.values(CODE).annotate(**counts):
        found[one[CODE], names[one[CODE]]] = {WHOLE: _sums(one)}
    for one in paid.values(CODE, part=county).annotate(**counts):
        found[one[CODE], names[one[CODE]]][one["part"]] = _sums(one)
    return dict(sorted(found.items()))


def money_by_source(scope: Scope, year: int) -> dict[str, dict[str, Decimal]]:
    """Return a year's settled yuan by source and county, the whole under ``WHOLE``."""
    parts = PaymentSource.objects.filter(payment__in=settled_payments(scope, year)).order_by()
    place = f"payment__{AWARD}__school__division_id"
    found: dict[str, dict[str, Decimal]] = {}
    told = parts.values_list("source", _county_of(place)).annotate(total=Sum("amount"))
    for source, county, total in told:
        row = found.setdefault(source, {WHOLE: ZERO})
        row[county] = total
        row[WHOLE] += total
    return {source: found[source] for source in FundSource.values if source in found}


def gifts(scope: Scope, year: int) -> Table:
    """Return a year's delivered gifts; each gift is one person-time."""
    return _both(
        settled_gifts(scope, year),
        "school__division_id",
        persons=Count("student", distinct=True),
        times=Count("pk"),
        total=Sum("amount"),
    )


def loans(scope: Scope, year: int) -> Table:
    """Return the contracts of the academic year: borrowers, contracts, yuan."""
    return _both(
        lent_in(scope, year),
        "county_id",
        persons=Count(borrower_key(), distinct=True),
        times=Count("pk"),
        total=Sum("amount"),
    )


def accounts(scope: Scope) -> Table:
    """Return the personal aid accounts that hold anything: students, and what they hold in all."""
    inside = scope.q(division="county_id")
    # Whole sets, not a look per student: nothing leads from a student straight to payments.
    paid = Payment.objects.filter(state=PaymentState.SETTLED).order_by()
    given = Gift.objects.filter(settled_on__isnull=False).order_by()
    holders = Student.objects.filter(inside).filter(
        Q(pk__in=paid.values(f"{AWARD}__student")) | Q(pk__in=given.values("student"))
    )
    heads = holders.order_by().values_list(_county_of("county_id")).annotate(Count("pk"))
    amounts: dict[str, Decimal] = {}
    everything: tuple[tuple[QuerySet[Any], str], ...] = (
        (paid, f"{AWARD}__student__county_id"),
        (given, "student__county_id"),
    )
    for rows, path in everything:
        told = rows.filter(scope.q(division=path))
        for county, total in told.values_list(_county_of(path)).annotate(Sum("amount")):
            amounts[county] = amounts.get(county, ZERO) + total
    table = {county: Sums(count, count, amounts.get(county, ZERO)) for county, count in heads}
    whole = list(table.values())
    count = sum(one.persons for one in whole)
    table[WHOLE] = Sums(count, count, sum((one.amount for one in whole), ZERO))
    return table
