"""Origin-place loans and their reliefs, sponsors, and gifts on their way, through the services."""

from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from povedu.protected import IdNumber, Phone
from povedu.scope import Actor
from schools.models import Division
from subsidies.choices import LoanLevel, LoanState, ReliefCause
from subsidies.management.demo_county.invention import Inventor
from subsidies.models import Donor, Gift, Loan, Programme
from subsidies.services.gifts import consent_to_name, enter_gift, receive_gift, sponsor
from subsidies.services.lending import (
    Borrower,
    LoanTerms,
    enter_loan,
    grant_loan,
    move_loan,
    renew_loan,
)
from subsidies.services.reliefs import apply_relief, decide_relief, pay_relief

BORROWERS = 120
_COLLEGES = (
    ("省师范大学", LoanLevel.UNDERGRADUATE),
    ("省农业大学", LoanLevel.UNDERGRADUATE),
    ("市职业技术学院", LoanLevel.COLLEGE),
    ("省医科大学", LoanLevel.UNDERGRADUATE),
    ("省理工大学研究生院", LoanLevel.POSTGRADUATE),
)
_BANK = "国家开发银行"


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), timezone.get_default_timezone())


def build_giving(county_id: str, actors: dict[str, Actor], inventor: Inventor) -> None:
    """Enter what the aid office keeps beside programmes; some of it waits for a second person."""
    county = Division.objects.get(pk=county_id)
    maker, checker = actors["aid"], actors["aid-head"]
    loans = [_borrow(county, order, maker, inventor) for order in range(BORROWERS)]
    _renew(loans[:70], maker)
    _relieve(loans, maker, checker)
    _sponsor(county_id, maker)


def _borrow(county: Division, order: int, maker: Actor, inventor: Inventor) -> Loan:
    """Enter a first contract of the autumn of 2015 and grant it."""
    college, level = _COLLEGES[order % len(_COLLEGES)]
    is_boy = order % 2 == 0
    birth = inventor.birth(date(1995, 1, 1), 1000)
    parent_birth = inventor.birth(date(1966, 1, 1), 3000)
    name = inventor.name(is_boy=is_boy)
    over = order == 17
    cap = 12_000 if level == LoanLevel.POSTGRADUATE else 8_000
    amount = Decimal(8_600) if over else Decimal(cap - 500 * (order % 5))
    day = date(2015, 8, 3 + order % 20)
    loan = enter_loan(
        county=county,
        terms=LoanTerms(
            f"2015{order + 1:06d}",
            2015,
            college,
            level,
            amount,
            _BANK,
            "学费超过最高额，经办银行同意" if over else "",
        ),
        borrower=Borrower(
            name,
            IdNumber(inventor.id_number(birth, is_boy=is_boy)),
            inventor.name(is_boy=True, surname=name[0]),
            "父亲",
            IdNumber(inventor.id_number(parent_birth, is_boy=True)),
            Phone(inventor.phone()),
        ),
        actor=maker,
        now=_at(day),
    )
    return grant_loan(
        loan=loan,
        granted_on=date(2015, 10, 20),
        due_on=date(2033, 9, 20),
        actor=maker,
        now=_at(date(2015, 11, 2)),
    )


def _renew(loans: list[Loan], maker: Actor) -> None:
    """Renew most for 2016; two thirds of the renewals have been granted."""
    for order, loan in enumerate(loans):
        terms = LoanTerms(
            f"2016{order + 1:06d}", 2016, loan.college, loan.level, loan.amount, _BANK
        )
        if loan.is_over_cap:
            terms = LoanTerms(
                f"2016{order + 1:06d}", 2016, loan.college, loan.level, Decimal(8_000), _BANK
            )
        renewed = renew_loan(
            loan=loan, terms=terms, actor=maker, now=_at(date(2016, 8, 2 + order % 25))
        )
        if order % 3:
            grant_loan(
                loan=renewed,
                granted_on=date(2016, 10, 18),
                due_on=date(2033, 9, 20),
                actor=maker,
                now=_at(date(2016, 11, 1)),
            )


def _relieve(loans: list[Loan], maker: Actor, checker: Actor) -> None:
    """Leave one rescue paid, one approved, and two claims waiting for the second person."""
    claims = (
        (100, ReliefCause.ILLNESS, "县医院住院病历、村委会证明", 2),
        (101, ReliefCause.INCAPACITY, "残疾人证、村委会证明", 1),
        (102, ReliefCause.MILITARY, "入伍通知书复印件", 0),
        (103, ReliefCause.LOW_INCOME, "收入证明、乡镇核查表", 0),
    )
    for order, cause, evidence, steps in claims:
        loan = move_loan(
            loan=loans[order],
            state=LoanState.REPAYING,
            reason="毕业离校",
            actor=maker,
            now=_at(date(2016, 9, 1)),
        )
        relief = apply_relief(
            loan=loan,
            cause=cause,
            year=2016,
            evidence=evidence,
            actor=maker,
            now=_at(date(2016, 10, 11)),
        )
        if steps:
            decide_relief(
                relief=relief,
                approved=True,
                note="材料齐全",
                actor=checker,
                now=_at(date(2016, 10, 20)),
            )
        if steps > 1:
            day = date(2016, 11, 15)
            pay_relief(relief=relief, paid_on=day, actor=maker, now=_at(day))


def _sponsor(county_id: str, maker: Actor) -> None:
    """Pair donors with students they gave to, some with consent; leave gifts to be delivered."""
    own = Programme.objects.filter(county=county_id)
    programme, union = own.get(code="social"), own.get(code="golden-autumn")
    now = _at(date(2016, 12, 20))
    donors = list(Donor.objects.filter(county=county_id).order_by("pk"))
    given = Gift.objects.filter(programme=programme).select_related("donor", "student")
    one_each = {gift.student_id: gift for gift in given.order_by("-pk")[:60]}
    for order, gift in enumerate(list(one_each.values())[:12]):
        pair = sponsor(
            donor=gift.donor,
            student=gift.student,
            starts_on=date(2016, 9, 1),
            note="资助至高中毕业",
            actor=maker,
            now=now,
        )
        if order % 3 == 0:
            consent_to_name(
                sponsorship=pair,
                consented_on=date(2016, 9, 10),
                consent_guardian=gift.student.guardian_name or "监护人",
                consent_evidence=f"同意书2016-{order + 1:03d}",
                actor=maker,
                now=now,
            )
        donor = donors[order % len(donors)]
        waiting = enter_gift(
            programme=union if donor.name == "县总工会" else programme,
            donor=donor,
            student=gift.student,
            given_on=date(2016, 12, 18),
            amount=Decimal(300),
            item="棉衣" if order % 2 else "书包",
            actor=maker,
            now=now,
        )
        if order % 4:
            receive_gift(gift=waiting, received_on=date(2016, 12, 19), actor=maker, now=now)
