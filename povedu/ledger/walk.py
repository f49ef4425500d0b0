"""The walk along the chains: every entry in its place, hashed, sealed, balanced, anchored.

A thousand entries are checked at once over columns: the database writes their canonical texts, and
of those only hash, seal and link are looked at. Only where something differs are the entries of
that thousand read text by text and gone through singly, to name the first that is wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from povedu import triggers
from povedu.ledger import anchors
from povedu.ledger.chain import COLUMNS, GENESIS, hash_of, hashes_of, seal_of, seals_of
from povedu.ledger.models import LedgerHead
from povedu.ledger.selectors import entries, head_of, heads
from povedu.money import yuan
from povedu.scope import Scope

TRIGGERS = ("ledger_ledgerentry", "ledger_balanced", "ledger_head")
_AT_ONCE = 1000  # what the processor keeps at hand; more is slower


@dataclass(slots=True)
class Verdict:
    """What a walk along the chains found: counts, and the first fault where there is one."""

    ok: bool = True
    entries: int = 0
    heads: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: str = ""
    county: str = ""
    seq: int = 0
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


class _Broken(Exception):
    """The walk found a fault."""

    def __init__(self, fault: str, county: str, seq: int, detail: str = "") -> None:
        super().__init__(fault)
        self.verdict = Verdict(False, 0, {}, fault, county, seq, detail)


class _Walk:
    """One county's chain, entry by entry."""

    def __init__(self, county: str, marks: dict[int, str]) -> None:
        self.county, self._marks = county, marks
        self.seq = self.number = 0
        self.hash = GENESIS
        self._sum = self._began = 0

    def follows(self, rows: Sequence[tuple[Any, ...]]) -> bool:
        """Say whether all of some entries are in order, and if so step to the last of them."""
        texts, seqs, numbers, amounts, before, hashes, seals = zip(*rows, strict=True)
        last = self.seq + len(rows)
        in_place = seqs == tuple(range(self.seq + 1, last + 1)) and None not in texts
        if not in_place or before != (self.hash, *hashes[:-1]):
            return False
        if seals != tuple(seals_of(hashes)) or hashes != hashes_of(texts):
            return False
        kept = {seq: mark for seq, mark in self._marks.items() if self.seq < seq <= last}
        if any(hashes[seq - self.seq - 1] != mark for seq, mark in kept.items()):
            return False
        number, total, began = self.number, self._sum, self._began
        for at, (one, amount) in enumerate(zip(numbers, amounts, strict=True), start=self.seq + 1):
            if one != number:
                if total or one != number + 1:
                    return False
                number, total, began = one, 0, at
            total += amount
        self.seq, self.hash = last, hashes[-1]
        self.number, self._sum, self._began = number, total, began
        return True

    def take_all(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Check the next entries one by one."""
        for row in rows:
            self.take(row)

    def take(self, row: tuple[Any, ...]) -> None:
        """Check the next entry: place, link, hash, seal, anchor, balance."""
        *texts, amount, stated, seal = row
        seq, number = int(texts[1]), int(texts[2])
        if seq != self.seq + 1:
            raise _Broken("entry-missing", self.county, self.seq + 1)
        if texts[14] != self.hash or hash_of(texts) != stated:
            raise _Broken("entry-changed", self.county, seq)
        if seal_of(stated) != seal:
            raise _Broken("seal-wrong", self.county, seq)
        if number != self.number:
            self._end_transaction()
            if number != self.number + 1:
                raise _Broken("transaction-missing", self.county, seq)
            self.number, self._began = number, seq
        self._sum += amount
        self.seq, self.hash = seq, stated
        if self._marks.get(seq, stated) != stated:
            raise _Broken("anchor-differs", self.county, seq)

    def _end_transaction(self) -> None:
        if self._sum:
            raise _Broken("unbalanced", self.county, self._began, str(yuan(self._sum)))
        self._sum = 0

    def end(self, head: LedgerHead | None) -> None:
        """Compare the end reached with the stored end and with the furthest anchor."""
        self._end_transaction()
        furthest = max(self._marks, default=0)
        if furthest > self.seq:
            raise _Broken("tail-missing", self.county, self.seq + 1, str(furthest))
        stated = (head.seq, head.transaction_no, head.hash) if head else (0, 0, GENESIS)
        if stated != (self.seq, self.number, self.hash):
            raise _Broken("head-differs", self.county, self.seq, str(stated[0]))


def _expressions() -> list[str]:
    """Return what the database writes for each of ``COLUMNS``, as an export shows it."""
    minus = "CASE WHEN amount < 0 THEN '-' ELSE '' END"
    if connection.vendor == "postgresql":
        at = "to_char(posted_at AT TIME ZONE INTERVAL '+08:00', 'YYYY-MM-DD HH24:MI:SS')"
        fen = "lpad((abs(amount) % 100)::text, 2, '0')"
        money = f"({minus}) || (abs(amount) / 100) || '.' || {fen}"
    else:
        at = "datetime(posted_at, '+8 hours')"
        money = f"printf('%s%d.%02d', {minus}, abs(amount) / 100, abs(amount) % 100)"
    written = {
        "seq": "CAST(seq AS TEXT)",
        "transaction_no": "CAST(transaction_no AS TEXT)",
        "posted_at": at,
        "effective_on": "CAST(effective_on AS TEXT)",
        "amount": money,
        "posted_by_id": "CAST(posted_by_id AS TEXT)",
    }
    return [written.get(name, name) for name in COLUMNS]


def _blocks(county: str, after: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield entries behind a number by the thousand: text, numbers, fen, link, hash, seal.

    The text is canonical where no column holds what JSON would escape; ``hashes_of`` looks.
    """
    form = "format" if connection.vendor == "postgresql" else "printf"
    quoted = ",".join(['"%s"'] * len(COLUMNS))
    text = f"{form}('[{quoted}]', {', '.join(_expressions())})"
    about = "seq, transaction_no, amount, previous_hash, hash, seal"
    yield from _read(county, f"{text}, {about}", after)


def texts(county: str, after: int = 0) -> Iterator[list[tuple[Any, ...]]]:
    """Yield entries behind a number by the thousand: canonical texts, fen, hash and seal."""
    yield from _read(county, ", ".join([*_expressions(), "amount", "hash", "seal"]), after)


def _read(county: str, wanted: str, after: int) -> Iterator[list[tuple[Any, ...]]]:
    query = (
        f"SELECT {wanted.replace('%', '%%')} FROM ledger_ledgerentry"  # noqa: S608  # constants only
        " WHERE county_code = %s AND seq > %s"
    )
    order = " ORDER BY ledger_ledgerentry.seq"
    with connection.cursor() as cursor:
        while True:
            # Bounded, or a server that has no statistics yet sorts all that is left each time.
            cursor.execute(f"{query} AND seq <= %s{order}", [county, after, after + _AT_ONCE])
            rows = cursor.fetchall()
            if not rows:  # the end, or a gap
                cursor.execute(f"{query}{order} LIMIT %s", [county, after, _AT_ONCE])
                rows = cursor.fetchall()
            if not rows:
                return
            yield rows
            after = int(rows[-1][1])  # the number stands second, whatever is read


def _walk_to_end(walk: _Walk) -> None:
    """Walk a chain, with what is posted meanwhile, and hold its end against the head's."""
    while True:
        began = walk.seq
        for rows in _blocks(walk.county, began):
            if not walk.follows(rows):
                walk.take_all(next(texts(walk.county, walk.seq)))
        head = head_of(walk.county)
        if head is None or head.seq <= walk.seq or walk.seq == began:
            walk.end(head)
            return


def verify(scope: Scope, *, anchor_file: Path | None = None) -> Verdict:
    """Walk every chain in scope and name the first broken entry.

    1. Each entry stands in its place, follows from the one before, carries its hash and its seal.
    2. Each transaction sums to zero, none is missing. 3. The end is where the head row says, and
    every anchor kept outside (or given in ``anchor_file``) lies on the chain. 4. The triggers are
    in place.
    """
    verdict = Verdict()
    known = set(heads(scope).values_list("county_code", flat=True))
    counties = set(entries(scope).order_by().values_list("county_code", flat=True).distinct())
    for county in sorted(counties | known | _anchored(scope, anchor_file)):
        kept = anchors.read(anchor_file or anchors.path_of(county))
        marks = {anchor.seq: anchor.hash for anchor in kept if anchor.county_code == county}
        walk = _Walk(county, marks)
        try:
            _walk_to_end(walk)
        except _Broken as broken:
            broken.verdict.entries = verdict.entries + walk.seq
            return broken.verdict
        verdict.entries += walk.seq
        verdict.heads[county] = {"entries": walk.seq, "hash": walk.hash}
    return _with_triggers(verdict)


def _anchored(scope: Scope, anchor_file: Path | None) -> set[str]:
    """Return the counties that anchors name, so that a chain dropped as a whole is missed."""
    if anchor_file is not None:
        found = {anchor.county_code for anchor in anchors.read(anchor_file)}
    else:
        found = anchors.counties()
    return {county for county in found if county.startswith(scope.division_prefix[:6])}


def _with_triggers(verdict: Verdict) -> Verdict:
    gone = [name for name in triggers.missing(connection) if name.startswith(TRIGGERS)]
    if gone:
        verdict.ok, verdict.fault, verdict.detail = False, "trigger-missing", ", ".join(gone)
    return verdict
