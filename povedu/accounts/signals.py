"""What follows from signing in and out."""

from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone

from povedu.accounts.middleware import client_address
from povedu.accounts.models import User
from povedu.accounts.selectors import actor_for
from povedu.accounts.services import close_sign_in, note_sign_in


def _signed_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """Note the sign-in and the hour at which the session must end."""
    now = timezone.now()  # noqa: TID251  # a sign-in happens at the middle of a request
    request.session["since"] = request.session["seen"] = int(now.timestamp())
    if request.session.session_key:
        note_sign_in(
            actor=actor_for(user, now=now, ip=client_address(request)),
            now=now,
            session_key=request.session.session_key,
            agent=str(request.META.get("HTTP_USER_AGENT", "")),
        )


def _signed_out(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:
    """Close the sign-in before its session is thrown away."""
    key = request.session.session_key
    if user is not None and key:
        now = timezone.now()  # noqa: TID251  # as above
        actor = actor_for(user, now=now, ip=client_address(request))
        close_sign_in(actor=actor, now=now, session_key=key)


def connect() -> None:
    """Listen to Django's signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts-sign-in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts-sign-out")
