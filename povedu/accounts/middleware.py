"""Per request: the language chosen, the actor, the term in view, one clock; idle sessions end."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.utils import timezone, translation

from povedu.accounts.selectors import actor_for, term_of
from povedu.scope import ActingRequest, Actor, Scope
from povedu.terms import Term

if TYPE_CHECKING:
    from datetime import datetime

Handler = Callable[[ActingRequest], HttpResponse]
LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME
ANONYMOUS = Actor(0, "", "", Scope.nothing())


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
    """Set ``request.now``, ``request.actor`` and ``request.term``; end idle sessions."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        now = timezone.now()  # noqa: TID251  # the one clock of the request
        request.now = now
        if request.user.is_authenticated and self._idle(request, now):
            logout(request)
        request.actor = self._actor(request, now)
        request.term = self._term(request, now)
        response = self.get_response(request)
        if request.actor.user_id:
            # A shared school computer's Back button must not show pupils.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _idle(request: ActingRequest, now: "datetime") -> bool:
        seen = request.session.get("seen")
        stamp = int(now.timestamp())
        if seen is not None and stamp - int(seen) > settings.IDLE_SECONDS:
            return True
        if seen is None or stamp - int(seen) > 60:
            request.session["seen"] = stamp
        return False

    @staticmethod
    def _actor(request: ActingRequest, now: "datetime") -> Actor:
        if not request.user.is_authenticated:
            return ANONYMOUS
        ip = str(request.META.get("REMOTE_ADDR", ""))
        return actor_for(request.user, now=now, chosen=request.session.get("jurisdiction"), ip=ip)

    @staticmethod
    def _term(request: ActingRequest, now: "datetime") -> Term:
        chosen = request.session.get("term") if request.user.is_authenticated else None
        try:
            return Term.parse(chosen or "")
        except ValueError:
            return term_of(request.actor.scope.county_code, timezone.localtime(now).date())
