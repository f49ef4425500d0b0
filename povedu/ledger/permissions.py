"""Who may see the ledger, enter opening balances and check the chain."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import Grantees, approvers, roles, staff

_MONEY = staff(OfficeCode.AID, OfficeCode.FINANCE) | approvers(OfficeCode.AID, OfficeCode.FINANCE)
_READERS = _MONEY | roles(Role.COUNTY_ADMIN, Role.AUDITOR)

POLICY: dict[str, Grantees] = {
    "ledger.entry.view": _READERS,
    "ledger.entry.export": _READERS,
    "ledger.balance.view": _READERS,
    "ledger.chain.verify": _READERS,
    "ledger.correction.view": _READERS,
    "ledger.correction.ask": staff(OfficeCode.AID, OfficeCode.FINANCE),
    "ledger.correction.decide": approvers(OfficeCode.AID, OfficeCode.FINANCE),
    "ledger.opening.add": staff(OfficeCode.FINANCE),
}

VERBS = {
    "ledger.post": _("记入资金台账"),
    "ledger.close": _("锁定年度数据"),
    "ledger.reopen": _("解除年度锁定"),
    "ledger.opening": _("登记期初余额"),
    "correction.ask": _("申请更正台账"),
    "correction.post": _("同意更正并冲回"),
    "correction.refuse": _("不同意更正"),
    "ledger.verify": _("校验资金台账"),
}
