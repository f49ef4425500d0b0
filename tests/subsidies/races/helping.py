"""Races for gifts, sponsorships and loans."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from povedu.protected import IdNumber
from povedu.screens.services import SentBefore, claim_submission
from subsidies.models import Gift, Loan, LoanRelief, Sponsorship
from subsidies.services import gifts, lending, reliefs
from tests.factories import DonorFactory, LoanFactory, LoanReliefFactory, id_number
from tests.subsidies.races.world import DAY, NOW, Act, World, anew, race


def gift_of(world: World, **fields: Any) -> Gift:
    return gifts.enter_gift(
        programme=world.programme(kind="gift", cadence="once"),
        donor=DonorFactory(county=world.county.division),
        student=world.children[0],
        given_on=DAY,
        amount=Decimal(100),
        **fields,
        **world.maker,
    )


@race("enter a gift with one form")
def enter_gift(world: World) -> Act:
    token = f"gift{world.fresh()}"
    programme = world.programme(kind="gift", cadence="once")
    donor = DonorFactory(county=world.county.division)
    child = world.children[0]

    def act(_: int) -> object:
        try:
            with transaction.atomic():
                claim_submission(token=token, user_id=1, now=NOW)
                return gifts.enter_gift(
                    programme=programme,
                    donor=donor,
                    student=child,
                    given_on=DAY,
                    amount=Decimal(100),
                    **world.maker,
                )
        except SentBefore:
            return None

    return act


@race("receive a gift")
def receive(world: World) -> Act:
    gift = gift_of(world)
    return lambda n: gifts.receive_gift(gift=anew(gift, "donor"), received_on=DAY, **world.by(n))


@race("cancel a gift")
def cancel(world: World) -> Act:
    gift = gift_of(world)
    return lambda n: gifts.cancel_gift(gift=anew(gift, "donor"), reason="x", **world.by(n))


@race("deliver a gift")
def deliver(world: World) -> Act:
    gift = gift_of(world, received_on=DAY)
    return lambda n: gifts.deliver_gift(gift=anew(gift, "programme"), settled_on=DAY, **world.by(n))


def pair_of(world: World) -> Sponsorship:
    return gifts.sponsor(
        donor=DonorFactory(county=world.county.division),
        student=world.children[0],
        starts_on=date(2016, 9, 1),
        **world.maker,
    )


@race("pair a donor with a child")
def sponsor(world: World) -> Act:
    donor, child = DonorFactory(county=world.county.division), world.children[0]
    return lambda n: gifts.sponsor(donor=donor, student=child, starts_on=DAY, **world.by(n))


@race("end a pairing")
def end_pair(world: World) -> Act:
    pair = pair_of(world)
    return lambda n: gifts.end_sponsorship(
        sponsorship=anew(pair, "donor"), ends_on=DAY, **world.by(n)
    )


# --- loans ----------------------------------------------------------------------------------------


def loan_of(world: World, **fields: Any) -> Loan:
    number = IdNumber(id_number(70_000 + world.fresh()))
    return LoanFactory(
        county=world.county.division,
        borrower_id_number=number,
        borrower_index=number.index,
        **fields,
    )


def terms(number: int, year: int = 2016) -> lending.LoanTerms:
    return lending.LoanTerms(f"R{number:07d}", year, "College", "undergraduate", Decimal(8000))


@race("enter a contract")
def enter_loan(world: World) -> Act:
    number = world.fresh()
    borrower = lending.Borrower("Borrower", IdNumber(id_number(70_000 + number)))
    return lambda n: lending.enter_loan(
        county=world.county.division, terms=terms(number), borrower=borrower, **world.by(n)
    )


@race("renew a contract")
def renew(world: World) -> Act:
    loan, number = loan_of(world, academic_year=2015), world.fresh()
    return lambda n: lending.renew_loan(loan=anew(loan), terms=terms(number), **world.by(n))


@race("grant a loan")
def grant(world: World) -> Act:
    loan = loan_of(world)
    return lambda n: lending.grant_loan(
        loan=anew(loan), granted_on=DAY, due_on=date(2030, 9, 20), **world.by(n)
    )


@race("move a loan on")
def move(world: World) -> Act:
    loan = loan_of(world)
    return lambda n: lending.move_loan(
        loan=anew(loan), state="cancelled", reason="x", **world.by(n)
    )


@race("claim a relief")
def claim(world: World) -> Act:
    loan = loan_of(world, state="repaying")
    return lambda n: reliefs.apply_relief(
        loan=loan, cause="illness", year=2016, evidence="x", amount=Decimal(500), **world.by(n)
    )


def relief_of(world: World, state: str = "pending") -> LoanRelief:
    made = LoanReliefFactory(loan=loan_of(world, state="repaying"))
    if state != "pending":
        reliefs.decide_relief(relief=made, approved=True, note="", **world.maker)
    return made


@race("decide a relief")
def decide_relief(world: World) -> Act:
    made = relief_of(world)
    return lambda n: reliefs.decide_relief(
        relief=anew(made, "loan"), approved=True, note="", **world.by(n)
    )


@race("pay a relief")
def pay(world: World) -> Act:
    made = relief_of(world, "approved")
    return lambda n: reliefs.pay_relief(relief=anew(made, "loan"), paid_on=DAY, **world.by(n))
