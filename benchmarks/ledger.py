"""How fast the ledger is: posted, verified, exported; part of ``python -m benchmarks.money``."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from benchmarks.timing import peak, say, timed


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


def measure_ledger(count: int, rows: int, actor: Any, now: Any) -> None:
    """Post so many entries, walk them, and export those of a year, each beside the plain way."""
    from povedu.ledger.services import post_many
    from povedu.ledger.walk import verify
    from povedu.scope import Scope
    from reports.exports.ledger import LedgerFilter, write_ledger

    scope = Scope("530699")
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
