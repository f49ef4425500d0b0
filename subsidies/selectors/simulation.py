"""What a change to a programme would cost, who would gain and who would lose; nothing is written.

Both sides are asked as if the term had no awards of the programme yet, by the same rules as a run:
once with the standards as they are, once with the change.
"""

import copy
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet

from povedu.money import yuan
from povedu.terms import Term
from schools.models import School
from subsidies.choices import Skip
from subsidies.models import Programme
from subsidies.rules.eligibility import StandardLine, day_that_counts
from subsidies.rules.sources import SourceLine, draw
from subsidies.selectors.eligibility import Chosen, Ruling, in_order
from subsidies.selectors.population import Population
from subsidies.selectors.programmes import source_lines, standard_lines
from subsidies.selectors.quotas import enrolled_by_school, quota_use, share_of


@dataclass(frozen=True, slots=True)
class Change:
    """What is tried out; empty fields leave things as they are.

    ``standard`` limits amounts and categories to one standard; without it they are for all.
    ``amount_fen`` is the new instalment, ``percent_of_amount`` scales it (100: unchanged).
    ``quota_percent`` holds places to that percentage of enrolment, the first in order first.
    """

    standard: int | None = None
    amount_fen: int | None = None
    percent_of_amount: Decimal | None = None
    add_category: str = ""
    drop_category: str = ""
    quota_percent: Decimal | None = None
    residence: str = ""
    poor_highest: bool | None = None
    excludes_risk_removed: bool | None = None

    def lines(self, lines: Iterable[StandardLine]) -> list[StandardLine]:
        """Return the standards with the change in them."""
        return [self._line(one) if self.standard in (None, one.id) else one for one in lines]

    def _line(self, line: StandardLine) -> StandardLine:
        amount = line.instalment_fen if self.amount_fen is None else self.amount_fen
        if self.percent_of_amount is not None:
            scaled = self.percent_of_amount * amount / 100
            amount = max(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), 1)
        categories = line.categories
        if categories and self.add_category:
            categories |= {self.add_category}
        if categories and self.drop_category:
            # The last category taken away leaves nobody, not everybody.
            categories = categories - {self.drop_category} or frozenset({""})
        return line._replace(instalment_fen=amount, categories=categories)

    def programme(self, programme: Programme) -> Programme:
        """Return an unsaved copy of a programme with the change in it."""
        changed = copy.copy(programme)
        changed._state = copy.copy(programme._state)
        if self.residence:
            changed.residence = self.residence
        if self.poor_highest is not None:
            changed.poor_highest = self.poor_highest
        if self.excludes_risk_removed is not None:
            changed.excludes_risk_removed = self.excludes_risk_removed
        return changed


@dataclass(slots=True)
class Side:
    """One side: fen and school by student, fen by source, and what falls short."""

    amounts: dict[int, int] = field(default_factory=dict)
    schools: dict[int, int] = field(default_factory=dict)
    by_source: Counter[str] = field(default_factory=Counter)
    unfunded_count: int = 0
    unfunded_fen: int = 0
    beyond_quota_count: int = 0
    reasons: dict[int, str] = field(default_factory=dict)

    @property
    def total_fen(self) -> int:
        """Return what the side costs, funded or not."""
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A school or township on both sides: heads and yuan."""

    code: str
    name: str
    heads_before: int
    heads_after: int
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """Return how much more the change costs there."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Simulation:
    """The term's aid before and after a change."""

    before: Side
    after: Side
    has_sources: bool

    @property
    def gainers(self) -> list[int]:
        """Return the students who would get more than now."""
        return [key for key, fen in self.after.amounts.items() if fen > self.before_of(key)]

    @property
    def losers(self) -> list[int]:
        """Return the students who would get less than now."""
        return [key for key, fen in self.before.amounts.items() if fen > self.after_of(key)]

    def before_of(self, student_id: int) -> int:
        """Return what a student gets now, in fen."""
        return self.before.amounts.get(student_id, 0)

    def after_of(self, student_id: int) -> int:
        """Return what a student would get, in fen."""
        return self.after.amounts.get(student_id, 0)

    def reason_of(self, student_id: int) -> str:
        """Return why a student would get nothing, "" where it would get something."""
        code = "" if student_id in self.after.amounts else self.after.reasons.get(student_id, "")
        return str(Skip(code).label) if code else ""

    def sources(self) -> list[tuple[str, Decimal, Decimal]]:
        """Return (source, yuan before, yuan after)."""
        names = sorted({*self.before.by_source, *self.after.by_source})
        return [
            (one, yuan(self.before.by_source[one]), yuan(self.after.by_source[one]))
            for one in names
        ]

    def by_school(self) -> list[PlaceRow]:
        """Return the schools where somebody is aided on either side, the largest change first."""
        return self._places({one.pk: (one.code, one.name) for one in self._schools()})

    def by_township(self) -> list[PlaceRow]:
        """Return the same by the division in which the school lies."""
        return self._places({one.pk: _township(one) for one in self._schools()})

    def _schools(self) -> QuerySet[School]:
        keys = {*self.before.schools.values(), *self.after.schools.values()}
        return School.objects.filter(pk__in=keys).select_related("division__parent")

    def _places(self, places: Mapping[int, tuple[str, str]]) -> list[PlaceRow]:
        told: dict[tuple[str, str], list[int]] = {}
        for at, side in enumerate((self.before, self.after)):
            for student, amount in side.amounts.items():
                row = told.setdefault(places[side.schools[student]], [0, 0, 0, 0])
                row[at] += 1
                row[at + 2] += amount
        rows = [
            PlaceRow(code, name, heads, heads_after, yuan(before), yuan(after))
            for (code, name), (heads, heads_after, before, after) in told.items()
        ]
        return sorted(rows, key=lambda one: (-abs(one.difference), one.code))


def simulate(programme: Programme, term: Term, change: Change, *, today: date) -> Simulation:
    """Compare a term's aid under a programme as it is with the same under a change; read-only.

    Some twenty queries whatever the county's size. Sources are those of today's budget year, drawn
    from their beginning.
    """
    population = Population(programme.county_id, term, day_that_counts(term, today))
    standards = standard_lines(programme, population.as_of)
    changed = change.programme(programme)
    places: tuple[int | None, int | None] = (None, None)
    if change.quota_percent is not None:
        enrolled = sum(enrolled_by_school(programme, today.year).values())
        now = quota_use(programme, today.year).planned
        places = (now, share_of(change.quota_percent, enrolled))
    lines = source_lines(programme, today.year)
    sides = []
    for one, with_lines, most in (
        (programme, standards, places[0]),
        (changed, change.lines(standards), places[1]),
    ):
        ruling = Ruling(one, population, standards=with_lines, ignore_own=True)
        sides.append(_side(one, ruling, most, lines))
    return Simulation(sides[0], sides[1], bool(lines))


def _side(
    programme: Programme, ruling: Ruling, most: int | None, lines: Sequence[SourceLine]
) -> Side:
    side = Side()
    decisions = ruling.decisions()
    side.reasons = {one.student_id: str(code) for one, code in decisions.skipped}
    amounts = ruling.amounts()
    chosen: list[Chosen] = in_order(programme, decisions.chosen)
    if most is not None:
        side.beyond_quota_count = max(len(chosen) - most, 0)
        chosen = chosen[:most]
    wanted = [amounts[one.standard.id] for one in chosen]
    for one, amount in zip(chosen, wanted, strict=True):
        side.amounts[one.candidate.student_id] = amount
        side.schools[one.candidate.student_id] = one.candidate.school_id
    for amount, share in zip(wanted, draw(wanted, lines, {}), strict=True):
        if share is None:
            side.unfunded_count += 1
            side.unfunded_fen += amount
        else:
            side.by_source.update(dict(share))
    return side


def _township(school: School) -> tuple[str, str]:
    """Return the township of a school: its division, or the parent of its village."""
    division = school.division
    is_village = not division.code.endswith("000")
    place = division.parent if is_village and division.parent is not None else division
    return place.code, place.name
