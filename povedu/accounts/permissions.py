"""Who may do what with accounts: the security administrator keeps them, a second person agrees."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import Role
from povedu.accounts.policy import EVERYBODY, Grantees, roles

_SECURITY = roles(Role.SECURITY_ADMIN)

POLICY: dict[str, Grantees] = {
    "accounts.user.view": roles(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN),
    "accounts.user.add": _SECURITY,
    "accounts.user.edit": _SECURITY,
    "accounts.user.reset": _SECURITY,
    "accounts.user.disable": _SECURITY,
    "accounts.grant.view": roles(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.COUNTY_ADMIN),
    "accounts.grant.add": _SECURITY,
    "accounts.grant.decide": roles(Role.SECURITY_ADMIN, Role.COUNTY_ADMIN),
    "accounts.jurisdiction.end": _SECURITY,
    "accounts.token.manage": EVERYBODY,
}

VERBS = {
    "user.create": _("建立用户"),
    "user.edit": _("修改用户"),
    "user.reset-password": _("重设密码"),
    "user.disable": _("停用用户"),
    "user.enable": _("启用用户"),
    "user.change-password": _("修改密码"),
    "user.sign-in": _("登录"),
    "user.sign-out": _("退出"),
    "user.end-sessions": _("结束会话"),
    "user.add-second-factor": _("启用动态码"),
    "user.remove-second-factor": _("取消动态码"),
    "grant.request": _("申请授权"),
    "grant.approve": _("同意授权"),
    "grant.refuse": _("退回授权"),
    "grant.withdraw": _("撤回授权申请"),
    "jurisdiction.end": _("终止管辖范围"),
    "token.create": _("建立接口令牌"),
    "token.revoke": _("撤销接口令牌"),
}
