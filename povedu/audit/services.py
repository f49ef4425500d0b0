"""The one writer of the audit trail and of the seals that chain it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from povedu.audit import chain, selectors
from povedu.audit.models import AuditEntry, AuditSeal
from povedu.audit.reveal import revealable
from povedu.errors import Refusal
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


def reveal_secret(
    *, actor: Actor, now: datetime, subject: str, pk: str, field: str, reason: str
) -> str:
    """Return one protected value in full, having first written down who asked and why.

    ``subject`` is a model label that an app offers (see ``povedu.audit.reveal``). Raises Refusal
    for a reason too short or a day's quota used up, LookupError where there is nothing of that kind
    in the actor's scope, PermissionError where the policy does not allow it.
    """
    kind = revealable(subject)
    if kind is None or field not in kind.fields:
        raise LookupError(subject)
    if not actor.may(kind.action):
        raise PermissionError(kind.action)
    reason = " ".join(reason.split())
    if len(reason) < 2:
        raise Refusal("reason-missing", _("请写明查看理由（至少两个字）。"))
    with transaction.atomic():
        found = kind.queryset(actor.scope).filter(pk=pk).first()
        if found is None:
            raise LookupError(subject)
        _keep_quota(actor, now)
        record(
            actor=actor,
            now=now,
            verb=selectors.REVEAL,
            subject=found,
            changes={field: [None, None]},
            reason=reason,
            place=kind.place_of(found),
        )
    value = getattr(found, field)
    return value.reveal() if isinstance(value, Secret) else str(value)


def _keep_quota(actor: Actor, now: datetime) -> None:
    limit: int = settings.REVEALS_PER_DAY
    if selectors.reveal_count(actor.user_id, since=now - timedelta(hours=24)) >= limit:
        raise Refusal(
            "reveal-quota",
            _("24 小时内查看完整信息已达 %(limit)d 次，请明日再试或联系审计管理员。")
            % {"limit": limit},
        )


def seal_entries(*, now: datetime, limit: int = 50_000) -> AuditSeal | None:
    """Chain the entries that no seal covers yet; return the new seal, None where there is nothing.

    1. Take the entries after the last sealed one, and those behind it that a slow transaction
    committed late. 2. Write one seal over them. 3. Note the new head outside the database. Two
    sealers at once are harmless: both follow the same head, and only one may.
    """
    head = AuditSeal.objects.order_by("-pk").first()
    since = now - 2 * selectors.SEAL_GRACE
    settled = AuditSeal.objects.filter(sealed_at__lt=since).aggregate(last=Max("last_entry"))[
        "last"
    ]
    known = selectors.sealed_numbers(since=since)
    numbers = AuditEntry.objects.filter(pk__gt=settled or 0).order_by("pk")
    due = [n for n in numbers.values_list("pk", flat=True).iterator() if n not in known][:limit]
    if not due:
        return None
    previous = head.hash if head is not None else chain.GENESIS
    marks = b"".join(
        chain.packed(AuditEntry.objects.filter(pk__in=part).order_by("pk"))
        for part in (due[start : start + 500] for start in range(0, len(due), 500))
    )
    try:
        with transaction.atomic():
            seal_ = AuditSeal.objects.create(
                first_entry=due[0],
                last_entry=due[-1],
                entry_count=len(due),
                marks=marks,
                sealed_at=now,
                previous_hash=previous,
                hash=chain.link(previous, marks),
            )
    except IntegrityError:  # another sealer was first
        return None
    _drop_anchor(seal_, now)
    return seal_


def _drop_anchor(sealed: AuditSeal, now: datetime) -> None:
    """Write the head and the number of seals where the database's owner cannot reach."""
    path = selectors.anchor_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = {"at": now.isoformat(), "seals": AuditSeal.objects.count(), "head": sealed.hash}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def verify_chain(*, actor: Actor, now: datetime) -> selectors.Verdict:
    """Walk the chain for somebody and record that it was done and what it found."""
    verdict = selectors.verify(now=now)
    record(
        actor=actor,
        now=now,
        verb="audit.verify",
        changes={"verdict": [None, verdict.code or "whole"]},
        count=verdict.entries,
    )
    return verdict
