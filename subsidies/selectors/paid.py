"""Which pupils have money behind them, for whoever wants to take an import back."""

from collections.abc import Collection
from datetime import datetime

from subsidies.choices import PaymentState
from subsidies.models import Payment

_PAID = (PaymentState.SENT, PaymentState.SETTLED)


def paid_pupils(label: str, keys: Collection[int], since: datetime | None) -> set[int]:
    """Return the pupils among keys for whom money has gone out, after an instant if given."""
    if label != "students.Student":
        return set()
    payments = Payment.objects.filter(state__in=_PAID)
    if since is not None:
        payments = payments.filter(batch__released_at__gt=since)
    wanted = sorted(keys)
    found: set[int] = set()
    for start in range(0, len(wanted), 5000):
        some = payments.filter(instalment__award__student_id__in=wanted[start : start + 5000])
        found.update(some.values_list("instalment__award__student_id", flat=True))
    return found
