"""The file for the bank or the finance bureau: a workbook or text, with control totals on it.

All are written from the frozen lines, so the file of a batch is the same however often it is taken.
GB18030 holds every character of Unicode; lines that another encoding cannot hold, and glyphs that
somebody drew, are named and stopped before.
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.ledger.choices import FundSource
from povedu.money import in_words
from povedu.scope import Actor
from povedu.sheets import Column, Cover
from subsidies.choices import BankLayout
from subsidies.models import DisbursementBatch, PaymentSource
from subsidies.rules.bank_lines import SEPARATOR, cell
from subsidies.selectors.batches import frozen_lines

_NUMBER = Column("line_no", gettext_lazy("序号"), "number")
_PAYEE = Column("payee_name", gettext_lazy("户名"), width=20)
_ACCOUNT = Column("account", gettext_lazy("账号"), width=24)
_BANK = Column("bank_name", gettext_lazy("开户行"), width=24)
_AMOUNT = Column("amount", gettext_lazy("金额"), "money", total=True)
_BATCH = Column("batch", gettext_lazy("批次号"), width=24)
COLUMNS = {
    BankLayout.BANK: (_NUMBER, _PAYEE, _ACCOUNT, _BANK, _AMOUNT, _BATCH),
    BankLayout.FINANCE: (
        _NUMBER,
        Column("school", gettext_lazy("学校"), width=24),
        _PAYEE,
        _ACCOUNT,
        _BANK,
        _AMOUNT,
        Column("source", gettext_lazy("资金来源"), width=30),
        Column("programme", gettext_lazy("资助项目"), width=24),
        _BATCH,
    ),
}
TITLES = {
    BankLayout.BANK: gettext_lazy("代发明细 %(number)s"),
    BankLayout.FINANCE: gettext_lazy("财政支付清单 %(number)s"),
}


def _lines(batch: DisbursementBatch, layout: BankLayout) -> Iterator[tuple[Any, ...]]:
    school = F("instalment__award__school__name")
    rows = frozen_lines(batch).values_list(
        *("pk", "line_no", "payee_name", "account", "bank_name", "amount"),
        *([school] if layout == BankLayout.FINANCE else []),
    )
    shares = _shares(batch) if layout == BankLayout.FINANCE else {}
    programme, comma = cell(batch.programme.name), _("，")
    for pk, number, name, sealed, bank, amount, *where in rows.iterator(chunk_size=2000):
        who, account, bank = cell(name), sealed.reveal(), cell(bank)
        if layout == BankLayout.BANK:
            yield (number, who, account, bank, amount, batch.number)
            continue
        paid_by = comma.join(shares.get(pk, []))
        yield (number, cell(where[0]), who, account, bank, amount, paid_by, programme, batch.number)


def _shares(batch: DisbursementBatch) -> dict[int, list[str]]:
    """Return in words which source pays how much of each payment."""
    labels = {one.value: str(one.label) for one in FundSource}
    found: dict[int, list[str]] = defaultdict(list)
    rows = PaymentSource.objects.filter(payment__batch=batch).order_by("payment_id", "source")
    for payment, source, amount in rows.values_list("payment_id", "source", "amount"):
        found[payment].append(f"{labels[source]} {amount}")
    return found


def control_lines(batch: DisbursementBatch) -> list[str]:
    """Return what the bank and the office compare: count, amount in figures and words, digest."""
    return [
        _("笔数：%(count)d") % {"count": batch.payments_count},
        _("金额：%(amount)s 元（%(words)s）")
        % {"amount": batch.amount, "words": in_words(batch.amount)},
        _("内容摘要：%(digest)s") % {"digest": batch.digest},
        _("台账锚（分录数 哈希）：%(anchor)s") % {"anchor": batch.anchor},
    ]


def bank_workbook(
    batch: DisbursementBatch, layout: BankLayout, *, actor: Actor, now: datetime
) -> bytes:
    """Return a batch as a workbook."""
    target = io.BytesIO()
    cover = Cover(
        title=str(TITLES[layout]) % {"number": batch.number},
        made_by=actor.name,
        made_at=now,
        notes=control_lines(batch),
    )
    sheets.write_xlsx(target, COLUMNS[layout], _lines(batch, layout), cover)
    return target.getvalue()


def bank_text(
    batch: DisbursementBatch, layout: BankLayout, encoding: str, *, now: datetime
) -> bytes:
    """Return a batch as text: a head with the control totals, then a line per payment.

    Every text has been looked at before (``services.disbursement.check_names``), so that nothing is
    left out or replaced here.
    """
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
    lines += [SEPARATOR.join(str(value) for value in line[:-1]) for line in _lines(batch, layout)]
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)
