"""Filling tables with explicit keys, so that rows can point at each other before they exist."""

from collections.abc import Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from povedu.bulk import insert_rows


class Filler:
    """Collect rows of one model with keys given out from one; write them at once.

    Fields not named take the model's own defaults.
    """

    def __init__(self, model: type[models.Model], *field_names: str) -> None:
        self.model = model
        named = ("id", *field_names)
        others = [field for field in model._meta.concrete_fields if field.name not in named]
        self.field_names = (*named, *(field.name for field in others))
        self.defaults = tuple(field.get_default() for field in others)
        self.rows: list[Sequence[Any]] = []

    def add(self, *values: Any) -> int:
        """Take one row and return the key it will have."""
        key = len(self.rows) + 1
        self.rows.append((key, *values, *self.defaults))
        return key

    def write(self) -> int:
        """Insert all rows and move the key sequence behind them."""
        count = insert_rows(self.model, self.field_names, self.rows)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)
        return count
