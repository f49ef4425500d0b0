"""Whoever edits the money in the database is found, and the first bad row is named."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from povedu import invariants, triggers
from povedu.jobs import health
from povedu.jobs.clock import instant
from povedu.jobs.models import Job
from povedu.jobs.runner import run_now
from povedu.jobs.services import start_scheduled
from subsidies.services import batching, disbursement, returns
from tests.factories import actor_of, sign_in
from tests.subsidies.county import AUTUMN, County
from tests.subsidies.tampering import DAY, NOW, TAMPERINGS, Books, Found, of_batch, one_leg, run


@pytest.fixture
def books(county: County, django_capture_on_commit_callbacks: Any) -> Books:
    with django_capture_on_commit_callbacks(execute=True):
        return Books(county)


class Undo(Exception):
    """Takes an attack back."""


def first_broken(books: Books, attack: Callable[[Books], Found]) -> tuple[Found, list[Found]]:
    """Carry an attack out as the database's owner; return what it hit and what was found."""
    found: list[Found] = []
    hit: Found = ("", "")
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                run("SET CONSTRAINTS ALL IMMEDIATE")  # else nothing may be altered
            with triggers.lifted(connection):
                hit = attack(books)
            verdict = invariants.verify()
            found = [(one.code, one.breach.row) for one in verdict.outcomes if one.breach]
            raise Undo
    except Undo:
        pass
    return hit, found


def test_every_attack_is_found_and_names_its_row(books: Books) -> None:
    assert invariants.verify().ok
    missed = {}
    for name, attack in TAMPERINGS.items():
        hit, found = first_broken(books, attack)
        if hit not in found:
            missed[name] = (hit, found)
        assert invariants.verify().ok, f"{name} was not taken back"
    assert len(TAMPERINGS) >= 30
    assert missed == {}


def test_a_clean_life_raises_no_alarm(county: County) -> None:
    county.children(3)
    programme = county.programme("p", "500", standard={"categories": ["registered_poor"]})
    county.granted(programme)

    def whole() -> None:
        verdict = invariants.verify()
        assert verdict.ok, verdict.first

    whole()
    batch = batching.make_batch(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    whole()
    for turn in range(2):
        disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
        whole()
        if not turn:
            disbursement.send_back(batch=batch, note="x", actor=county.checker, now=NOW)
            first = batch.payments.get(line_no=1)
            disbursement.remove_line(payment=first, reason="x", actor=county.maker, now=NOW)
            whole()
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    disbursement.release_batch(batch=batch, actor=county.maker, now=NOW)
    whole()
    returns.settle_batch(
        batch=batch, settled_on=DAY, actor=county.maker, now=NOW, returned={2: "shut"}
    )
    whole()
    back = batch.payments.get(line_no=2)
    disbursement.give_up_payment(payment=back, reason="x", actor=county.maker, now=NOW)
    disbursement.close_batch(batch=batch, actor=county.maker, now=NOW)
    whole()


def test_no_payment_file_leaves_broken_books(books: Books) -> None:
    client = sign_in(books.county.maker)
    url = reverse("subsidies:batch-file", args=[books.sent.pk])
    asked = {"layout": "bank", "form": "txt"}
    assert client.post(url, asked).status_code == 200
    assert invariants.verify().ok  # the file's control totals are the batch's
    with triggers.lifted(connection):
        run("UPDATE ledger_ledgerentry SET memo = 'x' WHERE seq = 3")
    refused = client.post(url, asked)
    assert refused.status_code == 400
    assert "ledger.ledgerentry:530623-3" in refused.content.decode()


def test_the_command_says_which_row(books: Books) -> None:
    out = StringIO()
    call_command("verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"]
    with triggers.lifted(connection):
        one_leg(books)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", "--json", "--county", "530623", stdout=out)
    told = json.loads(out.getvalue())["invariants"]
    assert told["I1"]["row"] == "ledger.ledgerentry:530623-3"
    assert told["I4"]["ok"]
    out = StringIO()
    call_command("verify", "--only", "I2", "I4", stdout=out)
    assert [line[:2] for line in out.getvalue().splitlines()] == ["I2", "I4"]


def test_the_nightly_check_is_on_the_health_page_and_in_the_list_of_work(books: Books) -> None:
    start_scheduled(now=instant())
    job = Job.objects.get(kind=health.VERIFY)
    assert run_now(job).state == "done"
    assert health.look(instant(), ("invariants",))[0].level == "ok"
    admin = sign_in(actor_of("county_admin"))
    assert "不成立的数据不变量" not in admin.get("/").content.decode()
    with triggers.lifted(connection):
        of_batch("sent", "amount = amount + 1")(books)
    Job.objects.update(schedule_key=None)
    start_scheduled(now=instant())
    run_now(Job.objects.filter(kind=health.VERIFY, state="queued").get())
    finding = health.look(instant(), ("invariants",))[0]
    assert finding.is_failed
    assert f"I3 subsidies.disbursementbatch:{books.sent.pk}" in finding.detail
    assert "不成立的数据不变量" in admin.get("/").content.decode()
