"""Personal keys to the API."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from povedu.accounts.models import ApiToken, Jurisdiction
from povedu.accounts.tokens import token_digest
from povedu.audit.services import record
from povedu.scope import Actor


@transaction.atomic
def create_token(
    *, actor: Actor, now: datetime, jurisdiction: Jurisdiction, name: str, days: int
) -> tuple[ApiToken, str]:
    """Make a key that acts in one of the person's own jurisdictions; return it, shown only once."""
    if jurisdiction.user_id != actor.user_id:
        raise LookupError(jurisdiction.pk)
    text = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        jurisdiction=jurisdiction,
        name=name.strip(),
        digest=token_digest(text),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record(actor=actor, now=now, verb="token.create", subject=token)
    return token, text


@transaction.atomic
def revoke_token(*, actor: Actor, now: datetime, pk: int) -> None:
    """Make one of the person's own keys worthless at once."""
    token = ApiToken.objects.filter(pk=pk, jurisdiction__user_id=actor.user_id).first()
    if token is None:
        raise LookupError(pk)
    record(actor=actor, now=now, verb="token.revoke", subject=token)
    token.delete()
