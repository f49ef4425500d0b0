"""Who may bring in which ledger; scope narrows it further to one's own places."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import PEOPLE, Grantees, approvers, roles, staff

_CLERKS = roles(Role.SCHOOL_CLERK, Role.TOWNSHIP_OFFICER)
_ADMIN = roles(Role.COUNTY_ADMIN)
_PUPILS = staff(OfficeCode.AID, OfficeCode.BASIC) | _ADMIN
_AID_MONEY = staff(OfficeCode.AID) | approvers(OfficeCode.AID) | _ADMIN

POLICY: dict[str, Grantees] = {
    "intake.batch.view": PEOPLE,
    "intake.batch.upload": _CLERKS | staff() | approvers(OfficeCode.AID) | _ADMIN,
    "intake.batch.review": _CLERKS | staff() | approvers(OfficeCode.AID) | _ADMIN,
    "intake.batch.send_back": roles(Role.TOWNSHIP_OFFICER) | staff() | _ADMIN,
    "intake.batch.confirm": roles(Role.TOWNSHIP_OFFICER) | staff() | _ADMIN,
    "intake.mapping.edit": _CLERKS | staff() | _ADMIN,
    "intake.roster.upload": _CLERKS | _PUPILS,
    "intake.roster.apply": _CLERKS | _PUPILS,
    "intake.register.upload": staff(OfficeCode.AID) | _ADMIN,
    "intake.register.apply": staff(OfficeCode.AID) | _ADMIN,
    "intake.dropouts.upload": _CLERKS | _PUPILS,
    "intake.dropouts.apply": _CLERKS | _PUPILS,
    "intake.schools.upload": staff(OfficeCode.BASIC) | _ADMIN,
    "intake.schools.apply": staff(OfficeCode.BASIC) | _ADMIN,
    "intake.projects.upload": staff(OfficeCode.PROJECTS) | _ADMIN,
    "intake.projects.apply": staff(OfficeCode.PROJECTS) | _ADMIN,
    "intake.equipment.upload": staff(OfficeCode.PROJECTS) | _ADMIN,
    "intake.equipment.apply": staff(OfficeCode.PROJECTS) | _ADMIN,
    "intake.meals.upload": _CLERKS | staff(OfficeCode.NUTRITION) | _ADMIN,
    "intake.meals.apply": _CLERKS | staff(OfficeCode.NUTRITION) | _ADMIN,
    "intake.bank_return.upload": staff() | approvers(OfficeCode.AID),
    "intake.bank_return.apply": staff() | approvers(OfficeCode.AID),
    "intake.gifts.upload": _AID_MONEY,
    "intake.gifts.apply": _AID_MONEY,
    "intake.loans.upload": _AID_MONEY,
    "intake.loans.apply": _AID_MONEY,
    "intake.history.upload": _AID_MONEY,
    "intake.history.apply": _AID_MONEY,
    "intake.teachers.upload": staff(OfficeCode.PERSONNEL) | _ADMIN,
    "intake.teachers.apply": staff(OfficeCode.PERSONNEL) | _ADMIN,
}

VERBS = {
    "intake.upload": _("上传名册"),
    "intake.stage": _("识别名册"),
    "intake.fix": _("改正导入行"),
    "intake.teach": _("设定表头对应"),
    "intake.forget": _("删除表头对应"),
    "intake.decline-repair": _("不接受修正"),
    "intake.accept-repair": _("接受修正"),
    "intake.send-back": _("退回名册"),
    "intake.withdraw": _("撤销批次"),
    "intake.confirm-large": _("确认大范围变更"),
    "intake.apply": _("导入名册"),
    "intake.follow": _("转出冲突行"),
    "intake.answer": _("下载处理结果"),
    "intake.dump": _("导出识别明细"),
    "intake.undo-request": _("申请回退"),
    "intake.undo": _("回退名册"),
}
