"""The audit trail cannot be changed, and if it is, the chain says where."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from povedu import triggers
from povedu.audit import selectors
from povedu.audit.models import AuditEntry, AuditSeal
from povedu.audit.services import record, seal_entries
from tests.factories import AuditEntryFactory

pytestmark = pytest.mark.django_db


def attack(statement: str) -> None:
    """Do what a database owner can do."""
    with triggers.lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def chain_of_nine(now):
    """Three seals over three entries each."""
    made = []
    for hour in range(3):
        made += AuditEntryFactory.create_batch(3)
        seal_entries(now=now + timedelta(hours=hour))
    return made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'x'",
        "DELETE FROM audit_auditentry",
        "UPDATE audit_auditseal SET hash = 'x'",
        "DELETE FROM audit_auditseal",
    ],
)
def test_the_database_refuses_changes(chain_of_nine, statement):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 9


def test_truncate_is_refused_on_postgresql(chain_of_nine):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_auditentry")


def test_triggers_come_back_after_a_table_is_rebuilt():
    with connection.cursor() as cursor:
        for name in triggers.missing(connection) or ["audit_auditentry_no_update"]:
            on = " ON audit_auditentry" if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
    assert triggers.missing(connection) == ["audit_auditentry_no_update"]
    assert triggers.check_present(databases=["default"])[0].id == "povedu.W001"
    from django.apps import apps

    triggers.install_after_migration(apps.get_app_config("audit"), "default")
    assert triggers.missing(connection) == []
    assert triggers.check_present(databases=["default"]) == []


def test_a_whole_chain_is_whole(chain_of_nine, now):
    AuditEntryFactory()
    verdict = selectors.verify(now=now + timedelta(hours=3))
    assert verdict.is_whole, verdict.message
    assert (verdict.seals, verdict.entries, verdict.unsealed) == (3, 9, 1)


@pytest.mark.parametrize(
    ("statement", "code", "entry"),
    [
        ("UPDATE audit_auditentry SET reason = 'forged' WHERE id = {4}", "entry-changed", 4),
        (
            "UPDATE audit_auditentry SET changes = '{{\"a\": [1, 2]}}' WHERE id = {0}",
            "entry-changed",
            0,
        ),
        (
            "UPDATE audit_auditentry SET at = '2016-01-01 00:00:00+00:00' WHERE id = {8}",
            "entry-changed",
            8,
        ),
        ("DELETE FROM audit_auditentry WHERE id = {5}", "entry-missing", 5),
        ("DELETE FROM audit_auditentry", "entry-missing", 0),
    ],
)
def test_a_forged_entry_is_named(chain_of_nine, now, statement, code, entry):
    numbers = [one.pk for one in chain_of_nine]
    attack(statement.format(*numbers))
    verdict = selectors.verify(now=now)
    assert (verdict.code, verdict.entry) == (code, numbers[entry])
    assert str(numbers[entry]) in verdict.message


def test_a_broken_seal_is_named(chain_of_nine, now):
    second = AuditSeal.objects.order_by("pk")[1]
    attack(f"UPDATE audit_auditseal SET hash = '{'0' * 64}' WHERE id = {second.pk}")
    verdict = selectors.verify(now=now)
    assert (verdict.code, verdict.seal) == ("seal-broken", second.pk)


def test_a_cut_tail_is_found_by_the_anchor(chain_of_nine, now):
    last = AuditSeal.objects.order_by("-pk").first()
    attack(f"DELETE FROM audit_auditseal WHERE id = {last.pk}")
    attack(f"DELETE FROM audit_auditentry WHERE id >= {last.first_entry}")
    assert selectors.verify(now=now).code == "anchor-missing"
    selectors.anchor_file().unlink()
    assert selectors.verify(now=now).is_whole  # the control: without an anchor it is invisible


def test_everything_dropped_is_found_by_the_anchor(chain_of_nine, now):
    attack("DELETE FROM audit_auditseal")
    attack("DELETE FROM audit_auditentry")
    assert selectors.verify(now=now).code == "anchor-missing"


def test_a_chain_made_anew_with_another_key_is_found(chain_of_nine, now, settings, tmp_path):
    from povedu.audit import chain

    attack(f"UPDATE audit_auditentry SET reason = 'forged' WHERE id = {chain_of_nine[0].pk}")
    attack("DELETE FROM audit_auditseal")
    own = settings.SECRETS_DIR
    (tmp_path / "chain_key").write_text("YW5vdGhlciBrZXk=")
    settings.SECRETS_DIR = tmp_path
    chain._key.cache_clear()
    seal_entries(now=now)
    settings.SECRETS_DIR = own
    chain._key.cache_clear()
    assert selectors.verify(now=now).code == "seal-broken"


def test_an_entry_slipped_in_behind_the_seals_is_found(chain_of_nine, now):
    # Numbers run upwards, so an old number that no seal covers was not written in its time.
    hole = chain_of_nine[1].pk
    seals = list(AuditSeal.objects.order_by("pk"))
    later = now + timedelta(days=3)
    AuditEntryFactory()
    seal_entries(now=later)
    attack(f"DELETE FROM audit_auditseal WHERE id = {seals[0].pk}")
    assert hole
    assert not selectors.verify(now=later).is_whole


def test_a_slow_transaction_is_sealed_late(chain_of_nine, now):
    numbers = [one.pk for one in chain_of_nine]
    entry = AuditEntryFactory(pk=numbers[-1] + 2)
    seal_entries(now=now + timedelta(hours=3))
    late = AuditEntryFactory(pk=numbers[-1] + 1)
    sealed = seal_entries(now=now + timedelta(hours=4))
    assert sealed is not None
    assert (sealed.first_entry, sealed.entry_count) == (late.pk, 1)
    verdict = selectors.verify(now=now + timedelta(days=9))
    assert verdict.is_whole, verdict.message
    assert verdict.entries == 11
    assert entry.pk > late.pk


def test_sealing_nothing_makes_no_seal(chain_of_nine, now):
    assert seal_entries(now=now + timedelta(hours=9)) is None


def test_record_masks_protected_values(clerk, now):
    from povedu.protected import Phone

    entry = record(
        actor=clerk,
        now=now,
        verb="student.edit",
        changes={"phone": [Phone("19900001234"), Phone("19900005678")]},
    )
    entry.refresh_from_db()
    assert entry.changes == {"phone": ["199****1234", "199****5678"]}
    assert b"19900005678" not in bytes(entry.sealed)
