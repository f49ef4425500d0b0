"""Who in a term is to get a programme's money, by which standard, and why the others are not.

Everything is read in columns and decided in one pass; the same decisions serve a run over the
county and the question about one child.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from povedu.terms import Term
from students.choices import ApprovalState, EnrolmentState, Hardship, StudentState
from students.models import Enrolment, HardshipStatus
from subsidies.choices import AwardState, Cadence, Skip
from subsidies.models import Award, Determination, Programme
from subsidies.rules.eligibility import REGISTERED_POOR, Situation, StandardLine, choose
from subsidies.selectors.programmes import standard_lines


class Candidate(NamedTuple):
    """A child's term at school, as a run reads it."""

    enrolment_id: int
    student_id: int
    school_id: int
    school_code: str
    stage: str
    grade: int | None
    class_name: str
    major: str
    is_boarder: bool
    state: str
    confirmed: bool
    student_state: str


class Chosen(NamedTuple):
    """A candidate who is to get an award, and by what."""

    candidate: Candidate
    standard: StandardLine
    hardship_id: int | None
    determination_id: int | None
    explanation: Mapping[str, object]
    is_poor: bool


@dataclass(slots=True)
class Decisions:
    """Every candidate of a run once: chosen, or left out with a reason code."""

    chosen: list[Chosen] = field(default_factory=list)
    skipped: list[tuple[Candidate, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many were left out for each reason."""
        return dict(sorted(Counter(str(code) for _one, code in self.skipped).items()))


def decide(
    programme: Programme, term: Term, as_of: date, *, students: Collection[int] | None = None
) -> Decisions:
    """Decide about every child at a stage that the programme pays for; read-only.

    ``as_of`` is the day whose hardships count. A fixed number of queries whatever the county's
    size.
    """
    return _Run(programme, term, as_of, students).decide()


class _Run:
    """The columns of one run."""

    def __init__(
        self, programme: Programme, term: Term, as_of: date, students: Collection[int] | None
    ) -> None:
        self.programme, self.term, self.as_of, self.students = programme, term, as_of, students
        self.standards = standard_lines(programme, as_of)
        self._found: dict[tuple[Situation, bool], tuple[StandardLine | None, str]] = {}

    def decide(self) -> Decisions:
        hardships, removed = self._hardships()
        general, applied = self._determinations()
        barred = self._barred()
        decisions = Decisions()
        seen: set[int] = set()
        for one in self._candidates():
            if one.student_id in seen:
                decisions.skipped.append((one, Skip.ENROLLED_TWICE))
                continue
            seen.add(one.student_id)
            code = self._bar(one, barred) or self._application(one, applied)
            if code:
                decisions.skipped.append((one, code))
                continue
            own = hardships.get(one.student_id, {})
            paper = applied.get(one.student_id) or general.get(one.student_id)
            standard, code = self._standard(one, own, paper, entitled=one.student_id in applied)
            if standard is None:
                if code == Skip.NO_HARDSHIP and one.student_id in removed:
                    code = Skip.RISK_REMOVED
                decisions.skipped.append((one, code))
                continue
            decisions.chosen.append(self._chosen(one, standard, own, paper))
        return decisions

    def _standard(
        self,
        one: Candidate,
        own: Mapping[str, int],
        paper: tuple[int, str] | None,
        *,
        entitled: bool,
    ) -> tuple[StandardLine | None, str]:
        """Ask the rule once per situation."""
        held = frozenset(own)
        if paper:
            held |= {Hardship.OTHER}
        tier = paper[1] if paper else ""
        situation = Situation(one.stage, one.grade or 0, one.is_boarder, one.major, held, tier)
        key = (situation, entitled)
        if key not in self._found:
            lines = self.standards
            if entitled:  # somebody approved this very application: categories are met
                lines = [line._replace(categories=frozenset()) for line in lines]
            self._found[key] = choose(lines, situation)
        return self._found[key]

    def _chosen(
        self,
        one: Candidate,
        standard: StandardLine,
        own: Mapping[str, int],
        paper: tuple[int, str] | None,
    ) -> Chosen:
        met = sorted(own.keys() & standard.categories) if standard.categories else sorted(own)
        by_paper = paper is not None and not met
        is_poor = bool(own.keys() & REGISTERED_POOR)
        explanation = {
            "as_of": self.as_of.isoformat(),
            "hardships": met,
            "rule": "application" if by_paper else ("category" if standard.categories else "open"),
            "tier": standard.tier,
            "standard": standard.id,
        }
        return Chosen(
            one,
            standard,
            own[met[0]] if met else None,
            paper[0] if paper and by_paper else None,
            explanation,
            is_poor,
        )

    def _bar(self, one: Candidate, barred: Mapping[int, str]) -> str:
        if not one.confirmed:
            return Skip.IDENTITY
        if one.state != EnrolmentState.STUDYING or one.student_state not in (
            StudentState.STUDYING,
            StudentState.GRADUATED,
        ):
            return Skip.NOT_STUDYING
        return barred.get(one.student_id, self._no_base(one))

    def _no_base(self, one: Candidate) -> str:
        if self._base is not None and one.student_id not in self._base:
            return Skip.BASE_MISSING
        return ""

    def _application(self, one: Candidate, applied: Mapping[int, tuple[int, str]]) -> str:
        if self.programme.needs_application and one.student_id not in applied:
            return Skip.NOT_APPLIED
        return ""

    # The columns.

    def _candidates(self) -> Iterable[Candidate]:
        rows = Enrolment.objects.filter(
            term=self.term.code, student__county=self.programme.county_id
        )
        stages = {line.stage for line in self.standards}
        if "" not in stages:
            rows = rows.filter(stage__in=stages)
        if self.students is not None:
            rows = rows.filter(student_id__in=self.students)
        columns = rows.order_by("pk").values_list(
            "pk",
            "student_id",
            "school_id",
            "school__code",
            "stage",
            "grade",
            "class_name",
            "major",
            "is_boarder",
            "state",
            "student__identity_confirmed",
            "student__state",
        )
        return (Candidate(*row) for row in columns.iterator(chunk_size=5000))

    def _hardships(self) -> tuple[dict[int, dict[str, int]], set[int]]:
        """Return each student's live hardships by category, and those whose risk was removed."""
        rows = HardshipStatus.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=self.as_of),
            student__county=self.programme.county_id,
            starts_on__lte=self.as_of,
        )
        if self.students is not None:
            rows = rows.filter(student_id__in=self.students)
        found: dict[int, dict[str, int]] = {}
        removed: set[int] = set()
        opening = self.term.starts_on
        for student, category, pk, safe_on in rows.order_by("pk").values_list(
            "student_id", "category", "pk", "risk_removed_on"
        ):
            if self.programme.excludes_risk_removed and safe_on and safe_on <= opening:
                removed.add(student)
                continue
            found.setdefault(student, {})[category] = pk
        return found, removed

    def _determinations(self) -> tuple[dict[int, tuple[int, str]], dict[int, tuple[int, str]]]:
        """Return approved papers of the year: general ones, and those for this programme."""
        rows = Determination.objects.filter(
            Q(programme__isnull=True) | Q(programme=self.programme),
            student__county=self.programme.county_id,
            academic_year=self.term.year,
            state=ApprovalState.APPROVED,
        )
        general: dict[int, tuple[int, str]] = {}
        applied: dict[int, tuple[int, str]] = {}
        for student, pk, tier, programme in rows.values_list(
            "student_id", "pk", "tier", "programme_id"
        ):
            (applied if programme else general)[student] = (pk, tier)
        return general, applied

    def _barred(self) -> dict[int, str]:
        """Return the students whom an award they have keeps out, with the reason."""
        base_id = self.programme.stacks_on_id if self.programme.requires_base else None
        self._base = self._holders(base_id) if base_id else None
        barred: dict[int, str] = {}
        excluded = _live().filter(programme__in=self.programme.excludes.all(), term=self.term.code)
        barred |= dict.fromkeys(excluded.values_list("student_id", flat=True), str(Skip.EXCLUDED))
        own = _live().filter(programme=self.programme)
        year = (Term(self.term.year, 1).code, Term(self.term.year, 2).code)
        if self.programme.cadence == Cadence.ONCE:
            barred |= _barred_by(own, Skip.ALREADY_EVER)
        elif self.programme.cadence == Cadence.YEARLY:
            barred |= _barred_by(own.filter(term__in=year), Skip.ALREADY_THIS_YEAR)
        barred |= _barred_by(own.filter(term=self.term.code), Skip.ALREADY)
        return barred

    def _holders(self, programme_id: int) -> set[int]:
        """Return who has the base award in this academic year."""
        terms = (Term(self.term.year, 1).code, Term(self.term.year, 2).code)
        rows = _live().filter(programme_id=programme_id, term__in=terms)
        return set(rows.values_list("student_id", flat=True))


def _live() -> QuerySet[Award]:
    return Award.objects.exclude(state=AwardState.CANCELLED)


def _barred_by(rows: QuerySet[Award], code: str) -> dict[int, str]:
    return dict.fromkeys(rows.values_list("student_id", flat=True), str(code))
