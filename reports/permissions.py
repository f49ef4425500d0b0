"""Who may read, write and issue reports."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import BUREAU, PEOPLE, READERS, Grantees, approvers, roles, staff

_LEADERS = roles(Role.LEADERSHIP)
_MONEY = (
    staff(OfficeCode.AID, OfficeCode.FINANCE)
    | approvers(OfficeCode.AID, OfficeCode.FINANCE)
    | roles(Role.COUNTY_ADMIN, Role.AUDITOR)
)

POLICY: dict[str, Grantees] = {
    "reports.summary.view": READERS | _LEADERS | roles(Role.TOWNSHIP_OFFICER),
    "reports.summary.write": BUREAU | _LEADERS,
    "reports.rows.view": READERS | _LEADERS | roles(Role.TOWNSHIP_OFFICER),
    "reports.rows.export": READERS,
    "reports.person.view": PEOPLE - roles(Role.SCHOOL_CLERK),
    "reports.edition.view": READERS | _LEADERS,
    "reports.edition.issue": approvers() | roles(Role.COUNTY_ADMIN),
    "reports.template.view": BUREAU,
    "reports.template.edit": staff(OfficeCode.AID, OfficeCode.BASIC) | roles(Role.COUNTY_ADMIN),
    "reports.check.run": READERS | _LEADERS,
    "reports.dashboard.view": READERS | _LEADERS | roles(Role.TOWNSHIP_OFFICER),
    "reports.figures.view": _LEADERS,
    "reports.rollup.view": READERS | _LEADERS,
    "reports.rollup.export": READERS,
    "reports.ledger.export": _MONEY,
}

VERBS = {
    "rollup.export": _("导出分县汇总"),
    "summary.write": _("生成年度总结"),
    "summary.issue": _("印发年度总结"),
    "template.update": _("修改总结模板"),
    "ledger.export": _("导出资金台账"),
    "rows.export": _("导出指标明细"),
}
