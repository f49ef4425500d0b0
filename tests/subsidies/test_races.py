"""Twelve people press the same button at once: one wins, on either database."""

import os
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from povedu.errors import Refusal
from povedu.ledger import selectors as ledger
from povedu.ledger.models import LedgerEntry
from povedu.scope import Actor, Scope
from subsidies.models import Award, BankReturn, DisbursementBatch, Payment
from subsidies.services import awards, disbursement, returns
from tests.factories import actor_of
from tests.jobs.killer import bench as bench  # a fixture
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

NOW = SHANGHAI_NOON
THREADS = 12
ROUNDS = int(os.environ.get("POVEDU_RACE_ROUNDS", "1"))


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
        lambda _: disbursement.make_batch(
            programme=programme, term=AUTUMN, actor=county.maker, now=NOW
        )
    )
    assert len(made) == 1
    batch = DisbursementBatch.objects.get(programme=programme)

    def fresh() -> DisbursementBatch:
        return DisbursementBatch.objects.select_related("programme").get(programme=programme)

    maker = {"actor": county.maker, "now": NOW}
    assert len(race(lambda _: disbursement.freeze_batch(batch=fresh(), **maker))) == 1
    signed = race(lambda n: disbursement.approve_batch(batch=fresh(), actor=who[n], now=NOW))
    assert len(signed) == 1
    assert len(race(lambda _: disbursement.release_batch(batch=fresh(), **maker))) == 1
    day = date(2016, 11, 8)
    settled = race(lambda _: returns.settle_batch(batch=fresh(), settled_on=day, **maker))
    assert len(settled) == 1
    assert len(race(lambda _: disbursement.close_batch(batch=fresh(), **maker))) == 1
    paid = Payment.objects.filter(batch=batch, state="settled").count()
    assert paid == count
    assert LedgerEntry.objects.filter(programme_code=programme.code).count() == 2 * count


def test_each_money_action_has_one_winner(county: County, checkers: list[Actor]) -> None:
    for number in range(ROUNDS):
        one_round(county, checkers, number)
    assert ledger.verify(Scope.everything()).ok


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
    batch = disbursement.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    looked = threading.Barrier(THREADS)

    def careless(_: int) -> bool:
        state = DisbursementBatch.objects.get(pk=batch.pk).state
        looked.wait()
        if state != "draft":
            raise Refusal("moved", "moved")
        DisbursementBatch.objects.filter(pk=batch.pk).update(state="frozen")
        return True

    assert len(race(careless)) > 1
