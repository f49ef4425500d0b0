"""The money ledger as a file that an auditor can check without this system.

The first columns are those of the chain (``povedu.ledger.chain.COLUMNS``), in its order and its
spelling, then the entry's hash: SHA-256 over the JSON array of those columns must give it, and the
next entry holds it as ``previous_hash``. A filtered export holds entries out of the chain; the
head on the cover is the chain's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.cells import Kind
from povedu.ledger import selectors
from povedu.ledger.chain import COLUMNS, instant_text
from povedu.ledger.choices import Account, FundSource
from povedu.ledger.models import LedgerEntry
from povedu.money import ZERO
from povedu.scope import Actor, Scope
from povedu.sheets import Column, Cover, Written

_LABELS = {
    "county_code": gettext_lazy("县"),
    "seq": gettext_lazy("序号"),
    "transaction_no": gettext_lazy("凭证号"),
    "posted_at": gettext_lazy("记账时间"),
    "effective_on": gettext_lazy("业务日期"),
    "account": gettext_lazy("科目"),
    "amount": gettext_lazy("金额（元）"),
    "source": gettext_lazy("资金来源"),
    "programme_code": gettext_lazy("项目代码"),
    "school_code": gettext_lazy("学校代码"),
    "term": gettext_lazy("学期"),
    "subject": gettext_lazy("依据"),
    "memo": gettext_lazy("摘要"),
    "posted_by_id": gettext_lazy("记账人编号"),
    "previous_hash": gettext_lazy("前一链值"),
}
_KINDS: dict[str, Kind] = {
    "seq": "number",
    "transaction_no": "number",
    "effective_on": "date",
    "amount": "money",
}
_CHUNK = 5000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which entries: of a calendar year, narrowed to a source or a programme."""

    year: int
    source: str = ""
    programme: str = ""

    def rows(self, scope: Scope) -> QuerySet[LedgerEntry]:
        """Return the entries in the order of their chain."""
        found = selectors.entries_of_year(scope, self.year)
        if self.source:
            found = found.filter(source=self.source)
        if self.programme:
            found = found.filter(programme_code=self.programme)
        return found

    def words(self) -> list[tuple[str, str]]:
        """Return the filter as people read it."""
        told = [(_("年度"), str(self.year))]
        if self.source:
            told.append((_("资金来源"), str(FundSource(self.source).label)))
        if self.programme:
            told.append((_("项目代码"), self.programme))
        return told


def columns() -> list[Column]:
    """Return the columns: those of the chain, the hash, and what people would rather read."""
    chain = [Column(name, _LABELS[name], _KINDS.get(name, "text")) for name in COLUMNS]
    return [
        *chain,
        Column("hash", _("链值"), width=24),
        Column("account_label", _("科目名称")),
        Column("source_label", _("来源名称")),
        Column("cash_in", _("收入（元）"), "money", total=True),
        Column("cash_out", _("支出（元）"), "money", total=True),
    ]


def write_ledger(
    target: BinaryIO,
    fmt: str,
    *,
    actor: Actor,
    now: datetime,
    chosen: LedgerFilter,
    progress: Progress | None = None,
) -> Written:
    """Write the chosen entries in the actor's scope; ``progress`` is called per chunk of rows."""
    found = chosen.rows(actor.scope)
    cover = Cover(
        title=_("%(year)s年资金台账") % {"year": chosen.year},
        made_by=actor.name,
        made_at=now,
        filters=chosen.words(),
        chain_head=selectors.anchor_words(actor.scope),
        notes=_notes(actor.scope, chosen.year),
    )
    return sheets.write(target, fmt, columns(), _rows(found, progress), cover)


def _notes(scope: Scope, year: int) -> list[str]:
    """Return the year's balances by source, and how the chain is checked."""
    told = [
        _("%(source)s：年初 %(opening)s，收入 %(received)s，支出 %(spent)s，年末 %(closing)s（元）")
        % {
            "source": FundSource(one.key[0]).label,
            "opening": one.opening,
            "received": one.received,
            "spent": one.spent,
            "closing": one.closing,
        }
        for one in selectors.year_view(scope, year)
    ]
    return [
        *told,
        _(
            "链值 = 前 15 列文本按顺序组成 JSON 数组（不含空格，非 ASCII 字符原样）的 SHA-256；"
            "下一笔的“前一链值”等于本笔“链值”。金额两位小数，时间为北京时间。"
        ),
    ]


def told(found: QuerySet[LedgerEntry], progress: Progress | None) -> Iterator[LedgerEntry]:
    """Yield entries and say how far it is."""
    total = found.count() if progress else 0
    for number, one in enumerate(found.iterator(chunk_size=_CHUNK), start=1):
        if progress and number % _CHUNK == 0:
            progress(number, total)
        yield one


def _rows(found: QuerySet[LedgerEntry], progress: Progress | None) -> Iterator[list[Any]]:
    total = found.count() if progress else 0
    accounts = {one.value: str(one.label) for one in Account}
    sources = {one.value: str(one.label) for one in FundSource}
    at_posted, at_account = COLUMNS.index("posted_at"), COLUMNS.index("account")
    at_amount, at_source = COLUMNS.index("amount"), COLUMNS.index("source")
    told = found.values_list(*COLUMNS, "hash").iterator(chunk_size=_CHUNK)
    posted, instant = None, ""  # whole batches are posted at one instant
    for number, row in enumerate(told, start=1):
        if progress and number % _CHUNK == 0:
            progress(number, total)
        cells = list(row)
        if cells[at_posted] != posted:
            posted, instant = cells[at_posted], instant_text(cells[at_posted])
        cells[at_posted] = instant
        amount: Decimal = cells[at_amount]
        is_cash = cells[at_account] == Account.CASH
        yield [
            *cells,
            accounts[cells[at_account]],
            sources.get(cells[at_source], cells[at_source]),
            amount if is_cash and amount > ZERO else None,
            -amount if is_cash and amount < ZERO else None,
        ]
