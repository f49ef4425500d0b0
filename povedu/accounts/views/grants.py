"""Requests for jurisdictions: one asks, another agrees."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.accounts import services
from povedu.accounts.choices import GrantState
from povedu.accounts.filters import GrantFilter
from povedu.accounts.forms import DecisionForm
from povedu.accounts.models import Grant
from povedu.accounts.selectors import grants
from povedu.accounts.tables import GRANT_TONES, GrantTable
from povedu.screens.actions import ActionScreen
from povedu.screens.details import DetailScreen, Fact
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words

GRANTS = gettext_lazy("授权申请")
DECIDE = "accounts.grant.decide"


class GrantListScreen(ListScreen):
    """All requests in scope."""

    action = "accounts.grant.view"
    title = GRANTS
    selector = grants
    table_class = GrantTable
    filterset_class = GrantFilter
    empty_reason = gettext_lazy("没有授权申请。")


class GrantDetailScreen(DetailScreen):
    """One request."""

    action = "accounts.grant.view"
    selector = grants
    parents = ((GRANTS, "accounts:grant-list"),)

    def facts(self) -> Sequence[Fact]:
        """Say what is asked for, by whom, and what became of it."""
        grant: Grant = self.object
        until = grant.ends_on or _("长期")
        return (
            Fact(_("状态"), grant.get_state_display(), status=GRANT_TONES.get(grant.state, "")),
            Fact(_("角色"), grant.get_role_display()),
            Fact(_("股室"), grant.get_office_display()),
            Fact(_("管辖区划"), grant.division_prefix),
            Fact(_("学校代码"), grant.school_code),
            Fact(_("起止"), f"{grant.starts_on} – {until}"),
            Fact(_("代理人员"), grant.on_behalf_of or ""),
            Fact(_("理由"), grant.reason),
            Fact(_("申请人"), f"{grant.requested_by}"),
            Fact(_("申请时间"), grant.requested_at),
            Fact(_("复核人"), grant.decided_by or ""),
            Fact(_("复核时间"), grant.decided_at or ""),
        )

    def buttons(self) -> list[Button]:
        """Offer the decision to another, taking it back to whoever asked."""
        grant: Grant = self.object
        if grant.state != GrantState.WAITING:
            return []
        own = {"pk": grant.pk}
        if grant.requested_by_id == self.request.actor.user_id:
            url = reverse("accounts:grant-withdraw", kwargs=own)
            return [Button(_("撤回"), url, "accounts.grant.add")]
        return [Button(_("复核"), reverse("accounts:grant-decide", kwargs=own), DECIDE)]


class _OneGrant(ActionScreen):
    """What the actions on one request share."""

    selector = grants
    object_argument = "grant"
    parents = ((GRANTS, "accounts:grant-list"),)

    def back_url(self) -> str:
        """Go back to the request."""
        return reverse("accounts:grant-detail", kwargs={"pk": self.object.pk})

    def success_url(self, result: Any) -> str:
        """Go on to the request."""
        return self.back_url()


class GrantDecideScreen(_OneGrant):
    """Agree, or send back."""

    action = DECIDE
    title = gettext_lazy("复核授权申请")
    form_class = DecisionForm
    service = services.decide_grant
    button = gettext_lazy("提交复核")

    def consequence(self) -> Words:
        """Say what agreeing does."""
        grant = self.object
        return _("同意后，%(name)s 将以“%(role)s”的身份管辖 %(place)s。") % {
            "name": grant.user,
            "role": grant.get_role_display(),
            "place": grant.school_code or grant.division_prefix,
        }


class GrantWithdrawScreen(_OneGrant):
    """Take one's own request back."""

    action = "accounts.grant.add"
    title = gettext_lazy("撤回授权申请")
    service = services.withdraw_grant
    sentence = gettext_lazy("申请将被撤回，不再等待复核。")
