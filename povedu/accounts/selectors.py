"""Reading people: who they are, what they answer for, as whom they act."""

from datetime import date, datetime

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from povedu.accounts.models import (
    ApiToken,
    CountyCalendar,
    Grant,
    Jurisdiction,
    SignIn,
    User,
)
from povedu.accounts.policy import actions_of
from povedu.scope import Actor, Scope
from povedu.terms import Term

OPERATOR = "operator"


def jurisdictions_on(user: User, day: date) -> QuerySet[Jurisdiction]:
    """Return what a person answers for on a day, oldest first."""
    return Jurisdiction.objects.filter(user=user, starts_on__lte=day).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    )


def jurisdictions_from(user: User, day: date) -> QuerySet[Jurisdiction]:
    """Return what a person answers for on a day or will later."""
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    return Jurisdiction.objects.filter(not_over, user=user)


def has_second_factor(user: User) -> bool:
    """Say whether a person has set up a second factor."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def users(scope: Scope) -> QuerySet[User]:
    """Return the accounts that an administrator of a scope may keep.

    They belong to the scope by where they were made or by what they answer for, and answer for
    nothing outside it: a county's administrator has no hold over the city's.
    """
    within = _answering(scope)
    beyond = Jurisdiction.objects.exclude(pk__in=within.values("pk"))
    return (
        User.objects.exclude(username=OPERATOR)
        .exclude(pk__in=beyond.values("user"))
        .filter(
            Q(pk__in=within.values("user")) | Q(division_prefix__startswith=scope.division_prefix)
        )
    )


def _answering(scope: Scope) -> QuerySet[Jurisdiction]:
    return Jurisdiction.objects.filter(scope.q(division="division_prefix", school="school_code"))


def jurisdictions(scope: Scope) -> QuerySet[Jurisdiction]:
    """Return the jurisdictions that an administrator of a scope may end."""
    return _answering(scope).select_related("user", "on_behalf_of")


def grants(scope: Scope) -> QuerySet[Grant]:
    """Return the requests for a jurisdiction within a scope, newest first."""
    found = Grant.objects.filter(scope.q(division="division_prefix", school="school_code"))
    return found.select_related("user", "requested_by", "decided_by", "on_behalf_of")


def sign_ins_of(user_id: int) -> QuerySet[SignIn]:
    """Return a person's sign-ins, newest first."""
    return SignIn.objects.filter(user=user_id)


def tokens_of(user_id: int) -> QuerySet[ApiToken]:
    """Return a person's keys to the API, newest first."""
    return ApiToken.objects.filter(jurisdiction__user=user_id).select_related("jurisdiction")


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


def places(scope: Scope) -> list[tuple[str, str]]:
    """Return the (prefix, name) of counties and townships in scope, to choose a jurisdiction from.

    The model is named as text: places belong to an app above this one.
    """
    division = apps.get_model("schools", "Division")
    found = division._default_manager.filter(
        scope.q(division="code"), level__in=["city", "county", "township"], closed_on=None
    )
    return [(str(one.prefix), f"{one.prefix} {one.name}") for one in found.order_by("code")]


def school_options(scope: Scope) -> list[tuple[str, str]]:
    """Return the (code, name) of the schools in scope; named as text like ``places``."""
    school = apps.get_model("schools", "School")
    found = school._default_manager.filter(
        scope.q(division="division_id", school="code"), closed_on=None
    )
    return [(code, f"{name} {code}") for code, name in found.values_list("code", "name")]


def school_division(code: str) -> str:
    """Return the division code of a school, "" where there is no such school."""
    school = apps.get_model("schools", "School")
    found = school._default_manager.filter(code=code).values_list("division_id", flat=True)
    return str(found.first() or "")
