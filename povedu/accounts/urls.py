"""Addresses of accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import GrantState
from povedu.accounts.selectors import grants
from povedu.accounts.views import grants as grant_views
from povedu.accounts.views import own, session, users
from povedu.scope import Actor
from povedu.screens.menu import MenuItem, Section
from povedu.screens.todo import Todo, TodoSource

app_name = "accounts"


def _waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count the requests that wait for this person, not those of one's own."""
    mine = {actor.user_id}
    waiting = grants(actor.scope).filter(state=GrantState.WAITING)
    count = waiting.exclude(requested_by__in=mine).exclude(user__in=mine).count()
    return [Todo(_("待复核的授权申请"), count, reverse("accounts:grant-list") + "?state=waiting")]


MENU = [
    MenuItem(Section.ADMIN, _("用户"), "accounts:user-list", "accounts.user.view", order=10),
    MenuItem(Section.ADMIN, _("授权申请"), "accounts:grant-list", "accounts.grant.view", order=20),
]
TODOS = [TodoSource("accounts.grant.decide", _waiting, order=10)]

urlpatterns = [
    path("login/", session.SignInScreen.as_view(), name="login"),
    path("logout/", session.SignOutScreen.as_view(), name="logout"),
    path("switch/term/", session.SwitchTermScreen.as_view(), name="switch-term"),
    path(
        "switch/jurisdiction/",
        session.SwitchJurisdictionScreen.as_view(),
        name="switch-jurisdiction",
    ),
    path("switch/language/", session.SwitchLanguageScreen.as_view(), name="switch-language"),
    path("second-factor/", session.SecondFactorScreen.as_view(), name="second-factor"),
    path("own/", own.ProfileScreen.as_view(), name="profile"),
    path("own/password/", own.PasswordScreen.as_view(), name="password"),
    path("own/sessions/end/", own.EndSessionsScreen.as_view(), name="sessions-end"),
    path("own/second-factor/", own.SecondFactorSetupScreen.as_view(), name="second-factor-setup"),
    path(
        "own/second-factor/remove/",
        own.SecondFactorRemoveScreen.as_view(),
        name="second-factor-remove",
    ),
    path("own/tokens/add/", own.TokenAddScreen.as_view(), name="token-add"),
    path("own/tokens/<int:pk>/revoke/", own.TokenRevokeScreen.as_view(), name="token-revoke"),
    path("users/", users.UserListScreen.as_view(), name="user-list"),
    path("users/add/", users.UserAddScreen.as_view(), name="user-add"),
    path("users/<int:pk>/", users.UserDetailScreen.as_view(), name="user-detail"),
    path("users/<int:pk>/edit/", users.UserEditScreen.as_view(), name="user-edit"),
    path("users/<int:pk>/reset/", users.UserResetScreen.as_view(), name="user-reset"),
    path("users/<int:pk>/disable/", users.UserDisableScreen.as_view(), name="user-disable"),
    path("users/<int:pk>/enable/", users.UserEnableScreen.as_view(), name="user-enable"),
    path(
        "users/<int:pk>/remove-factor/",
        users.UserRemoveFactorScreen.as_view(),
        name="user-remove-factor",
    ),
    path(
        "users/<int:pk>/end-sessions/",
        users.UserEndSessionsScreen.as_view(),
        name="user-end-sessions",
    ),
    path("users/<int:pk>/hand-over/", users.HandOverScreen.as_view(), name="user-hand-over"),
    path("users/<int:pk>/grants/add/", users.GrantAddScreen.as_view(), name="grant-add"),
    path(
        "jurisdictions/<int:pk>/end/",
        users.JurisdictionEndScreen.as_view(),
        name="jurisdiction-end",
    ),
    path("grants/", grant_views.GrantListScreen.as_view(), name="grant-list"),
    path("grants/<int:pk>/", grant_views.GrantDetailScreen.as_view(), name="grant-detail"),
    path("grants/<int:pk>/decide/", grant_views.GrantDecideScreen.as_view(), name="grant-decide"),
    path(
        "grants/<int:pk>/withdraw/",
        grant_views.GrantWithdrawScreen.as_view(),
        name="grant-withdraw",
    ),
]
