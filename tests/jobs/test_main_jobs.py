"""Import, reconciliation and payment with their workers killed: nothing lost, nothing doubled."""

import random

import openpyxl
import pytest
from django.db.models import Sum

from povedu.accounts.selectors import operator
from povedu.intake import kinds
from povedu.intake.models import ImportBatch
from povedu.intake.services.receive import Purpose, receive_file
from povedu.jobs.choices import JobState
from povedu.ledger import selectors as ledger
from povedu.ledger.models import LedgerEntry
from povedu.scope import Scope
from students.models import Enrolment, Finding, Link, Reconciliation, Student
from subsidies.models import DisbursementBatch, Payment
from subsidies.rules.returns import ReturnLine
from subsidies.services import disbursement, returns
from tests.factories import CountyCalendarFactory, CountyFactory, SchoolFactory
from tests.factories.base import id_number
from tests.students.world import World
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

pytestmark = pytest.mark.worker
NOW = SHANGHAI_NOON
SCHOOL = "2153000001"
HEADINGS = ("序号", "姓名", "性别", "身份证号", "年级", "班级", "是否住校")


def done(bench, kind, params, seed, longest):
    job = bench.enqueue(kind, params)
    bench.run_with_kills(job, seed=seed, longest=longest, seconds=240)
    assert job.state == JobState.DONE, (job.error_code, job.error_message)
    return job


# --- import -------------------------------------------------------------------------------------


def roster(path, children):
    book = openpyxl.Workbook()
    book.active.append(["东山小学2016年秋季学期学生花名册"])
    book.active.append(HEADINGS)
    for n in range(children):
        number = id_number(n)
        sex = "男" if int(number[16]) % 2 else "女"
        book.active.append([n + 1, f"王{chr(0x4E00 + n)}", sex, number, "三年级", "1班", "√"])
    book.save(path)
    return path.read_bytes()


def import_under_kills(bench, seed, children=400):
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    batch = receive_file(
        data=roster(bench.folder / "roster.xlsx", children),
        name="roster.xlsx",
        purpose=Purpose(kinds.kind_of("roster"), school_code=SCHOOL, term="2016-1"),
        actor=operator(),
        now=NOW,
    )
    done(bench, "intake.stage", {"batch": batch.pk}, seed, 2.0)
    batch.refresh_from_db()
    assert batch.rows_count == children
    assert batch.rows.count() == children
    done(bench, "intake.apply", {"batch": batch.pk}, seed + 1, 1.0)
    batch.refresh_from_db()
    assert batch.applied == {"new": children, "changed": 0, "unchanged": 0}
    assert Student.objects.count() == Enrolment.objects.count() == children
    assert ImportBatch.objects.count() == 1


# --- reconciliation -----------------------------------------------------------------------------


def reconcile_under_kills(bench, seed, children=250):
    world = World().build()
    snapshot = world.snapshot()
    for n in range(children):
        number = world.next_id()
        world.student(f"张{chr(0x4E00 + n)}", number, claim="建档立卡")
        other = f"张{chr(0x4E00 + n)}" if n % 10 else f"李{chr(0x4E00 + n)}"
        world.entry(snapshot, other, number, category_as_stated="一般贫困户")
    params = {"term": "2016-1", "county": "530623"}
    done(bench, "students.reconcile", params, seed, 1.5)
    assert Reconciliation.objects.count() == 1
    assert Link.objects.count() == Link.objects.values("entry").distinct().count() == children
    found = Finding.objects.count()
    assert found == children // 10
    done(bench, "students.reconcile", params, seed + 1, 1.5)
    assert Finding.objects.filter(state="open").count() == found


# --- payment ------------------------------------------------------------------------------------


def pay_under_kills(bench, seed, children=250):
    county = County()
    county.children(children)
    programme = county.programme("p", "500", standard={"categories": ["registered_poor"]})
    county.granted(programme)
    params = {"programme": programme.pk, "term": AUTUMN.code}
    done(bench, "subsidies.make_batch", params, seed, 0.6)
    batch = DisbursementBatch.objects.get()
    assert (batch.payments_count, batch.amount) == (children, 500 * children)
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=NOW)
    disbursement.approve_batch(batch=batch, actor=county.checker, now=NOW)
    done(bench, "subsidies.release_batch", {"batch": batch.pk}, seed + 1, 0.5)
    batch.refresh_from_db()
    lines = [
        ReturnLine(
            row_number=number + 1,
            line_no=number,
            amount_fen=50_000,
            is_paid=number % 5 != 0,
            settled_on=NOW.date(),
            reason="" if number % 5 else "name differs",
        )
        for number in batch.payments.values_list("line_no", flat=True)
    ]
    answer = returns.read_bank_return(
        batch=batch,
        lines=lines,
        file_name="r.csv",
        file_sha256="a" * 64,
        actor=county.maker,
        now=NOW,
    )
    done(bench, "subsidies.apply_return", {"bank_return": answer.pk}, seed + 2, 0.6)
    states = Payment.objects.values_list("state", flat=True)
    returned = children // 5
    assert sorted(states) == ["returned"] * returned + ["settled"] * (children - returned)
    spent = LedgerEntry.objects.filter(account="expense").aggregate(total=Sum("amount"))["total"]
    assert spent == 500 * (children - returned)
    total = LedgerEntry.objects.aggregate(total=Sum("amount"))["total"]
    assert total == 0
    assert ledger.verify(Scope.everything()).ok


WORKS = {
    "import": import_under_kills,
    "reconciliation": reconcile_under_kills,
    "payment": pay_under_kills,
}


@pytest.mark.parametrize("work", WORKS)
def test_killed_in_the_middle(bench, work):
    bench.start_worker()
    WORKS[work](bench, seed=3)
    if not bench.kills:  # the outcome is proven above; this time nobody died on the way
        pytest.skip("the work ended before a kill reached it")


@pytest.mark.nightly
@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("seed", range(40))
def test_killed_at_many_instants(bench, work, seed):
    bench.start_worker()
    WORKS[work](bench, seed=random.Random(seed).randrange(10**6))  # repeatable
