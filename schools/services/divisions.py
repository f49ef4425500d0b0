"""Writing divisions."""

from datetime import datetime

from django.db import transaction

from povedu.audit.services import record
from povedu.scope import Actor
from schools.models import Division
from schools.services.rows import locked, require_place, write_row


def edit_division(
    *, division: Division, name: str, is_poor_village: bool, actor: Actor, now: datetime
) -> Division:
    """Rename a division or set its poor-village flag."""
    with transaction.atomic():
        row = locked(division)
        require_place(actor, division=row)
        changes = write_row(row, {"name": name, "is_poor_village": is_poor_village})
        if changes:
            record(
                actor=actor,
                now=now,
                verb="division.edit",
                subject=row,
                changes=changes,
                place=(row.code, ""),
            )
    return row
