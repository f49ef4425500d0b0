"""Import, reconciliation and payment with their workers killed: nothing lost, nothing doubled."""

import random

import openpyxl
import pytest
from django.db.models import Sum

from povedu import invariants
from povedu.accounts.selectors import operator
from povedu.intake import kinds
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import request_apply
from povedu.intake.services.receive import Purpose, receive_file, request_stage
from povedu.jobs.choices import JobState
from povedu.jobs.clock import instant
from povedu.jobs.models import Job
from povedu.ledger.models import LedgerEntry
from students.models import (
    Enrolment,
    Finding,
    HardshipStatus,
    Link,
    PlacedChild,
    Reconciliation,
    Student,
)
from subsidies.models import (
    Award,
    BankReturn,
    BatchApproval,
    DisbursementBatch,
    Instalment,
    Payment,
    PaymentRules,
)
from subsidies.rules.returns import ReturnLine
from subsidies.services import disbursement, returns
from tests.factories import (
    CountyCalendarFactory,
    CountyFactory,
    NightlyRunFactory,
    SchoolFactory,
    actor_of,
)
from tests.factories.values import id_number
from tests.jobs import kinds as _kinds  # noqa: F401  # declares them in this process too
from tests.students.world import World
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

pytestmark = pytest.mark.worker
NOW = SHANGHAI_NOON
SCHOOL = "2153000001"
HEADINGS = ("序号", "姓名", "性别", "身份证号", "年级", "班级", "是否住校")


def killed_twice(bench, seed, ask):
    """Have a job killed in its first two attempts; return it as the third ended it."""
    before = bench.kills
    job = bench.run_with_kills(ask, seed=seed)
    assert job.state == JobState.DONE, (job.error_code, job.error_message)
    assert (job.attempts, bench.kills - before) == (3, 2)
    return job


def done(bench, kind, params, seed):
    return killed_twice(bench, seed, lambda: bench.enqueue(kind, params))


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


def import_under_kills(bench, seed, children=200):
    CountyFactory()
    CountyCalendarFactory()
    SchoolFactory(code=SCHOOL, name="东山小学")
    data = roster(bench.folder / "roster.xlsx", children)
    purpose = Purpose(kinds.kind_of("roster"), school_code=SCHOOL, term="2016-1")
    me = operator()

    def upload():
        batch = receive_file(data=data, name="roster.xlsx", purpose=purpose, actor=me, now=NOW)
        request_stage(batch=batch, actor=me, now=NOW)
        return Job.objects.get(kind="intake.stage")

    killed_twice(bench, seed, upload)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows_count, batch.rows.count()) == ("staged", children, children)

    def accept():
        request_apply(batch=batch, actor=me, now=NOW)
        return Job.objects.get(kind="intake.apply")

    killed_twice(bench, seed + 1, accept)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert batch.applied == {"new": children, "changed": 0, "unchanged": 0}
    assert Student.objects.count() == Enrolment.objects.count() == children


# --- reconciliation -----------------------------------------------------------------------------


def reconcile_under_kills(bench, seed, children=250):
    world = World().build()
    NightlyRunFactory(county=world.county)  # is off: the worker's own rounds leave it alone
    snapshot = world.snapshot()
    for n in range(children):
        number = world.next_id()
        world.student(f"张{chr(0x4E00 + n)}", number, claim="建档立卡")
        other = f"张{chr(0x4E00 + n)}" if n % 10 else f"李{chr(0x4E00 + n)}"
        world.entry(snapshot, other, number, category_as_stated="一般贫困户")
    params = {"term": "2016-1", "county": "530623"}
    done(bench, "students.reconcile", params, seed)
    assert Reconciliation.objects.count() == 1
    assert Link.objects.count() == Link.objects.values("entry").distinct().count() == children
    found = Finding.objects.count()
    assert found == children // 10
    assert HardshipStatus.objects.count() == children - children // 10
    run = Reconciliation.objects.get()
    assert PlacedChild.objects.count() == sum(run.partition.values()) > 0
    done(bench, "students.reconcile", params | {"again": True}, seed + 1)
    assert Finding.objects.filter(state="open").count() == found


# --- payment ------------------------------------------------------------------------------------


def pay_under_kills(bench, seed, children=250):
    county = County()
    county.children(children)
    standard = {"categories": ["registered_poor"]}
    year = instant().year  # jobs take the day of their run
    programme = county.programme("p", "500", year=year, standard=standard)
    params = {"programme": programme.pk, "term": AUTUMN.code}
    done(bench, "subsidies.grant_awards", params, seed)
    assert Award.objects.count() == Instalment.objects.count() == children
    approve = {**params, "user": county.checker.user_id}
    done(bench, "test.approve_awards", approve, seed + 4)
    assert Award.objects.filter(state="granted").count() == children
    done(bench, "subsidies.make_batch", params, seed + 1)
    batch = DisbursementBatch.objects.get()
    assert (batch.payments_count, batch.amount) == (children, 500 * children)

    def move(name, who, turn):
        given = {"batch": batch.pk, "move": name, "user": who.user_id}
        done(bench, "test.move_batch", given, seed + turn)

    PaymentRules.objects.update(second_from=1)
    move("freeze", county.maker, 5)
    for turn, who in ((6, county.checker), (7, actor_of("approver", office="aid"))):
        move("approve", who, turn)
    assert BatchApproval.objects.count() == 2
    done(bench, "subsidies.release_batch", {"batch": batch.pk}, seed + 2)
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
    done(bench, "subsidies.apply_return", {"bank_return": answer.pk}, seed + 3)
    assert BankReturn.objects.filter(applied_at__isnull=False).count() == 1
    states = Payment.objects.values_list("state", flat=True)
    returned = children // 5
    assert sorted(states) == ["returned"] * returned + ["settled"] * (children - returned)
    spent = LedgerEntry.objects.filter(account="expense").aggregate(total=Sum("amount"))["total"]
    assert (spent, LedgerEntry.objects.count()) == (
        500 * (children - returned),
        2 * (children - returned),
    )
    total = LedgerEntry.objects.aggregate(total=Sum("amount"))["total"]
    assert total == 0
    for payment in Payment.objects.filter(state="returned"):
        disbursement.give_up_payment(payment=payment, reason="x", actor=county.maker, now=NOW)
    move("close", county.maker, 8)
    verdict = invariants.verify()
    assert verdict.ok, verdict.first
    assert bench.kills == 18


WORKS = {
    "import": import_under_kills,
    "reconciliation": reconcile_under_kills,
    "payment": pay_under_kills,
}


@pytest.mark.parametrize("work", WORKS)
def test_killed_in_the_middle(bench, work):
    bench.start_worker()
    WORKS[work](bench, seed=3)


@pytest.mark.embedded  # on PostgreSQL the eighteen kills above, and hundreds nightly
def test_money_killed_in_the_middle_again(bench):
    """With the eighteen kills above: every step of the money, killed in two other places each."""
    bench.start_worker()
    pay_under_kills(bench, seed=11, children=40)


@pytest.mark.nightly
@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("seed", range(16))  # 416 kills, beside those of test_kills
def test_killed_at_many_points(bench, work, seed):
    bench.start_worker()
    WORKS[work](bench, seed=random.Random(seed).randrange(10**6))  # repeatable
