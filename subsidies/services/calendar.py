"""Days that a county works or rests against the published calendar."""

from datetime import date, datetime

from django.db import transaction

from povedu.audit.services import record
from povedu.scope import Actor
from schools.models import Division
from subsidies.models import CalendarDay


def set_calendar_day(
    *, county: Division, day: date, is_working: bool, actor: Actor, now: datetime, note: str = ""
) -> CalendarDay:
    """Declare a day worked or free; notices published from then on count by it."""
    with transaction.atomic():
        kept, _made = CalendarDay.objects.update_or_create(
            county=county, day=day, defaults={"is_working": is_working, "note": note}
        )
        _recorded("calendar.set", kept, actor, now)
    return kept


def remove_calendar_day(*, calendar_day: CalendarDay, actor: Actor, now: datetime) -> None:
    """Go by the published calendar again on a day."""
    with transaction.atomic():
        _recorded("calendar.remove", calendar_day, actor, now)
        CalendarDay.objects.filter(pk=calendar_day.pk).delete()


def _recorded(verb: str, one: CalendarDay, actor: Actor, now: datetime) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=one,
        changes={one.day.isoformat(): ("", one.is_working)},
        place=(one.county_id, ""),
    )
