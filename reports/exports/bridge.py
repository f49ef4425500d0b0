"""The bridge between a calendar year and its academic year, as a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu import sheets
from povedu.ledger.bridge import BridgeLine, bridge
from povedu.ledger.choices import FundSource
from povedu.ledger.selectors import BY, anchor_words
from povedu.scope import Actor
from povedu.sheets import Column, Cover, Written
from reports.exports.ledger import LedgerFilter, Progress

COLUMNS = (
    Column("way", gettext_lazy("收支")),
    Column("programme", gettext_lazy("项目代码"), width=20),
    Column("source", gettext_lazy("资金来源")),
    Column("spring", gettext_lazy("1–8 月"), "money", total=True),
    Column("autumn", gettext_lazy("9–12 月"), "money", total=True),
    Column("calendar", gettext_lazy("自然年合计"), "money", total=True),
    Column("next_spring", gettext_lazy("次年 1–8 月"), "money", total=True),
    Column("school", gettext_lazy("学年合计"), "money", total=True),
)


def write_bridge(
    target: BinaryIO,
    fmt: str,
    *,
    actor: Actor,
    now: datetime,
    chosen: LedgerFilter,
    progress: Progress | None = None,
) -> Written:
    """Write what came in and went out in both rhythms, by programme and source."""
    cover = Cover(
        title=_("%(year)s年自然年与学年衔接表") % {"year": chosen.year},
        made_by=actor.name,
        made_at=now,
        filters=chosen.words(),
        chain_head=anchor_words(actor.scope),
        notes=[_("自然年合计＝1–8 月＋9–12 月；学年合计＝9–12 月＋次年 1–8 月。")],
    )
    found = bridge(actor.scope, chosen.year, BY["programme_source"])
    rows = [*_rows(_("收入"), found.received, chosen), *_rows(_("支出"), found.spent, chosen)]
    return sheets.write(target, fmt, COLUMNS, rows, cover)


def _rows(way: str, lines: list[BridgeLine], chosen: LedgerFilter) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        programme, source = line.key
        if chosen.source not in ("", source) or chosen.programme not in ("", programme):
            continue
        sums = (line.spring, line.autumn, line.calendar, line.next_spring, line.school)
        yield (way, programme, str(FundSource(source).label), *sums)
