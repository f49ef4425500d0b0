"""The file for the bank: a workbook, or text in GB18030, with control totals on it.

Both are written from the frozen lines, so the file of a batch is the same however often it is
taken. GB18030 holds every character of Unicode; glyphs that somebody drew are flagged before.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.money import in_words
from povedu.scope import Actor
from povedu.sheets import Column, Cover
from subsidies.choices import PaymentState
from subsidies.models import DisbursementBatch, Payment
from subsidies.rules.bank_lines import SEPARATOR, cell

COLUMNS = (
    Column("line_no", gettext_lazy("序号"), "number"),
    Column("payee_name", gettext_lazy("户名"), width=20),
    Column("account", gettext_lazy("账号"), width=24),
    Column("bank_name", gettext_lazy("开户行"), width=24),
    Column("amount", gettext_lazy("金额"), "money", total=True),
    Column("batch", gettext_lazy("批次号"), width=24),
)


def _lines(batch: DisbursementBatch) -> Iterator[tuple[Any, ...]]:
    rows = (
        Payment.objects.filter(batch=batch)
        .exclude(state=PaymentState.VOIDED)
        .order_by("line_no")
        .only("line_no", "payee_name", "account", "bank_name", "amount")
    )
    for one in rows.iterator(chunk_size=2000):
        yield (
            one.line_no,
            cell(one.payee_name),
            one.account.reveal(),
            cell(one.bank_name),
            one.amount,
            batch.number,
        )


def control_lines(batch: DisbursementBatch) -> list[str]:
    """Return what the bank and the office compare: count, amount in figures and words, digest."""
    return [
        _("笔数：%(count)d") % {"count": batch.payments_count},
        _("金额：%(amount)s 元（%(words)s）")
        % {"amount": batch.amount, "words": in_words(batch.amount)},
        _("内容摘要：%(digest)s") % {"digest": batch.digest},
        _("台账锚（分录数 哈希）：%(anchor)s") % {"anchor": batch.anchor},
    ]


def bank_workbook(batch: DisbursementBatch, *, actor: Actor, now: datetime) -> bytes:
    """Return a batch as a workbook."""
    target = io.BytesIO()
    cover = Cover(
        title=_("代发明细 %(number)s") % {"number": batch.number},
        made_by=actor.name,
        made_at=now,
        notes=control_lines(batch),
    )
    sheets.write_xlsx(target, COLUMNS, _lines(batch), cover)
    return target.getvalue()


def bank_text(batch: DisbursementBatch, *, now: datetime) -> bytes:
    """Return a batch as GB18030 text: a head with the control totals, then a line per payment."""
    head = [
        batch.number,
        str(batch.payments_count),
        str(batch.amount),
        in_words(batch.amount),
        f"{timezone.localtime(now):%Y%m%d}",
        batch.digest,
        batch.anchor,
    ]
    lines = [SEPARATOR.join(head)]
    lines += [SEPARATOR.join(str(value) for value in line[:5]) for line in _lines(batch)]
    return "".join(f"{line}\r\n" for line in lines).encode("gb18030")
