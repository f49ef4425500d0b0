"""Money taken back: asked for, approved, collected, written off; sources keep their order."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.errors import Conflict, Refusal
from povedu.ledger.models import LedgerEntry
from povedu.ledger.walk import verify
from povedu.scope import Scope
from subsidies.choices import CellState
from subsidies.models import (
    AidCell,
    Payment,
    Recovery,
    RecoveryReceipt,
)
from subsidies.rules.recovery import slice_of
from subsidies.services import recovery
from subsidies.services.programmes import SourceShare
from tests.factories import actor_of, sign_in
from tests.subsidies.checking import NOW, POOR, look, settled
from tests.subsidies.county import AUTUMN, County

ACT = {"now": NOW}


calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
    st.lists(st.integers(1, 10**6), max_size=6),
)
def test_slices_never_give_a_fen_to_two_sources(paid: list[int], wanted: list[int]) -> None:
    sources = [(f"s{n}", amount) for n, amount in enumerate(paid)]
    got: Counter[str] = Counter()
    taken = 0
    for amount in wanted:
        if taken + amount > sum(paid):
            with pytest.raises(ValueError, match="beyond"):
                slice_of(sources, taken, amount)
            continue
        part = slice_of(sources, taken, amount)
        assert sum(share for _source, share in part) == amount
        got.update(dict(part))
        taken += amount
    assert all(got[name] <= amount for name, amount in sources)
    assert sum(got.values()) == taken


def balance(account: str, source: str = "") -> Decimal:
    rows = LedgerEntry.objects.filter(account=account)
    if source:
        rows = rows.filter(source=source)
    return sum((one.amount for one in rows), Decimal(0))


def ask(county: County, payment: Payment, amount: str = "500") -> Recovery:
    return recovery.propose_recovery(
        payment=payment,
        amount=Decimal(amount),
        cause="duplicate",
        reason="paid twice",
        actor=county.maker,
        now=NOW,
    )


def test_a_recovery_from_asking_to_the_last_yuan(county: County) -> None:
    county.children(1)
    shares = [SourceShare("central", Decimal(300)), SourceShare("county")]
    payment = settled(county, shares=shares)
    one = ask(county, payment, "400")
    assert balance("expense") == Decimal(500)
    with pytest.raises(Refusal, match="经办人不能审批"):
        recovery.approve_recovery(recovery=one, actor=county.maker, now=NOW)
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    assert balance("recoverable") == Decimal(400)
    assert balance("expense") == Decimal(100)
    assert {(part.source, part.amount) for part in one.sources.all()} == {
        ("central", Decimal(300)),
        ("county", Decimal(100)),
    }
    cash = balance("cash")
    given = {"recovery": one, "received_on": NOW.date(), "actor": county.maker, "now": NOW}
    recovery.receive_recovery(**given, amount=Decimal(350), document="R1")
    with pytest.raises(Conflict, match="凭证号"):
        recovery.receive_recovery(**given, amount=Decimal(10), document="R1")
    with pytest.raises(Refusal, match="最多 50"):
        recovery.receive_recovery(**given, amount=Decimal(51), document="R2")
    assert one.state == "approved"
    recovery.receive_recovery(**given, amount=Decimal(50), document="R2")
    assert one.state == "collected"
    assert balance("recoverable") == 0
    assert balance("recoverable", "central") == 0
    assert balance("cash") - cash == Decimal(400)
    assert verify(Scope("530623")).ok
    assert Payment.objects.get(pk=payment.pk).state == "settled"


def test_what_cannot_be_collected_is_written_off_by_another(county: County) -> None:
    county.children(1)
    one = ask(county, settled(county))
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    recovery.receive_recovery(
        recovery=one,
        received_on=NOW.date(),
        amount=Decimal(120),
        document="R1",
        actor=county.maker,
        now=NOW,
    )
    with pytest.raises(Refusal):
        recovery.write_off_recovery(recovery=one, note="dead", actor=county.maker, now=NOW)
    recovery.write_off_recovery(recovery=one, note="minute 3", actor=county.checker, now=NOW)
    assert one.state == "written-off"
    assert balance("recoverable") == 0
    assert balance("expense") == Decimal(380)


def test_a_payment_gives_back_no_more_than_it_gave(county: County) -> None:
    county.children(1)
    payment = settled(county)
    first = ask(county, payment, "300")
    with pytest.raises(Refusal, match="最多还可追回 200"):
        ask(county, payment, "201")
    recovery.refuse_recovery(recovery=first, note="no", actor=county.checker, now=NOW)
    ask(county, payment, "500")
    assert Recovery.objects.count() == 2


def test_money_that_has_not_arrived_is_not_recovered(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    county.released(programme)
    with pytest.raises(Refusal, match="已到账"):
        ask(county, Payment.objects.get())


def test_the_database_has_the_last_word_on_recoveries(county: County) -> None:
    county.children(1)
    payment = settled(county)
    one = ask(county, payment, "300")

    def refused(act: Any) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

    fields = {
        "payment": payment,
        "cause": "other",
        "reason": "x",
        "payer_name": "x",
        "made_by_id": county.maker.user_id,
        "made_at": NOW,
    }
    refused(lambda: Recovery.objects.create(number="X1", amount=Decimal(201), **fields))
    Recovery.objects.create(number="X2", amount=Decimal(200), **fields)
    rows = Recovery.objects.filter(pk=one.pk)
    refused(lambda: rows.update(amount=Decimal(1)))
    refused(lambda: rows.update(state="collected"))
    refused(lambda: rows.update(state="approved", approved_by_id=county.maker.user_id))
    receipt = {
        "recovery": one,
        "received_on": NOW.date(),
        "entered_by_id": county.maker.user_id,
        "entered_at": NOW,
    }
    refused(lambda: RecoveryReceipt.objects.create(document="R0", amount=Decimal(1), **receipt))
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    refused(lambda: RecoveryReceipt.objects.create(document="R0", amount=Decimal(301), **receipt))
    kept = RecoveryReceipt.objects.create(document="R0", amount=Decimal(300), **receipt)
    refused(lambda: RecoveryReceipt.objects.filter(pk=kept.pk).update(amount=Decimal(1)))
    refused(lambda: RecoveryReceipt.objects.filter(pk=kept.pk).delete())


def test_what_is_recovered_whole_says_so_in_the_matrix(county: County) -> None:
    county.children(1)
    one = ask(county, settled(county))
    look(county)
    assert AidCell.objects.get().state == CellState.PAID
    recovery.approve_recovery(recovery=one, actor=county.checker, now=NOW)
    look(county)
    assert AidCell.objects.get().state == CellState.RECOVERED


def test_from_the_matrix_a_payment_is_asked_back_by_clicks(county: County) -> None:
    county.children(1)
    payment = settled(county)
    look(county)
    maker, award = sign_in(county.maker), payment.instalment.award_id
    session = maker.session
    session["term"] = AUTUMN.code
    session.save()
    form = reverse("subsidies:payment-recover", args=[payment.pk])
    cells = maker.get(reverse("subsidies:cell-list"), {"state": CellState.PAID})
    page = reverse("subsidies:award-detail", args=[award])
    assert f'href="{page}"' in cells.content.decode()
    assert f'href="{form}"' in maker.get(page).content.decode()
    assert maker.get(form).status_code == 200
    teacher = actor_of("school_clerk", division_prefix="530623100", school_code=county.school.code)
    shown = sign_in(teacher).get(page)
    assert shown.status_code == 200
    assert form not in shown.content.decode()
