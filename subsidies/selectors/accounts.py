"""A student's own account of aid: everything ever received, all terms, all sources."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from povedu.ledger.choices import FundSource
from povedu.money import ZERO
from povedu.scope import Scope
from povedu.terms import Term
from students.models import Student
from subsidies.choices import PaymentState
from subsidies.models import Gift, Payment


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


def students(scope: Scope) -> QuerySet[Student]:
    """Return the students of the schools in scope."""
    return Student.objects.filter(
        scope.q(division="school__division_id", school="school__code")
    ).select_related("school")


def account_lines(student: Student) -> list[AccountLine]:
    """Return a student's payments and gifts, the newest first; three queries."""
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
    for gift in Gift.objects.filter(student=student).select_related("programme"):
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
            )
        )
    return sorted(lines, key=lambda line: line.settled_on or date.max, reverse=True)


def received_total(lines: Iterable[AccountLine]) -> Decimal:
    """Return what has arrived."""
    return sum((line.amount for line in lines if line.is_received), ZERO)


def by_year(lines: Iterable[AccountLine]) -> list[tuple[int, Decimal]]:
    """Return what has arrived in each calendar year, the newest first."""
    years: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.is_received and line.settled_on:
            years[line.settled_on.year] += line.amount
    return sorted(years.items(), reverse=True)
