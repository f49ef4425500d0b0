"""The ledger as finance software takes vouchers in: one line a leg, debit and credit apart.

Account codes are those of the government accounting system (《政府会计制度——行政事业单位会计科目和
报表》, 财会〔2017〕25号); what the legs are further split by follows as auxiliary columns.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.ledger.choices import Account, FundSource
from povedu.ledger.models import LedgerEntry
from povedu.ledger.selectors import anchor_words
from povedu.money import ZERO
from povedu.scope import Actor
from povedu.sheets import Column, Cover, Written
from reports.exports.ledger import LedgerFilter, Progress, told

CODES = {
    Account.CASH: "1002",
    Account.INCOME: "4001",
    Account.EXPENSE: "5001",
    Account.PAYABLE: "2307",
    Account.RECOVERABLE: "1218",
    Account.OPENING: "3001",
}
COLUMNS = (
    Column("day", gettext_lazy("日期"), "date"),
    Column("voucher", gettext_lazy("凭证号"), "number"),
    Column("summary", gettext_lazy("摘要"), width=30),
    Column("account", gettext_lazy("科目代码")),
    Column("account_name", gettext_lazy("科目名称")),
    Column("debit", gettext_lazy("借方金额"), "money", total=True),
    Column("credit", gettext_lazy("贷方金额"), "money", total=True),
    Column("source", gettext_lazy("资金来源")),
    Column("programme", gettext_lazy("项目代码")),
    Column("school", gettext_lazy("学校代码")),
)
_SUMMARIES = {
    "payment": gettext_lazy("资助发放"),
    "receipt": gettext_lazy("资金到账"),
    "opening": gettext_lazy("期初余额"),
    "gift": gettext_lazy("社会捐助"),
    "correction": gettext_lazy("更正"),
    "recovery": gettext_lazy("追回"),
}


def write_vouchers(
    target: BinaryIO,
    fmt: str,
    *,
    actor: Actor,
    now: datetime,
    chosen: LedgerFilter,
    progress: Progress | None = None,
) -> Written:
    """Write the chosen entries as vouchers; debit and credit totals are on the cover."""
    cover = Cover(
        title=_("%(year)s年记账凭证") % {"year": chosen.year},
        made_by=actor.name,
        made_at=now,
        filters=chosen.words(),
        chain_head=anchor_words(actor.scope),
    )
    found = told(chosen.rows(actor.scope), progress)
    return sheets.write(target, fmt, COLUMNS, _rows(found), cover)


def _rows(found: Iterator[LedgerEntry]) -> Iterator[tuple[Any, ...]]:
    accounts = {one.value: str(one.label) for one in Account}
    sources = {one.value: str(one.label) for one in FundSource}
    summaries = {kind: str(words) for kind, words in _SUMMARIES.items()}
    for one in found:
        kind = one.subject.partition(":")[0]
        yield (
            one.effective_on,
            one.transaction_no,
            one.memo or f"{summaries.get(kind, '')} {one.programme_code}".strip(),
            CODES[Account(one.account)],
            accounts[one.account],
            one.amount if one.amount > ZERO else None,
            -one.amount if one.amount < ZERO else None,
            sources[one.source],
            one.programme_code,
            one.school_code,
        )
