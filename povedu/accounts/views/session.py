"""Signing in and out, the switchers of the top bar, the second factor."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as otp_login
from django_otp import match_token

from povedu.accounts.forms import CodeForm, SignInForm
from povedu.accounts.lockout import address_is_closed
from povedu.accounts.middleware import client_address
from povedu.accounts.models import User
from povedu.accounts.selectors import jurisdictions_on
from povedu.accounts.services import choose_language
from povedu.screens.screen import PUBLIC, SIGNED_IN, Screen
from povedu.terms import Term

SECONDS_A_DAY = 86400


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Return the own path that a form asks to go on to; another site's or none is the fallback."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own and wanted.startswith("/") else fallback


def came_from(request: HttpRequest) -> str:
    """Return the path of the page that a switcher stands on, without host or query."""
    own = safe_next(request, "")
    if own:
        return own
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc == request.get_host() and parts.path.startswith("/"):
        return parts.path
    return reverse("home")


def set_language(response: HttpResponse, request: HttpRequest, language: str) -> None:
    """Remember a language in the cookie that the middleware reads, for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * SECONDS_A_DAY,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


class SignInScreen(Screen):
    """The sign-in page."""

    action = PUBLIC
    title = gettext_lazy("登录")
    template_name = "accounts/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep passwords out of error reports."""
        return sensitive_post_parameters("password")(super().dispatch)(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for name and password; somebody signed in goes on."""
        if self.request.actor.user_id:
            return HttpResponseRedirect(safe_next(request, reverse("home")))
        return self.show(SignInForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check them, unless this address has failed too often over all names."""
        address = client_address(request)
        if address_is_closed(address, now=self.request.now):
            return render(request, "accounts/locked.html", self.get_context_data(), status=429)
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        user = authenticate(request, **form.cleaned_data)
        if not isinstance(user, User):
            form.add_error(None, _("登录名或密码不正确。"))
            return self.show(form, status=400)
        login(request, user)
        self.remind(user)
        response = HttpResponseRedirect(safe_next(request, reverse("home")))
        if user.language in dict(settings.LANGUAGES):
            set_language(response, request, user.language)
        return response

    def remind(self, user: User) -> None:
        """Say so where the password has grown old."""
        changed = user.password_changed_at
        days = (self.request.now - changed).days if changed is not None else 0
        if days >= settings.PASSWORD_REMINDER_DAYS:
            sentence = _("您的密码已使用 %(days)d 天，建议尽快修改。") % {"days": days}
            messages.warning(self.request, sentence)

    def show(self, form: SignInForm, status: int = 200) -> HttpResponse:
        """Show the page."""
        context = self.get_context_data(form=form, next=safe_next(self.request, ""))
        return self.render_to_response(context, status=status)


class SignOutScreen(Screen):
    """Sign out, and have the browser forget what it kept."""

    action = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session."""
        logout(request)
        response = HttpResponseRedirect(reverse("accounts:login"))
        # A shared school computer's Back button must not show pupils.
        response["Clear-Site-Data"] = '"cache", "storage"'
        response["Cache-Control"] = "no-store"
        return response


class SwitchTermScreen(Screen):
    """Choose the term in view."""

    action = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remember the term for this session."""
        try:
            request.session["term"] = Term.parse(request.POST.get("term", "")).code
        except ValueError:
            raise Http404 from None
        return HttpResponseRedirect(came_from(request))


class SwitchJurisdictionScreen(Screen):
    """Choose in which of one's own jurisdictions to act."""

    action = SIGNED_IN

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remember it for this session; only a live one of one's own."""
        wanted = request.POST.get("jurisdiction", "")
        today = timezone.localtime(self.request.now).date()
        live = {str(one.pk): one.pk for one in jurisdictions_on(_user(request), today)}
        if wanted not in live:
            raise Http404
        request.session["jurisdiction"] = live[wanted]
        return HttpResponseRedirect(reverse("home"))


class SwitchLanguageScreen(Screen):
    """Choose the language, also before signing in."""

    action = PUBLIC

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set the cookie, and remember the choice of a person who is signed in."""
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            raise Http404
        if self.request.actor.user_id:
            choose_language(user_id=self.request.actor.user_id, language=language)
        response = HttpResponseRedirect(came_from(request))
        set_language(response, request, language)
        return response


class SecondFactorScreen(Screen):
    """Ask for the code of the second factor, between the password and everything else."""

    action = SIGNED_IN
    title = gettext_lazy("输入动态码")
    template_name = "accounts/second_factor.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; somebody who need not answer goes on."""
        if not self.request.second_factor_due:
            return HttpResponseRedirect(reverse("home"))
        return self.render_to_response(self.get_context_data(form=CodeForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the code; the device itself slows guessing down."""
        form = CodeForm(request.POST)
        device = match_token(_user(request), form.cleaned_data["code"]) if form.is_valid() else None
        if device is None:
            form.add_error(None, _("动态码不正确或已用过，请等下一个动态码。"))
            return self.render_to_response(self.get_context_data(form=form), status=400)
        otp_login(request, device)
        return HttpResponseRedirect(reverse("home"))


def _user(request: HttpRequest) -> User:
    """Return the person of a request that the base class has let through."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user
