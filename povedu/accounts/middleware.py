"""Per request: the caller's address, the language, the actor, the term in view, one clock.

Sessions end when idle or too old; a first password and a second factor come before everything else.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from povedu.accounts.selectors import actor_for, has_second_factor, term_of
from povedu.scope import ActingRequest, Actor, Scope
from povedu.terms import Term

Handler = Callable[[ActingRequest], HttpResponse]
LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME
ANONYMOUS = Actor(0, "", "", Scope.nothing())
STAMP_EVERY = 60  # seconds between two notes of "still here" in the session


class ClientAddressMiddleware:
    """Put the true caller into ``REMOTE_ADDR`` where known proxies stand before us.

    Each proxy appends the address that it saw, so with ``PROXY_COUNT`` of our own the caller is
    that many places from the end; what a caller writes in front of that is not believed.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        count: int = settings.PROXY_COUNT
        if count:
            seen = [
                part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            ]
            if len(seen) >= count and seen[-count]:
                request.META["REMOTE_ADDR"] = seen[-count]
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """Return the caller's address as the lockout and the audit trail know it."""
    return str(request.META.get("REMOTE_ADDR", ""))


class ChosenLanguageMiddleware:
    """Use the language of the cookie that the person set, never that of the browser.

    Browsers with English headers would otherwise get English dates on a Chinese desk.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ActorMiddleware:
    """Set ``request.now``, ``request.actor`` and ``request.term``; end idle and old sessions."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        now = timezone.now()  # noqa: TID251  # the one clock of the request
        request.now = now
        if request.user.is_authenticated and self._over(request, now):
            logout(request)
        request.second_factor_due = self._second_factor_due(request)
        request.actor = self._actor(request, now)
        request.term = self._term(request, now)
        response = self.get_response(request)
        if request.actor.user_id:
            # A shared school computer's Back button must not show pupils.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _over(request: ActingRequest, now: datetime) -> bool:
        """Say whether the session has been idle, or alive, for too long."""
        stamp = int(now.timestamp())
        since = int(request.session.setdefault("since", stamp))
        seen = int(request.session.get("seen", 0))
        if stamp - since > settings.ABSOLUTE_SECONDS:
            return True
        if seen and stamp - seen > settings.IDLE_SECONDS:
            return True
        if stamp - seen > STAMP_EVERY:
            request.session["seen"] = stamp
        return False

    @staticmethod
    def _second_factor_due(request: ActingRequest) -> bool:
        user = request.user
        return user.is_authenticated and not user.is_verified() and has_second_factor(user)

    @staticmethod
    def _actor(request: ActingRequest, now: datetime) -> Actor:
        user = request.user
        if not user.is_authenticated:
            return ANONYMOUS
        ip = client_address(request)
        if request.second_factor_due:
            # The password alone gives no right to anything but the second question.
            return Actor(user.pk, user.name, "", Scope.nothing(), ip=ip)
        return actor_for(user, now=now, chosen=request.session.get("jurisdiction"), ip=ip)

    @staticmethod
    def _term(request: ActingRequest, now: datetime) -> Term:
        chosen = request.session.get("term") if request.user.is_authenticated else None
        try:
            return Term.parse(chosen or "")
        except ValueError:
            return term_of(request.actor.scope.county_code, timezone.localtime(now).date())


class GateMiddleware:
    """Hold a person at the second factor, then at the first password, before any page."""

    ALWAYS = frozenset({"accounts:logout", "accounts:switch-language", "jobs:live", "jobs:ready"})

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: ActingRequest, view: object, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send the person to the page that comes first, unless this is it."""
        if not request.user.is_authenticated or request.resolver_match is None:
            return None
        first = self._first(request)
        if not first or request.resolver_match.view_name in {first, *self.ALWAYS}:
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": reverse(first)})
        return HttpResponseRedirect(reverse(first))

    @staticmethod
    def _first(request: ActingRequest) -> str:
        """Return the name of the page that must come first, "" for none."""
        if request.second_factor_due:
            return "accounts:second-factor"
        due = request.user.is_authenticated and request.user.must_change_password
        return "accounts:password" if due else ""
