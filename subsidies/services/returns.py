"""The bank's answer: matched line by line, then applied to payments and ledger in one go."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, staged
from povedu.errors import Conflict, Refusal
from povedu.ledger.choices import Account
from povedu.ledger.services import Leg, post_many
from povedu.money import fen, yuan
from povedu.scope import Actor
from subsidies.choices import BatchState, LineOutcome, PaymentState
from subsidies.models import (
    BankReturn,
    BankReturnLine,
    DisbursementBatch,
    Payment,
    PaymentSource,
)
from subsidies.rules.returns import ReturnLine, SentLine, match

_ANSWERED = (LineOutcome.SETTLED, LineOutcome.RETURNED)


def read_bank_return(
    *,
    batch: DisbursementBatch,
    lines: Iterable[ReturnLine],
    file_name: str,
    file_sha256: str,
    actor: Actor,
    now: datetime,
) -> BankReturn:
    """Match a bank's answer to a released batch and keep the result for review; nothing moves yet.

    Each payment is answered once, by line number and amount; other lines are kept as unmatched or
    repeated. Raises Conflict where the file is known, Refusal where it holds no line or a date
    that lies ahead.
    """
    given = list(lines)
    today = timezone.localtime(now).date()
    if not given:
        raise Refusal("return-empty", _("文件中没有回盘明细。"))
    ahead = [line.row_number for line in given if line.settled_on and line.settled_on > today]
    if ahead:
        raise Refusal(
            "return-date-ahead",
            _("第 %(row)d 行到账日期晚于今天，请核对。") % {"row": ahead[0]},
        )
    if batch.state != BatchState.RELEASED:
        raise Refusal("batch-not-released", _("只有已送银行的批次才能登记回盘。"))
    try:
        with transaction.atomic():
            answer = BankReturn.objects.create(
                batch=batch,
                file_name=file_name[:120],
                file_sha256=file_sha256,
                received_at=now,
                entered_by_id=actor.user_id,
            )
            _write_lines(answer, given, _sent(batch))
            record(
                actor=actor,
                now=now,
                verb="bank-return.enter",
                subject=answer,
                count=len(given),
                changes={"sha256": ("", file_sha256)},
                place=(batch.programme.county_id, ""),
            )
    except IntegrityError as known:
        raise Conflict("return-known", _("该回盘文件已登记，或其中款项刚被他人登记。")) from known
    return answer


def _sent(batch: DisbursementBatch) -> dict[int, SentLine]:
    answered = BankReturnLine.objects.filter(payment=OuterRef("pk"), outcome__in=_ANSWERED)
    rows = (
        Payment.objects.filter(batch=batch)
        .annotate(is_answered=Exists(answered))
        .values_list("line_no", "pk", "amount", "state", "is_answered")
    )
    return {
        number: SentLine(pk, fen(amount), state, is_answered)
        for number, pk, amount, state, is_answered in rows
    }


def _write_lines(answer: BankReturn, lines: list[ReturnLine], sent: dict[int, SentLine]) -> None:
    insert_rows(
        BankReturnLine,
        (
            "bank_return",
            "row_number",
            "line_no",
            "amount",
            "settled_on",
            "outcome",
            "reason",
            "payment",
        ),
        (
            (
                answer.pk,
                one.line.row_number,
                one.line.line_no,
                None if one.line.amount_fen is None else yuan(one.line.amount_fen),
                one.line.settled_on,
                one.outcome,
                (one.why or one.line.reason)[:100],
                one.payment_id,
            )
            for one in match(lines, sent)
        ),
    )


def apply_bank_return(*, answer: BankReturn, actor: Actor, now: datetime) -> dict[str, int]:
    """Settle and return the matched payments set-wise and post what settled; once.

    In one transaction: the answer is taken by compare-and-set, every payment moves from sent or
    the whole is undone, and the ledger gets one transaction per payment with two legs per source.
    """
    with transaction.atomic():
        taken = BankReturn.objects.filter(pk=answer.pk, applied_at__isnull=True).update(
            applied_at=now
        )
        if not taken:
            raise Conflict("return-applied", _("该回盘已入账，不能重复入账。"))
        lines = list(
            BankReturnLine.objects.filter(bank_return=answer, outcome__in=_ANSWERED)
            .order_by("payment_id")
            .values_list("payment_id", "outcome", "settled_on", "reason")
        )
        moved = _move_payments(answer.batch, lines)
        if moved != len(lines):
            raise Conflict("payments-moved", _("部分款项的状态已变化，回盘未入账，请核对后重试。"))
        counts = {
            "settled": sum(outcome == LineOutcome.SETTLED for _pk, outcome, *_rest in lines),
            "returned": sum(outcome == LineOutcome.RETURNED for _pk, outcome, *_rest in lines),
        }
        record(
            actor=actor,
            now=now,
            verb="bank-return.apply",
            subject=answer,
            count=len(lines),
            changes={name: ("", count) for name, count in counts.items()},
            place=(answer.batch.programme.county_id, ""),
        )
        post_many(
            county_code=answer.batch.programme.county_id[:6],
            legs=_legs(answer),
            actor=actor,
            now=now,
        )
    answer.refresh_from_db()
    return counts


def _move_payments(batch: DisbursementBatch, lines: list[tuple[Any, ...]]) -> int:
    """Write each payment's new state where it is still sent; return how many moved."""
    rows = (
        (
            payment,
            PaymentState.SETTLED if outcome == LineOutcome.SETTLED else PaymentState.RETURNED,
            settled_on.isoformat() if outcome == LineOutcome.SETTLED else "",
            reason if outcome == LineOutcome.RETURNED else "",
        )
        for payment, outcome, settled_on, reason in lines
    )
    columns = [("id", "bigint"), ("state", "text"), ("settled_on", "text"), ("reason", "text")]
    day = "CAST(NULLIF(s.settled_on, '') AS date)"
    if connection.vendor == "sqlite":
        day = "NULLIF(s.settled_on, '')"
    with staged("bank_return", columns, rows) as table, connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE subsidies_payment SET state = s.state, settled_on = {day},"  # noqa: S608  # constants only
            f" return_reason = s.reason FROM {table} AS s"
            " WHERE subsidies_payment.id = s.id AND subsidies_payment.state = %s"
            " AND subsidies_payment.batch_id = %s",
            [PaymentState.SENT, batch.pk],
        )
        return int(cursor.rowcount)


def _legs(answer: BankReturn) -> Iterator[Leg]:
    rows = (
        PaymentSource.objects.filter(
            payment__return_lines__bank_return=answer,
            payment__return_lines__outcome=LineOutcome.SETTLED,
        )
        .order_by("payment_id", "source")
        .values_list(
            "payment_id",
            "source",
            "amount",
            "payment__settled_on",
            "payment__instalment__award__school__code",
        )
    )
    code, term = answer.batch.programme.code, answer.batch.term
    for payment, source, amount, settled_on, school in rows.iterator(chunk_size=5000):
        if settled_on is None:  # a constraint of the table forbids it
            continue
        value = fen(amount)
        about = (code, school, term, f"payment:{payment}")
        yield Leg(payment, settled_on, Account.EXPENSE, value, source, *about)
        yield Leg(payment, settled_on, Account.CASH, -value, source, *about)


def discard_bank_return(*, answer: BankReturn, reason: str, actor: Actor, now: datetime) -> None:
    """Throw a bank's answer away that has not been applied (the wrong file, the wrong batch)."""
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明原因。"), field="reason")
    with transaction.atomic():
        record(
            actor=actor,
            now=now,
            verb="bank-return.discard",
            subject=answer,
            reason=reason,
            changes={"sha256": (answer.file_sha256, "")},
            place=(answer.batch.programme.county_id, ""),
        )
        gone, _by_model = BankReturn.objects.filter(pk=answer.pk, applied_at__isnull=True).delete()
        if not gone:
            raise Conflict("return-applied", _("该回盘已入账，不能作废。"))


def settle_batch(
    *,
    batch: DisbursementBatch,
    settled_on: date,
    actor: Actor,
    now: datetime,
    returned: dict[int, str] | None = None,
    file_name: str = "return.csv",
) -> BankReturn:
    """Take an answer of the bank that paid every line of a batch on a day, but for some.

    ``returned`` maps line numbers to the bank's reasons. For answers that arrive on paper, and for
    records entered after the fact.
    """
    failed = returned or {}
    sent = Payment.objects.filter(batch=batch, state=PaymentState.SENT).order_by("line_no")
    lines = [
        ReturnLine(
            row,
            number,
            fen(Decimal(amount)),
            number not in failed,
            settled_on if number not in failed else None,
            failed.get(number, ""),
        )
        for row, (number, amount) in enumerate(sent.values_list("line_no", "amount"), start=2)
    ]
    mark = sha256(f"{batch.number} {settled_on} {len(lines)} {sorted(failed)}".encode())
    with transaction.atomic():
        answer = read_bank_return(
            batch=batch,
            lines=lines,
            file_name=file_name,
            file_sha256=mark.hexdigest(),
            actor=actor,
            now=now,
        )
        apply_bank_return(answer=answer, actor=actor, now=now)
    return answer
