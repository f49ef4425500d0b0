"""How fast money moves: a batch through its life, the ledger verified, the ledger exported.

    python -m benchmarks.money [--payments 50000] [--entries 1000000] [--rows 150000] [--plain 2000]

Uses the database of ``POVEDU_DATABASE_URL`` (make a fresh one for it: what is measured stays in
it). Beside each, in the same run, the plain way: a row of the ORM at a time for the life and for
the walk, openpyxl in write-only mode for the export. The plain life and walk are measured on fewer
rows, since they are linear and slow. Prints rows per second, processor time, ratios of processor
time and the peak of memory so far.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

COUNTY = "530623"
CENT_EACH = 50_000


def timed(label: str, rows: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Run and print; return (rows per second of processor time, result).

    Ratios are of processor time: a busy machine bends it less than the clock.
    """
    started, busy = time.perf_counter(), time.process_time()
    result = work()
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    say(f"{label:<34}{seconds:8.2f} s {rows / seconds:10,.0f} rows/s   cpu {busy:7.2f} s")
    return rows / max(busy, 1e-6), result


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


def peak() -> str:
    """Return the peak of this process's memory so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


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
    other, began = _second_person(), time.process_time()
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
    return count / (time.process_time() - began)


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


# --- the ledger ----------------------------------------------------------------------------------


def entries(count: int, in_year: int) -> Iterator[Any]:
    """Yield the legs of so many entries; ``in_year`` of them in 2015, the rest later."""
    from povedu.ledger.services import Leg

    for voucher in range(count // 2):
        day = date(2015, 1 + voucher % 12, 1 + voucher % 28)
        if 2 * voucher >= in_year:
            day = date(2017 + voucher % 3, 1 + voucher % 12, 1 + voucher % 28)
        about = (f"p{voucher % 8}", f"21530{voucher % 200:05d}", "2015-1", f"payment:{voucher}")
        memo = "资助发放" if voucher % 3 else ""
        fen = 50_000 + voucher % 997
        yield Leg(voucher, day, "expense", fen, "county", *about, memo)
        yield Leg(voucher, day, "cash", -fen, "county", *about, memo)


def walk_plain(count: int) -> None:
    """Walk the first entries of a chain as objects of the ORM."""
    from povedu.ledger.chain import COLUMNS, amount_text, hash_of, instant_text, seal_of
    from povedu.ledger.models import LedgerEntry
    from povedu.money import fen

    before = "0" * 64
    rows = LedgerEntry.objects.filter(county_code="530699").order_by("seq")[:count]
    for one in rows.iterator(chunk_size=2000):
        texts = [str(getattr(one, name)) for name in COLUMNS]
        texts[3] = instant_text(one.posted_at)
        texts[6] = amount_text(fen(one.amount))
        if texts[-1] != before or hash_of(texts) != one.hash or seal_of(one.hash) != one.seal:
            raise SystemExit(f"broken at {one.seq}")
        before = one.hash


def export_plain(scope: Any) -> int:
    """Write the same rows with openpyxl in write-only mode; return how many."""
    import openpyxl

    from povedu.ledger.chain import COLUMNS, instant_text
    from povedu.ledger.selectors import entries_of_year

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    sheet.append([*COLUMNS, "hash", "account", "source", "in", "out"])
    count = 0
    for one in entries_of_year(scope, 2015).iterator(chunk_size=2000):
        cells = [getattr(one, name) for name in COLUMNS]
        cells[3] = instant_text(one.posted_at)
        is_in = one.account == "cash" and one.amount > 0
        is_out = one.account == "cash" and one.amount < 0
        extra = [one.amount if is_in else None, -one.amount if is_out else None]
        sheet.append(
            [*cells, one.hash, one.get_account_display(), one.get_source_display(), *extra]
        )
        count += 1
    book.save(io.BytesIO())
    return count


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
    programme = population(options.payments, actor, now)
    say(f"a batch of {options.payments:,} payments")
    ours = life(programme, options.payments, actor, now)
    say(f"  whole life {ours:,.0f} payments/s of processor, peak {peak()}")
    slow, _done = timed(
        "  plain, a row at a time",
        options.plain,
        lambda: plain_life(programme, options.plain, actor, now),
    )
    say(f"  {ours / slow:.1f} × plain")
    _ledger(options, actor, now)


def _ledger(options: argparse.Namespace, actor: Any, now: Any) -> None:
    from povedu.ledger.services import post_many
    from povedu.ledger.walk import verify
    from povedu.scope import Scope
    from reports.exports.ledger import LedgerFilter, write_ledger

    count, rows, scope = options.entries, options.rows, Scope("530699")
    say(f"a ledger of {count:,} entries")
    timed(
        "  posted",
        count,
        lambda: post_many(county_code="530699", legs=entries(count, rows), actor=actor, now=now),
    )
    speed, verdict = timed("  verified", count, lambda: verify(scope))
    if not verdict.ok or verdict.entries != count:
        raise SystemExit(f"not verified: {verdict}")
    plain = min(count, 50_000)
    slow, _done = timed("  plain walk", plain, lambda: walk_plain(plain))
    say(f"  {1e6 / speed:.1f} µs of processor an entry, {speed / slow:.1f} × plain, peak {peak()}")
    say(f"an export of {rows:,} rows")
    from dataclasses import replace

    reader = replace(actor, scope=scope)
    target = io.BytesIO()
    chosen = LedgerFilter(2015)
    fast, written = timed(
        "  workbook",
        rows,
        lambda: write_ledger(target, "xlsx", actor=reader, now=now, chosen=chosen),
    )
    if written.rows != rows:
        raise SystemExit(f"{written.rows} rows")
    say(f"  {len(target.getvalue()) / 2**20:.1f} MB, peak {peak()}")
    timed(
        "  csv",
        rows,
        lambda: write_ledger(io.BytesIO(), "csv", actor=reader, now=now, chosen=chosen),
    )
    slow, _rows = timed("  openpyxl write-only", rows, lambda: export_plain(scope))
    say(f"  {fast / slow:.1f} × openpyxl, peak {peak()}")


if __name__ == "__main__":
    main()
