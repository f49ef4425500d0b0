"""Computing the matrix of a term: what awards and payments say, else what a run would decide.

Read in columns, a fixed number of queries per programme whatever the county's size; nothing is
written here.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from povedu.money import fen
from povedu.terms import Term
from schools.models import Division
from students.choices import ApprovalState
from students.models import Enrolment, PayeeAccount, Student
from subsidies.choices import (
    AwardState,
    CellReason,
    CellState,
    DueProblem,
    LineOutcome,
    PayeeKind,
    PaymentState,
    ProgrammeKind,
    RecoveryState,
    Skip,
)
from subsidies.models import Award, BankReturnLine, Instalment, Payment, Programme, Recovery
from subsidies.rules.eligibility import day_that_counts
from subsidies.rules.matrix import (
    AwardFacts,
    PartFacts,
    ProgrammeFacts,
    Verdict,
    of_award,
    of_eligible,
    of_skip,
    settled_fen,
)
from subsidies.rules.sources import draw
from subsidies.selectors.doubts import waived
from subsidies.selectors.eligibility import Chosen, Ruling, in_order
from subsidies.selectors.history import paid_before
from subsidies.selectors.population import Candidate, Population
from subsidies.selectors.programmes import source_lines, used_sources
from subsidies.selectors.quotas import quota_use


class CellRow(NamedTuple):
    """A cell as it is stored; amounts in fen, ``amount_fen`` None where nobody is entitled."""

    student_id: int
    programme_id: int
    school_id: int
    stage: str
    grade: int | None
    class_name: str
    state: str
    reason: str
    detail: str
    award_id: int | None
    amount_fen: int | None
    paid_fen: int


@dataclass(slots=True)
class Computed:
    """A whole matrix: its rows, and how many students and programmes it is over."""

    rows: list[CellRow] = field(default_factory=list)
    students: int = 0
    programmes: int = 0

    @property
    def outside(self) -> int:
        """Return how many cells are of programmes that are not for the child's stage."""
        return self.students * self.programmes - len(self.rows)


class _AwardRow(NamedTuple):
    """A live award of the term in columns."""

    pk: int
    student_id: int
    programme_id: int
    school_id: int
    stage: str
    grade: int | None
    class_name: str
    state: str
    granted_on: date
    amount_fen: int


def programmes_in(county: Division, term: Term) -> QuerySet[Programme]:
    """Return the programmes that the matrix of a term is over: in force then, or awarded then.

    Gifts are nobody's due and have no cells.
    """
    awarded = Award.objects.filter(term=term.code).values("programme")
    in_force = Q(starts_on__lt=term.ends_on) & (
        Q(ends_on__isnull=True) | Q(ends_on__gt=term.starts_on)
    )
    return (
        Programme.objects.filter(in_force | Q(pk__in=awarded), county=county)
        .exclude(kind=ProgrammeKind.GIFT)
        .order_by("code")
    )


def compute(county: Division, term: Term, today: date) -> Computed:
    """Return every cell of a county's term as of a day; ``today`` says what is due."""
    return _Matrix(county, term, today).compute()


class _Matrix:
    """The columns of one term, read once and shared by all programmes."""

    def __init__(self, county: Division, term: Term, today: date) -> None:
        self.county, self.term, self.today = county, term, today
        self.as_of = day_that_counts(term, today)
        self.population = Population(county.pk, term, self.as_of)

    def compute(self) -> Computed:
        """Go through the programmes one by one."""
        found = Computed()
        programmes = list(programmes_in(self.county, self.term))
        self.awards = self._awards()
        self.parts = self._parts()
        self.cancelled = self._cancelled()
        self.carded = self._carded()
        self.confirmed = self._confirmed()
        self.waived = waived(self.county, self.term.code)
        self.recovered = self._recovered()
        for programme in programmes:
            found.rows += self._rows_of(programme)
        found.programmes = len(programmes)
        found.students = self._students()
        return found

    # One programme.

    def _rows_of(self, programme: Programme) -> list[CellRow]:
        awards = self.awards.get(programme.pk, [])
        held = {one.student_id for one in awards}
        rows = [self._award_row(programme, one) for one in awards]
        ruling = Ruling(programme, self.population)
        if not ruling.standards:  # nothing that a child could be entitled to
            return rows
        decisions = ruling.decisions()
        eligible = [one for one in decisions.chosen if one.candidate.student_id not in held]
        verdicts = self._eligible(ruling, in_order(programme, eligible), has_run=bool(awards))
        rows += verdicts
        seen = held | {one.student_id for one in verdicts}
        for candidate, code in decisions.skipped:
            if candidate.student_id not in seen:
                seen.add(candidate.student_id)
                rows.append(_row(candidate, programme, of_skip(code)))
        return rows

    def _award_row(self, programme: Programme, one: _AwardRow) -> CellRow:
        parts = self.parts.get(one.pk, ())
        blocked = self._blocked(programme, one.student_id)
        facts = AwardFacts(one.state, parts, blocked, self.recovered.get(one.pk, 0), one.granted_on)
        verdict = of_award(facts, self.today)
        return CellRow(
            one.student_id,
            programme.pk,
            one.school_id,
            one.stage,
            one.grade,
            one.class_name,
            verdict.state,
            verdict.reason,
            "",
            one.pk,
            one.amount_fen,
            settled_fen(facts),
        )

    def _blocked(self, programme: Programme, student: int) -> str:
        """Say why nothing can be batched for a child, "" where it can."""
        if student in self._paid_before(programme):
            return DueProblem.PAID_BEFORE
        if student not in self.confirmed:
            return DueProblem.IDENTITY
        if programme.payee_kind != PayeeKind.SCHOOL and student not in self.carded:
            return DueProblem.NO_CARD
        return ""

    def _paid_before(self, programme: Programme) -> set[int]:
        if programme.pk not in self._before:
            rows = paid_before(programme, self.term).values_list("pk", flat=True)
            self._before[programme.pk] = set(rows)
        return self._before[programme.pk]

    def _eligible(self, ruling: Ruling, chosen: list[Chosen], *, has_run: bool) -> list[CellRow]:
        """Say of each entitled child without an award whether it was forgotten or out of reach."""
        if not chosen:
            return []
        programme = ruling.programme
        totals: dict[int, int] = {}
        for one in chosen:
            if one.standard.id not in totals:
                parts = ruling.plan(one.standard)
                totals[one.standard.id] = sum(part.amount_fen for part in parts)
        amounts = [totals[one.standard.id] for one in chosen]
        out_of_reach = self._out_of_reach(programme, amounts)
        has_run = has_run or any(programme.pk == own for _student, own in self.cancelled)
        facts = ProgrammeFacts(has_run, self.today >= self.term.ends_on)
        rows = []
        for one, amount, barred in zip(chosen, amounts, out_of_reach, strict=True):
            key = (one.candidate.student_id, programme.pk)
            note, at_stake = self.waived.get(key, ("", 0))
            verdict = of_eligible(
                facts, was_cancelled=key in self.cancelled, is_waived=at_stake == amount
            )
            if barred and verdict.state in (CellState.MISSED, CellState.AWAITING):
                verdict = of_skip(barred)
            detail = self.cancelled.get(key, "") if verdict.state == CellState.STOPPED else ""
            if verdict.reason == CellReason.WAIVED:
                detail = note
            rows.append(_row(one.candidate, programme, verdict, detail, amount))
        return rows

    def _out_of_reach(self, programme: Programme, amounts: list[int]) -> list[str]:
        """Return for each amount in order of priority why money or quota does not reach it, or "".

        The newest of the years concerned that has source rules counts.
        """
        years = sorted({self.today.year, self.as_of.year, self.term.starts_on.year}, reverse=True)
        for year in years:
            lines = source_lines(programme, year)
            if lines:
                break
        else:
            return [CellReason.NO_SOURCE_RULE] * len(amounts)
        use = quota_use(programme, year)
        places = None if use.planned is None else max(use.planned - use.actual, 0)
        barred: list[str] = []
        reached = 0
        for share in draw(amounts, lines, used_sources(programme, year)):
            if share is None:
                barred.append(Skip.NO_MONEY)
            elif places is not None and reached >= places:
                barred.append(CellReason.QUOTA_FULL)
            else:
                reached += 1
                barred.append("")
        return barred

    # The columns.

    def _live(self) -> QuerySet[Award]:
        return Award.objects.filter(programme__county=self.county, term=self.term.code).exclude(
            state=AwardState.CANCELLED
        )

    def _awards(self) -> dict[int, list[_AwardRow]]:
        found: dict[int, list[_AwardRow]] = defaultdict(list)
        columns = self._live().values_list(
            *("pk", "student_id", "programme_id", "school_id", "stage", "grade"),
            *("class_name", "state", "granted_at", "amount"),
        )
        for pk, *where, state, granted_at, amount in columns.iterator(chunk_size=5000):
            day = timezone.localtime(granted_at).date() if granted_at else date.min
            student, programme, school, stage, grade, class_name = where
            one = _AwardRow(
                *(pk, student, programme, school, stage, grade, class_name),
                *(state, day, fen(amount)),
            )
            found[one.programme_id].append(one)
        self._before: dict[int, set[int]] = {}
        return found

    def _parts(self) -> dict[int, tuple[PartFacts, ...]]:
        """Return the instalments of each live award with the state of their last attempts."""
        live = self._live().values("pk")
        last: dict[int, tuple[int, str]] = {}
        attempts = Payment.objects.filter(instalment__award__in=live).values_list(
            "instalment_id", "pk", "state"
        )
        for part, pk, state in attempts.order_by("attempt").iterator(chunk_size=5000):
            last[part] = (pk, state)
        came_back = set(
            BankReturnLine.objects.filter(
                outcome=LineOutcome.RETURNED,
                payment__state=PaymentState.VOIDED,
                payment__instalment__award__in=live,
            ).values_list("payment_id", flat=True)
        )
        found: dict[int, list[PartFacts]] = defaultdict(list)
        going_on = Instalment.objects.filter(award__in=live, stopped_at__isnull=True)
        rows = going_on.values_list("pk", "award_id", "due_on", "amount")
        for pk, award, due_on, amount in rows.iterator(chunk_size=5000):
            payment, state = last.get(pk, (0, ""))
            found[award].append(PartFacts(due_on, fen(amount), state, payment in came_back))
        return {award: tuple(parts) for award, parts in found.items()}

    def _cancelled(self) -> dict[tuple[int, int], str]:
        rows = Award.objects.filter(
            programme__county=self.county, term=self.term.code, state=AwardState.CANCELLED
        )
        columns = rows.order_by("pk").values_list("student_id", "programme_id", "cancel_reason")
        return {(student, programme): reason for student, programme, reason in columns}

    def _recovered(self) -> dict[int, int]:
        """Return what approved recoveries take back of each award, in fen."""
        rows = (
            Recovery.objects.filter(
                payment__instalment__award__in=self._live().values("pk"),
                state__in=[RecoveryState.APPROVED, RecoveryState.COLLECTED],
            )
            .order_by()
            .values_list("payment__instalment__award")
            .annotate(total=Sum("amount"))
        )
        return {award: fen(total) for award, total in rows}

    def _carded(self) -> set[int]:
        cards = PayeeAccount.objects.filter(
            state=ApprovalState.APPROVED, student__county=self.county
        )
        return set(cards.values_list("student_id", flat=True))

    def _confirmed(self) -> set[int]:
        rows = Student.objects.filter(county=self.county, identity_confirmed=True)
        return set(rows.values_list("pk", flat=True))

    def _students(self) -> int:
        """Count whom the matrix is over: everybody enrolled in the term or awarded in it."""
        enrolled = Enrolment.objects.filter(term=self.term.code, student__county=self.county)
        everybody = set(enrolled.values_list("student_id", flat=True))
        everybody.update(self._live().values_list("student_id", flat=True))
        return len(everybody)


def _row(
    one: Candidate,
    programme: Programme,
    verdict: Verdict,
    detail: str = "",
    amount_fen: int | None = None,
) -> CellRow:
    return CellRow(
        one.student_id,
        programme.pk,
        one.school_id,
        one.stage,
        one.grade,
        one.class_name,
        verdict.state,
        verdict.reason,
        detail,
        None,
        amount_fen,
        0,
    )
