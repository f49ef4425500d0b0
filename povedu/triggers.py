"""Database triggers that keep tables append-only and moves in order, on either database.

Apps name their tables in ``AppConfig.ready`` with ``keep_append_only``, the moves a state field
may make with ``keep_moves``, and other rules in SQL with ``keep_rule``; the triggers are put back
after every migration, because Django rebuilds a table on SQLite to alter it and the rebuilt table
has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.db import connections, models

if TYPE_CHECKING:
    from django.apps import AppConfig
    from django.db.backends.base.base import BaseDatabaseWrapper

_protected: dict[str, type[models.Model]] = {}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A trigger of a table: the statements that create it, by database vendor."""

    model: type[models.Model]
    statements: dict[str, tuple[str, ...]]


_rules: dict[str, _Rule] = {}

_FUNCTION = """
CREATE OR REPLACE FUNCTION povedu_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$;
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


def keep_rule(model: type[models.Model], name: str, **statements: tuple[str, ...]) -> None:
    """Keep a trigger ``name`` on a table: ``sqlite`` and ``postgresql`` are what creates it.

    A vendor that is not given has no such trigger.
    """
    _rules[name] = _Rule(model, statements)


def keep_moves(
    model: type[models.Model], moves: Iterable[tuple[str, str]], field: str = "state"
) -> None:
    """Have the database refuse any change of a state field that is not one of ``moves``."""
    table = model._meta.db_table
    name = f"{table}_{field}_moves"
    allowed = ", ".join(f"'{old}>{new}'" for old, new in moves)
    when = f"OLD.{field} <> NEW.{field} AND (OLD.{field} || '>' || NEW.{field}) NOT IN ({allowed})"
    refusal = f"{table}: no such move of {field}"
    begin = f'CREATE TRIGGER "{name}" BEFORE UPDATE OF {field} ON "{table}"'
    keep_rule(
        model,
        name,
        sqlite=(f"{begin} WHEN {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",),
        postgresql=(
            f"{begin} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION povedu_refuse('{refusal}')",
        ),
    )


def keep_refusal(
    model: type[models.Model], name: str, event: str, condition: str, refusal: str
) -> None:
    """Have the database refuse an event (``INSERT``, ``UPDATE OF a``, …) under a condition.

    The condition is SQL over ``NEW`` and ``OLD`` and may look into other tables.
    """
    begin = f'CREATE TRIGGER "{name}" BEFORE {event} ON "{model._meta.db_table}"'
    answer = "OLD" if event.startswith("DELETE") else "NEW"
    keep_rule(
        model,
        name,
        sqlite=(f"{begin} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",),
        postgresql=(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN IF {condition} THEN RAISE EXCEPTION '{refusal}'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {answer}; END $$",
            f"{begin} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


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
        made += _install_rules(connection, existing, present, app_label)
    return made


def _install_rules(
    connection: "BaseDatabaseWrapper", existing: set[str], present: set[str], app_label: str | None
) -> list[str]:
    """Create the missing rules of the tables that exist; return their names."""
    made = []
    for name, rule in _rules.items():
        table = rule.model._meta.db_table
        wanted = app_label in (None, rule.model._meta.app_label) and table in existing
        if name in present or not wanted or connection.vendor not in rule.statements:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {_at(connection, name, table)}")
            for statement in rule.statements[connection.vendor]:
                cursor.execute(statement)
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
    wanted |= {name for name, rule in _rules.items() if connection.vendor in rule.statements}
    return sorted(wanted - _present(connection))


@contextmanager
def lifted(connection: "BaseDatabaseWrapper") -> Iterator[None]:
    """Drop the triggers for a while: to empty a test database or attack one, never in service."""
    with connection.cursor() as cursor:
        for table in _protected:
            for name in _names(table, connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {_at(connection, name, table)}")
        for name, rule in _rules.items():
            table = rule.model._meta.db_table
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
    """System check for ``check --database``: say loudly where a trigger has gone.

    A warning, since an error would keep ``migrate`` from putting the triggers back; the health page
    and ``verify_audit`` fail on it.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        existing = set(connection.introspection.table_names())
        if not existing.issuperset(
            {*_protected, *(r.model._meta.db_table for r in _rules.values())}
        ):
            continue  # before the first migration
        gone = missing(connection)
        if gone:
            hint = "Run manage.py migrate to put the triggers back, then manage.py verify_audit."
            found.append(
                CheckWarning(f"Database triggers missing: {gone}", hint=hint, id="povedu.W001")
            )
    return found
