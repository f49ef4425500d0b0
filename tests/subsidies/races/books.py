"""Races for money that arrives, is split, corrected and taken back."""

from decimal import Decimal

from django.db import transaction

from povedu.ledger.choices import FundSource
from povedu.ledger.models import LedgerEntry
from povedu.ledger.services import post_opening
from povedu.ledger.services.corrections import ask_correction, decide_correction
from povedu.screens.services import SentBefore, claim_submission
from subsidies.choices import Factor
from subsidies.models import Allocation, FundReceipt, Programme, Recovery
from subsidies.services import allocation, receipts, recovery
from tests.subsidies.county import AUTUMN
from tests.subsidies.races.world import DAY, NOW, Act, World, anew, race

COUNTY = "530623"


def arrived(world: World) -> FundReceipt:
    return receipts.enter_receipt(
        county=world.county.division,
        source="county",
        amount=Decimal(900),
        received_on=DAY,
        **world.maker,
    )


@race("enter money that arrived with one form")
def receive_money(world: World) -> Act:
    token = f"money{world.fresh()}"

    def act(_: int) -> object:
        try:
            with transaction.atomic():
                claim_submission(token=token, user_id=1, now=NOW)
                return arrived(world)
        except SentBefore:
            return None

    return act


@race("enter an opening balance")
def opening(world: World) -> Act:
    code = f"old{world.fresh()}"
    return lambda _: post_opening(
        county_code=COUNTY,
        source=FundSource.COUNTY,
        amount=Decimal(100),
        effective_on=DAY,
        programme_code=code,
        **world.maker,
    )


def voucher_of(receipt: FundReceipt) -> int:
    rows = LedgerEntry.objects.filter(subject=f"receipt:{receipt.pk}")
    return rows.values_list("transaction_no", flat=True)[0]


def asked(world: World, voucher: int) -> object:
    return ask_correction(
        county_code=COUNTY, transaction_no=voucher, reason="x", effective_on=DAY, **world.maker
    )


@race("ask for a correction")
def ask(world: World) -> Act:
    voucher = voucher_of(arrived(world))
    return lambda _: asked(world, voucher)


@race("decide a correction")
def correct(world: World) -> Act:
    correction = asked(world, voucher_of(arrived(world)))
    return lambda n: decide_correction(correction=anew(correction), approved=True, **world.by(n))


# --- allocation -----------------------------------------------------------------------------------


def plan(world: World, programme: Programme, receipt: FundReceipt) -> Allocation:
    return allocation.propose_allocation(
        programme=programme,
        term=AUTUMN,
        receipt=receipt,
        weights={str(Factor.POOR): 1},
        **world.maker,
    )


@race("split money to schools")
def propose_split(world: World) -> Act:
    programme, receipt = world.programme(), arrived(world)
    return lambda _: plan(world, programme, anew(receipt))


@race("approve a split")
def approve_split(world: World) -> Act:
    made = plan(world, world.programme(), arrived(world))
    return lambda n: allocation.approve_allocation(
        allocation=anew(made, "programme"), **world.by(n)
    )


@race("withdraw a split")
def withdraw_split(world: World) -> Act:
    made = plan(world, world.programme(), arrived(world))
    return lambda n: allocation.withdraw_allocation(
        allocation=anew(made, "programme"), reason="x", **world.by(n)
    )


# --- recovery -------------------------------------------------------------------------------------


def back(world: World, state: str = "proposed") -> Recovery:
    made = recovery.propose_recovery(
        payment=world.payment(),
        amount=Decimal(500),
        cause="duplicate",
        reason="x",
        **world.maker,
    )
    return (
        recovery.approve_recovery(recovery=made, **world.checker) if state != "proposed" else made
    )


@race("ask for money back")
def propose_back(world: World) -> Act:
    payment = world.payment()
    return lambda _: recovery.propose_recovery(
        payment=anew(payment, "batch__programme"),
        amount=Decimal(300),  # once; twice would be more than was paid
        cause="duplicate",
        reason="x",
        **world.maker,
    )


@race("approve a recovery")
def approve_back(world: World) -> Act:
    made = back(world)
    return lambda n: recovery.approve_recovery(recovery=anew(made), **world.by(n))


@race("refuse a recovery")
def refuse_back(world: World) -> Act:
    made = back(world)
    return lambda n: recovery.refuse_recovery(recovery=anew(made), note="x", **world.by(n))


@race("enter recovered money")
def receive_back(world: World) -> Act:
    made = back(world, "approved")
    return lambda n: recovery.receive_recovery(
        recovery=anew(made),
        received_on=DAY,
        amount=Decimal(300),
        document=f"D{n}",
        **world.by(n),
    )


@race("write a recovery off")
def write_off(world: World) -> Act:
    made = back(world, "approved")
    return lambda n: recovery.write_off_recovery(recovery=anew(made), note="x", **world.by(n))
