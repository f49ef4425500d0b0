"""The ledger: balanced, append-only, chained, sealed, anchored."""

import hashlib
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from povedu import triggers
from povedu.ledger import anchors, chain, selectors, services, walk
from povedu.ledger.chain import GENESIS, hash_of
from povedu.ledger.models import LedgerEntry, LedgerHead
from povedu.ledger.services import Leg, Unbalanced, post, post_many
from povedu.scope import Scope

COUNTY = "530623"
DAY = date(2016, 12, 1)
ALL = Scope.everything()


def pair(voucher: int, fen: int, source: str = "county", day: date = DAY) -> list[Leg]:
    return [
        Leg(
            voucher, day, "expense", fen, source, "p", "s1", "2016-1", f"payment:{voucher}", "王伟"
        ),
        Leg(voucher, day, "cash", -fen, source, "p", "s1", "2016-1", f"payment:{voucher}", '"a,b"'),
    ]


def many(count: int) -> list[Leg]:
    return [leg for n in range(count) for leg in pair(n + 1, 100 + n)]


@pytest.fixture
def ledger(office: Any, now: Any, django_capture_on_commit_callbacks: Any) -> services.Posted:
    with django_capture_on_commit_callbacks(execute=True):
        post_many(county_code=COUNTY, legs=many(20), actor=office, now=now)
        return post_many(county_code=COUNTY, legs=many(5), actor=office, now=now)


def test_chain_is_whole_and_continues(ledger: services.Posted) -> None:
    assert (ledger.first_seq, ledger.last_seq, ledger.transactions) == (41, 50, 5)
    verdict = walk.verify(ALL)
    assert verdict.ok, verdict
    assert verdict.entries == 50
    first = LedgerEntry.objects.get(seq=1)
    assert first.previous_hash == GENESIS
    head = LedgerHead.objects.get()
    assert (head.seq, head.transaction_no, head.hash) == (50, 25, ledger.hash)


def test_an_outsider_without_the_key_can_walk_the_hashes(ledger: services.Posted) -> None:
    entry = LedgerEntry.objects.get(seq=7)
    texts = [
        entry.county_code,
        "7",
        "4",
        "2016-11-08 09:30:00",
        "2016-12-01",
        entry.account,
        str(entry.amount),
        entry.source,
        entry.programme_code,
        entry.school_code,
        entry.term,
        entry.subject,
        entry.memo,
        str(entry.posted_by_id),
        LedgerEntry.objects.get(seq=6).hash,
    ]
    assert hash_of(texts) == entry.hash


def test_unbalanced_and_empty_legs_are_refused(office: Any, now: Any) -> None:
    bad = pair(1, 100)[:1]
    for legs in (bad, [*pair(1, 100), *bad], [bad[0]._replace(amount_fen=0)]):
        with pytest.raises(Unbalanced), transaction.atomic():
            post_many(county_code=COUNTY, legs=legs, actor=office, now=now)
    assert not LedgerEntry.objects.exists()
    assert post_many(county_code=COUNTY, legs=[], actor=office, now=now).transactions == 0


def test_database_refuses_what_the_service_would_not_write(
    ledger: services.Posted, office: Any, now: Any
) -> None:
    entry = LedgerEntry.objects.get(seq=3)
    for change in (
        lambda: LedgerEntry.objects.filter(seq=3).update(memo="x"),
        lambda: entry.delete(),
        lambda: LedgerHead.objects.filter(pk=COUNTY).update(seq=10),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    entry.pk, entry.seq, entry.transaction_no = None, 51, 26

    def slip_in() -> None:
        entry.save(force_insert=True)
        if connection.vendor == "postgresql":
            connection.check_constraints()
        LedgerHead.objects.filter(pk=COUNTY).update(seq=51)

    with pytest.raises(DatabaseError), transaction.atomic():
        slip_in()


def test_balances_add_up(office: Any, now: Any) -> None:
    services.post_opening(
        county_code=COUNTY,
        source="county",  # type: ignore[arg-type]
        amount=Decimal("1000.00"),
        effective_on=date(2016, 1, 1),
        actor=office,
        now=now,
    )
    arrived = [
        Leg(1, date(2016, 3, 1), "cash", 50_000, "province", "p"),
        Leg(1, date(2016, 3, 1), "income", -50_000, "province", "p"),
    ]
    post(county_code=COUNTY, legs=arrived, actor=office, now=now)
    post(county_code=COUNTY, legs=pair(1, 30_050), actor=office, now=now)
    post(county_code=COUNTY, legs=pair(1, 100, day=date(2017, 1, 5)), actor=office, now=now)
    found = {row.key[0]: row for row in selectors.year_view(ALL, 2016)}
    assert found["county"].opening == Decimal(1000)
    assert found["county"].spent == Decimal("300.50")
    assert found["county"].closing == Decimal("699.50")
    assert found["province"].received == found["province"].closing == Decimal(500)
    nxt = {row.key[0]: row for row in selectors.year_view(ALL, 2017)}
    assert nxt["county"].opening == found["county"].closing
    assert nxt["county"].closing == selectors.cash_of(COUNTY)["county"]
    assert selectors.year_view(Scope("530624"), 2016) == []
    assert selectors.year_view(Scope("530623100"), 2016) == []


def sql(statement: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def rechained(*, seal: bool) -> Callable[[], None]:
    """Change an amount pair and recompute every hash after it, as a database owner could."""

    def run() -> None:
        sql("UPDATE ledger_ledgerentry SET amount = amount * 2 WHERE transaction_no = 4")()
        before = GENESIS
        for row in [one for rows in walk.texts(COUNTY) for one in rows]:
            texts = [*row[:14], before]
            before = hash_of(texts)
            entry = LedgerEntry.objects.filter(seq=int(texts[1]))
            entry.update(previous_hash=texts[14], hash=before, **({"seal": before} if seal else {}))
        LedgerHead.objects.update(hash=before)

    return run


COLUMNS = {
    "posted_at": "'2016-11-09 01:30:00'",
    "effective_on": "'2016-12-02'",
    "account": "'payable'",
    "amount": "amount + 1",
    "source": "'city'",
    "programme_code": "'q'",
    "school_code": "'s2'",
    "term": "'2016-2'",
    "subject": "'payment:99'",
    "memo": "'x'",
    "posted_by_id": "posted_by_id + 1",
    "transaction_no": "transaction_no + 100",
    "previous_hash": f"'{GENESIS}'",
    "hash": f"'{'1' * 64}'",
    "seal": f"'{'1' * 64}'",
}
TAMPERINGS = {
    **{
        f"column {name}": (sql(f"UPDATE ledger_ledgerentry SET {name} = {to} WHERE seq = 7"), 7)
        for name, to in COLUMNS.items()
    },
    "row removed": (sql("DELETE FROM ledger_ledgerentry WHERE seq = 9"), 9),
    "transaction removed": (sql("DELETE FROM ledger_ledgerentry WHERE transaction_no = 3"), 5),
    "rows renumbered": (
        sql("UPDATE ledger_ledgerentry SET seq = seq + 1000 WHERE seq > 10"),
        11,
    ),
    "head moved back": (sql("UPDATE ledger_ledgerhead SET seq = 40"), 50),
    "head dropped": (sql("DELETE FROM ledger_ledgerhead"), 50),
    "tail cut with its head": (
        lambda: (
            sql("DELETE FROM ledger_ledgerentry WHERE seq > 40")(),
            LedgerHead.objects.update(
                seq=40, transaction_no=20, hash=LedgerEntry.objects.get(seq=40).hash
            ),
        ),
        41,
    ),
    "everything dropped": (
        lambda: (
            sql("DELETE FROM ledger_ledgerentry")(),
            sql("DELETE FROM ledger_ledgerhead")(),
        ),
        1,
    ),
    "chain made anew without the key": (rechained(seal=False), 7),
    "chain made anew with false seals": (rechained(seal=True), 1),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found_and_named(
    ledger: services.Posted, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, seq = TAMPERINGS[kind]
    with triggers.lifted(connection):
        change()
    verdict = walk.verify(ALL)
    assert not verdict.ok
    assert verdict.seq == seq
    monkeypatch.setattr(walk, "_AT_ONCE", 7)  # wherever a block of entries may end
    assert walk.verify(ALL) == verdict


def test_what_is_posted_during_the_walk_is_no_fault(
    ledger: services.Posted, office: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, late = walk._blocks, [40, 40]

    def blocks(county: str, after: int) -> Any:
        yield from original(county, after)
        if late:
            legs = [
                Leg(1, DAY, "expense", late.pop(), "county"),
                Leg(1, DAY, "cash", -40, "county"),
            ]
            post_many(county_code=COUNTY, legs=legs, actor=office, now=now)

    monkeypatch.setattr(walk, "_blocks", blocks)
    verdict = walk.verify(ALL)
    assert (verdict.ok, verdict.entries, verdict.fault) == (True, 54, "")


@given(st.lists(st.text(), min_size=len(chain.COLUMNS), max_size=len(chain.COLUMNS)))
def test_anybody_can_make_the_hash_anew_with_plain_json(texts: list[str]) -> None:
    written = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    assert hash_of(texts) == hashlib.sha256(written.encode()).hexdigest()


def test_a_joined_text_is_canonical_unless_json_would_escape_something() -> None:
    def joined(columns: list[str]) -> str:
        return '["' + '","'.join(columns) + '"]'

    plain = ["甲"] * len(chain.COLUMNS)
    assert chain.hashes_of([joined(plain)] * 2) == (hash_of(plain),) * 2
    for odd in ('"', 'a","b', "\\", "\n"):
        assert chain.hashes_of([joined(plain), joined([*plain[:-1], odd])]) == ()


def test_a_dropped_trigger_is_found(ledger: services.Posted) -> None:
    on = " ON ledger_ledgerentry" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER ledger_ledgerentry_no_update{on}")()
    verdict = walk.verify(ALL)
    assert (verdict.ok, verdict.fault) == (False, "trigger-missing")
    triggers.install(connection)
    assert walk.verify(ALL).ok


def test_command_says_where(ledger: services.Posted, tmp_path: Path) -> None:
    out = StringIO()
    call_command("verify_ledger", "--json", stdout=out)
    assert json.loads(out.getvalue())["entries"] == 50
    kept = tmp_path / "kept.jsonl"
    anchor = anchors.Anchor(COUNTY, 60, "f" * 64, "")
    kept.write_text(
        json.dumps({"county_code": COUNTY, "seq": anchor.seq, "hash": anchor.hash}) + "\n{torn"
    )
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", "--json", "--anchor", str(kept), stdout=out)
    assert json.loads(out.getvalue())["fault"] == "tail-missing"


def test_random_histories_verify(office: Any, now: Any) -> None:
    rng = random.Random(5)
    for _round in range(10):
        legs = []
        for voucher in range(rng.randrange(1, 6)):
            parts = [rng.randrange(1, 10**9) for _ in range(rng.randrange(1, 4))]
            day = DAY + timedelta(days=rng.randrange(400))
            legs += [Leg(voucher, day, "expense", part, "county", memo="ǎ\t") for part in parts]
            legs.append(Leg(voucher, day, "cash", -sum(parts), "county"))
        post_many(county_code=COUNTY, legs=legs, actor=office, now=now)
    assert walk.verify(ALL).ok
