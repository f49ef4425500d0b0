"""API sign-in by token, and the policy table as the API's permission check."""

import hashlib
from typing import Any, cast

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from povedu.accounts.models import ApiToken, User
from povedu.accounts.selectors import actor_in
from povedu.scope import ActingRequest


def token_digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """Accept ``Authorization: Token …`` and act in the jurisdiction the token was made for."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the person and token, None without the header; set the request's actor."""
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != self.keyword.lower():
            return None
        if len(words) != 2:
            raise AuthenticationFailed("token")
        now = timezone.now()  # noqa: TID251  # authentication is where a request gets its clock
        today = timezone.localtime(now).date()
        token = (
            ApiToken.objects.select_related("jurisdiction__user")
            .filter(digest=token_digest(words[1]), expires_at__gt=now)
            .filter(jurisdiction__user__is_active=True, jurisdiction__starts_on__lte=today)
            .first()
        )
        if token is None:
            raise AuthenticationFailed("token")
        ends_on = token.jurisdiction.ends_on
        if ends_on is not None and ends_on <= today:
            raise AuthenticationFailed("token")
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        inner = cast("ActingRequest", request._request)
        inner.actor = actor_in(token.jurisdiction, ip=str(request.META.get("REMOTE_ADDR", "")))
        inner.now = now
        return token.jurisdiction.user, token

    def authenticate_header(self, request: Request) -> str:
        """Make an unauthenticated answer 401, not 403."""
        return self.keyword


class PolicyPermission(BasePermission):
    """Allow what the policy table allows; a view names its action per method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Look the view's action for this method up in the actor's rights; none means no.

        Only a token counts: a browser's session would let another site write in its name, because
        the API asks for no CSRF token.
        """
        if request.auth is None:
            return False
        if not hasattr(view, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        actor = cast("ActingRequest", request._request).actor
        if request.method == "OPTIONS":
            return bool(actor.user_id)
        actions: dict[str, str] = getattr(view, "actions_by_method", {})
        action = actions.get(str(request.method), "")
        return bool(action) and actor.may(action)
