"""A student's own account of aid: everything ever received, all terms, all sources."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from povedu.ledger.choices import FundSource
from povedu.money import ZERO, fen
from povedu.scope import Scope
from povedu.terms import Term
from students.models import Student
from subsidies.choices import CellState, PaymentState, RecoveryState
from subsidies.models import AidCell, Gift, Loan, Payment, Recovery
from subsidies.rules.counting import Counts, Settled, count
from subsidies.selectors.history import past_of_student
from subsidies.selectors.loans import loans


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A payment or a gift of one student."""

    settled_on: date | None
    programme: str
    term: str
    period: str
    sources: list[tuple[str, Decimal]]
    amount: Decimal
    state: str
    is_received: bool
    gift_id: int = 0


@dataclass(frozen=True, slots=True)
class YearLine:
    """What one calendar year brought: persons are one, so times and money alone."""

    year: int
    person_times: int
    amount: Decimal


# Cells of which somebody still waits for money, or could.
_WAITING = (
    CellState.AWAITING,
    CellState.PAYING,
    CellState.RETURNED,
    CellState.SUSPENDED,
    CellState.OVERDUE,
    CellState.MISSED,
    CellState.EXHAUSTED,
)
_OWED = (RecoveryState.APPROVED, RecoveryState.COLLECTED)


def students(scope: Scope) -> QuerySet[Student]:
    """Return the students of the schools in scope."""
    return Student.objects.filter(
        scope.q(division="school__division_id", school="school__code")
    ).select_related("school")


def account_lines(student: Student) -> list[AccountLine]:
    """Return a student's payments, gifts and past payments, the newest first; four queries.

    What other systems say they paid is shown and not added up: it may be the same money.
    """
    paid = (
        Payment.objects.filter(instalment__award__student=student)
        .exclude(state=PaymentState.VOIDED)
        .select_related("instalment__award__programme")
        .prefetch_related("sources")
    )
    lines = [
        AccountLine(
            one.settled_on,
            one.instalment.award.programme.name,
            Term.parse(one.instalment.award.term).label,
            one.instalment.period,
            [(part.source, part.amount) for part in one.sources.all()],
            one.amount,
            one.get_state_display(),
            one.state == PaymentState.SETTLED,
        )
        for one in paid
    ]
    lines += [
        AccountLine(
            one.paid_on,
            one.programme_label,
            one.term_label,
            one.period,
            [],
            one.amount or ZERO,
            _("既往记录"),
            is_received=False,
        )
        for one in past_of_student(student)
    ]
    for gift in Gift.objects.filter(student=student, cancelled_on__isnull=True).select_related(
        "programme"
    ):
        lines.append(
            AccountLine(
                gift.settled_on,
                gift.programme.name,
                Term.on(gift.given_on).label,
                gift.item,
                [(FundSource.SOCIAL.value, gift.amount)],
                gift.amount,
                _("已到账") if gift.settled_on else _("待发放"),
                gift.settled_on is not None,
                gift.pk,
            )
        )
    return sorted(lines, key=lambda line: line.settled_on or date.max, reverse=True)


def received_total(lines: Iterable[AccountLine]) -> Decimal:
    """Return what has arrived."""
    return sum((line.amount for line in lines if line.is_received), ZERO)


def counted(lines: Iterable[AccountLine]) -> Counts:
    """Count what has arrived by the rules that the annual summary counts by."""
    return count(
        Settled(
            0,
            line.programme,
            line.term,
            tuple((source, fen(amount)) for source, amount in line.sources),
            line.gift_id,
        )
        for line in lines
        if line.is_received
    )


def by_year(lines: Iterable[AccountLine]) -> list[YearLine]:
    """Return what has arrived in each calendar year, the newest first."""
    years: dict[int, list[AccountLine]] = defaultdict(list)
    for line in lines:
        if line.is_received and line.settled_on:
            years[line.settled_on.year].append(line)
    return [
        YearLine(year, counted(own).person_times, received_total(own))
        for year, own in sorted(years.items(), reverse=True)
    ]


def waiting_cells(student: Student) -> QuerySet[AidCell]:
    """Return the matrix cells of a student in which money is under way or missing, newest first."""
    return (
        AidCell.objects.filter(student=student, state__in=_WAITING)
        .select_related("matrix", "programme", "school")
        .order_by("-matrix__term", "programme__code")
    )


def loans_of(scope: Scope, student: Student) -> QuerySet[Loan]:
    """Return a student's loans, as far as somebody may see loans."""
    return loans(scope).filter(student=student)


def recoveries_of(student: Student) -> QuerySet[Recovery]:
    """Return what is asked back of a student's payments, with what came back (``received``)."""
    return (
        Recovery.objects.filter(payment__instalment__award__student=student)
        .exclude(state=RecoveryState.REFUSED)
        .annotate(received=Sum("receipts__amount"))
        .select_related("payment__instalment__award__programme")
        .order_by("-made_at", "-pk")
    )


def recovered_total(recoveries: Iterable[Recovery]) -> Decimal:
    """Return what is taken back of what had arrived, whether it has come back yet or not."""
    return sum((one.amount for one in recoveries if one.state in _OWED), ZERO)
