"""How guessing at passwords is slowed without locking the rightful owner out.

Five failures from one address against one name close that pair for a quarter of an hour. Failures
from anywhere close the name for addresses it has never been used from; a clerk at the accustomed
desk still gets in. An address that fails over many names is stopped before any password is hashed.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessBase
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from povedu.accounts.models import SignIn


def lockout_parameters(
    request_or_attempt: HttpRequest | AccessBase, credentials: dict[str, Any] | None = None
) -> list[str | list[str]]:
    """Return by what failures are counted for this attempt, in django-axes' own notation."""
    if isinstance(request_or_attempt, AccessBase):
        username, address = request_or_attempt.username, request_or_attempt.ip_address
    else:
        username = get_client_username(request_or_attempt, credentials)
        address = request_or_attempt.META.get("REMOTE_ADDR", "")
    pair: list[str | list[str]] = [["username", "ip_address"]]
    known = SignIn.objects.filter(user__username=username or "", ip=address or "").exists()
    return pair if known else [*pair, "username"]


def address_is_closed(address: str, *, now: datetime) -> bool:
    """Say whether an address has failed too often over all names."""
    since = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    failures = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since).aggregate(
        total=Sum("failures_since_start")
    )["total"]
    return int(failures or 0) >= settings.ADDRESS_FAILURE_LIMIT
