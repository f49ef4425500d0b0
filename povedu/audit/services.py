"""The one writer of the audit trail."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from povedu.audit.models import AuditEntry
from povedu.protected import Secret, seal
from povedu.scope import Actor

Changes = Mapping[str, tuple[Any, Any] | list[Any]]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)


def _reveal(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else _plain(value)


def record(
    *,
    actor: Actor,
    now: datetime,
    verb: str,
    subject: models.Model | None = None,
    changes: Changes | None = None,
    reason: str = "",
    count: int = 1,
    job_id: UUID | None = None,
    place: tuple[str, str] = ("", ""),
) -> AuditEntry:
    """Write one entry inside the caller's transaction.

    ``verb`` is ``noun.verb``; ``changes`` maps a field to (old, new) where a ``Secret`` is shown
    masked and its full value sealed apart; ``count`` is the number of rows a set-wise change or an
    export touched; ``place`` is (division code, school code) for scoping who may read the entry.
    """
    given = dict(changes or {})
    secrets = {
        name: [_reveal(value) for value in pair]
        for name, pair in given.items()
        if any(isinstance(value, Secret) for value in pair)
    }
    return AuditEntry.objects.create(
        at=now,
        actor_id=actor.user_id or None,
        actor_name=actor.name,
        role=actor.role,
        ip=actor.ip,
        verb=verb,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        subject_label=str(subject)[:120] if subject is not None else "",
        division_code=place[0] or actor.scope.division_prefix,
        school_code=place[1] or (actor.scope.school_code or ""),
        changes={name: [_plain(value) for value in pair] for name, pair in given.items()},
        sealed=seal(json.dumps(secrets, ensure_ascii=False).encode(), context="audit")
        if secrets
        else b"",
        reason=reason[:300],
        count=count,
        job_id=job_id,
    )


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return ``{field: [old, new]}`` for the fields that differ."""
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new}
