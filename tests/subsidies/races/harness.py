"""Twelve people press the same button at the same instant; and the same with every guard off.

``careless`` turns each money action into what a hurried programmer would have written: look, then
act, with no transaction, no lock, no comparison in the UPDATE, no constraint and no trigger. All
twelve look before any of them acts. A race that then still had one winner would prove nothing.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connection, models, transaction

from povedu import bulk, triggers
from povedu.errors import Refusal, is_busy

THREADS = 12
LOOKED = 1.0  # seconds that a careless one waits for the others to have looked


class Racers:
    """Threads that keep their connections from one race to the next."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS)
        self.around: Callable[[Callable[[], object]], object] = lambda act: act()

    def race(self, act: Callable[[int], object]) -> list[object]:
        """Run an action in all threads at once; return what those got who did it.

        Doing nothing is said by a refusal, or by returning nothing.
        """
        gate, won, faults = threading.Barrier(THREADS), [], []

        def run(number: int) -> None:
            try:
                connection.ensure_connection()
                gate.wait()
                if result := self.around(lambda: act(number)):
                    won.append(result)
            except Refusal:
                pass
            except BaseException as error:  # noqa: BLE001  # told after the threads have ended
                if not is_busy(error):  # who waited too long is told to come again
                    faults.append(error)

        for one in [self._pool.submit(run, number) for number in range(THREADS)]:
            one.result()
        if faults:
            raise BaseExceptionGroup("not a refusal", faults)
        return won

    def close(self) -> None:
        """Close every thread's connection and end the threads."""
        self.race(lambda _: connection.close())
        self._pool.shutdown()


# --- every guard off ------------------------------------------------------------------------------

# What the services compare in an UPDATE: a state, a version, or a date that is not there yet.
_COMPARED = (
    "state|step|version|seq|hash|applied_at"
    "|received_on|settled_on|cancelled_on|ends_on|withdrawn_on"
)
_ONE = rf'(?<![\w"])"?\w+"?\."?(?:{_COMPARED})"? (?:= %s|IN \((?:%s(?:, )?)+\)|IS NULL)'
_COMPARISON = re.compile(rf"NOT \({_ONE}\)|{_ONE}")
_WRITES = ("INSERT", "UPDATE", "DELETE")


def uncompared(statement: str, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return an UPDATE that compares nothing but keys, with the values it still takes."""
    head, where, tail = statement.partition(" WHERE ")
    kept, at = list(values[: head.count("%s")]), head.count("%s")
    made, done = [], 0
    for found in _COMPARISON.finditer(tail):
        before = tail[done : found.start()]
        kept += values[at : at + before.count("%s")]
        at += before.count("%s") + found.group().count("%s")
        made += [before, "1 = 1"]
        done = found.end()
    rest = tail[done:]
    kept += values[at:]
    return head + where + "".join(made) + rest, tuple(kept)


@dataclass
class _Look:
    """Where the twelve of one race wait for each other before anybody writes."""

    gate: threading.Barrier
    own: threading.local

    def wait(self) -> None:
        if not getattr(self.own, "looked", True):
            self.own.looked = True
            with suppress(threading.BrokenBarrierError):  # who was refused does not come
                self.gate.wait(LOOKED)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(_WRITES):
            self.wait()
        if sql.startswith("UPDATE") and not many:
            sql, params = uncompared(sql, params or ())
        return execute(sql, params, many, context)


class _NoTransaction:
    """Stands in for ``transaction.atomic``."""

    def __init__(self, *_given: Any, **_more: Any) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass


@contextmanager
def careless(racers: Racers) -> Iterator[None]:
    """Take every guard off for the races within; the database is spoilt for anything else."""
    own = threading.local()
    looks: list[_Look] = []

    def around(act: Callable[[], object]) -> object:
        own.looked = False
        with connection.execute_wrapper(looks[-1]):
            return act()

    original, write, delete = racers.race, bulk._write, models.QuerySet.delete

    def race(act: Callable[[int], object]) -> list[object]:
        looks.append(_Look(threading.Barrier(THREADS), own))
        return original(act)

    def written(*given: Any, **more: Any) -> int:
        looks[-1].wait()  # COPY passes no wrapper
        return write(*given, **more)

    def deleted(rows: Any) -> tuple[int, dict[str, int]]:
        count, by_model = delete(rows)
        return max(count, 1), by_model  # believes that what it looked at was still there

    without_guards(connection)
    with (
        triggers.lifted(connection),
        patch.object(triggers, "missing", lambda _: []),
        patch.object(transaction, "atomic", _NoTransaction),
        patch.object(type(connection.features), "has_select_for_update", new=False),
        patch.object(models.QuerySet, "delete", deleted),
        patch.object(bulk, "_write", written),
        patch.object(racers, "around", around),
        patch.object(racers, "race", race),
    ):
        yield


def without_guards(connection: Any) -> None:
    """Drop every unique constraint and unique index of money's tables."""
    tables = [
        model._meta.db_table
        for label in ("subsidies", "ledger", "screens")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    drop = _drop_of_postgres if connection.vendor == "postgresql" else _drop_of_sqlite
    with connection.cursor() as cursor:
        drop(cursor, tables)


def _drop_of_postgres(cursor: Any, tables: list[str]) -> None:
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
        [tables],
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indisunique"
        " AND NOT i.indisprimary AND i.indrelid::regclass::text = ANY(%s)",
        [tables],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")


def _drop_of_sqlite(cursor: Any, tables: list[str]) -> None:
    """Make each table anew without them: SQLite drops no constraint."""
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("PRAGMA legacy_alter_table = ON")
    for table in tables:
        cursor.execute(
            "SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table]
        )
        made = cursor.fetchall()
        [old] = [sql for kind, sql in made if kind == "table"]
        new = re.sub(r', CONSTRAINT "\w+" UNIQUE \([^)]*\)', "", old)
        new = re.sub(r" UNIQUE(?=[ ,)])", "", new)
        new = new.replace(f'CREATE TABLE "{table}"', f'CREATE TABLE "unguarded_{table}"', 1)
        cursor.execute(new.replace("%", "%%"), None)
        cursor.execute(f'INSERT INTO "unguarded_{table}" SELECT * FROM "{table}"')
        cursor.execute(f'DROP TABLE "{table}"')
        cursor.execute(f'ALTER TABLE "unguarded_{table}" RENAME TO "{table}"')
        for kind, sql in made:
            if kind == "index" and not sql.startswith("CREATE UNIQUE"):
                cursor.execute(sql, None)
