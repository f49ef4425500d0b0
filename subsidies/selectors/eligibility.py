"""Who in a term is to get a programme's money, by which standard, and why the others are not.

Everything is read in columns and decided in one pass; the same decisions serve a run over the
county, the simulator, the matrix, and the question about one child.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import Hardship
from subsidies.choices import Skip
from subsidies.models import Programme
from subsidies.rules.eligibility import (
    REGISTERED_POOR,
    Situation,
    StandardLine,
    choose,
    day_that_counts,
)
from subsidies.rules.instalments import Part, plan
from subsidies.rules.sources import draw
from subsidies.selectors.barring import Bars
from subsidies.selectors.population import Candidate, Keys, Paper, Population, Profile, keys_in
from subsidies.selectors.programmes import source_lines, standard_lines, used_sources

_NOBODY: frozenset[str] = frozenset()


class Chosen(NamedTuple):
    """A candidate who is to get an award, and by what."""

    candidate: Candidate
    standard: StandardLine
    hardship_id: int | None
    determination_id: int | None
    explanation: Mapping[str, object]
    is_poor: bool


class Outcome(NamedTuple):
    """What a programme does for one child in a term, and why.

    ``code`` is "" where the child is to get an award and has none yet (not aided so far), else a
    ``Skip``: ``already`` where this term's award stands. ``amount_fen`` is the award's whole amount
    for the term where a standard was found, else 0. ``hardships`` are the categories that count,
    ``rule`` is ``category``, ``application`` or ``open``.
    """

    code: str
    enrolment_id: int
    school_id: int
    standard_id: int | None = None
    amount_fen: int = 0
    hardships: tuple[str, ...] = ()
    rule: str = ""

    @property
    def label(self) -> str:
        """Return the reason in words, "" for a child who is to get an award."""
        return str(Skip(self.code).label) if self.code else ""


@dataclass(slots=True)
class Decisions:
    """Every candidate of a run once: chosen, or left out with a reason code."""

    chosen: list[Chosen] = field(default_factory=list)
    skipped: list[tuple[Candidate, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many were left out for each reason."""
        return dict(sorted(Counter(str(code) for _one, code in self.skipped).items()))


class Found(NamedTuple):
    """What the rules say to a profile with its hardships and paper: a standard or a reason."""

    standard: StandardLine | None
    code: str
    met: tuple[str, ...] = ()
    explanation: Mapping[str, object] = {}
    by_paper: bool = False
    is_poor: bool = False


def decide(
    programme: Programme, term: Term, as_of: date, *, students: Collection[int] | None = None
) -> Decisions:
    """Decide about every child at a stage that the programme pays for; read-only.

    ``as_of`` is the day whose hardships count. A fixed number of queries whatever the county's
    size.
    """
    population = Population(programme.county_id, term, as_of, students=students)
    return Ruling(programme, population).decisions()


def reasons_for(
    scope: Scope,
    programme: Programme,
    term: Term,
    *,
    today: date,
    students: Keys | None = None,
    population: Population | None = None,
) -> dict[int, Outcome]:
    """Say for every child enrolled in scope in a term what a programme does for it, and why not.

    Set-wise: some ten queries however many children. The key is the student's. Hardships count on
    ``today``, kept within the term. ``students`` (keys or a subquery) narrows further;
    ``population`` shares the columns among programmes of one county (``population_in``). Children
    whom the sources of the budget year would not reach get ``no-money`` where a whole county is
    asked about: who is reached depends on everybody else.
    """
    people = population or population_in(
        scope, programme.county_id, term, today=today, students=students
    )
    ruling = Ruling(programme, people)
    outcomes = dict(ruling.outcomes())
    if people.students is None:
        for student in _unreached(programme, term, today, outcomes, ruling):
            outcomes[student] = outcomes[student]._replace(code=str(Skip.NO_MONEY))
    return outcomes


def population_in(
    scope: Scope, county_id: str, term: Term, *, today: date, students: Keys | None = None
) -> Population:
    """Return the columns of a county's children in scope, to ask several programmes about."""
    keys = students if students is not None else keys_in(scope, term)
    return Population(county_id, term, day_that_counts(term, today), students=keys)


def reasons_of(
    scope: Scope,
    programmes: Iterable[Programme],
    term: Term,
    *,
    today: date,
    students: Keys | None = None,
) -> dict[int, dict[int, Outcome]]:
    """Return ``reasons_for`` of several programmes by programme key, reading each county once."""
    asked = list(programmes)
    prefetch_related_objects(asked, "standards", "excludes")
    ahead = {one.pk for one in asked} | {one.stacks_on_id for one in asked if one.stacks_on_id}
    ahead |= {other.pk for one in asked for other in one.excludes.all()}
    columns: dict[str, Population] = {}
    found = {}
    for one in asked:
        if one.county_id not in columns:
            people = population_in(scope, one.county_id, term, today=today, students=students)
            people.ahead = frozenset(ahead)
            columns[one.county_id] = people
        found[one.pk] = reasons_for(
            scope, one, term, today=today, population=columns[one.county_id]
        )
    return found


def in_order(programme: Programme, chosen: Iterable[Chosen]) -> list[Chosen]:
    """Return who is to be paid in the order in which money is given out.

    The registered poor first where the programme says so, then by school and student.
    """
    poor_first = programme.poor_first
    return sorted(
        chosen,
        key=lambda one: (
            poor_first and not one.is_poor,
            one.candidate.school_code,
            one.candidate.student_id,
        ),
    )


def _unreached(
    programme: Programme,
    term: Term,
    today: date,
    outcomes: Mapping[int, Outcome],
    ruling: "Ruling",
) -> list[int]:
    """Return the children whom the sources of the budget year would not reach."""
    lines = source_lines(programme, today.year)
    chosen = in_order(programme, ruling.chosen) if lines else []
    amounts = [outcomes[one.candidate.student_id].amount_fen for one in chosen]
    draws = draw(amounts, lines, used_sources(programme, today.year))
    return [
        one.candidate.student_id for one, share in zip(chosen, draws, strict=True) if share is None
    ]


class Ruling:
    """One programme asked about a population; ``standards`` may stand for others than its own."""

    def __init__(
        self,
        programme: Programme,
        population: Population,
        *,
        standards: Sequence[StandardLine] | None = None,
        ignore_own: bool = False,
    ) -> None:
        self.programme, self.population = programme, population
        self.term, self.as_of = population.term, population.as_of
        self.standards = (
            standard_lines(programme, population.as_of) if standards is None else list(standards)
        )
        self.ignore_own = ignore_own
        self.chosen: list[Chosen] = []
        self._found: dict[tuple[Profile, frozenset[str], str | None, bool], Found] = {}

    def decisions(self) -> Decisions:
        """Decide about every child at a stage that the programme pays for."""
        decisions = Decisions(chosen=self.chosen)
        for one, code, _found in self._walk():
            if code and code != Skip.OTHER_STAGE:
                decisions.skipped.append((one, code))
        return decisions

    def outcomes(self) -> Iterable[tuple[int, Outcome]]:
        """Yield what the programme does for every child of the population, each once."""
        amounts = self.amounts()
        for one, code, found in self._walk():
            if code == Skip.ENROLLED_TWICE:
                continue
            standard = found.standard if found else None
            yield (
                one.student_id,
                Outcome(
                    str(code),
                    one.enrolment_id,
                    one.school_id,
                    standard.id if standard else None,
                    amounts[standard.id] if standard else 0,
                    found.met if found else (),
                    str(found.explanation.get("rule", "")) if found else "",
                ),
            )

    def amounts(self) -> dict[int, int]:
        """Return what each standard comes to in the term, in fen."""
        return {one.id: sum(part.amount_fen for part in self.plan(one)) for one in self.standards}

    def plan(self, standard: StandardLine) -> list[Part]:
        """Return the instalments that a standard gives in the term."""
        skipped = self.programme.skipped_months
        return plan(self.programme.cadence, standard.instalment_fen, self.term, skipped)

    def _walk(self) -> Iterable[tuple[Candidate, str, Found | None]]:
        """Yield each candidate with its code and what was found; collect the chosen."""
        people, programme = self.population, self.programme
        stages = {line.stage for line in self.standards}
        held = people.still_at_risk if programme.excludes_risk_removed else people.categories
        applied = people.papers.get(programme.pk, {})
        general = people.papers.get(None, {})
        bars = Bars(programme, people, ignore_own=self.ignore_own)
        for one in people.candidates:
            student, profile = one.student_id, one.profile
            if profile.stage not in stages and "" not in stages:
                yield one, Skip.OTHER_STAGE if stages else Skip.NO_STANDARD, None
                continue
            paper = applied.get(student) or general.get(student)
            own = held.get(student, _NOBODY)
            found = self._ask(profile, own, paper, entitled=student in applied)
            code = bars.code(one) or found.code
            if code == Skip.NO_HARDSHIP and own != people.categories.get(student, _NOBODY):
                code = Skip.RISK_REMOVED
            if not code:
                self.chosen.append(self._choice(one, found, paper))
            yield one, code, found

    def _ask(
        self, profile: Profile, own: frozenset[str], paper: Paper | None, *, entitled: bool
    ) -> Found:
        """Ask the rule once per profile, hardships, tier and entitlement."""
        key = (profile, own, paper.tier if paper else None, entitled)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._rule(profile, own, paper, entitled=entitled)
        return found

    def _rule(
        self, profile: Profile, own: frozenset[str], paper: Paper | None, *, entitled: bool
    ) -> Found:
        held = own | {Hardship.OTHER} if paper else own
        lines = self.standards
        if entitled:  # somebody approved this very application: categories are met
            lines = [line._replace(categories=frozenset()) for line in lines]
        situation = Situation(
            profile.stage,
            profile.grade,
            profile.is_boarder,
            profile.major,
            held,
            paper.tier if paper else "",
        )
        standard, code = choose(lines, situation, poor_highest=self.programme.poor_highest)
        if standard is None:
            return Found(None, code)
        met = tuple(sorted(own & standard.categories if standard.categories else own))
        by_paper = paper is not None and not met
        is_poor = bool(own & REGISTERED_POOR)
        rule = "application" if by_paper else ("category" if standard.categories else "open")
        explanation: dict[str, object] = {
            "as_of": self.as_of.isoformat(),
            "hardships": list(met),
            "rule": rule,
            "tier": standard.tier,
            "standard": standard.id,
        }
        if is_poor and standard.tier and self.programme.poor_highest:
            explanation["highest"] = True
        return Found(standard, "", met, explanation, by_paper, is_poor)

    def _choice(self, one: Candidate, found: Found, paper: Paper | None) -> Chosen:
        assert found.standard is not None  # noqa: S101  # only those with a standard are chosen
        return Chosen(
            one,
            found.standard,
            self.population.held(one.student_id, found.met[0]) if found.met else None,
            paper.pk if paper and found.by_paper else None,
            found.explanation,
            found.is_poor,
        )
