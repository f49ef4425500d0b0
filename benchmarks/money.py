"""How fast money moves: a batch through its life, the ledger verified, the ledger exported.

    python -m benchmarks.money [--payments 50000] [--entries 1000000] [--rows 150000] [--plain 2000]

Uses the database of ``POVEDU_DATABASE_URL`` (make a fresh one for it: what is measured stays in
it). Beside each, in the same run, the plain way: a row of the ORM at a time for the life and for
the walk, openpyxl in write-only mode for the export. The plain life and walk are measured on fewer
rows, since they are linear and slow. Prints rows per second, processor time (the database server's
share included), ratios of processor time and the peak of memory so far. ``--payments 0`` measures
the ledger alone.
"""

import argparse
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

from benchmarks.ledger import measure_ledger
from benchmarks.timing import peak, say, spent, timed

COUNTY = "530623"
CENT_EACH = 50_000


def places() -> Any:
    """Make the county and its schools; return the built-in operator."""
    from povedu.accounts.selectors import operator
    from schools.models import Division, School

    county, _made = Division.objects.get_or_create(
        code=f"{COUNTY}000000", defaults={"name": "某县", "level": "county"}
    )
    township, _made = Division.objects.get_or_create(
        code=f"{COUNTY}100000", defaults={"name": "某镇", "level": "township", "parent": county}
    )
    for n in range(60):
        School.objects.get_or_create(
            code=f"BENCH{n:04d}",
            defaults={"name": f"第{n}小学", "kind": "primary", "division": township},
        )
    return operator()


# --- a county with so many children to pay -------------------------------------------------------


def population(count: int, actor: Any, now: Any) -> Any:
    """Enter a programme and so many pupils with a card and a granted award; return the programme.

    Rows are made as services would leave them; how fast awards are computed is another benchmark.
    """
    from povedu.bulk import insert_rows, reserve_ids
    from povedu.protected import BankAccount
    from schools.models import Division, School
    from students.models import Enrolment, PayeeAccount, Student
    from subsidies.models import Award, AwardSource, Instalment, PaymentRules, Programme, Standard

    county = Division.objects.get(pk=f"{COUNTY}000000")
    PaymentRules.objects.create(county=county, checks_cash=True)
    schools = list(School.objects.values_list("pk", flat=True))
    programme = Programme.objects.create(
        county=county,
        code="bench",
        name="Bench",
        cadence="term",
        payee_kind="guardian",
        starts_on=date(2016, 9, 1),
        needs_notice=False,
    )
    standard = Standard.objects.create(
        programme=programme,
        starts_on=date(2016, 9, 1),
        year_amount=Decimal(1000),
        instalment_amount=Decimal(500),
    )
    other = _second_person()
    students = reserve_ids(Student, count)
    fields = ("id", "county", "name", "normal_name", "identity_confirmed", "school", "stage")
    insert_rows(
        Student,
        (*fields, "grade", "entered_at", "id_number", "id_index"),
        (
            (pk, county.pk, f"Pupil{n}", f"Pupil{n}", True, schools[n % len(schools)], "primary")
            + (3, now, number, number.index)
            for n, (pk, number) in enumerate(zip(students, _id_numbers(count), strict=True))
        ),
    )
    enrolments = reserve_ids(Enrolment, count)
    insert_rows(
        Enrolment,
        ("id", "student", "term", "school", "stage", "grade", "class_name"),
        (
            (enrolments[n], pk, "2016-1", schools[n % len(schools)], "primary", 3, "1")
            for n, pk in enumerate(students)
        ),
    )
    cards = [BankAccount(f"6217{n:015d}") for n in range(count)]
    insert_rows(
        PayeeAccount,
        (
            *("student", "payee_name", "relation", "bank_name", "account", "account_index"),
            *("state", "entered_by", "entered_at", "approved_by", "approved_at"),
        ),
        (
            (pk, f"Payee{n}", "father", "Bank", card, card.index, "approved")
            + (actor.user_id, now, other.user_id, now)
            for n, (pk, card) in enumerate(zip(students, cards, strict=True))
        ),
    )
    awards = reserve_ids(Award, count)
    insert_rows(
        Award,
        (
            *("id", "student", "programme", "term", "school", "enrolment", "stage", "grade"),
            *("class_name", "standard", "amount", "budget_year", "state", "explanation"),
            *("proposed_by", "proposed_at", "granted_by", "granted_at"),
        ),
        (
            (awards[n], pk, programme.pk, "2016-1", schools[n % len(schools)], enrolments[n])
            + ("primary", 3, "1", standard.pk, Decimal(500), 2016, "granted", {})
            + (actor.user_id, now, other.user_id, now)
            for n, pk in enumerate(students)
        ),
    )
    insert_rows(
        Instalment,
        ("award", "period", "due_on", "amount"),
        ((pk, "2016-1", date(2016, 9, 1), Decimal(500)) for pk in awards),
    )
    insert_rows(
        AwardSource, ("award", "source", "amount"), ((pk, "county", Decimal(500)) for pk in awards)
    )
    return programme


def _id_numbers(count: int) -> Iterator[Any]:
    """Yield so many invented identity numbers with the right check character."""
    from povedu.identity import check_character
    from povedu.protected import IdNumber

    for n in range(count):
        day = date(2004, 1, 1) + timedelta(days=n % 2000)
        seventeen = f"530623{day:%Y%m%d}{n // 2000 + 1:03d}"
        yield IdNumber(seventeen + check_character(seventeen))


def _second_person() -> Any:
    from povedu.accounts.models import User
    from povedu.accounts.selectors import operator

    user, _made = User.objects.get_or_create(username="bench-checker", defaults={"name": "Checker"})
    from dataclasses import replace

    return replace(operator(), user_id=user.pk)


# --- the life of a batch -------------------------------------------------------------------------


def life(programme: Any, count: int, actor: Any, now: Any) -> float:
    """Take one batch of all that is due from making to closing; return payments per second."""
    from povedu.terms import Term
    from subsidies import exports
    from subsidies.choices import BankLayout
    from subsidies.rules.returns import ReturnLine
    from subsidies.services import batching, disbursement, receipts, returns

    receipts.enter_receipt(
        county=programme.county,
        source="county",
        amount=Decimal(500) * count,
        received_on=date(2016, 9, 1),
        programme=programme,
        actor=actor,
        now=now,
    )
    other, began = _second_person(), spent()
    made: dict[str, Any] = {}

    def make() -> None:
        made["batch"] = batching.make_batch(
            programme=programme, term=Term(2016, 1), actor=actor, now=now
        )

    timed("  make", count, make)
    batch = made["batch"]
    assert batch.payments_count == count, batch.payments_count  # noqa: S101  # else nothing is measured
    timed("  freeze", count, lambda: disbursement.freeze_batch(batch=batch, actor=actor, now=now))
    timed("  approve", count, lambda: disbursement.approve_batch(batch=batch, actor=other, now=now))
    timed("  release", count, lambda: disbursement.release_batch(batch=batch, actor=actor, now=now))
    timed(
        "  bank file",
        count,
        lambda: exports.bank_text(batch, BankLayout.FINANCE, "gb18030", now=now),
    )
    day = now.date() - timedelta(days=1)
    lines = [ReturnLine(n, n, CENT_EACH, True, day) for n in range(1, count + 1)]

    def read() -> None:
        made["answer"] = returns.read_bank_return(
            batch=batch, lines=lines, file_name="r", file_sha256="1" * 64, actor=actor, now=now
        )

    timed("  bank's answer matched", count, read)
    timed(
        "  answer applied and posted",
        count,
        lambda: returns.apply_bank_return(answer=made["answer"], actor=actor, now=now),
    )
    timed("  close", count, lambda: disbursement.close_batch(batch=batch, actor=actor, now=now))
    return count / (spent() - began)


def plain_life(programme: Any, count: int, actor: Any, now: Any) -> None:
    """Take the same steps with one row at a time, hash chain and all."""
    from django.db import transaction

    from povedu.ledger.models import LedgerEntry
    from subsidies.models import DisbursementBatch, Instalment, Payment, PaymentSource

    batch = DisbursementBatch.objects.create(
        number="PLAIN", programme=programme, term="2016-1", made_by_id=actor.user_id, made_at=now
    )
    due = Instalment.objects.filter(award__programme=programme).select_related(
        "award__student", "award__school"
    )
    with transaction.atomic():
        payments = []
        for number, part in enumerate(due[:count], start=1):
            card = part.award.student.payee_accounts.get(state="approved")
            one = Payment.objects.create(
                instalment=part,
                batch=batch,
                attempt=9,
                line_no=number,
                amount=part.amount,
                payee_kind="guardian",
                payee_name=card.payee_name,
                bank_name=card.bank_name,
                account=card.account,
                account_index=card.account_index,
                state="voided",  # those of the batch above are live
            )
            PaymentSource.objects.create(payment=one, source="county", amount=one.amount)
            payments.append(one)
        for one in payments:  # frozen, approved, sent: looked at again one by one
            one.refresh_from_db()
            json.dumps([one.line_no, str(one.amount), one.payee_name])
            one.save()
        before = "0" * 64
        for seq, one in enumerate(payments):
            one.return_reason = "paid"
            one.save()
            for at, (account, sign) in enumerate((("expense", 1), ("cash", -1))):
                text = json.dumps([seq, account, str(one.amount), before])
                now_hash = hashlib.sha256(text.encode()).hexdigest()
                LedgerEntry.objects.create(
                    county_code="999999",
                    seq=2 * seq + at + 1,
                    transaction_no=seq + 1,
                    posted_at=now,
                    effective_on=now.date(),
                    account=account,
                    amount=sign * one.amount,
                    source="county",
                    programme_code="bench",
                    subject=f"payment:{one.pk}",
                    posted_by_id=actor.user_id,
                    previous_hash=before,
                    hash=now_hash,
                )
                before = now_hash


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=50_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--plain", type=int, default=2_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    from django.db import connection
    from django.utils import timezone

    actor, now = places(), timezone.now()  # noqa: TID251  # a command's own clock
    say(f"{connection.vendor}")
    if options.payments:
        measure_life(options.payments, options.plain, actor, now)
    measure_ledger(options.entries, options.rows, actor, now)


def measure_life(count: int, few: int, actor: Any, now: Any) -> None:
    """Pay so many with the services, and a few of them the plain way."""
    programme = population(count, actor, now)
    say(f"a batch of {count:,} payments")
    ours = life(programme, count, actor, now)
    say(f"  whole life {ours:,.0f} payments/s of processor, peak {peak()}")
    slow, _done = timed(
        "  plain, a row at a time", few, lambda: plain_life(programme, few, actor, now)
    )
    say(f"  {ours / slow:.1f} × plain")


if __name__ == "__main__":
    main()
