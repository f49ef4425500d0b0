"""Edits by the database's owner that the invariants must find, each with the row it hits."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from povedu.ledger.models import LedgerEntry
from povedu.protected import BankAccount
from subsidies.models import DisbursementBatch, Payment, PaymentRules, Programme
from subsidies.services import batching, disbursement, returns
from tests.factories import UserFactory
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

NOW = SHANGHAI_NOON


DAY = NOW.date()


Found = tuple[str, str]


class Books:
    """A closed batch with a resend, one with the bank, one that one of two has approved."""

    def __init__(self, county: County) -> None:
        self.county = county
        county.children(5)
        self.programme = self.granted("p")
        self.closed = county.released(self.programme)
        self.answer = returns.settle_batch(
            batch=self.closed, settled_on=DAY, actor=county.maker, now=NOW, returned={2: "shut"}
        )
        self.resent = county.paid(self.programme)
        disbursement.close_batch(batch=self.closed, actor=county.maker, now=NOW)
        self.sent = county.released(self.granted("q"))
        PaymentRules.objects.update(second_from=Decimal(1))
        self.frozen = batching.make_batch(
            programme=self.granted("r"), term=AUTUMN, actor=county.maker, now=NOW
        )
        disbursement.freeze_batch(batch=self.frozen, actor=county.maker, now=NOW)
        disbursement.approve_batch(batch=self.frozen, actor=county.checker, now=NOW)

    def granted(self, code: str) -> Programme:
        made = self.county.programme(code, "500", standard={"categories": ["registered_poor"]})
        self.county.granted(made)
        return made

    def line(self, batch: DisbursementBatch, number: int) -> Payment:
        return batch.payments.get(line_no=number)


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def payment(batch: str, number: int, change: str) -> Callable[[Books], Found]:
    """Edit a payment of one of the books' batches; it is the row to be named."""

    def act(books: Books) -> Found:
        one = books.line(getattr(books, batch), number)
        run(f"UPDATE subsidies_payment SET {change} WHERE id = {one.pk}")
        return "I3", f"subsidies.payment:{one.pk}"

    return act


def of_batch(batch: str, change: str, code: str = "I3") -> Callable[[Books], Found]:
    """Edit a batch's own row; it is the row to be named."""

    def act(books: Books) -> Found:
        one = getattr(books, batch)
        run(f"UPDATE subsidies_disbursementbatch SET {change} WHERE id = {one.pk}")
        return code, f"subsidies.disbursementbatch:{one.pk}"

    return act


def line_of(batch: str, change: str) -> Callable[[Books], Found]:
    """Edit a line of a batch; the batch whose content it was is the row to be named."""

    def act(books: Books) -> Found:
        one = getattr(books, batch)
        run(f"UPDATE subsidies_payment SET {change} WHERE id = {books.line(one, 1).pk}")
        return "I3", f"subsidies.disbursementbatch:{one.pk}"

    return act


def swapped_lines(books: Books) -> Found:
    one, two = books.line(books.sent, 1), books.line(books.sent, 2)
    for here, there in ((one, two), (two, one)):
        Payment.objects.filter(pk=here.pk).update(
            payee_name=there.payee_name, account=there.account, account_index=there.account_index
        )
    return "I3", f"subsidies.disbursementbatch:{books.sent.pk}"


def other_card(books: Books) -> Found:
    one = books.line(books.sent, 1)
    Payment.objects.filter(pk=one.pk).update(account=BankAccount("6217009999999999999"))
    return "I3", f"subsidies.payment:{one.pk}"


def other_amount_everywhere(books: Books) -> Found:
    """Raise a settled amount in every place but the ledger, and make the digests anew."""
    one = books.line(books.closed, 1)
    run(f"UPDATE subsidies_payment SET amount = 90000 WHERE id = {one.pk}")
    run(f"UPDATE subsidies_paymentsource SET amount = 90000 WHERE payment_id = {one.pk}")
    run(f"UPDATE subsidies_instalment SET amount = 90000 WHERE id = {one.instalment_id}")
    batch = books.closed
    digest = disbursement.content_digest(batch)
    DisbursementBatch.objects.filter(pk=batch.pk).update(
        amount=batch.amount + 400, digest=digest, approved_digest=digest
    )
    run("UPDATE subsidies_batchapproval SET digest = %s WHERE batch_id = %s", digest, batch.pk)
    return "I3", f"subsidies.payment:{one.pk}"


def line_removed(books: Books) -> Found:
    one = books.line(books.sent, 3)
    run(f"DELETE FROM subsidies_paymentsource WHERE payment_id = {one.pk}")
    run(f"DELETE FROM subsidies_payment WHERE id = {one.pk}")
    return "I3", f"subsidies.disbursementbatch:{books.sent.pk}"


def line_added(books: Books) -> Found:
    one = books.line(books.sent, 3)
    run("DROP INDEX payment_live_once")
    fields = "batch_id, amount, payee_kind, payee_name, bank_name, account, account_index, state"
    run(
        f"INSERT INTO subsidies_payment (instalment_id, attempt, line_no, return_reason, {fields})"
        f" SELECT instalment_id, 99, 99, '', {fields} FROM subsidies_payment WHERE id = {one.pk}"
    )
    return "I2", f"subsidies.payment:{one.pk}"


def award_twice(books: Books) -> Found:
    first, second = books.programme.awards.order_by("pk")[:2]
    for name in ("award_live_once", "award_once"):
        run(f"DROP INDEX IF EXISTS {name}")
    run(f"UPDATE subsidies_award SET student_id = {first.student_id} WHERE id = {second.pk}")
    return "I2", f"subsidies.award:{first.pk}"


def returned_settled(books: Books) -> Found:
    one = books.line(books.closed, 2)
    run("DROP INDEX payment_live_once")
    run(
        "UPDATE subsidies_payment SET state = 'settled', settled_on = '2016-11-08'"
        f" WHERE id = {one.pk}"
    )
    return "I3", f"subsidies.payment:{one.pk}"


def source_halved(books: Books) -> Found:
    one = books.line(books.sent, 2)
    run(f"UPDATE subsidies_paymentsource SET amount = amount / 2 WHERE payment_id = {one.pk}")
    return "I3", f"subsidies.payment:{one.pk}"


def source_swapped(books: Books) -> Found:
    one = books.line(books.closed, 1)
    run(f"UPDATE subsidies_paymentsource SET source = 'central' WHERE payment_id = {one.pk}")
    return "I3", f"subsidies.payment:{one.pk}"


def approval_removed(books: Books) -> Found:
    run(f"DELETE FROM subsidies_batchapproval WHERE batch_id = {books.sent.pk}")
    return "I4", f"subsidies.disbursementbatch:{books.sent.pk}"


def approval_forged(books: Books) -> Found:
    """Give a half-approved batch the approval it lacks, without anybody having given it."""
    batch, other = books.frozen, UserFactory()
    fields = "batch_id, round, made_by_id, approved_at, digest"
    run(
        f"INSERT INTO subsidies_batchapproval (level, approved_by_id, {fields})"
        f" SELECT 2, {other.pk}, {fields} FROM subsidies_batchapproval"
        f" WHERE batch_id = {batch.pk}"
    )
    DisbursementBatch.objects.filter(pk=batch.pk).update(
        state="approved", approved_by=other, approved_at=NOW, approved_digest=batch.digest
    )
    return "I8", f"subsidies.disbursementbatch:{batch.pk}"


def approved_by_maker(books: Books) -> Found:
    maker = books.county.maker.user_id
    if connection.vendor == "sqlite":
        run("PRAGMA ignore_check_constraints = ON")
    else:
        run("ALTER TABLE subsidies_batchapproval DROP CONSTRAINT batch_approval_by_another")
    run(
        "UPDATE subsidies_batchapproval SET approved_by_id = %s WHERE batch_id = %s",
        maker,
        books.sent.pk,
    )
    if connection.vendor == "sqlite":
        run("PRAGMA ignore_check_constraints = OFF")
    return "I4", f"subsidies.disbursementbatch:{books.sent.pk}"


def answer_line_turned(books: Books) -> Found:
    one = books.line(books.closed, 2)  # the bank had sent it back
    run(f"UPDATE subsidies_bankreturnline SET outcome = 'settled' WHERE payment_id = {one.pk}")
    return "I3", f"subsidies.payment:{one.pk}"


def entry_dropped(books: Books) -> Found:
    last = LedgerEntry.objects.order_by("-seq")[0]
    run(f"DELETE FROM ledger_ledgerentry WHERE seq > {last.seq - 2}")
    run(
        "UPDATE ledger_ledgerhead SET seq = %s, transaction_no = %s, hash = %s",
        last.seq - 2,
        last.transaction_no - 1,
        LedgerEntry.objects.get(seq=last.seq - 2).hash,
    )
    return "I3", f"subsidies.{last.subject}"


def one_leg(books: Books) -> Found:
    run("UPDATE ledger_ledgerentry SET amount = amount + 1 WHERE seq = 3")
    return "I1", "ledger.ledgerentry:530623-3"


def answer_unrecorded(books: Books) -> Found:
    run("DELETE FROM audit_auditentry WHERE verb = 'bank-return.apply'")
    return "I8", f"subsidies.bankreturn:{books.answer.pk}"


def recorded_twice(books: Books) -> Found:
    names = (
        "at, actor_id, actor_name, role, ip, verb, subject_type, subject_id, subject_label,"
        " division_code, school_code, changes, sealed, reason, count, job_id"
    )
    run(
        f"INSERT INTO audit_auditentry ({names}) SELECT {names} FROM audit_auditentry"
        f" WHERE verb = 'batch.release' AND subject_id = '{books.sent.pk}'"
    )
    return "I8", f"subsidies.disbursementbatch:{books.sent.pk}"


TAMPERINGS: dict[str, Callable[[Books], Found]] = {
    "amount of a sent line": line_of("sent", "amount = 99900"),
    "payee of a sent line": line_of("sent", "payee_name = 'x'"),
    "bank of a sent line": line_of("sent", "bank_name = 'x'"),
    "card index of a sent line": line_of("sent", "account_index = 'x'"),
    "payee kind of a frozen line": line_of("frozen", "payee_kind = 'school'"),
    "number of a frozen line": line_of("frozen", "line_no = 99"),
    "attempt of a closed line": line_of("closed", "attempt = 9"),
    "two payees swapped": swapped_lines,
    "the card alone": other_card,
    "line taken out": line_removed,
    "line put in": line_added,
    "award given twice": award_twice,
    "total of a batch": of_batch("sent", "amount = amount + 1"),
    "count of a batch": of_batch("closed", "payments_count = payments_count + 1"),
    "digest of a batch": of_batch("frozen", "digest = 'x'"),
    "levels of a batch": of_batch("resent", "levels = 2", "I4"),
    "last approver of a batch": of_batch(
        "sent", "approved_by_id = (SELECT max(id) FROM accounts_user)", "I4"
    ),
    "round of a batch": of_batch("sent", "round = 2", "I4"),
    "batch said not to have gone out": of_batch("sent", "released_at = NULL", "I8"),
    "source halved": source_halved,
    "source exchanged": source_swapped,
    "settled line said to be sent": payment("closed", 1, "state = 'sent', settled_on = NULL"),
    "returned line said to be settled": returned_settled,
    "sent line said to be settled": payment(
        "sent", 1, "state = 'settled', settled_on = '2016-11-08'"
    ),
    "frozen line said to be sent": payment("frozen", 1, "state = 'sent'"),
    "amount everywhere but in the ledger": other_amount_everywhere,
    "approval removed": approval_removed,
    "approval forged": approval_forged,
    "approval by the maker": approved_by_maker,
    "answer of the bank turned": answer_line_turned,
    "end of the ledger cut": entry_dropped,
    "one leg of the ledger": one_leg,
    "audit entry removed": answer_unrecorded,
    "audit entry repeated": recorded_twice,
}
