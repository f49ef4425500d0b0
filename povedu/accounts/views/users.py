"""Keeping accounts: the security administrator's pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.accounts import services
from povedu.accounts.filters import UserFilter
from povedu.accounts.forms import GrantForm, HandOverForm, ReasonForm, UserEditForm, UserForm
from povedu.accounts.models import User
from povedu.accounts.selectors import has_second_factor, jurisdictions, users
from povedu.accounts.tables import (
    GrantTable,
    JurisdictionTable,
    SignInTable,
    UserTable,
    with_duties,
)
from povedu.screens.actions import ActionScreen
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words

USERS = gettext_lazy("用户")


class UserListScreen(ListScreen):
    """All accounts in scope."""

    action = "accounts.user.view"
    title = USERS
    selector = users
    table_class = UserTable
    filterset_class = UserFilter
    search_fields = ("name", "username")
    search_hint = gettext_lazy("姓名或登录名")
    empty_reason = gettext_lazy("没有符合条件的用户。")

    def rows(self) -> Any:
        """Fetch the duties with the people."""
        return with_duties(super().rows())

    def buttons(self) -> list[Button]:
        """Offer a new account."""
        return [Button(_("新建用户"), reverse("accounts:user-add"), "accounts.user.add")]


class UserDetailScreen(DetailScreen):
    """One account."""

    action = "accounts.user.view"
    selector = users
    parents = ((USERS, "accounts:user-list"),)
    tabs = (
        Tab(
            "duties",
            gettext_lazy("管辖范围"),
            table_class=JurisdictionTable,
            rows=lambda screen: screen.object.jurisdictions.select_related("on_behalf_of"),
            empty=gettext_lazy("此人还没有任何管辖范围，登录后看不到任何数据。"),
        ),
        Tab(
            "grants",
            gettext_lazy("授权申请"),
            table_class=GrantTable,
            rows=lambda screen: screen.object.grants.select_related(
                "user", "requested_by", "decided_by"
            ),
        ),
        Tab(
            "sessions",
            gettext_lazy("登录记录"),
            table_class=SignInTable,
            rows=lambda screen: screen.object.sign_ins.all(),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say who this is and how the account stands."""
        user: User = self.object
        return (
            Fact(_("登录名"), user.username),
            Fact(_("职务"), user.post),
            Fact(_("状态"), _("启用") if user.is_active else _("停用")),
            Fact(_("最近登录"), user.last_login),
            Fact(_("密码修改时间"), user.password_changed_at),
            Fact(_("动态码"), _("已启用") if has_second_factor(user) else _("未启用")),
        )

    def buttons(self) -> list[Button]:
        """Offer what can be done with the account."""
        user: User = self.object

        def to(name: str) -> str:
            return reverse(f"accounts:{name}", kwargs={"pk": user.pk})

        toggle = (
            Button(_("停用"), to("user-disable"), "accounts.user.disable")
            if user.is_active
            else Button(_("启用"), to("user-enable"), "accounts.user.disable")
        )
        return [
            Button(_("申请授权"), to("grant-add"), "accounts.grant.add"),
            Button(_("修改"), to("user-edit"), "accounts.user.edit"),
            Button(_("重设密码"), to("user-reset"), "accounts.user.reset"),
            Button(_("取消动态码"), to("user-remove-factor"), "accounts.user.reset"),
            Button(_("结束会话"), to("user-end-sessions"), "accounts.user.disable"),
            Button(_("移交工作"), to("user-hand-over"), "accounts.grant.add"),
            toggle,
        ]


class _OneUser(FormScreen):
    """What the forms about one account share."""

    selector = users
    object_argument = "user"
    parents = ((USERS, "accounts:user-list"),)

    def back_url(self) -> str:
        """Go back to the account."""
        if self.object is None:
            return reverse("accounts:user-list")
        return reverse("accounts:user-detail", kwargs={"pk": self.object.pk})

    def success_url(self, result: Any) -> str:
        """Go on to the account."""
        return self.back_url()


class _Issuing(_OneUser):
    """A form whose outcome is a first password, shown once on the page that answers it."""

    issued = ""
    issued_to = ""

    def leave(self, url: str) -> HttpResponse:
        """Show the password instead of going on; it is stored nowhere."""
        if not self.issued:
            return super().leave(url)
        context = self.get_context_data(issued=self.issued, issued_to=self.issued_to, back=url)
        return self.response_class(
            request=self.request,
            template="accounts/password_once.html",
            context=context,
            headers={"Cache-Control": "no-store"},
        )


class UserAddScreen(_Issuing):
    """A new account, without rights."""

    action = "accounts.user.add"
    title = gettext_lazy("新建用户")
    form_class = UserForm
    service = services.create_user
    success = gettext_lazy("用户已建立，还没有任何权限；请为其申请授权。")

    def success_url(self, result: Any) -> str:
        """Keep the password for the one page that shows it; go on to the account."""
        user, self.issued = result
        self.issued_to = user.username
        return reverse("accounts:user-detail", kwargs={"pk": user.pk})


class UserEditScreen(_OneUser):
    """Correct a name or a post."""

    action = "accounts.user.edit"
    title = gettext_lazy("修改用户")
    form_class = UserEditForm
    service = services.edit_user


class UserResetScreen(_Issuing, ActionScreen):
    """Give a new first password."""

    action = "accounts.user.reset"
    title = gettext_lazy("重设密码")
    form_class = ReasonForm
    service = services.reset_password
    danger = True
    sentence = gettext_lazy("将生成一个新的初始密码并结束此人的全部会话；原密码立即失效。")
    success = gettext_lazy("密码已重设。")

    def success_url(self, result: Any) -> str:
        """Keep the password for the one page that shows it."""
        self.issued, self.issued_to = result, self.object.username
        return self.back_url()


class UserDisableScreen(_OneUser, ActionScreen):
    """Close an account."""

    action = "accounts.user.disable"
    title = gettext_lazy("停用用户")
    form_class = ReasonForm
    service = services.disable_user
    danger = True
    sentence = gettext_lazy("此人将立即退出，不能再登录；其办理过的记录全部保留。")


class UserEnableScreen(_OneUser, ActionScreen):
    """Open a closed account again."""

    action = "accounts.user.disable"
    title = gettext_lazy("启用用户")
    form_class = ReasonForm
    service = services.enable_user
    sentence = gettext_lazy("此人可以重新登录，并恢复尚未终止的管辖范围。")


class UserRemoveFactorScreen(_OneUser, ActionScreen):
    """Take a second factor away from somebody whose telephone is lost."""

    action = "accounts.user.reset"
    title = gettext_lazy("取消动态码")
    form_class = ReasonForm
    service = services.take_second_factor
    danger = True
    sentence = gettext_lazy("此人下次登录时不再询问动态码，直到重新设置。")


class UserEndSessionsScreen(_OneUser, ActionScreen):
    """Sign somebody out everywhere."""

    action = "accounts.user.disable"
    title = gettext_lazy("结束会话")
    service = services.end_sessions
    sentence = gettext_lazy("此人在所有电脑和手机上的登录将立即结束，可以重新登录。")


class GrantAddScreen(_OneUser):
    """Ask that somebody be given a jurisdiction."""

    action = "accounts.grant.add"
    title = gettext_lazy("申请授权")
    hint = gettext_lazy("另一人复核同意后生效。代理请填写代理谁和结束日期。")
    form_class = GrantForm
    service = services.request_grant
    success = gettext_lazy("已提交，等待另一人复核。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer the places and people in scope."""
        return {"scope": self.scope, "people": users(self.scope), **super().form_arguments()}

    def initial(self) -> dict[str, Any]:
        """Begin today."""
        return {"starts_on": timezone.localtime(self.request.now).date()}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Hand the terms over as one."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "user": self.object,
            "terms": form.terms(),
            "reason": form.cleaned_data["reason"],
        }


class HandOverScreen(_OneUser):
    """Ask that a successor take over all that somebody answers for."""

    action = "accounts.grant.add"
    title = gettext_lazy("移交工作")
    hint = gettext_lazy("为接任人逐项申请授权；复核同意后，原任的管辖范围在交接日期终止。")
    object_argument = "leaver"
    form_class = HandOverForm
    service = services.hand_over
    success = gettext_lazy("已提交，等待另一人复核。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer the other open accounts in scope."""
        people = users(self.scope).filter(is_active=True).exclude(pk=self.kwargs["pk"])
        return {"people": people, **super().form_arguments()}

    def initial(self) -> dict[str, Any]:
        """Begin today."""
        return {"starts_on": timezone.localtime(self.request.now).date()}


class JurisdictionEndScreen(ActionScreen):
    """Take a jurisdiction away, at once."""

    action = "accounts.jurisdiction.end"
    title = gettext_lazy("终止管辖范围")
    selector = jurisdictions
    object_argument = "jurisdiction"
    parents = ((USERS, "accounts:user-list"),)
    form_class = ReasonForm
    service = services.end_jurisdiction
    danger = True

    def consequence(self) -> Words:
        """Name whom it is taken from."""
        return _("从今天起，%(name)s 不再以“%(duty)s”的身份办理任何事项。") % {
            "name": self.object.user,
            "duty": self.object,
        }

    def back_url(self) -> str:
        """Go back to the account."""
        return reverse("accounts:user-detail", kwargs={"pk": self.object.user_id})
