"""Races for batches, from what is due to the last answer of the bank."""

from typing import Any

from django.db import transaction

from povedu.screens.services import SentBefore, claim_submission
from subsidies.models import BankReturn, DisbursementBatch, PaymentRules
from subsidies.rules.returns import ReturnLine
from subsidies.services import batching, disbursement, returns
from tests.subsidies.county import AUTUMN
from tests.subsidies.races.world import CHILDREN, DAY, Act, World, anew, race


def again(batch: DisbursementBatch) -> DisbursementBatch:
    fresh: DisbursementBatch = anew(batch, "programme")
    return fresh


@race("make a batch")
def make(world: World) -> Act:
    programme = world.granted()
    return lambda _: batching.make_batch(programme=programme, term=AUTUMN, **world.maker)


@race("remove a line")
def remove(world: World) -> Act:
    line = world.draft().payments.get(line_no=1)

    def act(number: int) -> bool:
        given = anew(line, "batch__programme")
        disbursement.remove_line(payment=given, reason="x", **world.by(number))
        return True

    return act


@race("freeze a batch")
def freeze(world: World) -> Act:
    batch = world.draft()
    return lambda _: disbursement.freeze_batch(batch=again(batch), **world.maker)


@race("send a batch back")
def send_back(world: World) -> Act:
    batch = world.frozen()
    return lambda n: disbursement.send_back(batch=again(batch), note="x", **world.by(n))


@race("approve a batch")
def approve(world: World) -> Act:
    batch = world.frozen()
    return lambda n: disbursement.approve_batch(batch=again(batch), **world.by(n))


@race("approve a batch at two levels", winners=2)
def approve_twice(world: World) -> Act:
    PaymentRules.objects.update(second_from=1)
    batch = world.frozen()
    PaymentRules.objects.update(second_from=None)
    return lambda n: disbursement.approve_batch(batch=again(batch), **world.by(n))


@race("approve a batch at three levels", winners=3)
def approve_thrice(world: World) -> Act:
    PaymentRules.objects.update(second_from=1, third_from=2)
    batch = world.frozen()
    PaymentRules.objects.update(second_from=None, third_from=None)
    return lambda n: disbursement.approve_batch(batch=again(batch), **world.by(n))


@race("void a batch")
def void(world: World) -> Act:
    batch = world.approved()
    return lambda n: disbursement.void_batch(batch=again(batch), note="x", **world.by(n))


@race("release a batch")
def release(world: World) -> Act:
    batch = world.approved()
    return lambda _: disbursement.release_batch(batch=again(batch), **world.maker)


@race("take the bank's file with one form")
def take_file(world: World) -> Act:
    batch, token = world.released(), f"file{world.fresh()}"

    def act(_: int) -> object:
        form: dict[str, Any] = {"layout": "finance", "form": "text", "encoding": ""}
        try:
            with transaction.atomic():
                claim_submission(token=token, user_id=1, now=world.maker["now"])
                return disbursement.take_file(batch=again(batch), **form, **world.maker)
        except SentBefore:
            return None

    return act


def lines(*, returned: int = 0) -> list[ReturnLine]:
    """Return the bank's lines for a batch of all children, so many of which came back."""
    return [
        ReturnLine(n, n, 50_000, n > returned, DAY if n > returned else None, "")
        for n in range(1, CHILDREN + 1)
    ]


def read_by(world: World, batch: DisbursementBatch, mark: int) -> BankReturn:
    return returns.read_bank_return(
        batch=batch, lines=lines(), file_name="r", file_sha256=f"{mark:064d}", **world.maker
    )


@race("read the bank's answer")
def read(world: World) -> Act:
    batch, mark = world.released(), world.fresh()
    return lambda _: read_by(world, again(batch), mark)


@race("apply the bank's answer")
def apply(world: World) -> Act:
    answer = read_by(world, world.released(), world.fresh())
    return lambda _: returns.apply_bank_return(answer=anew(answer), **world.maker)


@race("discard the bank's answer")
def discard(world: World) -> Act:
    answer = read_by(world, world.released(), world.fresh())

    def act(_: int) -> bool:
        given = BankReturn.objects.select_related("batch__programme").filter(pk=answer.pk).first()
        if given is None:  # a page would have said so
            return False
        returns.discard_bank_return(answer=given, reason="x", **world.maker)
        return True

    return act


@race("enter the bank's answer from paper")
def settle(world: World) -> Act:
    batch = world.released()
    return lambda _: returns.settle_batch(batch=again(batch), settled_on=DAY, **world.maker)


@race("send again what came back")
def resend(world: World) -> Act:
    programme = world.answered({1: "shut"}).programme
    return lambda _: batching.make_batch(programme=programme, term=AUTUMN, **world.maker)


@race("give a returned payment up")
def give_up(world: World) -> Act:
    line = world.payment(settled=False)
    return lambda n: disbursement.give_up_payment(
        payment=anew(line, "batch__programme"), reason="x", **world.by(n)
    )


@race("close a batch")
def close(world: World) -> Act:
    batch = world.answered()
    return lambda _: disbursement.close_batch(batch=again(batch), **world.maker)
