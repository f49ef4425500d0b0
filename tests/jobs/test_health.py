"""The installation says when a part of it is missing."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from kombu import Connection

from povedu import triggers
from povedu.jobs import health, services

pytestmark = pytest.mark.django_db


def levels(now):
    return {one.name: one.level for one in health.look(now)}


def test_all_is_well_where_a_worker_has_been_seen(now):
    services.sign(services.SWEEPER, now=now)
    found = levels(now)
    assert {found[name] for name in (*health.ESSENTIAL, "broker", "worker", "queue")} == {"ok"}


def test_a_worker_that_was_never_seen_or_long_ago_is_named(now):
    assert levels(now)["worker"] == "failed"
    services.sign(services.SWEEPER, now=now - timedelta(hours=1))
    assert levels(now)["worker"] == "failed"


def test_a_dropped_trigger_is_named(now):
    with triggers.lifted(connection):
        assert levels(now)["triggers"] == "failed"


def test_a_missing_key_file_is_named(now, settings, tmp_path):
    settings.SECRETS_DIR = tmp_path
    assert levels(now)["keys"] == "failed"


def test_a_broker_that_is_away_is_named_within_seconds(now, monkeypatch):
    monkeypatch.setattr(
        health.current_app,
        "connection_for_write",
        lambda: Connection("redis://127.0.0.1:1/0"),
    )
    assert levels(now)["broker"] == "failed"


def test_old_backups_are_named(now, settings):
    settings.EMBEDDED = False
    assert levels(now)["backup"] == "warning"
    services.sign(health.BACKUP, now=now - timedelta(hours=40))
    assert levels(now)["backup"] == "warning"
    services.sign(health.BACKUP, now=now)
    assert levels(now)["backup"] == "ok"


def test_the_command_prints_json_and_fails_where_something_is_broken(now):
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("health", "--json", stdout=out)
    assert json.loads(out.getvalue())["worker"]["level"] == "failed"
    call_command("health", "--only", "database", "keys", stdout=StringIO())
