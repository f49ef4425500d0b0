"""Links from a table's rows."""

from collections.abc import Callable

import django_tables2 as tables
from django.db.models import Model
from django.urls import reverse


def linked(name: str, action: str) -> Callable[..., str | None]:
    """Return a column's link to a page of the row, for those who may open that page."""

    def address(record: Model, table: tables.Table) -> str | None:
        allowed = table.request.actor.may(action)
        return reverse(name, args=[record.pk]) if allowed else None

    return address
