"""Database triggers that keep tables append-only, on SQLite and PostgreSQL alike.

Apps name their tables in ``AppConfig.ready`` with ``keep_append_only``; the triggers are put back
after every migration, because Django rebuilds a table on SQLite to alter it and the rebuilt table
has none.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error
from django.db import connections, models

if TYPE_CHECKING:
    from django.apps import AppConfig
    from django.db.backends.base.base import BaseDatabaseWrapper

_protected: dict[str, type[models.Model]] = {}

_FUNCTION = """
CREATE OR REPLACE FUNCTION povedu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: %% on %% is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def keep_append_only(*tables: type[models.Model]) -> None:
    """Have the database refuse to change or remove rows of these models from now on."""
    _protected.update({model._meta.db_table: model for model in tables})


def protected_tables() -> tuple[str, ...]:
    """Return the names of the append-only tables."""
    return tuple(sorted(_protected))


def _names(table: str, vendor: str) -> dict[str, str]:
    """Map each trigger's name to the event it refuses."""
    events = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return {f"{table}_no_{event}": event for event in events}


def _create(connection: "BaseDatabaseWrapper", table: str, name: str, event: str) -> str:
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql":
        each = "STATEMENT" if event == "truncate" else "ROW"
        return (
            f"CREATE TRIGGER {quote(name)} BEFORE {event.upper()} ON {quote(table)}"
            f" FOR EACH {each} EXECUTE FUNCTION povedu_append_only()"
        )
    return (
        f"CREATE TRIGGER {quote(name)} BEFORE {event.upper()} ON {quote(table)}"
        f" BEGIN SELECT RAISE(ABORT, 'append-only: {event} on {table} is refused'); END"
    )


def _present(connection: "BaseDatabaseWrapper") -> set[str]:
    """Return the names of the triggers that exist and fire."""
    if connection.vendor == "postgresql":
        # tgenabled: O fires in an ordinary session, A always, D is switched off.
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def install(connection: "BaseDatabaseWrapper", app_label: str | None = None) -> list[str]:
    """Create what is missing for the tables that exist, of one app or of all; return the names."""
    existing = set(connection.introspection.table_names())
    present = _present(connection)
    made = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION, [])
        for table, model in _protected.items():
            if table not in existing or app_label not in (None, model._meta.app_label):
                continue
            for name, event in _names(table, connection.vendor).items():
                if name not in present:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {_at(connection, name, table)}")
                    cursor.execute(_create(connection, table, name, event))
                    made.append(name)
    return made


def _at(connection: "BaseDatabaseWrapper", name: str, table: str) -> str:
    """Return how a statement names a trigger: PostgreSQL wants its table too."""
    quote = connection.ops.quote_name
    on = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
    return quote(name) + on


def missing(connection: "BaseDatabaseWrapper") -> list[str]:
    """Return the names of triggers that ought to be there and are not, or are switched off."""
    wanted = {name for table in _protected for name in _names(table, connection.vendor)}
    return sorted(wanted - _present(connection))


@contextmanager
def lifted(connection: "BaseDatabaseWrapper") -> Iterator[None]:
    """Drop the triggers for a while: to empty a test database or attack one, never in service."""
    with connection.cursor() as cursor:
        for table in _protected:
            for name in _names(table, connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {_at(connection, name, table)}")
    try:
        yield
    finally:
        install(connection)


def install_after_migration(sender: "AppConfig", using: str, **_: Any) -> None:
    """Receive ``post_migrate``: put the triggers of the migrated app back."""
    install(connections[using], sender.label)


def check_present(
    app_configs: object = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """System check for ``check --database``: fail loudly where a trigger has gone."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        existing = set(connection.introspection.table_names())
        if not existing.issuperset(_protected):
            continue  # before the first migration
        gone = missing(connection)
        if gone:
            hint = "Run manage.py migrate to put the triggers back, then manage.py verify_audit."
            found.append(
                Error(f"Append-only triggers missing: {gone}", hint=hint, id="povedu.E001")
            )
    return found
