"""The whole life of payments against a small model of it, whatever happens in whatever order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from povedu import invariants
from povedu.errors import Refusal
from povedu.ledger.models import LedgerEntry
from povedu.scope import Actor
from subsidies.models import DisbursementBatch, Payment, PaymentRules
from subsidies.rules.returns import ReturnLine
from subsidies.services import batching, disbursement, receipts, returns
from tests.factories import actor_of
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

NOW = SHANGHAI_NOON
DAY = NOW.date()
EACH = 500
TWO_FROM = 3  # lines from which a batch needs a second approver
UNDER_WAY = ("frozen", "approved", "released")
LIVE = ("pending", "sent", "settled")
CHECKED = ("I1", "I2", "I3", "I4", "I5", "I8")


@dataclass
class Batch:
    """What the model knows of a batch; ``lines`` maps an instalment to the state of its payment."""

    pk: int
    lines: dict[int, str]
    state: str = "draft"
    approvers: set[int] = field(default_factory=set)
    levels: int = 1

    def having(self, *states: str) -> list[int]:
        return [key for key, state in self.lines.items() if state in states]


class Life(RuleBasedStateMachine):
    """Maker, two checkers, a bank; every answer of the product is foretold."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.batches: list[Batch] = []
        self.cash = 0
        self.answers = 0
        self.is_verified = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(children=st.integers(1, 4))
    def begin(self, children: int) -> None:
        self.county = County()
        self.people = [self.county.maker, self.county.checker, actor_of("approver", office="aid")]
        PaymentRules.objects.update(checks_cash=True, second_from=Decimal(EACH * TWO_FROM))
        self.county.children(children)
        self.programme = self.county.programme("p", str(EACH))
        self.county.granted(self.programme)
        self.money_arrives(2 * children)
        self.due = set(self.programme.awards.values_list("instalments__pk", flat=True))

    # --- what the model says ---------------------------------------------------------------------

    def live(self) -> set[int]:
        return {key for batch in self.batches for key in batch.having(*LIVE)}

    def free(self, but: Batch) -> int:
        others = (one for one in self.batches if one.state in UNDER_WAY and one is not but)
        return self.cash - EACH * sum(len(one.having("pending", "sent")) for one in others)

    def covered(self, batch: Batch) -> bool:
        return EACH * len(batch.having("pending")) <= max(self.free(batch), 0)

    def went(self, act: Callable[[], Any]) -> bool:
        """Do something as one transaction; say whether it was not refused."""
        try:
            with transaction.atomic():
                act()
        except Refusal:
            return False
        self.is_verified = False
        return True

    def row(self, batch: Batch) -> DisbursementBatch:
        return DisbursementBatch.objects.select_related("programme").get(pk=batch.pk)

    def given(self, who: int = 0) -> dict[str, Any]:
        return {"actor": self.people[who], "now": NOW}

    def pick(self, number: int) -> Batch:
        return self.batches[number % len(self.batches)]

    # --- what people do --------------------------------------------------------------------------

    @rule(lines=st.integers(1, 5))
    def money_arrives(self, lines: int) -> None:
        receipts.enter_receipt(
            county=self.county.division,
            source="county",
            amount=Decimal(lines * EACH),
            received_on=DAY,
            programme=self.programme,
            **self.given(),
        )
        self.cash += lines * EACH
        self.is_verified = False

    @rule()
    def make(self) -> None:
        wanted = self.due - self.live()
        assert self.went(
            lambda: batching.make_batch(programme=self.programme, term=AUTUMN, **self.given())
        ) == bool(wanted)
        if wanted:
            newest = DisbursementBatch.objects.latest("pk")
            self.batches.append(Batch(newest.pk, dict.fromkeys(wanted, "pending")))

    has_batches = precondition(lambda self: self.batches)

    @has_batches
    @rule(number=st.integers(0, 9), line=st.integers(0, 9))
    def remove_line(self, number: int, line: int) -> None:
        batch = self.pick(number)
        key = sorted(batch.lines)[line % len(batch.lines)]
        payment = Payment.objects.get(batch=batch.pk, instalment=key)
        ok = batch.state == "draft" and batch.lines[key] == "pending"
        assert ok == self.went(
            lambda: disbursement.remove_line(payment=payment, reason="x", **self.given())
        )
        if ok:
            batch.lines[key] = "voided"

    @has_batches
    @rule(number=st.integers(0, 9))
    def freeze(self, number: int) -> None:
        batch = self.pick(number)
        ok = batch.state == "draft" and bool(batch.having("pending")) and self.covered(batch)
        row = self.row(batch)
        assert ok == self.went(lambda: disbursement.freeze_batch(batch=row, **self.given()))
        if ok:
            batch.state, batch.approvers = "frozen", set()
            batch.levels = 1 + (len(batch.having("pending")) >= TWO_FROM)

    @has_batches
    @rule(number=st.integers(0, 9), who=st.integers(0, 2))
    def approve(self, number: int, who: int) -> None:
        batch = self.pick(number)
        ok = batch.state == "frozen" and who != 0 and who not in batch.approvers
        row = self.row(batch)
        assert ok == self.went(lambda: disbursement.approve_batch(batch=row, **self.given(who)))
        if ok:
            batch.approvers.add(who)
            if len(batch.approvers) == batch.levels:
                batch.state = "approved"

    @has_batches
    @rule(number=st.integers(0, 9))
    def send_back(self, number: int) -> None:
        batch = self.pick(number)
        ok = batch.state == "frozen"
        row = self.row(batch)
        assert ok == self.went(lambda: disbursement.send_back(batch=row, note="x", **self.given(1)))
        if ok:
            batch.state = "draft"

    @has_batches
    @rule(number=st.integers(0, 9))
    def void(self, number: int) -> None:
        batch = self.pick(number)
        ok = batch.state in ("draft", "frozen", "approved")
        row = self.row(batch)
        assert ok == self.went(lambda: disbursement.void_batch(batch=row, note="x", **self.given()))
        if ok:
            batch.state = "voided"
            batch.lines = dict.fromkeys(batch.lines, "voided")

    @has_batches
    @rule(number=st.integers(0, 9))
    def release(self, number: int) -> None:
        batch = self.pick(number)
        ok = batch.state == "approved" and self.covered(batch)
        row = self.row(batch)
        assert ok == self.went(lambda: disbursement.release_batch(batch=row, **self.given()))
        if ok:
            batch.state = "released"
            for key in batch.having("pending"):
                batch.lines[key] = "sent"

    @has_batches
    @rule(number=st.integers(0, 9), paid=st.lists(st.booleans(), min_size=4, max_size=4))
    def the_bank_answers(self, number: int, paid: list[bool]) -> None:
        """Some lines of the batch, one of them twice; applied, and applied again."""
        batch = self.pick(number)
        sent = batch.having("sent")[:3]
        rows = {one.instalment_id: one for one in Payment.objects.filter(batch=batch.pk)}
        lines = [
            ReturnLine(
                at,
                rows[key].line_no,
                EACH * 100,
                is_paid=fine,
                settled_on=DAY if fine else None,
                reason="" if fine else "shut",
            )
            for at, (key, fine) in enumerate(zip([*sent, *sent[:1]], paid, strict=False), start=1)
        ]
        self.answers += 1
        row, mark = self.row(batch), f"{self.answers:064d}"
        taken: list[Any] = []

        def read() -> None:
            taken.append(
                returns.read_bank_return(
                    batch=row, lines=lines, file_name="r", file_sha256=mark, **self.given()
                )
            )

        assert self.went(read) == (batch.state == "released" and bool(lines))
        if not taken:
            return
        assert self.went(lambda: returns.apply_bank_return(answer=taken[0], **self.given()))
        assert not self.went(lambda: returns.apply_bank_return(answer=taken[0], **self.given()))
        for key, fine in zip(sent, paid, strict=False):
            batch.lines[key] = "settled" if fine else "returned"
            self.cash -= EACH * fine

    @has_batches
    @rule(number=st.integers(0, 9), line=st.integers(0, 9))
    def give_up(self, number: int, line: int) -> None:
        batch = self.pick(number)
        key = sorted(batch.lines)[line % len(batch.lines)]
        payment = Payment.objects.get(batch=batch.pk, instalment=key)
        ok = batch.lines[key] == "returned"
        if ok and key not in self.live():
            self.due.discard(key)
        assert ok == self.went(
            lambda: disbursement.give_up_payment(payment=payment, reason="x", **self.given())
        )
        if ok:
            batch.lines[key] = "voided"

    @has_batches
    @rule(number=st.integers(0, 9))
    def close(self, number: int) -> None:
        batch = self.pick(number)
        unresolved = set(batch.having("returned")) - self.live()
        ok = batch.state == "released" and not batch.having("sent") and not unresolved
        row = self.row(batch)
        assert ok == self.went(lambda: disbursement.close_batch(batch=row, **self.given()))
        if ok:
            batch.state = "closed"

    @has_batches
    @rule(number=st.integers(0, 9), times=st.integers(1, 5))
    def carry_on(self, number: int, times: int) -> None:
        """Do what is next with a batch, so that lives reach their end."""
        for _ in range(times):
            self.next_step(number)

    def next_step(self, number: int) -> None:
        batch = self.pick(number)
        if batch.state == "draft":
            self.freeze(number)
        elif batch.state == "frozen":
            self.approve(number, 1 + len(batch.approvers) % 2)
        elif batch.state == "approved":
            self.release(number)
        elif batch.having("sent"):
            self.the_bank_answers(number, [True, True, False, True])
        else:
            self.close(number)

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def the_database_is_as_foretold(self) -> None:
        states = dict(DisbursementBatch.objects.values_list("pk", "state"))
        assert states == {one.pk: one.state for one in self.batches}
        lines = {
            (batch, key): state
            for batch, key, state in Payment.objects.values_list(
                "batch_id", "instalment_id", "state"
            )
        }
        assert lines == {
            (one.pk, key): state for one in self.batches for key, state in one.lines.items()
        }
        cash = sum(
            LedgerEntry.objects.filter(account="cash").values_list("amount", flat=True), Decimal(0)
        )
        assert cash == self.cash

    @invariant()
    def the_invariants_hold(self) -> None:
        """After every step but the refused: those were rolled back to what was verified."""
        if self.is_verified:
            return
        verdict = invariants.verify(CHECKED)
        assert verdict.ok, verdict.first
        self.is_verified = True


def live(examples: int, steps: int) -> None:
    """Run so many lives of so many steps."""
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_a_few_lives_are_as_foretold() -> None:
    live(2, 18)


@pytest.mark.nightly
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(8))  # over the workers
def test_many_lives_are_as_foretold(part: int) -> None:
    live(260, 30)


@pytest.mark.django_db
def test_the_model_notices_a_payment_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: an answer of the bank that is taken a second time does not pass."""

    def careless(*, answer: Any, actor: Actor, now: Any) -> dict[str, int]:
        fresh = type(answer).objects.get(pk=answer.pk)
        if fresh.applied_at is None:
            return original(answer=answer, actor=actor, now=now)
        return {}

    original = returns.apply_bank_return
    monkeypatch.setattr(returns, "apply_bank_return", careless)
    life = Life()
    try:
        life.begin(children=2)
        life.make()
        with pytest.raises(AssertionError):
            life.carry_on(number=0, times=4)
    finally:
        life.teardown()
