"""Who may do what with programmes and money: an office makes, an approver of it approves.

The office narrows further which programmes somebody sees; selectors do that (``for_office``).
"""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import PEOPLE, READERS, Grantees, approvers, roles, staff

_MAKERS = staff()
_CHECKERS = approvers()
_MONEY = staff(OfficeCode.AID, OfficeCode.FINANCE) | approvers(OfficeCode.AID, OfficeCode.FINANCE)
_MONEY_READERS = _MONEY | roles(Role.COUNTY_ADMIN, Role.AUDITOR)

POLICY: dict[str, Grantees] = {
    "subsidies.programme.view": READERS,
    "subsidies.programme.edit": _MAKERS,
    "subsidies.award.view": PEOPLE,
    "subsidies.award.propose": _MAKERS,
    "subsidies.award.approve": _CHECKERS,
    "subsidies.award.suspend": _MAKERS,
    "subsidies.award.cancel": _CHECKERS,
    "subsidies.determination.view": PEOPLE,
    "subsidies.determination.enter": _MAKERS,
    "subsidies.determination.approve": _CHECKERS,
    "subsidies.notice.view": PEOPLE,
    "subsidies.notice.edit": _MAKERS,
    "subsidies.objection.enter": _MAKERS,
    "subsidies.objection.answer": _CHECKERS,
    "subsidies.batch.view": READERS,
    "subsidies.batch.prepare": _MAKERS,
    "subsidies.batch.approve": _CHECKERS,
    "subsidies.batch.release": _MAKERS,
    "subsidies.batch.take_file": _MAKERS,
    "subsidies.batch.return": _MAKERS,
    "subsidies.batch.close": _MAKERS,
    "subsidies.payment.view": PEOPLE,
    "subsidies.payment.correct": _MAKERS,
    "subsidies.receipt.view": _MONEY_READERS,
    "subsidies.receipt.add": staff(OfficeCode.AID, OfficeCode.FINANCE),
    "subsidies.gift.view": READERS,
    "subsidies.gift.edit": staff(OfficeCode.AID),
    "subsidies.summary.view": READERS | roles(Role.LEADERSHIP),
}

VERBS = {
    "programme.create": _("新增资助项目"),
    "programme.edit": _("修改资助项目"),
    "programme.presets": _("安装预置项目"),
    "standard.create": _("新增资助标准"),
    "standard.end": _("停用资助标准"),
    "source-rule.set": _("设定资金分担规则"),
    "quota.set": _("设定计划指标"),
    "award.propose": _("拟定资助"),
    "award.approve": _("批准资助"),
    "award.cancel": _("取消资助"),
    "award.suspend": _("暂停资助"),
    "award.resume": _("恢复资助"),
    "determination.enter": _("录入困难认定"),
    "determination.decide": _("审核困难认定"),
    "notice.draft": _("拟定公示"),
    "notice.publish": _("发布公示"),
    "notice.take-down": _("撤下公示"),
    "objection.enter": _("登记异议"),
    "objection.answer": _("答复异议"),
    "batch.make": _("编制发放批次"),
    "batch.freeze": _("冻结批次"),
    "batch.send-back": _("退回批次"),
    "batch.approve": _("审批批次"),
    "batch.release": _("批次送银行"),
    "batch.void": _("作废批次"),
    "batch.close": _("关闭批次"),
    "batch.take-file": _("下载银行文件"),
    "batch.remove-line": _("移出批次明细"),
    "bank-return.enter": _("登记银行回盘"),
    "bank-return.apply": _("回盘入账"),
    "bank-return.discard": _("作废回盘"),
    "payment.give-up": _("退回款项不再补发"),
    "receipt.enter": _("登记资金到账"),
    "donor.save": _("登记捐助方"),
    "gift.enter": _("登记捐助"),
}
