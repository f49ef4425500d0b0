"""Holding what two people may work on at once."""

from subsidies.models import Programme


def hold_programme(programme_id: int) -> Programme:
    """Hold a programme until the caller's transaction ends, and return it as it stands now.

    Whoever decides from a programme's awards what is due, or what is not due any more, holds it:
    else an award could be cancelled while a batch takes it up. On SQLite the transaction itself is
    the only one that writes.
    """
    return Programme.objects.select_for_update().get(pk=programme_id)


def hold_programmes(county_id: str) -> None:
    """Hold every programme of a county likewise, in one order, so that nobody waits in a circle."""
    list(Programme.objects.select_for_update().filter(county=county_id).order_by("pk"))
