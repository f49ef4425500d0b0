"""Workers killed in the middle of a run over awards, a batch and the bank's answer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Sum

from povedu.jobs.choices import JobState
from povedu.ledger import selectors as ledger
from povedu.ledger.models import LedgerEntry
from povedu.scope import Scope
from subsidies.models import Award, BankReturn, DisbursementBatch, Instalment, Payment
from subsidies.rules.returns import ReturnLine
from subsidies.services import awards, disbursement, returns
from tests.jobs.killer import bench as bench  # a fixture
from tests.subsidies.county import AUTUMN, County, at

pytestmark = pytest.mark.worker
COUNT = 1500
NOW = at(2026, 11, 8)


def test_a_killed_payment_run_loses_and_doubles_nothing(bench: Any) -> None:
    county = County()
    county.children(COUNT)
    programme = county.programme("p", "500", year=2026)
    bench.start_worker()
    params = {"programme": programme.pk, "term": AUTUMN.code}

    job = bench.run_with_kills(bench.enqueue("subsidies.grant_awards", params), seed=1)
    assert job.state == JobState.DONE, job.error_message
    assert Award.objects.count() == Instalment.objects.count() == COUNT
    awards.approve_awards(programme=programme, term=AUTUMN, actor=county.checker, now=NOW)

    job = bench.run_with_kills(bench.enqueue("subsidies.make_batch", params), seed=2)
    assert job.state == JobState.DONE, job.error_message
    batch = DisbursementBatch.objects.get()
    assert (batch.payments_count, batch.amount) == (COUNT, Decimal(500 * COUNT))
    disbursement.freeze_batch(batch=batch, actor=county.checker, now=NOW)
    disbursement.approve_batch(batch=batch, actor=county.maker, now=NOW)

    release = bench.enqueue("subsidies.release_batch", {"batch": batch.pk})
    job = bench.run_with_kills(release, seed=3, longest=0.3)
    assert job.state == JobState.DONE, job.error_message
    batch.refresh_from_db()
    lines = [
        ReturnLine(n + 1, n, 50_000, is_paid=n % 10 != 0, settled_on=date(2026, 11, 1))
        for n in range(1, COUNT + 1)
    ]
    answer = returns.read_bank_return(
        batch=batch, lines=lines, file_name="r", file_sha256="a" * 64, actor=county.maker, now=NOW
    )
    apply = bench.enqueue("subsidies.apply_return", {"bank_return": answer.pk})
    job = bench.run_with_kills(apply, seed=4)
    assert job.state == JobState.DONE, job.error_message

    settled = COUNT - COUNT // 10
    states = dict(Payment.objects.order_by("state").values_list("state").annotate(n=Count("pk")))
    assert states == {"settled": settled, "returned": COUNT // 10}
    assert BankReturn.objects.filter(applied_at__isnull=False).count() == 1
    spent = LedgerEntry.objects.filter(account="expense").aggregate(total=Sum("amount"))["total"]
    assert (LedgerEntry.objects.count(), spent) == (2 * settled, Decimal(500 * settled))
    assert ledger.verify(Scope.everything()).ok
    if not bench.kills:  # the outcome is proven above; this time nobody died on the way
        pytest.skip("the work ended before a kill reached it")
