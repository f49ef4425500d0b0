"""Which projects have been paid for, for whoever wants to take an import back."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from schools.models import ProjectPayment


def paid_projects(label: str, keys: Collection[int], since: datetime | None) -> set[int]:
    """Return the projects among keys that have payments, on or after an instant's day if given."""
    if label != "schools.Project":
        return set()
    payments = ProjectPayment.objects.filter(project_id__in=list(keys))
    if since is not None:
        payments = payments.filter(paid_on__gte=timezone.localtime(since).date())
    return set(payments.values_list("project_id", flat=True))
