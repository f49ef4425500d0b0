"""Filling tables with explicit keys, so that rows can point at each other before they exist."""

from collections.abc import Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from povedu.bulk import insert_rows


class Filler:
    """Collect rows of one model with keys given out from one; write them at once."""

    def __init__(self, model: type[models.Model], *field_names: str) -> None:
        self.model = model
        self.field_names = ("id", *field_names)
        self.rows: list[Sequence[Any]] = []

    def add(self, *values: Any) -> int:
        """Take one row and return the key it will have."""
        key = len(self.rows) + 1
        self.rows.append((key, *values))
        return key

    def write(self) -> int:
        """Insert all rows and move the key sequence behind them."""
        count = insert_rows(self.model, self.field_names, self.rows)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)
        return count
