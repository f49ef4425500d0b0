"""The base of every page: who may open it, what it is called, how it says no."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias
from urllib.parse import urlencode

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from povedu.errors import Refusal
from povedu.scope import ActingRequest, Scope

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.utils.functional import _StrPromise

    Words: TypeAlias = str | _StrPromise
else:
    Words = str

PUBLIC = "public"  # open to anybody, signed in or not
SIGNED_IN = "signed-in"  # open to everybody who has signed in


class Crumb(NamedTuple):
    """One step of the breadcrumb; without an address it is where the reader stands."""

    label: Words
    url: str = ""


class Button(NamedTuple):
    """A link that looks like a button; shown only to those who may do ``action``."""

    label: Words
    url: str
    action: str = SIGNED_IN
    icon: str = ""


def may(request: ActingRequest, action: str) -> bool:
    """Say whether the person of a request may do an action, the two general ones included."""
    if action == PUBLIC:
        return True
    if not request.actor.user_id:
        return False
    return action == SIGNED_IN or request.actor.may(action)


def is_partial(request: HttpRequest) -> bool:
    """Say whether htmx asked for a part of a page."""
    return bool(getattr(request, "htmx", False))


def wants_json(request: HttpRequest) -> bool:
    """Say whether the caller is a program."""
    return request.headers.get("Accept", "").startswith("application/json")


def sign_in_first(request: ActingRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, by the means that the caller understands."""
    from django.conf import settings

    if wants_json(request):
        return JsonResponse({"code": "sign-in", "message": _("请先登录。")}, status=401)
    target = resolve_url(settings.LOGIN_URL)
    if is_partial(request):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    if request.method == "GET":
        target = f"{target}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(target)


def url_or_blank(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a name, "" where the installation has no such page."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


def own_url(thing: Any) -> str:
    """Return a row's own page, "" where it has none in this installation."""
    absolute = getattr(thing, "get_absolute_url", None)
    if absolute is None:
        return ""
    try:
        return str(absolute())
    except NoReverseMatch:
        return ""


class Screen(TemplateResponseMixin, ContextMixin, View):
    """A page. A subclass names its ``action``; there is no page without one.

    Order of refusal: no sign-in → sign-in page; not allowed → 403; row not in scope → 404;
    a service that refuses → its sentence with 400 (409 where somebody else was first).
    """

    action: ClassVar[str] = ""
    write_action: ClassVar[str] = ""  # for POST, where it differs
    title: ClassVar[Words] = ""
    hint: ClassVar[Words] = ""
    parents: ClassVar[Sequence[tuple[Words, str]]] = ()  # (label, URL name) above this page
    request: ActingRequest

    @classmethod
    def action_for(cls, method: str) -> str:
        """Return the policy action that a request method needs."""
        if method in {"POST", "PUT", "PATCH", "DELETE"} and cls.write_action:
            return cls.write_action
        return cls.action

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the person, then answer."""
        action = self.action_for(str(request.method))
        if not action:
            raise ImproperlyConfigured(f"{type(self).__name__} names no action")
        if not may(self.request, action):
            if not self.request.actor.user_id:
                return sign_in_first(self.request)
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            return self.refused(refusal)

    def refused(self, refusal: Refusal) -> HttpResponseBase:
        """Answer with the refusal's own sentence."""
        if wants_json(self.request):
            return JsonResponse(
                {"code": refusal.code, "message": str(refusal), **refusal.where},
                status=refusal.status,
            )
        partial = is_partial(self.request)
        template = "screens/refusal_part.html" if partial else "screens/refusal.html"
        context = {"refusal": refusal, "page_title": _("未能办理"), "crumbs": self.crumbs()}
        return render(self.request, template, context, status=refusal.status)

    @property
    def scope(self) -> Scope:
        """Return what the person may see."""
        return self.request.actor.scope

    def may(self, action: str) -> bool:
        """Say whether the person may do an action."""
        return may(self.request, action)

    def heading(self) -> Words:
        """Return the title of the page."""
        return self.title

    def crumbs(self) -> list[Crumb]:
        """Return the way from the home page to here."""
        above = [Crumb(label, url_or_blank(name)) for label, name in self.parents]
        return [*above, Crumb(self.heading())]

    def buttons(self) -> list[Button]:
        """Return the links at the right of the title; the first is the primary one."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the template the title, the breadcrumb and the buttons."""
        context: dict[str, Any] = {
            "page_title": self.heading(),
            "page_hint": self.hint,
            "crumbs": self.crumbs(),
            "buttons": [one for one in self.buttons() if self.may(one.action)],
            **kwargs,
        }
        return super().get_context_data(**context)


def row_or_404(rows: "QuerySet[Any]", **lookup: Any) -> "Model":
    """Return the one row; not there and not in scope are the same 404."""
    try:
        found: Model | None = rows.filter(**lookup).first()
    except (ValueError, TypeError, OverflowError):
        found = None
    if found is None:
        raise Http404
    return found
