"""A county of children for tests of money: made in bulk, so that a published case fits a test."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from povedu.identity import normal_name
from povedu.protected import BankAccount, IdNumber
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division, School
from students.models import Enrolment, HardshipStatus, PayeeAccount, Student
from subsidies.models import DisbursementBatch, PaymentRules, Programme
from subsidies.services import awards, batching, disbursement, notices, returns
from subsidies.services.programmes import SourceShare, set_source_rules
from tests.factories import (
    CountyFactory,
    ProgrammeFactory,
    SchoolFactory,
    StandardFactory,
    UserFactory,
    actor_of,
    id_number,
    name_of,
)

AUTUMN, SPRING = Term(2016, 1), Term(2015, 2)
CHINA = ZoneInfo("Asia/Shanghai")
SHANGHAI_NOON = datetime(2016, 11, 8, 12, 0, tzinfo=CHINA)


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHINA)


@dataclass
class County:
    """People, one school, and as many children as a test asks for.

    Its money is paid out by the treasury: cash in hand is not asked for, unless a test says so.
    """

    division: Division = field(default_factory=CountyFactory)
    school: School = field(default_factory=SchoolFactory)
    maker: Actor = field(default_factory=lambda: actor_of("office_staff", office="aid"))
    checker: Actor = field(default_factory=lambda: actor_of("approver", office="aid"))
    made: int = 0

    def __post_init__(self) -> None:
        PaymentRules.objects.get_or_create(county=self.division, defaults={"checks_cash": False})

    def children(
        self,
        count: int,
        stage: str = "primary",
        *,
        grade: int = 3,
        is_boarder: bool = False,
        hardships: Iterable[str] = ("registered_poor",),
        terms: Iterable[Term] = (AUTUMN,),
        confirmed: bool = True,
        card: bool = True,
        school: School | None = None,
    ) -> list[Student]:
        at_school = school or self.school
        numbers = [id_number(self.made + n) for n in range(count)]
        students = Student.objects.bulk_create(
            [
                Student(
                    county=self.division,
                    name=name_of(self.made + n),
                    normal_name=normal_name(name_of(self.made + n)),
                    id_number=IdNumber(number if confirmed else ""),
                    id_index=IdNumber(number).index if confirmed else "",
                    identity_confirmed=confirmed,
                    school=at_school,
                    stage=stage,
                    grade=grade,
                    entered_at=SHANGHAI_NOON,
                )
                for n, number in enumerate(numbers)
            ],
            batch_size=500,
        )
        Enrolment.objects.bulk_create(
            [
                Enrolment(
                    student=one,
                    term=term.code,
                    school=at_school,
                    stage=stage,
                    grade=grade,
                    class_name="1",
                    is_boarder=is_boarder,
                )
                for term in terms
                for one in students
            ],
            batch_size=500,
        )
        self._hardships(students, hardships)
        if card:
            self._cards(students)
        self.made += count
        return students

    def _hardships(self, students: list[Student], categories: Iterable[str]) -> None:
        HardshipStatus.objects.bulk_create(
            [
                HardshipStatus(
                    student=one,
                    category=category,
                    source="poverty-register",
                    starts_on=date(2014, 1, 1),
                    confirmed_by_id=self.maker.user_id,
                    confirmed_at=SHANGHAI_NOON,
                )
                for category in categories
                for one in students
            ],
            batch_size=500,
        )

    def _cards(self, students: list[Student]) -> None:
        other = UserFactory()
        cards = [BankAccount(f"621700000000{self.made + n:07d}") for n in range(len(students))]
        PayeeAccount.objects.bulk_create(
            [
                PayeeAccount(
                    student=one,
                    payee_name=f"Payee {one.name}",
                    relation="father",
                    bank_name="Rural Bank",
                    account=card,
                    account_index=card.index,
                    state="approved",
                    entered_by_id=self.maker.user_id,
                    entered_at=SHANGHAI_NOON,
                    approved_by=other,
                    approved_at=SHANGHAI_NOON,
                )
                for one, card in zip(students, cards, strict=True)
            ],
            batch_size=500,
        )

    def programme(
        self,
        code: str,
        amount: str,
        *,
        cadence: str = "term",
        shares: Iterable[SourceShare] = (SourceShare("county"),),
        year: int = 2016,
        standard: dict[str, Any] | None = None,
        **fields: Any,
    ) -> Programme:
        fields.setdefault("needs_notice", False)
        programme = ProgrammeFactory(county=self.division, code=code, cadence=cadence, **fields)
        yearly = Decimal(amount) * {"term": 2, "month": 12}.get(cadence, 1)
        StandardFactory(
            programme=programme,
            year_amount=yearly,
            instalment_amount=Decimal(amount),
            **(standard or {}),
        )
        set_source_rules(
            programme=programme, year=year, shares=shares, actor=self.maker, now=SHANGHAI_NOON
        )
        return programme

    def propose(
        self, programme: Programme, term: Term = AUTUMN, now: datetime = SHANGHAI_NOON
    ) -> awards.RunResult:
        return awards.propose_awards(programme=programme, term=term, actor=self.maker, now=now)

    def granted(
        self,
        programme: Programme,
        term: Term = AUTUMN,
        now: datetime = SHANGHAI_NOON,
        reason: str = "",
    ) -> awards.RunResult:
        result = self.propose(programme, term, now)
        if programme.needs_notice:
            notice = notices.draft_notice(programme=programme, term=term, actor=self.maker, now=now)
            notices.publish_notice(notice=notice, actor=self.maker, now=now)
        awards.approve_awards(
            programme=programme, term=term, actor=self.checker, now=now, reason=reason
        )
        return result

    def released(
        self,
        programme: Programme,
        term: Term = AUTUMN,
        now: datetime = SHANGHAI_NOON,
        due_by: date | None = None,
    ) -> DisbursementBatch:
        batch = batching.make_batch(
            programme=programme, term=term, actor=self.maker, now=now, due_by=due_by
        )
        disbursement.freeze_batch(batch=batch, actor=self.maker, now=now)
        disbursement.approve_batch(batch=batch, actor=self.checker, now=now)
        return disbursement.release_batch(batch=batch, actor=self.maker, now=now)

    def paid(
        self,
        programme: Programme,
        term: Term = AUTUMN,
        now: datetime = SHANGHAI_NOON,
        due_by: date | None = None,
    ) -> DisbursementBatch:
        batch = self.released(programme, term, now, due_by)
        returns.settle_batch(batch=batch, settled_on=now.date(), actor=self.maker, now=now)
        return disbursement.close_batch(batch=batch, actor=self.maker, now=now)
