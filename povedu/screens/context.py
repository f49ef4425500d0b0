"""What every page's frame needs: navigation, place, term, person."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from povedu.screens.menu import _modules, menu_for
from povedu.screens.screen import url_or_blank
from povedu.terms import Term

if TYPE_CHECKING:
    from povedu.scope import ActingRequest, Scope

TERMS_BACK = 8


def place_name(scope: "Scope") -> str:
    """Return what the person answers for in words, from the app that owns places.

    An app's urls module may declare ``PLACE_NAME``, a function of a scope.
    """
    for module in _modules():
        name = getattr(module, "PLACE_NAME", None)
        if callable(name):
            return str(name(scope))
    return ""


def term_options(request: "ActingRequest") -> list[Term]:
    """Return the terms offered by the switcher, newest first, the one in view among them."""
    newest = Term.on(timezone.localtime(request.now).date()).next
    options = [newest]
    while len(options) <= TERMS_BACK:
        options.append(options[-1].previous)
    if request.term not in options:
        options = sorted([*options, request.term], reverse=True)
    return options


def jurisdictions(request: "ActingRequest") -> list[Any]:
    """Return the live duties that a person can switch between, none where there is only one."""
    from django.db.models import Q

    today = timezone.localtime(request.now).date()
    related: Any = getattr(request.user, "jurisdictions", None)
    if related is None:
        return []
    live = related.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today), starts_on__lte=today)
    found = list(live.order_by("pk"))
    return found if len(found) > 1 else []


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values; each is worked out only by a template that uses it."""
    acting: ActingRequest = request  # type: ignore[assignment]  # set by ActorMiddleware
    actor = getattr(acting, "actor", None)
    shared = {
        "LANGUAGES_OFFERED": settings.LANGUAGES,
    }
    if actor is None or not actor.user_id:
        return {**shared, "signed_in": False}
    return {
        **shared,
        "signed_in": True,
        "menu": SimpleLazyObject(lambda: menu_for(actor, acting.path)),
        "place": SimpleLazyObject(lambda: place_name(actor.scope)),
        "terms": SimpleLazyObject(lambda: term_options(acting)),
        "duties": SimpleLazyObject(lambda: jurisdictions(acting)),
        "shell_urls": SimpleLazyObject(_shell_urls),
    }


def _shell_urls() -> dict[str, str]:
    names = {
        "switch_term": "accounts:switch-term",
        "switch_duty": "accounts:switch-jurisdiction",
        "switch_language": "accounts:switch-language",
        "password": "accounts:password",
        "profile": "accounts:profile",
        "sign_out": "accounts:logout",
        "search": "search",
    }
    return {key: url_or_blank(name) for key, name in names.items()}
