"""Twelve people press the same button at once: one wins, on either database."""

import os
import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from povedu import invariants
from povedu.errors import Conflict, Refusal
from povedu.ledger.models import LedgerEntry
from povedu.scope import Actor
from povedu.screens.services import SentBefore, claim_submission
from subsidies.models import (
    Award,
    BankReturn,
    BatchApproval,
    DisbursementBatch,
    Payment,
    PaymentRules,
)
from subsidies.services import awards, batching, disbursement, receipts, returns
from tests.factories import actor_of
from tests.jobs.killer import bench as bench  # a fixture
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

NOW = SHANGHAI_NOON
THREADS = 12
ROUNDS = int(os.environ.get("POVEDU_RACE_ROUNDS", "100"))  # of the nightly proof


def race(act: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """Run an action in many threads at once; return what the winners returned."""
    gate, won, faults = threading.Barrier(threads), [], []

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            won.append(act(number))
        except Refusal:
            pass
        except BaseException as error:  # noqa: BLE001  # told after the threads have ended
            faults.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert faults == []
    return won


@pytest.fixture
def county(bench: Any) -> County:
    return County()


@pytest.fixture
def checkers(county: County) -> list[Actor]:
    return [actor_of("approver", office="aid") for _ in range(THREADS)]


def one_round(county: County, checkers: list[Actor], number: int) -> None:
    county.children(5)
    programme = county.programme(f"p{number}", "500")
    race(
        lambda _: awards.propose_awards(
            programme=programme, term=AUTUMN, actor=county.maker, now=NOW
        )
    )
    count = Award.objects.filter(programme=programme).count()
    assert count == county.made
    who = dict(enumerate(checkers))
    approve = race(
        lambda n: awards.approve_awards(programme=programme, term=AUTUMN, actor=who[n], now=NOW)
    )
    assert approve == [count]
    made = race(
        lambda _: batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    )
    assert len(made) == 1
    batch = DisbursementBatch.objects.get(programme=programme)

    def fresh(one: DisbursementBatch = batch) -> DisbursementBatch:
        return DisbursementBatch.objects.select_related("programme").get(pk=one.pk)

    maker = {"actor": county.maker, "now": NOW}
    assert len(race(lambda _: disbursement.freeze_batch(batch=fresh(), **maker))) == 1
    signed = race(lambda n: disbursement.approve_batch(batch=fresh(), actor=who[n], now=NOW))
    assert len(signed) == 1
    assert len(race(lambda _: disbursement.release_batch(batch=fresh(), **maker))) == 1
    day = date(2016, 11, 8)
    day = date(2016, 11, 8)
    settled = race(
        lambda _: returns.settle_batch(batch=fresh(), settled_on=day, returned={1: "shut"}, **maker)
    )
    assert len(settled) == 1
    again = race(lambda _: batching.make_batch(programme=programme, term=AUTUMN, **maker))
    assert [one.payments_count for one in again] == [1]
    assert len(race(lambda _: disbursement.close_batch(batch=fresh(batch), **maker))) == 1
    paid = Payment.objects.filter(batch=batch, state="settled").count()
    assert paid == count - 1
    assert LedgerEntry.objects.filter(programme_code=programme.code).count() == 2 * paid


def test_each_money_action_has_one_winner(county: County, checkers: list[Actor]) -> None:
    one_round(county, checkers, 0)
    verdict = invariants.verify()
    assert verdict.ok, verdict.first


@pytest.mark.nightly
def test_each_money_action_has_one_winner_a_hundred_times(
    county: County, checkers: list[Actor]
) -> None:
    for number in range(ROUNDS):
        one_round(county, checkers, number)
    verdict = invariants.verify()
    assert verdict.ok, verdict.first


def drafts(county: County, *codes: str) -> list[DisbursementBatch]:
    """Return a batch in the making for each of some programmes, all for the same two children."""
    county.children(2)
    made = []
    for code in codes:
        programme = county.programme(code, "500")
        county.granted(programme)
        made.append(
            batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
        )
    return made


def test_two_levels_take_exactly_two_people(county: County, checkers: list[Actor]) -> None:
    [batch] = drafts(county, "p")
    PaymentRules.objects.update(second_from=1)
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)

    def approve(number: int) -> object:
        row = DisbursementBatch.objects.select_related("programme").get(pk=batch.pk)
        return disbursement.approve_batch(batch=row, actor=checkers[number], now=NOW)

    assert len(race(approve)) == 2
    people = set(BatchApproval.objects.values_list("approved_by", flat=True))
    assert len(people) == 2
    assert DisbursementBatch.objects.get(pk=batch.pk).state == "approved"


def test_the_last_yuan_is_promised_once(county: County) -> None:
    """Twelve batches of one source, money for one of them, all frozen at the same instant."""
    batches = drafts(county, *(f"p{number}" for number in range(THREADS)))
    PaymentRules.objects.update(checks_cash=True)
    receipts.enter_receipt(
        county=county.division,
        source="county",
        amount=Decimal(1000),
        received_on=NOW.date(),
        actor=county.maker,
        now=NOW,
    )

    def freeze(number: int) -> object:
        row = DisbursementBatch.objects.select_related("programme").get(pk=batches[number].pk)
        return disbursement.freeze_batch(batch=row, actor=county.maker, now=NOW)

    assert len(race(freeze)) == 1


def test_one_key_is_answered_once(county: County) -> None:
    def send(_: int) -> object:
        try:
            with transaction.atomic():
                claim_submission(token="k", user_id=1, now=NOW, content="a")
                time.sleep(0.01)  # the work
        except SentBefore:
            return None
        return True

    assert [one for one in race(send) if one] == [True]
    with pytest.raises(Conflict), transaction.atomic():
        claim_submission(token="k", user_id=1, now=NOW, content="b")


def test_one_answer_is_applied_once(county: County) -> None:
    county.children(20)
    programme = county.programme("p", "500")
    county.granted(programme)
    batch = county.released(programme)
    from subsidies.rules.returns import ReturnLine

    lines = [
        ReturnLine(n + 1, n, 50_000, is_paid=True, settled_on=NOW.date()) for n in range(1, 21)
    ]
    answer = returns.read_bank_return(
        batch=batch, lines=lines, file_name="r", file_sha256="a" * 64, actor=county.maker, now=NOW
    )
    won = race(
        lambda _: returns.apply_bank_return(
            answer=BankReturn.objects.get(pk=answer.pk), actor=county.maker, now=NOW
        )
    )
    assert won == [{"settled": 20, "returned": 0}]
    assert LedgerEntry.objects.count() == 40


def test_the_race_catches_a_check_before_an_act(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500")
    county.granted(programme)
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    looked = threading.Barrier(THREADS)

    def careless(_: int) -> bool:
        state = DisbursementBatch.objects.get(pk=batch.pk).state
        looked.wait()
        if state != "draft":
            raise Refusal("moved", "moved")
        DisbursementBatch.objects.filter(pk=batch.pk).update(state="frozen")
        return True

    assert len(race(careless)) > 1
