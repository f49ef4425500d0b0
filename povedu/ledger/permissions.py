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
    "ledger.opening.add": staff(OfficeCode.FINANCE),
}

VERBS = {
    "ledger.post": _("记入资金台账"),
    "ledger.opening": _("登记期初余额"),
    "ledger.verify": _("校验资金台账"),
}
