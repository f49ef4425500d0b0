"""Reading people: who they are, what they answer for, as whom they act."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from povedu.accounts.models import CountyCalendar, Jurisdiction, User
from povedu.accounts.policy import actions_of
from povedu.scope import Actor, Scope
from povedu.terms import Term

OPERATOR = "operator"


def jurisdictions_on(user: User, day: date) -> QuerySet[Jurisdiction]:
    """Return what a person answers for on a day, oldest first."""
    return Jurisdiction.objects.filter(user=user, starts_on__lte=day).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    )


def actor_in(jurisdiction: Jurisdiction, *, ip: str = "") -> Actor:
    """Return the actor that a person is in one jurisdiction."""
    user = jurisdiction.user
    return Actor(
        user_id=user.pk,
        name=user.name or user.username,
        role=jurisdiction.role,
        office=jurisdiction.office,
        scope=Scope(jurisdiction.division_prefix, jurisdiction.school_code or None),
        actions=actions_of(jurisdiction.role, jurisdiction.office),
        ip=ip,
    )


def actor_for(user: User, *, now: datetime, chosen: int | None = None, ip: str = "") -> Actor:
    """Return the actor of a signed-in person now: the chosen jurisdiction, else the first.

    Read from the database at every request and every job start, so a right taken away is gone at
    the very next one. Somebody without a live jurisdiction acts with no rights at all.
    """
    today = timezone.localtime(now).date()
    live = list(jurisdictions_on(user, today)) if user.is_active else []
    picked = next((one for one in live if one.pk == chosen), live[0] if live else None)
    if picked is None:
        return Actor(user.pk, user.name or user.username, "", Scope.nothing(), ip=ip)
    picked.user = user
    return actor_in(picked, ip=ip)


def term_of(county_code: str, day: date) -> Term:
    """Return the term a county works in, by its calendar, else by the day."""
    calendar = CountyCalendar.objects.filter(county_code=county_code).first()
    return Term.parse(calendar.current_term) if calendar else Term.on(day)


def operator() -> Actor:
    """Return the built-in operator that commands and schedules act as: every action, all places.

    The account cannot sign in (no usable password, not active).
    """
    from povedu.accounts.policy import table  # the table imports every app

    user, _ = User.objects.get_or_create(
        username=OPERATOR, defaults={"name": "系统作业", "is_active": False, "password": "!"}
    )
    return Actor(user.pk, user.name, OPERATOR, Scope.everything(), actions=frozenset(table()))
