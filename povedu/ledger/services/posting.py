"""The one writer of the ledger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import write_rows
from povedu.errors import Conflict, Refusal
from povedu.ledger import anchors
from povedu.ledger.chain import amount_text, hash_of, instant_text, seal_of
from povedu.ledger.choices import Account, FundSource
from povedu.ledger.models import ClosedYear, LedgerEntry, LedgerHead
from povedu.money import fen
from povedu.scope import Actor

_FIELDS = (
    "county_code",
    "seq",
    "transaction_no",
    "posted_at",
    "effective_on",
    "account",
    "amount",
    "source",
    "programme_code",
    "school_code",
    "term",
    "subject",
    "memo",
    "posted_by_id",
    "previous_hash",
    "hash",
    "seal",
)


class Unbalanced(ValueError):
    """A transaction's legs do not sum to zero, or it has none: a fault of the caller."""


class Leg(NamedTuple):
    """One leg of a transaction: ``voucher`` groups neighbouring legs, debits are positive fen."""

    voucher: int
    effective_on: date
    account: str
    amount_fen: int
    source: str
    programme_code: str = ""
    school_code: str = ""
    term: str = ""
    subject: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a posting added: entry numbers, transactions and the chain's new end."""

    first_seq: int
    last_seq: int
    transactions: int
    last_transaction: int
    hash: str


class _Chain:
    """Turns legs into database rows, linking each to the one before and adding up as they pass."""

    def __init__(self, head: LedgerHead, actor: Actor, now: datetime) -> None:
        self.head = head
        self.seq, self.transaction_no, self.hash = head.seq, head.transaction_no, head.hash
        self._now = now.replace(microsecond=0)
        self._actor_id = actor.user_id
        self._voucher: int | None = None
        self._sum = 0
        self._closed = _closed_years(head.county_code)

    def rows(self, legs: Iterable[Leg]) -> Iterator[tuple[Any, ...]]:
        """Yield the columns of ``_FIELDS``; raise Unbalanced at the end of a bad transaction."""
        county, at_text = self.head.county_code, instant_text(self._now)
        at = connection.ops.adapt_datetimefield_value(self._now)
        who, who_text = self._actor_id, str(self._actor_id)
        days: dict[date, tuple[Any, str]] = {}
        for voucher, day, account, amount, *rest in legs:
            if voucher != self._voucher:
                self._close()
                self._voucher = voucher
                self.transaction_no += 1
            if not amount:
                raise Unbalanced("a leg of nothing")
            self._sum += amount
            self.seq += 1
            if day not in days:
                _refuse_closed(day, self._closed)
                days[day] = (connection.ops.adapt_datefield_value(day), day.isoformat())
            on, on_text = days[day]
            before = self.hash
            number = self.transaction_no
            self.hash = hash_of(
                [
                    county,
                    str(self.seq),
                    str(number),
                    at_text,
                    on_text,
                    account,
                    amount_text(amount),
                    *rest,
                    who_text,
                    before,
                ]
            )
            yield (
                county,
                self.seq,
                number,
                at,
                on,
                account,
                amount,
                *rest,
                who,
                before,
                self.hash,
                seal_of(self.hash),
            )
        self._close()

    def _close(self) -> None:
        if self._voucher is not None and self._sum:
            raise Unbalanced(f"voucher {self._voucher} is out by {self._sum} fen")
        self._sum = 0


def post_many(
    *, county_code: str, legs: Iterable[Leg], actor: Actor, now: datetime, memo: str = ""
) -> Posted:
    """Post whole columns of legs; legs of one transaction are neighbours with one ``voucher``.

    1. Take the end of the county's chain (PostgreSQL: and hold its row, so that a second poster
       waits instead of failing).
    2. Link and write the legs; every transaction sums to zero.
    3. Move the end by compare-and-set; raise Conflict where somebody else moved it meanwhile.
    Raises Refusal where a leg is dated into a closed year.

    Post at the end of the caller's transaction: the chain's end is held until it commits.
    """
    with transaction.atomic():
        head = _head(county_code)
        chain = _Chain(head, actor, now)
        write_rows(LedgerEntry._meta.db_table, _FIELDS, chain.rows(legs))
        if chain.seq == head.seq:
            return Posted(head.seq + 1, head.seq, 0, head.transaction_no, head.hash)
        _move(head, chain)
        record(
            actor=actor,
            now=now,
            verb="ledger.post",
            subject=head,
            count=chain.seq - head.seq,
            changes={"seq": (head.seq, chain.seq), "hash": (head.hash, chain.hash)},
            reason=memo,
            place=(county_code, ""),
        )
        anchor = anchors.Anchor(county_code, chain.seq, chain.hash, instant_text(now))
        transaction.on_commit(partial(anchors.write, anchor))
    number = chain.transaction_no
    return Posted(head.seq + 1, chain.seq, number - head.transaction_no, number, chain.hash)


def post(
    *, county_code: str, legs: Iterable[Leg], actor: Actor, now: datetime, memo: str = ""
) -> Posted:
    """Post one transaction, whatever vouchers its legs carry."""
    return post_many(
        county_code=county_code,
        legs=[leg._replace(voucher=1) for leg in legs],
        actor=actor,
        now=now,
        memo=memo,
    )


def _head(county_code: str) -> LedgerHead:
    LedgerHead.objects.get_or_create(county_code=county_code)
    return LedgerHead.objects.select_for_update().get(county_code=county_code)


def hold(county_code: str) -> LedgerHead:
    """Hold the end of a county's chain until the caller's transaction ends: its money stands still.

    On SQLite the transaction itself is the only one that writes.
    """
    return _head(county_code)


def _move(head: LedgerHead, chain: _Chain) -> None:
    moved = LedgerHead.objects.filter(
        county_code=head.county_code, seq=head.seq, hash=head.hash
    ).update(seq=chain.seq, transaction_no=chain.transaction_no, hash=chain.hash)
    if not moved:
        raise Conflict("ledger-moved", _("资金台账刚被他人记账，请重试。"))


# --- closed years -------------------------------------------------------------------------------


def _closed_years(county_code: str) -> set[int]:
    return set(ClosedYear.objects.filter(county_code=county_code).values_list("year", flat=True))


def _refuse_closed(day: date, closed: set[int]) -> None:
    if day.year in closed:
        raise Refusal(
            "year-closed",
            _(
                "%(year)d 年度的数据已随总结印发而锁定，不能再登记日期为 %(day)s 的资金。"
                "请核对日期；确需更正的，请先重新印发一版不锁定的 %(year)d 年度总结。"
            )
            % {"year": day.year, "day": day.isoformat()},
        )


def check_open(*, county_code: str, days: Iterable[date]) -> None:
    """Raise Refusal where money would be dated into a year that the county has closed."""
    closed = _closed_years(county_code[:6])
    for day in sorted(set(days)):
        _refuse_closed(day, closed)


def close_year(*, county_code: str, year: int, actor: Actor, now: datetime) -> None:
    """Let nothing more be dated into a year; a year that is closed stays so.

    Waits for a posting in work, so that none slips in behind.
    """
    with transaction.atomic():
        head = _head(county_code)
        _year, new = ClosedYear.objects.get_or_create(
            county_code=county_code,
            year=year,
            defaults={"closed_by_id": actor.user_id, "closed_at": now},
        )
        if new:
            _record_year("ledger.close", head, year, actor, now)


def reopen_year(*, county_code: str, year: int, actor: Actor, now: datetime) -> None:
    """Let money be dated into a year again; one that is open stays so."""
    with transaction.atomic():
        head = _head(county_code)
        if ClosedYear.objects.filter(county_code=county_code, year=year).delete()[0]:
            _record_year("ledger.reopen", head, year, actor, now)


def _record_year(verb: str, head: LedgerHead, year: int, actor: Actor, now: datetime) -> None:
    changes = {"year": (None, year)}
    place = (head.county_code, "")
    record(actor=actor, now=now, verb=verb, subject=head, changes=changes, place=place)


# --- opening balances ---------------------------------------------------------------------------


def post_opening(
    *,
    county_code: str,
    source: FundSource,
    amount: Decimal,
    effective_on: date,
    actor: Actor,
    now: datetime,
    programme_code: str = "",
    document: str = "",
) -> Posted:
    """Enter what a source had in the account when the ledger was begun; may be less than nothing.

    ``document`` is what it was taken from (the old book, the bank's statement). Raises Refusal
    where the amount is zero, Conflict where the source has an opening balance for it already; one
    that has been taken back may be entered anew.
    """
    if not amount:
        raise Refusal("opening-zero", _("期初余额为零时不需要登记。"))
    known = LedgerEntry.objects.filter(
        county_code=county_code,
        account=Account.OPENING,
        source=source,
        programme_code=programme_code,
    )
    with transaction.atomic():
        _head(county_code)
        if known.aggregate(total=Sum("amount"))["total"]:
            raise Conflict("opening-known", _("该来源的期初余额已登记；如有差错，请用更正分录。"))
        value = fen(amount)
        about = ("", "", f"opening:{source}", document[:120])
        legs = [
            Leg(1, effective_on, account, sign * value, source, programme_code, *about)
            for account, sign in ((Account.CASH, 1), (Account.OPENING, -1))
        ]
        return post(county_code=county_code, legs=legs, actor=actor, now=now, memo=_("期初余额"))
