"""Reading the ledger: entries, balances, calendar years, and the walk along the chain."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Sum, When

from povedu import triggers
from povedu.ledger import anchors
from povedu.ledger.chain import GENESIS, hash_of, hashes_of, seal_of, seals_of
from povedu.ledger.choices import Account, CorrectionState
from povedu.ledger.models import Correction, LedgerEntry, LedgerHead
from povedu.money import ZERO, MoneyField, yuan
from povedu.scope import Scope
from povedu.terms import Term

TRIGGERS = ("ledger_ledgerentry", "ledger_balanced", "ledger_head")


def _in_scope(scope: Scope) -> Q:
    """Keep the counties in scope; somebody below the county sees no ledger."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return Q(pk__in=[])
    if len(scope.division_prefix) == 6:  # one county: its entries lie in order in the index
        return Q(county_code=scope.division_prefix)
    return Q(county_code__startswith=scope.division_prefix)


def entries(scope: Scope) -> QuerySet[LedgerEntry]:
    """Return the entries in scope, in the order of their chains."""
    return LedgerEntry.objects.filter(_in_scope(scope)).order_by("county_code", "seq")


def entries_of_year(scope: Scope, year: int) -> QuerySet[LedgerEntry]:
    """Return the entries whose money moved in a calendar year."""
    return entries(scope).filter(
        effective_on__gte=date(year, 1, 1), effective_on__lt=date(year + 1, 1, 1)
    )


def heads(scope: Scope) -> QuerySet[LedgerHead]:
    """Return the ends of the chains in scope."""
    return LedgerHead.objects.filter(_in_scope(scope)).order_by("county_code")


def anchor_words(scope: Scope) -> str:
    """Return the ends of the chains in scope as a paper shows them: count and hash."""
    ends = list(heads(scope))
    if len(ends) == 1:
        return f"{ends[0].seq} {ends[0].hash}"
    return "; ".join(f"{head.county_code} {head.seq} {head.hash}" for head in ends)


def corrections(scope: Scope) -> QuerySet[Correction]:
    """Return the corrections of the ledgers in scope, the newest first."""
    return (
        Correction.objects.filter(_in_scope(scope))
        .select_related("asked_by", "decided_by")
        .order_by("-asked_at", "-pk")
    )


def taken_back(scope: Scope, kind: str) -> dict[int, str]:
    """Return the state of the correction by the key of each row of a kind that one takes back.

    ``kind`` is the first part of a leg's subject, as "receipt". Refused corrections are left out.
    """
    states = {
        (one.county_code, one.transaction_no): one.state
        for one in corrections(scope).exclude(state=CorrectionState.REFUSED)
    }
    legs = LedgerEntry.objects.filter(
        _in_scope(scope),
        transaction_no__in={number for _county, number in states},
        subject__startswith=f"{kind}:",
    ).values_list("county_code", "transaction_no", "subject")
    return {
        int(subject.partition(":")[2]): states[county, number]
        for county, number, subject in legs
        if (county, number) in states
    }


def voucher(county_code: str, transaction_no: int) -> QuerySet[LedgerEntry]:
    """Return the legs of one voucher."""
    return LedgerEntry.objects.filter(
        county_code=county_code, transaction_no=transaction_no
    ).order_by("seq")


def head_of(county_code: str) -> LedgerHead | None:
    """Return the end of a county's chain, None before the first posting."""
    return LedgerHead.objects.filter(pk=county_code).first()


# --- balances -----------------------------------------------------------------------------------

BY = {
    "source": ("source",),
    "programme": ("programme_code",),
    "school": ("school_code",),
    "programme_source": ("programme_code", "source"),
}


@dataclass(frozen=True, slots=True)
class Balance:
    """Money of one key over a period: at its start, in, out, at its end (yuan)."""

    key: tuple[str, ...]
    opening: Decimal
    received: Decimal
    spent: Decimal
    closing: Decimal


def balances(
    scope: Scope, *, starts_on: date, ends_on: date, by: Sequence[str] = ("source",)
) -> list[Balance]:
    """Return the cash of each key over a half-open period; ``by`` names columns of the entries.

    What came in are cash debits of the period (opening balances dated in it belong to its start),
    what went out its cash credits.
    """
    before = Q(effective_on__lt=starts_on)
    started = Q(transaction_no__in=_opening_numbers(scope), effective_on__lt=ends_on)
    within = Q(effective_on__gte=starts_on) & ~started

    def total(condition: Q) -> Sum:
        return Sum(Case(When(condition, then=F("amount")), default=0, output_field=MoneyField()))

    rows = (
        LedgerEntry.objects.filter(_in_scope(scope), account=Account.CASH, effective_on__lt=ends_on)
        .order_by(*by)
        .values_list(*by)
        .annotate(
            start=total(before | started),
            debit=total(within & Q(amount__gt=0)),
            credit=total(within & Q(amount__lt=0)),
        )
    )
    width = len(by)
    return [
        Balance(tuple(row[:width]), start, debit, -credit, start + debit + credit)
        for row in rows
        for start, debit, credit in [[value or ZERO for value in row[width:]]]
    ]


def _opening_numbers(scope: Scope) -> QuerySet[LedgerEntry, Any]:
    """Return the vouchers of opening balances; what takes one back is a movement of its own day."""
    return (
        LedgerEntry.objects.filter(_in_scope(scope), account=Account.OPENING)
        .exclude(subject__startswith="correction:")
        .values("transaction_no")
    )


def year_view(scope: Scope, year: int, by: Sequence[str] = ("source",)) -> list[Balance]:
    """Return the balances of a calendar year."""
    return balances(scope, starts_on=date(year, 1, 1), ends_on=date(year + 1, 1, 1), by=by)


def school_year_view(scope: Scope, year: int, by: Sequence[str] = ("source",)) -> list[Balance]:
    """Return the balances of the academic year that begins in ``year``."""
    return balances(scope, starts_on=Term(year, 1).starts_on, ends_on=Term(year, 2).ends_on, by=by)


def cash_of(county_code: str) -> dict[str, Decimal]:
    """Return the cash in hand of each source of a county."""
    rows = (
        LedgerEntry.objects.filter(county_code=county_code, account=Account.CASH)
        .order_by("source")
        .values_list("source")
        .annotate(total=Sum("amount"))
    )
    return dict(rows)


# --- the walk -----------------------------------------------------------------------------------


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
        self._known = 0, "0"

    def take_all(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Check the next entries at once; only where something differs go through them singly."""
        if not self._follows(rows):
            for row in rows:
                self.take(row)

    def _follows(self, rows: Sequence[tuple[Any, ...]]) -> bool:
        """Say whether all of some entries are in order, and if so step to the last of them."""
        columns = list(zip(*rows, strict=True))
        hashes = columns[_HASH]
        places = [str(seq) for seq in range(self.seq + 1, self.seq + 1 + len(rows))]
        linked = columns[1] == tuple(places) and columns[14] == (self.hash, *hashes[:-1])
        sealed = linked and columns[_SEAL] == tuple(seals_of(hashes))
        if not sealed or hashes != tuple(hashes_of([row[:15] for row in rows])):
            return False
        if any(
            hashes[seq - self.seq - 1] != kept
            for seq, kept in self._marks.items()
            if self.seq < seq <= self.seq + len(rows)
        ):
            return False
        number, total, began = self.number, self._sum, self._began
        for at, (text, amount) in enumerate(zip(columns[2], columns[_FEN], strict=True)):
            if text != self._text_of(number):
                if total or int(text) != number + 1:
                    return False
                number, total, began = number + 1, 0, self.seq + at + 1
            total += amount
        self.seq, self.hash = self.seq + len(rows), hashes[-1]
        self.number, self._sum, self._began = number, total, began
        return True

    def _text_of(self, number: int) -> str:
        """Return a number as text, made once for the legs of a transaction."""
        if self._known[0] != number:
            self._known = number, str(number)
        return self._known[1]

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


_FEN, _HASH, _SEAL = 15, 16, 17  # what stands behind an entry's canonical texts
_AT_ONCE = 1000  # what the processor keeps at hand; more is slower


def _texts(county: str) -> Iterator[list[tuple[Any, ...]]]:
    """Yield entries by the thousand: canonical texts, then amount in fen, hash and seal."""
    if connection.vendor == "postgresql":
        at = "to_char(posted_at AT TIME ZONE INTERVAL '+08:00', 'YYYY-MM-DD HH24:MI:SS')"
        fen = "(CASE WHEN amount < 0 THEN '-' ELSE '' END) || (abs(amount) / 100) || '.'"
        money = f"{fen} || lpad((abs(amount) % 100)::text, 2, '0')".replace("%", "%%")
    else:
        at = "datetime(posted_at, '+8 hours')"
        money = "(CASE WHEN amount < 0 THEN '-' ELSE '' END) || (abs(amount) / 100)"
        money += " || '.' || substr('0' || (abs(amount) - abs(amount) / 100 * 100), -2)"
    query = (
        f"SELECT county_code, CAST(seq AS TEXT), CAST(transaction_no AS TEXT), {at},"  # noqa: S608  # constants only
        f" CAST(effective_on AS TEXT), account, {money}, source, programme_code, school_code,"
        " term, subject, memo, CAST(posted_by_id AS TEXT), previous_hash, amount, hash, seal"
        " FROM ledger_ledgerentry WHERE county_code = %s AND seq > %s"
        " ORDER BY ledger_ledgerentry.seq LIMIT %s"
    )
    reached = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [county, reached, _AT_ONCE])
            rows = cursor.fetchall()
            if rows:
                yield rows
            if len(rows) < _AT_ONCE:
                return
            reached = int(rows[-1][1])


def verify(scope: Scope, *, anchor_file: Path | None = None) -> Verdict:
    """Walk every chain in scope and name the first broken entry.

    1. Each entry stands in its place, follows from the one before, carries its hash and its seal.
    2. Each transaction sums to zero, none is missing. 3. The end is where the head row says, and
    every anchor kept outside (or given in ``anchor_file``) lies on the chain. 4. The triggers are
    in place.
    """
    verdict = Verdict()
    known = {head.county_code: head for head in heads(scope)}
    counties = set(entries(scope).order_by().values_list("county_code", flat=True).distinct())
    for county in sorted(counties | known.keys() | _anchored(scope, anchor_file)):
        kept = anchors.read(anchor_file or anchors.path_of(county))
        marks = {anchor.seq: anchor.hash for anchor in kept if anchor.county_code == county}
        walk = _Walk(county, marks)
        try:
            for rows in _texts(county):
                walk.take_all(rows)
            walk.end(known.get(county))
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
