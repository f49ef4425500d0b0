"""What the audit trail must satisfy: its part of the invariants."""

from django.utils import timezone

from povedu.audit.selectors import verify
from povedu.invariants import Breach


def trail_is_whole(_county: str) -> Breach | None:
    """I8: no entry of the trail is missing, changed or slipped in."""
    verdict = verify(now=timezone.now())  # noqa: TID251  # how old an unsealed entry is, by now
    if verdict.is_whole:
        return None
    return Breach(f"audit.auditentry:{verdict.entry or verdict.seal or 0}", verdict.code)
