"""One's own account: password, second factor, sessions, keys to the API."""

from base64 import b32encode
from collections.abc import Sequence
from typing import Any, ClassVar

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as otp_login

from povedu.accounts import services
from povedu.accounts.forms import CodeForm, PasswordForm, TokenForm
from povedu.accounts.models import User
from povedu.accounts.selectors import (
    has_second_factor,
    jurisdictions_on,
    sign_ins_of,
    tokens_of,
)
from povedu.screens.forms import FormScreen
from povedu.screens.screen import SIGNED_IN, Screen, Words

SHOWN_SESSIONS = 20
OWN = gettext_lazy("我的账号")


class OwnScreen(Screen):
    """A page about the person who reads it."""

    action = SIGNED_IN
    parents: ClassVar[Sequence[tuple[Words, str]]] = ((OWN, "accounts:profile"),)

    @property
    def person(self) -> User:
        """Return the reader."""
        if not isinstance(self.request.user, User):
            raise Http404
        return self.request.user


class ProfileScreen(OwnScreen):
    """What one is, since when, from where one is signed in."""

    title = OWN
    parents = ()
    template_name = "accounts/profile.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        today = timezone.localtime(self.request.now).date()
        sessions = sign_ins_of(self.person.pk)
        context = self.get_context_data(
            person=self.person,
            duties_held=jurisdictions_on(self.person, today),
            open_sessions=sessions.filter(ended_at=None)[:SHOWN_SESSIONS],
            past_sessions=sessions.exclude(ended_at=None)[:SHOWN_SESSIONS],
            this_session=request.session.session_key,
            tokens=tokens_of(self.person.pk),
            has_second_factor=has_second_factor(self.person),
        )
        return self.render_to_response(context)


class EndSessionsScreen(OwnScreen):
    """End one of one's own sessions, or all but this one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End them and come back."""
        only = request.POST.get("session", "")
        try:
            count = services.end_sessions(
                actor=self.request.actor,
                now=self.request.now,
                user=self.person,
                only=int(only) if only else None,
                but=request.session.session_key or "",
            )
        except (LookupError, ValueError):
            raise Http404 from None
        messages.success(request, _("已结束 %(count)d 个会话。") % {"count": count})
        return HttpResponseRedirect(reverse("accounts:profile"))


class PasswordScreen(OwnScreen):
    """Change one's own password; the first one given out must be."""

    title = gettext_lazy("修改密码")
    template_name = "accounts/password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep passwords out of error reports."""
        hidden = sensitive_post_parameters("old", "password", "repeated")
        return hidden(super().dispatch)(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask."""
        return self.show(PasswordForm(self.person))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set it; every other session of the person ends."""
        form = PasswordForm(self.person, request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        before = request.session.session_key or ""
        services.change_own_password(
            actor=self.request.actor,
            now=self.request.now,
            user=self.person,
            password=form.cleaned_data["password"],
            kept_session=before,
        )
        update_session_auth_hash(request, self.person)
        services.follow_session(before=before, after=request.session.session_key or "")
        messages.success(request, _("密码已修改，您在其他地方的登录已全部结束。"))
        return HttpResponseRedirect(reverse("home"))

    def show(self, form: PasswordForm, status: int = 200) -> HttpResponse:
        """Show the page."""
        context = self.get_context_data(form=form, first=self.person.must_change_password)
        return self.render_to_response(context, status=status)


class SecondFactorSetupScreen(OwnScreen):
    """Set up a code generator on one's telephone."""

    title = gettext_lazy("设置动态码")
    template_name = "accounts/second_factor_setup.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what will happen; the key is made when one asks for it."""
        return self.render_to_response(self.get_context_data(form=None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the key, or take the first code as proof that it works."""
        if "code" not in request.POST:
            return self.show(CodeForm())
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        device = services.confirm_second_factor(
            actor=self.request.actor,
            now=self.request.now,
            user=self.person,
            code=form.cleaned_data["code"],
        )
        otp_login(request, device)
        messages.success(request, _("动态码已启用，下次登录时须输入。"))
        return HttpResponseRedirect(reverse("accounts:profile"))

    def show(self, form: CodeForm, status: int = 200) -> HttpResponse:
        """Show the key as a picture and as letters."""
        device = services.prepare_second_factor(user=self.person)
        picture = segno.make(device.config_url).svg_data_uri(scale=4)
        key = b32encode(device.bin_key).decode()
        context = self.get_context_data(form=form, picture=picture, key=key)
        return self.render_to_response(context, status=status)


class SecondFactorRemoveScreen(OwnScreen):
    """Do without the second factor again."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take it away."""
        services.remove_second_factor(
            actor=self.request.actor, now=self.request.now, user=self.person
        )
        messages.success(request, _("动态码已取消。"))
        return HttpResponseRedirect(reverse("accounts:profile"))


class TokenAddScreen(FormScreen, OwnScreen):
    """Make a key to the API; it is shown once."""

    action = "accounts.token.manage"
    title = gettext_lazy("建立接口令牌")
    form_class = TokenForm
    service = services.create_token
    success = gettext_lazy("接口令牌已建立。")
    success_url_name = "accounts:profile"
    issued = ""

    def form_arguments(self) -> dict[str, Any]:
        """Offer one's own live jurisdictions."""
        today = timezone.localtime(self.request.now).date()
        return {"own": jurisdictions_on(self.person, today), **super().form_arguments()}

    def success_url(self, result: Any) -> str:
        """Keep the key for the one page that shows it."""
        self.issued = result[1]
        return super().success_url(result)

    def leave(self, url: str) -> HttpResponse:
        """Show the key instead of going on."""
        if not self.issued:
            return super().leave(url)
        context = self.get_context_data(issued=self.issued, back=url)
        return self.response_class(
            request=self.request,
            template="accounts/token_once.html",
            context=context,
            headers={"Cache-Control": "no-store"},
        )


class TokenRevokeScreen(OwnScreen):
    """Make one of one's own keys worthless."""

    action = "accounts.token.manage"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Revoke it."""
        try:
            services.revoke_token(
                actor=self.request.actor, now=self.request.now, pk=int(kwargs["pk"])
            )
        except LookupError:
            raise Http404 from None
        messages.success(request, _("接口令牌已撤销。"))
        return HttpResponseRedirect(reverse("accounts:profile"))
