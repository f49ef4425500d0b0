"""Twelve people press the same button at once: one wins, on either database.

Every action of money is a race in ``tests/subsidies/races``; each is also run with its guards off,
where the same harness must see several winners.
"""

import json
import os
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory

from povedu import invariants
from povedu.errors import Conflict
from povedu.protected import IdNumber
from povedu.screens import errors
from povedu.screens.services import SentBefore, claim_submission
from subsidies.models import (
    Award,
    Instalment,
    Payment,
    PaymentRules,
    PaymentSource,
    Programme,
)
from subsidies.services import awards, batching, changes, disbursement, receipts, reliefs
from tests.factories import LoanFactory, id_number
from tests.jobs.killer import bench as bench  # a fixture
from tests.subsidies.county import AUTUMN
from tests.subsidies.races import awards as _awards  # noqa: F401  # enters its races
from tests.subsidies.races import batches as _batches  # noqa: F401
from tests.subsidies.races import books as _books  # noqa: F401
from tests.subsidies.races import checks as _checks  # noqa: F401
from tests.subsidies.races import helping as _helping  # noqa: F401
from tests.subsidies.races.harness import THREADS, Racers, careless, uncompared
from tests.subsidies.races.world import DAY, NOW, RACES, Act, World, anew

ROUNDS = int(os.environ.get("POVEDU_RACE_ROUNDS", "100"))  # of the nightly proof
BUSY = "PRAGMA busy_timeout = 200"  # milliseconds


@pytest.fixture
def world(bench: Any) -> World:
    return World()


@pytest.fixture
def racers(bench: Any) -> Iterator[Racers]:
    made = Racers()
    yield made
    made.close()


def winners(world: World, racers: Racers, name: str) -> int:
    return len(racers.race(RACES[name].prepare(world)))


def test_every_money_action_has_one_winner(world: World, racers: Racers) -> None:
    seen = {name: winners(world, racers, name) for name in RACES}
    assert seen == {name: one.winners for name, one in RACES.items()}
    verdict = invariants.verify()
    assert verdict.ok, verdict.first


def test_without_its_guards_every_money_action_has_more(world: World, racers: Racers) -> None:
    """Negative control: look, then act, is seen to be done twice, whatever the action."""
    needs_sound_books = "take the bank's file with one form"  # before the others spoil them
    names = sorted(RACES, key=lambda name: name != needs_sound_books)
    prepared = {name: RACES[name].prepare(world) for name in names}
    with careless(racers):
        seen = {name: len(racers.race(act)) for name, act in prepared.items()}
    assert [name for name, count in seen.items() if count <= RACES[name].winners] == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", RACES)
def test_a_money_action_has_one_winner_a_hundred_times(
    world: World, racers: Racers, name: str
) -> None:
    for _ in range(ROUNDS):
        assert winners(world, racers, name) == RACES[name].winners
    verdict = invariants.verify()
    assert verdict.ok, verdict.first


def test_an_update_without_its_comparison_takes_its_values_along() -> None:
    statement = (
        'UPDATE "t" SET "state" = %s WHERE ("t"."id" = %s AND "t"."state" = %s AND "x" = %s)'
    )
    assert uncompared(statement, ("b", 1, "a", 2)) == (
        'UPDATE "t" SET "state" = %s WHERE ("t"."id" = %s AND 1 = 1 AND "x" = %s)',
        ("b", 1, 2),
    )


# --- two different actions at once ----------------------------------------------------------------


def half(first: Act, second: Act) -> Act:
    """Let every other one of the twelve do the first, the rest the second."""
    return lambda n: (first if n % 2 else second)(n)


def cancel_or_pay(world: World, racers: Racers) -> None:
    programme = world.granted()
    [award, *_others] = Award.objects.filter(programme=programme).order_by("pk")
    racers.race(
        half(
            lambda n: awards.cancel_award(award=anew(award), reason="x", **world.by(n)),
            lambda _: batching.make_batch(programme=programme, term=AUTUMN, **world.maker),
        )
    )
    paid = Payment.objects.filter(instalment__award=award).exclude(state="voided").exists()
    assert paid == (anew(award).state != "cancelled")


def give_up_or_send_again(world: World, racers: Racers) -> None:
    line = world.payment(settled=False)
    programme = line.batch.programme
    racers.race(
        half(
            lambda n: disbursement.give_up_payment(
                payment=anew(line, "batch__programme"), reason="x", **world.by(n)
            ),
            lambda _: batching.make_batch(programme=programme, term=AUTUMN, **world.maker),
        )
    )
    sent_again = Payment.objects.filter(instalment=line.instalment_id, state="pending").exists()
    assert sent_again == (anew(line.instalment).stopped_at is None)


def follow_or_pay(world: World, racers: Racers) -> None:
    """A part that stops since the programme has ended is in no batch; one in a batch goes on."""
    programme = world.granted()
    Programme.objects.filter(pk=programme.pk).update(ends_on=date(2016, 9, 1))
    racers.race(
        half(
            lambda _: changes.follow_changes(county=world.county.division, **world.maker),
            lambda _: batching.make_batch(programme=programme, term=AUTUMN, **world.maker),
        )
    )
    stopped = Instalment.objects.filter(award__programme=programme, stopped_at__isnull=False)
    sent = Payment.objects.filter(instalment__award__programme=programme)
    assert stopped.exists() != sent.exists()


def claim_of_either_contract(world: World, racers: Racers) -> None:
    """Two contracts of one borrower, 16,000 yuan together; twelve claims of 9,000."""
    number = IdNumber(id_number(90_000 + world.fresh()))
    about = {"borrower_id_number": number, "borrower_index": number.index, "state": "repaying"}
    loans = [
        LoanFactory(county=world.county.division, academic_year=year, amount=8000, **about)
        for year in (2014, 2015)
    ]
    given = racers.race(
        lambda n: reliefs.apply_relief(
            loan=loans[n % 2],
            cause="illness",
            year=2016,
            evidence="x",
            amount=Decimal(9000),
            **world.by(n),
        )
    )
    assert len(given) == 1


def approve_or_send_back_or_void(world: World, racers: Racers) -> None:
    batch = world.frozen()

    def act(number: int) -> object:
        row = anew(batch, "programme")
        if number % 3 == 0:
            return disbursement.void_batch(batch=row, note="x", **world.by(number))
        if number % 3 == 1:
            return disbursement.send_back(batch=row, note="x", **world.by(number))
        return disbursement.approve_batch(batch=row, **world.by(number))

    racers.race(act)
    assert anew(batch).state in ("approved", "draft", "voided")


def many_papers_of_one_day(world: World, racers: Racers) -> None:
    """Each gets a number of its own, and nobody is refused for it."""
    programmes = [world.granted() for _ in range(THREADS)]
    made = racers.race(
        lambda n: batching.make_batch(programme=programmes[n], term=AUTUMN, **world.maker)
    )
    assert len({one.number for one in made}) == THREADS


def many_batches_of_the_last_yuan(world: World, racers: Racers) -> None:
    """Twelve batches of one source, money for one of them, all frozen at the same instant."""
    batches = [world.draft() for _ in range(THREADS)]
    PaymentRules.objects.update(checks_cash=True)
    receipts.enter_receipt(
        county=world.county.division,
        source="province",
        amount=Decimal(1500),
        received_on=DAY,
        **world.maker,
    )
    PaymentSource.objects.filter(payment__batch__in=batches).update(source="province")
    frozen = racers.race(
        lambda n: disbursement.freeze_batch(batch=anew(batches[n], "programme"), **world.maker)
    )
    PaymentRules.objects.update(checks_cash=False)
    assert len(frozen) == 1


MEETINGS = (
    cancel_or_pay,
    give_up_or_send_again,
    follow_or_pay,
    claim_of_either_contract,
    approve_or_send_back_or_void,
    many_papers_of_one_day,
    many_batches_of_the_last_yuan,
)


def test_different_actions_at_once_do_not_contradict(world: World, racers: Racers) -> None:
    for meet in MEETINGS:
        meet(world, racers)
        assert invariants.verify(("I1", "I2", "I4")).ok


@pytest.mark.nightly
@pytest.mark.parametrize("meet", MEETINGS[:-1], ids=lambda one: one.__name__)
def test_different_actions_at_once_do_not_contradict_a_hundred_times(
    world: World, racers: Racers, meet: Any
) -> None:
    for _ in range(ROUNDS // (5 if meet is many_papers_of_one_day else 1)):
        meet(world, racers)
    assert invariants.verify(("I1", "I2", "I4")).ok


def test_who_waits_too_long_is_told_to_come_again(world: World) -> None:
    """A machine so slow that a lock is not had in time; then the same succeeds."""
    award = world.award()
    holding, tried = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Award.objects.select_for_update().get(pk=award.pk)
            holding.set()
            tried.wait(30)
        connection.close()

    wait = "SET lock_timeout = 200" if connection.vendor == "postgresql" else BUSY
    with connection.cursor() as cursor:
        cursor.execute(wait)
    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait(30)
    try:
        awards.suspend_award(award=anew(award), reason="x", **world.maker)
    except OperationalError:
        page = errors.server_error(RequestFactory().post("/subsidies/awards/"))
        program = errors.server_error(RequestFactory().post("/api/v1/subsidies/awards/"))
    finally:
        tried.set()
        holder.join()
    assert (page.status_code, program.status_code) == (503, 503)
    assert (page["Retry-After"], json.loads(program.content)["code"]) == ("5", "busy")
    assert anew(award).state == "granted"
    awards.suspend_award(award=anew(award), reason="x", **world.maker)
    assert anew(award).state == "suspended"


@pytest.mark.django_db
def test_a_key_of_another_content_is_a_conflict() -> None:
    claim_submission(token="k", user_id=1, now=NOW, content="a")
    with pytest.raises(SentBefore):
        claim_submission(token="k", user_id=1, now=NOW, content="a")
    with pytest.raises(Conflict):
        claim_submission(token="k", user_id=1, now=NOW, content="b")
