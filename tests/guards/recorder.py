"""What a request did to the database: the statements that write, and a digest of every table.

The recorder watches each request and must be empty after a refused one: it names the culprit. The
digest reads all tables before and after each handful of addresses; what refused requests wrote is
not rolled back, so that it sees also what got past the recorder.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_WRITE = re.compile(
    r"^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE|COPY)"
    r"\s+\"?(\w+)",
    re.IGNORECASE,
)
# Tables that looking may touch, each with its reason.
LOOKING_TOUCHES = {
    "django_session": "the session notes when its person was last here",
    "accounts_apitoken": "a key notes the day it was last used",
}


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the names of the tables that statements write to."""
    tables: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        match = _WRITE.match(sql)
        if match and match[1] not in LOOKING_TOUCHES:
            tables.append(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def digest() -> dict[str, str]:
    """Return a hash of the contents of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in LOOKING_TOUCHES:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            text = repr([tuple(map(_plain, row)) for row in cursor.fetchall()])
            found[table] = hashlib.sha256(text.encode()).hexdigest()
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
