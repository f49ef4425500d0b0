"""The life of a batch: two people, frozen content, one answer per line, a ledger that follows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum

from povedu.errors import Conflict, Refusal
from povedu.ledger import selectors as ledger
from povedu.ledger.models import LedgerEntry
from povedu.ledger.walk import verify
from povedu.scope import Scope
from students.models import PayeeAccount
from subsidies.choices import BATCH_MOVES, PAYMENT_MOVES, BatchState, PaymentState
from subsidies.models import BankReturn, DisbursementBatch, Payment, Programme
from subsidies.rules.returns import ReturnLine
from subsidies.selectors.payments import due_problems, flagged_lines, returned_unresolved
from subsidies.services import batching, disbursement, returns
from subsidies.services.awards import cancel_award
from tests.factories import (
    BatchApprovalFactory,
    DisbursementBatchFactory,
    PaymentFactory,
    UserFactory,
)
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

ALL = Scope.everything()
NOW = SHANGHAI_NOON
DAY = NOW.date()


@pytest.fixture
def programme(county: County) -> Programme:
    county.children(4)
    made = county.programme("p", "500", standard={"categories": ["registered_poor"]})
    county.granted(made)
    return made


def answer(
    batch: DisbursementBatch, lines: list[ReturnLine], county: County, mark: str = "a"
) -> Any:
    return returns.read_bank_return(
        batch=batch,
        lines=lines,
        file_name="r.csv",
        file_sha256=mark * 64,
        actor=county.maker,
        now=NOW,
    )


def test_whole_life(county: County, programme: Programme) -> None:
    county.children(1, card=False)
    county.granted(programme)
    assert [one.problem for one in due_problems(programme, "2016-1", DAY)] == ["no-card"]
    batch = county.released(programme)
    assert (batch.state, batch.payments_count, batch.amount) == ("released", 4, Decimal(2000))
    assert batch.anchor.startswith("0 ")
    returns.settle_batch(
        batch=batch, settled_on=DAY, actor=county.maker, now=NOW, returned={2: "name differs"}
    )
    states = list(batch.payments.order_by("line_no").values_list("state", flat=True))
    assert states == ["settled", "returned", "settled", "settled"]
    spent = LedgerEntry.objects.filter(account="expense").aggregate(total=Sum("amount"))["total"]
    assert spent == Decimal(1500)
    with pytest.raises(Refusal, match="退回"):
        disbursement.close_batch(batch=batch, actor=county.maker, now=NOW)
    assert returned_unresolved(ALL).count() == 1
    second = county.paid(programme)
    line = second.payments.get()
    assert (line.attempt, line.state, line.settled_on) == (2, "settled", DAY)
    assert not returned_unresolved(ALL).exists()
    closed = disbursement.close_batch(batch=batch, actor=county.maker, now=NOW)
    assert closed.state == "closed"
    assert ledger.cash_of("530623")["county"] == Decimal(-2000)
    assert verify(ALL).ok


def test_maker_does_not_approve(county: County, programme: Programme) -> None:
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
    with pytest.raises(Refusal):
        disbursement.approve_batch(batch=batch, actor=county.maker, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        DisbursementBatch.objects.filter(pk=batch.pk).update(
            state="approved", approved_by=batch.made_by, approved_digest=batch.digest
        )


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"payee_name": "x"}, {"account_index": "y"}, {"line_no": 99}]
)
def test_change_after_freezing_voids_the_approval(
    county: County, programme: Programme, change: dict[str, Any]
) -> None:
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
    Payment.objects.filter(batch=batch, line_no=1).update(**change)
    with pytest.raises(Conflict):
        disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    disbursement.send_back(batch=batch, note="look again", actor=county.checker, now=NOW)
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    Payment.objects.filter(batch=batch, payee_name__startswith="Payee").update(payee_name="z")
    with pytest.raises(Conflict):
        disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)


def test_same_instalments_go_into_one_batch(county: County, programme: Programme) -> None:
    first = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    with pytest.raises(Refusal):
        batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    disbursement.remove_line(
        payment=first.payments.get(line_no=1), reason="moved", actor=county.maker, now=NOW
    )
    second = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    assert (second.payments_count, second.payments.get().attempt) == (1, 2)
    disbursement.void_batch(batch=second, note="again", actor=county.maker, now=NOW)
    with pytest.raises(Conflict):
        disbursement.void_batch(batch=second, note="again", actor=county.maker, now=NOW)
    with pytest.raises(Conflict):
        disbursement.freeze_batch(batch=second, actor=county.maker, now=NOW)


def test_database_allows_one_live_payment(county: County, programme: Programme) -> None:
    batch = county.released(programme)
    payment = batch.payments.get(line_no=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentFactory(instalment=payment.instalment, attempt=2, line_no=99)


def test_bank_lines_match_once(county: County, programme: Programme) -> None:
    batch = county.released(programme)
    good = ReturnLine(2, 1, 50_000, is_paid=True, settled_on=DAY)
    lines = [
        good,
        good._replace(row_number=3),
        ReturnLine(4, 2, 49_999, is_paid=True, settled_on=DAY),
        ReturnLine(5, 77, 50_000, is_paid=True, settled_on=DAY),
        ReturnLine(6, 3, 50_000, is_paid=False, reason="closed card"),
        ReturnLine(7, 4, 50_000, is_paid=True),
        ReturnLine(8, 4, 50_000, is_paid=None),
    ]
    first = answer(batch, lines, county)
    outcomes = list(first.lines.order_by("row_number").values_list("outcome", "reason"))
    assert outcomes == [
        ("settled", ""),
        ("repeated", "twice-in-file"),
        ("unmatched", "amount-differs"),
        ("unmatched", "unknown-line"),
        ("returned", "closed card"),
        ("unmatched", "no-date"),
        ("unmatched", "no-result"),
    ]
    with pytest.raises(Conflict), transaction.atomic():
        answer(batch, lines, county)
    second = answer(batch, [good], county, mark="b")
    assert second.lines.get().outcome == "repeated"
    counts = returns.apply_bank_return(answer=first, actor=county.maker, now=NOW)
    assert counts == {"settled": 1, "returned": 1}
    with pytest.raises(Conflict), transaction.atomic():
        returns.apply_bank_return(answer=first, actor=county.maker, now=NOW)
    with pytest.raises(Conflict), transaction.atomic():
        returns.discard_bank_return(answer=first, reason="x", actor=county.maker, now=NOW)
    returns.discard_bank_return(answer=second, reason="x", actor=county.maker, now=NOW)
    assert BankReturn.objects.count() == 1
    with pytest.raises(Refusal, match="回盘"):
        disbursement.close_batch(batch=batch, actor=county.maker, now=NOW)


def test_return_needs_a_released_batch_and_a_date_that_has_come(
    county: County, programme: Programme
) -> None:
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    line = ReturnLine(2, 1, 50_000, is_paid=True, settled_on=DAY)
    for lines in ([], [line], [line._replace(settled_on=date(2030, 1, 1))]):
        with pytest.raises(Refusal):
            answer(batch, lines, county)


def test_given_up_return_lets_the_batch_close(county: County, programme: Programme) -> None:
    batch = county.released(programme)
    returns.settle_batch(
        batch=batch, settled_on=DAY, actor=county.maker, now=NOW, returned={1: "moved away"}
    )
    payment = batch.payments.get(line_no=1)
    disbursement.give_up_payment(payment=payment, reason="left", actor=county.maker, now=NOW)
    with pytest.raises(Refusal, match="到期"):  # given up is not due again
        batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    cancel_award(award=payment.instalment.award, reason="left", actor=county.checker, now=NOW)
    assert disbursement.close_batch(batch=batch, actor=county.maker, now=NOW).state == "closed"
    with pytest.raises(Conflict):
        cancel_award(
            award=batch.payments.get(line_no=2).instalment.award,
            reason="x",
            actor=county.checker,
            now=NOW,
        )


def test_shared_cards_are_flagged_and_drawn_glyphs_left_out(
    county: County, programme: Programme
) -> None:
    cards = list(PayeeAccount.objects.order_by("pk")[:3])
    PayeeAccount.objects.filter(pk=cards[1].pk).update(
        account=cards[0].account, account_index=cards[0].account_index
    )
    PayeeAccount.objects.filter(pk=cards[2].pk).update(payee_name="王\ue123")
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    assert batch.payments_count == 3
    assert sorted(problem for _line, problem in flagged_lines(batch)) == [
        "shared-card",
        "shared-card",
    ]
    assert [one.problem for one in due_problems(programme, "2016-1", DAY)] == ["rare-glyph"]


def test_school_is_paid_without_cards(county: County) -> None:
    county.children(2, card=False)
    programme = county.programme("meals", "400", payee_kind="school", kind="in_kind")
    county.granted(programme)
    batch = county.paid(programme)
    assert {line.payee_name for line in batch.payments.all()} == {county.school.name}


MOVES = {
    DisbursementBatch: (BatchState.values, {(str(a), str(b)) for a, b in BATCH_MOVES}),
    Payment: (PaymentState.values, {(str(a), str(b)) for a, b in PAYMENT_MOVES}),
}


@pytest.mark.parametrize("model", MOVES)
def test_database_knows_every_move(db: None, model: Any) -> None:
    states, allowed = MOVES[model]
    checker = UserFactory()
    for old in states:
        for new in states:
            extra: dict[str, Any] = {}
            if model is DisbursementBatch:
                row = DisbursementBatchFactory(
                    state=old, approved_by=checker, digest="d", approved_digest="d"
                )
                BatchApprovalFactory(batch=row)
            else:
                row = PaymentFactory(state=old, settled_on=DAY if old == "settled" else None)
                extra = {"settled_on": DAY if new == "settled" else None}
            ok = old == new or (old, new) in allowed
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row.pk).update(state=new, **extra)
            except DatabaseError:
                assert not ok, (old, new)
            else:
                assert ok, (old, new)
