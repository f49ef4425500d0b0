"""The runner's clock: leases and endings need the instant itself, not the one work began at."""

from datetime import datetime

from django.utils import timezone


def instant() -> datetime:
    """Return this instant."""
    return timezone.now()  # noqa: TID251  # the one clock of the job machinery
