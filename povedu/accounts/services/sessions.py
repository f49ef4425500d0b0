"""Sign-ins, their ends, and the second factor."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from povedu.accounts.models import SignIn, User
from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor


@transaction.atomic
def note_sign_in(*, actor: Actor, now: datetime, session_key: str, agent: str) -> SignIn:
    """Write down a sign-in with its address and browser."""
    sign_in, _made = SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user_id": actor.user_id,
            "ip": actor.ip[:45],
            "agent": agent[:200],
            "started_at": now,
            "ended_at": None,
        },
    )
    record(actor=actor, now=now, verb="user.sign-in", subject=sign_in.user)
    return sign_in


@transaction.atomic
def close_sign_in(*, actor: Actor, now: datetime, session_key: str) -> None:
    """Write down that a person signed out."""
    if SignIn.objects.filter(session_key=session_key, ended_at=None).update(ended_at=now):
        subject = User.objects.filter(pk=actor.user_id).first()
        record(actor=actor, now=now, verb="user.sign-out", subject=subject)


def follow_session(*, before: str, after: str) -> None:
    """Let a sign-in follow its session to a new key."""
    SignIn.objects.filter(session_key=before).update(session_key=after, ended_at=None)


def close_all(user: User, *, now: datetime, but: str = "") -> int:
    """End a person's sessions, all but one; return how many. Runs in the caller's transaction."""
    open_ = SignIn.objects.filter(user=user, ended_at=None).exclude(session_key=but)
    keys = list(open_.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return open_.update(ended_at=now)


@transaction.atomic
def end_sessions(
    *, actor: Actor, now: datetime, user: User, only: int | None = None, but: str = ""
) -> int:
    """End one session of a person (by its sign-in's number), or all but one; return how many."""
    if only is None:
        count = close_all(user, now=now, but=but)
    else:
        sign_in = SignIn.objects.filter(pk=only, user=user, ended_at=None).first()
        if sign_in is None:
            raise LookupError(only)
        Session.objects.filter(session_key=sign_in.session_key).delete()
        count = SignIn.objects.filter(pk=sign_in.pk).update(ended_at=now)
    if count:
        record(actor=actor, now=now, verb="user.end-sessions", subject=user, count=count)
    return count


@transaction.atomic
def prepare_second_factor(*, user: User) -> TOTPDevice:
    """Return the unconfirmed second factor that a person is setting up, a new one if none is."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=user, name="totp", confirmed=False)
    return device


@transaction.atomic
def confirm_second_factor(*, actor: Actor, now: datetime, user: User, code: str) -> TOTPDevice:
    """Take a first code as proof that the person's telephone holds the key."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None or not device.verify_token(code):
        raise Refusal("code-wrong", _("动态码不正确，请核对手机时间后再试。"))
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    record(actor=actor, now=now, verb="user.add-second-factor", subject=user)
    return device


@transaction.atomic
def remove_second_factor(*, actor: Actor, now: datetime, user: User, reason: str = "") -> None:
    """Take the second factor away, from oneself or for somebody whose telephone is lost."""
    removed, _kinds = TOTPDevice.objects.filter(user=user).delete()
    if removed:
        record(actor=actor, now=now, verb="user.remove-second-factor", subject=user, reason=reason)
