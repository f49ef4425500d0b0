"""Taking a bank's result file: registered and posted by the services of returns, batch by batch."""

from collections import defaultdict

from django.utils.translation import gettext as _

from povedu.errors import Conflict
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.models import ImportBatch
from povedu.money import fen
from subsidies.choices import LineOutcome
from subsidies.models import BankReturnLine, DisbursementBatch
from subsidies.rules.bank_files import Book
from subsidies.rules.returns import ReturnLine
from subsidies.services.returns import apply_bank_return, read_bank_return

_PER_SHEET = 1_000_000  # rows of a further sheet are numbered after this many


def classify_bank_file(frame: Frame, context: Context) -> Changes:
    """Return per line the payment it moves."""
    book: Book = context.lookups["book"][""]
    said: dict[int, tuple[str, int | None, int | None]] = {}
    rows = zip(frame.column("batch_number"), frame.column("line_no"), strict=True)
    for at, key in enumerate(rows):
        payment = book.by_line.get(key)
        said[at] = (RowChange.CHANGED, payment.payment_id if payment else None, None)
    return said


def apply_bank_file(frame: Frame, context: Context) -> Applied:
    """Register the bank's answer to each batch and post what settled, all of it or nothing.

    Raises Conflict where a payment has been answered since the file was read.
    """
    applied = Applied()
    digest = ImportBatch.objects.values_list("file_sha256", flat=True).get(pk=context.batch_id or 0)
    groups: dict[str, list[int]] = defaultdict(list)
    for at, number in enumerate(frame.column("batch_number")):
        groups[number].append(at)
    for number, rows in sorted(groups.items()):
        answer = read_bank_return(
            batch=DisbursementBatch.objects.select_related("programme").get(number=number),
            lines=[_line(frame, at) for at in rows],
            file_name=context.file_name,
            file_sha256=digest,
            actor=context.actor,
            now=context.now,
        )
        counts = apply_bank_return(answer=answer, actor=context.actor, now=context.now)
        for name, count in counts.items():
            applied.after[name] = applied.after.get(name, 0) + count
        moved = dict(
            BankReturnLine.objects.filter(
                bank_return=answer, outcome__in=[LineOutcome.SETTLED, LineOutcome.RETURNED]
            ).values_list("row_number", "payment_id")
        )
        if len(moved) != len(rows):
            raise Conflict(
                "payments-moved",
                _("部分款项在读取文件后已有回盘，本次没有入账。请撤销后重新上传，再核对。"),
            )
        for at in rows:
            applied.targets[at] = (RowChange.CHANGED, moved[_row_number(frame, at)])
    applied.changed = len(applied.targets)
    return applied


def _row_number(frame: Frame, at: int) -> int:
    sheet, row = frame.places[at]
    return sheet * _PER_SHEET + row + 1


def _line(frame: Frame, at: int) -> ReturnLine:
    is_paid = frame.column("is_paid")[at]
    return ReturnLine(
        row_number=_row_number(frame, at),
        line_no=frame.column("line_no")[at],
        amount_fen=fen(frame.column("amount")[at]),
        is_paid=is_paid,
        settled_on=frame.column("settled_on")[at] if is_paid else None,
        reason=str(frame.column("reason")[at] or "")[:100],
    )
