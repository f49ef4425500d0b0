"""Finding what is doubtful about a term's money: set-wise, each with its evidence.

Evidence holds keys, codes, days and amounts in fen; words are made where it is shown.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, cast

from django.db.models import F, Q, QuerySet

from povedu.money import fen
from povedu.protected import IdNumber
from povedu.terms import Term
from schools.models import Division
from students.choices import ApprovalState, EnrolmentState, StudentState
from students.models import Enrolment, HouseholdMember, PayeeAccount, Student
from subsidies.choices import (
    Cadence,
    CellReason,
    CellState,
    DoubtKind,
    PayeeKind,
    PaymentState,
    Skip,
)
from subsidies.models import AidCell, Award, Payment, Programme
from subsidies.rules.doubts import MANY_STUDENTS, Home, are_one_family
from subsidies.rules.eligibility import Situation, StandardLine, day_that_counts, fits
from subsidies.rules.instalments import plan
from subsidies.selectors.history import paid_before
from subsidies.selectors.programmes import standard_lines
from teachers.models import Teacher


class DoubtRow(NamedTuple):
    """A doubt as it is stored; ``amount_fen`` is what is at stake."""

    kind: str
    key: str
    student_id: int
    school_id: int
    programme_id: int | None
    payment_id: int | None
    amount_fen: int
    evidence: dict[str, Any]


class _Paid(NamedTuple):
    """A payment of the term that stands: waiting, at the bank or settled."""

    pk: int
    amount_fen: int
    state: str
    settled_on: Any
    payee_kind: str
    payee_name: str
    account_index: str
    student_id: int
    student_name: str
    school_id: int
    programme_id: int
    enrolment_id: int | None
    award_id: int


def find(county: Division, term: Term, today: Any) -> Iterator[DoubtRow]:
    """Yield everything doubtful about a county's term; the matrix must have been computed."""
    return _Search(county, term, today).rows()


class _Search:
    """The columns of a term's payments and cells, and one finder for each kind."""

    def __init__(self, county: Division, term: Term, today: Any) -> None:
        self.county, self.term, self.today = county, term, today

    def rows(self) -> Iterator[DoubtRow]:
        finders: tuple[Callable[[], Iterable[DoubtRow]], ...] = (
            self._missed,
            self._breaks,
            self._shared_cards,
            self._payees,
            self._teachers,
            self._two_schools,
            self._amounts,
            self._duplicates,
            self._after_leaving,
        )
        for finder in finders:
            yield from finder()

    # The columns.

    @cached_property
    def paid(self) -> list[_Paid]:
        award = "instalment__award__"
        rows = (
            Payment.objects.filter(
                instalment__award__term=self.term.code,
                instalment__award__programme__county=self.county,
            )
            .exclude(state__in=[PaymentState.VOIDED, PaymentState.RETURNED])
            .order_by("pk")
            .values_list(
                *("pk", "amount", "state", "settled_on", "payee_kind", "payee_name"),
                *("account_index", f"{award}student_id", f"{award}student__name"),
                *(f"{award}school_id", f"{award}programme_id", f"{award}enrolment_id"),
                "instalment__award_id",
            )
        )
        return [
            _Paid(pk, fen(amount), *rest) for pk, amount, *rest in rows.iterator(chunk_size=5000)
        ]

    @cached_property
    def by_account(self) -> dict[str, list[_Paid]]:
        found: dict[str, list[_Paid]] = defaultdict(list)
        for one in self.paid:
            if one.account_index and one.payee_kind != PayeeKind.SCHOOL:
                found[one.account_index].append(one)
        return found

    @cached_property
    def homes(self) -> dict[int, Home]:
        households = dict(
            HouseholdMember.objects.filter(household__county=self.county)
            .exclude(id_index="")
            .values_list("id_index", "household_id")
        )
        rows = Student.objects.filter(pk__in={one.student_id for one in self._shared})
        return {
            pk: Home(households.get(index) if index else None, guardian)
            for pk, index, guardian in rows.values_list("pk", "id_index", "guardian_name")
        }

    @cached_property
    def _shared(self) -> list[_Paid]:
        """Return the payments to accounts that several students are paid to."""
        return [
            one
            for own in self.by_account.values()
            if len({paid.student_id for paid in own}) > 1
            for one in own
        ]

    # The finders.

    def _missed(self) -> Iterator[DoubtRow]:
        kinds = {CellState.MISSED: DoubtKind.MISSED, CellState.OVERDUE: DoubtKind.OVERDUE}
        for one in self._cells().filter(state__in=kinds):
            due = fen(one.amount or 0)
            yield DoubtRow(
                kinds[CellState(one.state)],
                f"{one.student_id}-{one.programme_id}",
                one.student_id,
                one.school_id,
                one.programme_id,
                None,
                due - fen(one.paid),
                {"reason": one.reason, "amount": due},
            )

    def _breaks(self) -> Iterator[DoubtRow]:
        """Paid last term, entitled still, and nothing under way this term."""
        before = self.term.previous
        last = dict(
            Payment.objects.filter(
                state=PaymentState.SETTLED,
                instalment__award__term=before.code,
                instalment__award__programme__county=self.county,
                instalment__award__programme__cadence__in=[Cadence.TERM, Cadence.MONTH],
            )
            .order_by("pk")
            .values_list(F("instalment__award__student_id"), "amount")
        )
        pairs = set(
            Award.objects.filter(
                term=before.code,
                programme__county=self.county,
                programme__cadence__in=[Cadence.TERM, Cadence.MONTH],
                instalments__payments__state=PaymentState.SETTLED,
            ).values_list("student_id", "programme_id")
        )
        nothing = Q(state__in=[CellState.MISSED, CellState.EXHAUSTED]) | Q(
            state=CellState.AWAITING, reason=CellReason.NOT_RUN
        )
        # Entitled but for a paper that is easily forgotten.
        nothing |= Q(state=CellState.NOT_ELIGIBLE, reason__in=[Skip.NOT_APPLIED, Skip.NO_TIER])
        for one in self._cells().filter(nothing):
            if (one.student_id, one.programme_id) in pairs:
                yield DoubtRow(
                    DoubtKind.BREAK,
                    f"{one.student_id}-{one.programme_id}",
                    one.student_id,
                    one.school_id,
                    one.programme_id,
                    None,
                    fen(one.amount or last.get(one.student_id, 0)),
                    {"reason": one.reason, "last_term": before.code},
                )

    def _shared_cards(self) -> Iterator[DoubtRow]:
        """One account for children of different families, or for very many."""
        for index, own in self.by_account.items():
            students = sorted({one.student_id for one in own})
            if len(students) < 2:
                continue
            evidence = {"students": students, "payments": [one.pk for one in own]}
            total = sum(one.amount_fen for one in own)
            first = own[0]
            about = (first.student_id, first.school_id, None, first.pk, total, evidence)
            homes = [self.homes.get(one, Home(None, "")) for one in students]
            if not are_one_family(homes):
                yield DoubtRow(DoubtKind.SHARED_CARD, index, *about)
            if len(students) > MANY_STUDENTS:
                yield DoubtRow(DoubtKind.MANY, index, *about)

    def _payees(self) -> Iterator[DoubtRow]:
        """Paid to somebody else's account whose relation nobody has approved for this child."""
        approved = set(
            PayeeAccount.objects.filter(
                student__county=self.county,
                state__in=[ApprovalState.APPROVED, ApprovalState.ENDED],
                approved_by__isnull=False,
            ).values_list("student_id", "account_index")
        )
        for one in self.paid:
            known = (one.student_id, one.account_index) in approved
            if one.payee_kind == PayeeKind.SCHOOL or known or one.payee_name == one.student_name:
                continue
            yield self._about(DoubtKind.PAYEE, one, {"payee_kind": one.payee_kind})

    def _teachers(self) -> Iterator[DoubtRow]:
        """Paid to a card whose holder is a teacher: by identity number, else name and school."""
        by_number: dict[str, int] = {}
        by_name: dict[tuple[str, int], int] = {}
        rows = Teacher.objects.filter(
            school__division__code__startswith=self.county.pk[:6], left_on__isnull=True
        )
        for pk, index, name, school in rows.values_list("pk", "id_index", "name", "school_id"):
            if index:
                by_number[index] = pk
            by_name[(name, school)] = pk
        holders = self._holders() if by_number else {}
        guardians = dict(
            Student.objects.filter(county=self.county)
            .exclude(guardian_name="")
            .values_list("pk", "guardian_name")
        )
        for one in self.paid:
            if one.payee_kind == PayeeKind.SCHOOL:
                continue
            number, relation = holders.get((one.student_id, one.account_index), ("", ""))
            teacher, by = by_number.get(number), "number"
            if teacher is None and guardians.get(one.student_id) != one.payee_name:
                teacher, by = by_name.get((one.payee_name, one.school_id)), "name"
            if teacher is not None:
                evidence = {"teacher": teacher, "by": by, "relation": relation}
                yield self._about(DoubtKind.TEACHER_CARD, one, evidence)

    def _holders(self) -> dict[tuple[int, str], tuple[str, str]]:
        """Return the number's blind index and the relation of each account's holder."""
        used = {one.account_index for one in self.paid if one.account_index}
        rows = PayeeAccount.objects.filter(student__county=self.county).values_list(
            "student_id", "account_index", "payee_id_number", "relation"
        )
        return {
            (student, account): (cast("IdNumber", number).index, relation)
            for student, account, number, relation in rows.iterator(chunk_size=5000)
            if account in used and number
        }

    def _two_schools(self) -> Iterator[DoubtRow]:
        """Paid in one term at two schools, or at one while enrolled at another."""
        enrolled: dict[int, set[int]] = defaultdict(set)
        rows = Enrolment.objects.filter(
            term=self.term.code, student__county=self.county, state=EnrolmentState.STUDYING
        )
        for student, school in rows.values_list("student_id", "school_id"):
            enrolled[student].add(school)
        paid: dict[int, list[_Paid]] = defaultdict(list)
        for one in self.paid:
            paid[one.student_id].append(one)
        for student, own in paid.items():
            schools = {one.school_id for one in own}
            if len(schools) > 1 or len(enrolled[student]) > 1:
                evidence = {
                    "paid_at": sorted(schools),
                    "enrolled_at": sorted(enrolled[student]),
                    "payments": [one.pk for one in own],
                }
                total = sum(one.amount_fen for one in own)
                yield self._about(DoubtKind.TWO_SCHOOLS, own[-1], evidence, str(student), total)

    def _amounts(self) -> Iterator[DoubtRow]:
        """Awarded by a standard that is not in force, not for such a child, or another amount."""
        days = (self.term.starts_on, day_that_counts(self.term, self.today))
        programmes = Programme.objects.in_bulk({one.programme_id for one in self.paid})
        lines: dict[int, dict[int, StandardLine]] = {
            pk: {line.id: line for day in days for line in standard_lines(one, day)}
            for pk, one in programmes.items()
        }
        first: dict[int, _Paid] = {}
        for one in self.paid:
            first.setdefault(one.award_id, one)
        columns = Award.objects.filter(
            term=self.term.code, programme__county=self.county, changes__isnull=True
        ).values_list(
            *("pk", "programme_id", "standard_id", "amount", "stage", "grade", "is_boarder"),
            *("major", "enrolment__is_boarder", "enrolment__stage"),
        )
        for pk, own, standard, amount, stage, grade, boards, major, *now in columns:
            if pk not in first:
                continue
            boards_now, stage_now = now
            programme, line = programmes[own], lines[own].get(standard)
            if line is None:
                why, due = "not-in-force", 0
            else:
                parts = plan(
                    programme.cadence, line.instalment_fen, self.term, programme.skipped_months
                )
                due = sum(part.amount_fen for part in parts)
                lives = boards if boards_now is None else boards_now
                where = stage_now or stage
                situation = Situation(where, grade or 0, lives, major, frozenset())
                why = "" if fits(line, situation) else "not-for-this-child"
                if not why and fen(amount) != due:
                    why = "other-amount"
            if why:
                evidence = {"why": why, "awarded": fen(amount), "standard": due}
                yield self._about(DoubtKind.AMOUNT, first[pk], evidence, str(pk), fen(amount))

    def _duplicates(self) -> Iterator[DoubtRow]:
        """Paid here, and by another system as its list says."""
        paid: dict[int, list[_Paid]] = defaultdict(list)
        for one in self.paid:
            paid[one.programme_id].append(one)
        for programme in Programme.objects.in_bulk(paid).values():
            before = set(paid_before(programme, self.term).values_list("pk", flat=True))
            for one in paid[programme.pk]:
                if one.student_id in before:
                    yield self._about(DoubtKind.DUPLICATE, one, {"settled_on": _day(one)})

    def _after_leaving(self) -> Iterator[DoubtRow]:
        """Paid for a term in which the child was not at school, or though it has died."""
        gone = dict(
            Enrolment.objects.filter(term=self.term.code, student__county=self.county)
            .exclude(state=EnrolmentState.STUDYING)
            .values_list("pk", "state")
        )
        dead = set(
            Student.objects.filter(county=self.county, state=StudentState.DECEASED).values_list(
                "pk", flat=True
            )
        )
        for one in self.paid:
            away = gone.get(one.enrolment_id) if one.enrolment_id else None
            state = StudentState.DECEASED if one.student_id in dead else away
            if state:
                evidence = {"state": str(state), "settled_on": _day(one)}
                yield self._about(DoubtKind.AFTER_LEAVING, one, evidence)

    # Help.

    def _cells(self) -> QuerySet[AidCell]:
        return AidCell.objects.filter(
            matrix__county=self.county, matrix__term=self.term.code
        ).order_by("pk")

    @staticmethod
    def _about(
        kind: DoubtKind, one: _Paid, evidence: dict[str, Any], key: str = "", total: int = 0
    ) -> DoubtRow:
        return DoubtRow(
            kind,
            key or f"payment-{one.pk}",
            one.student_id,
            one.school_id,
            one.programme_id,
            one.pk,
            total or one.amount_fen,
            evidence,
        )


def _day(one: _Paid) -> str:
    return one.settled_on.isoformat() if one.settled_on else ""
