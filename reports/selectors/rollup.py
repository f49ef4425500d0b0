"""Counties side by side for a city: what each reports, and the city counted as one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from povedu.money import ZERO
from povedu.scope import Scope
from schools.selectors import names
from schools.selectors.places import counties
from schools.selectors.rollup import meals
from subsidies.selectors import rollup as subsidies
from subsidies.selectors.rollup import WHOLE, Sums

_NOTHING = Sums()


@dataclass(frozen=True, slots=True)
class County:
    """A county's row, or the city's: ``code`` is empty for the whole."""

    code: str
    name: str
    aid: Sums
    gifts: Sums
    loans: Sums
    accounts: Sums
    meal_schools: int
    meals: Sums
    by_programme: list[Sums]
    by_source: list[Decimal]


@dataclass(frozen=True, slots=True)
class Rollup:
    """A city's year: its programmes, its sources, its counties and the whole."""

    programmes: list[str]
    sources: list[str]
    counties: list[County]
    whole: County


def rollup(scope: Scope, year: int) -> Rollup:
    """Return every county in scope with its figures, whether it has any or not.

    A fixed number of queries, however many counties.
    """
    aid, gifts = subsidies.aid(scope, year), subsidies.gifts(scope, year)
    loans, accounts = subsidies.loans(scope, year), subsidies.accounts(scope)
    fed = meals(scope, year)
    programmes = subsidies.aid_by_programme(scope, year)
    sources = subsidies.money_by_source(scope, year)

    def row(code: str, name: str) -> County:
        schools, pupils, times, amount = fed.get(code, (0, 0, 0, ZERO))
        return County(
            code,
            name,
            aid=aid.get(code, _NOTHING),
            gifts=gifts.get(code, _NOTHING),
            loans=loans.get(code, _NOTHING),
            accounts=accounts.get(code, _NOTHING),
            meal_schools=schools,
            meals=Sums(pupils, times, amount),
            by_programme=[table.get(code, _NOTHING) for table in programmes.values()],
            by_source=[table.get(code, ZERO) for table in sources.values()],
        )

    known = counties(scope).order_by("code").values_list("code", "name")
    return Rollup(
        [name for _code, name in programmes],
        list(sources),
        [row(code[:6], name) for code, name in known],
        row(WHOLE, names.place_label(scope)),
    )


def as_rows(found: Rollup) -> list[list[Any]]:
    """Return the first table as plain rows, the whole last, for a file."""
    return [
        [
            one.name,
            *_three(one.aid),
            *_three(one.gifts),
            *_three(one.loans),
            one.accounts.persons,
            one.accounts.amount,
            one.meal_schools,
            *_three(one.meals),
        ]
        for one in (*found.counties, found.whole)
    ]


def _three(sums: Sums) -> tuple[int, int, Decimal]:
    return sums.persons, sums.times, sums.amount
