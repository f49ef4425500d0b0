"""The test database, migrated once per state of the migrations and copied afterwards.

Walking every migration takes some twenty seconds of one core; each test process would do it again.
The first process to need a state walks it and keeps a copy (a file on SQLite, a template database
on PostgreSQL) under a hash of everything that shapes it; the others copy that in a blink.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import django.core.management
import pytest
from django.conf import settings
from django.db import connection

PATTERNS = ("migrations/*.py", "models.py", "models/*.py", "apps.py", "permissions.py")
APPS = ("povedu/*", "schools", "teachers", "students", "subsidies", "reports")
KEPT_TEMPLATES = 12


def _state() -> str:
    """Return a hash of all that shapes a migrated database."""
    root = Path(settings.BASE_DIR)
    files = {root / "povedu/settings.py", root / "povedu/triggers.py"}
    for app in APPS:
        for pattern in PATTERNS:
            files.update(root.glob(f"{app}/{pattern}"))
    digest = hashlib.sha256(django.__version__.encode())
    for file in sorted(files):
        digest.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _one_at_a_time(folder: Path, state: str) -> Iterator[None]:
    with (folder / f"{connection.vendor}-{state}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _SqliteTemplate:
    """A migrated database in a file."""

    def __init__(self, folder: Path, state: str) -> None:
        self.path = folder / f"{state}.sqlite3"

    def exists(self) -> bool:
        return self.path.exists()

    def prepare(self) -> None:
        """Nothing has to be known before the database is made."""

    def fill(self) -> None:
        connection.ensure_connection()
        source = sqlite3.connect(self.path)
        source.backup(connection.connection)
        source.close()

    def keep(self) -> None:
        scratch = self.path.with_suffix(f".{os.getpid()}")
        target = sqlite3.connect(scratch)
        connection.ensure_connection()
        connection.connection.backup(target)
        target.close()
        scratch.rename(self.path)
        old = sorted(self.path.parent.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)
        for path in old[:-KEPT_TEMPLATES]:
            path.unlink(missing_ok=True)
            path.with_name(f"sqlite-{path.stem}.lock").unlink(missing_ok=True)


class _PostgresTemplate:
    """A migrated database that others are made from."""

    def __init__(self, state: str) -> None:
        self.state = state

    def _names(self) -> list[str]:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'povedu_template_%'")
            return sorted(name for (name,) in cursor.fetchall())

    def _name(self) -> str:
        return next((name for name in self._names() if name.endswith(self.state)), "")

    def exists(self) -> bool:
        return bool(self._name())

    def prepare(self) -> None:
        connection.settings_dict["TEST"]["TEMPLATE"] = self._name()

    def fill(self) -> None:
        """It came filled."""

    def keep(self) -> None:
        source = connection.settings_dict["NAME"]
        connection.close()
        name = f"povedu_template_{int(time.time())}_{self.state}"
        with connection._nodb_cursor() as cursor:
            for old in self._names()[: -KEPT_TEMPLATES + 1]:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


@contextmanager
def copied_where_possible() -> Iterator[None]:
    """Have ``setup_databases`` copy the migrated state instead of walking to it, if it is kept."""
    folder = Path(tempfile.gettempdir()) / f"povedu-test-databases-{os.getuid()}"
    folder.mkdir(exist_ok=True, mode=0o700)
    state = _state()
    template: _SqliteTemplate | _PostgresTemplate
    if connection.vendor == "sqlite":
        template = _SqliteTemplate(folder, state)
    else:
        template = _PostgresTemplate(state)
    original = django.core.management.call_command

    def call_command(name: Any, *arguments: Any, **options: Any) -> Any:
        if name != "migrate":
            return original(name, *arguments, **options)
        return template.fill()

    with _one_at_a_time(folder, state):
        if not template.exists():
            yield
            template.keep()
            return
        template.prepare()
    django.core.management.call_command = call_command
    try:
        yield
    finally:
        django.core.management.call_command = original


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database, in place of pytest-django's own fixture of this name."""
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        with copied_where_possible():
            made = setup_databases(
                verbosity=request.config.option.verbose,
                interactive=False,
                aliases={"default"},
                serialized_aliases=set(),
            )
        yield
        teardown_databases(made, verbosity=request.config.option.verbose)
