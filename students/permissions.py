"""Who may see and change children's records."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import PEOPLE, Grantees, approvers, roles, staff

_CHILD_OFFICES = staff(OfficeCode.AID, OfficeCode.BASIC)
_KEEPERS = _CHILD_OFFICES | roles(Role.COUNTY_ADMIN)
_FIELD = roles(Role.TOWNSHIP_OFFICER, Role.SCHOOL_CLERK)

POLICY: dict[str, Grantees] = {
    "students.student.view": PEOPLE,
    "students.student.add": _KEEPERS | _FIELD,
    "students.student.change": _KEEPERS | _FIELD,
    "students.student.confirm": _KEEPERS | roles(Role.TOWNSHIP_OFFICER),
    "students.student.export": PEOPLE,
    "students.secret.reveal": PEOPLE,
    "students.enrolment.view": PEOPLE,
    "students.enrolment.change": _KEEPERS | _FIELD,
    "students.hardship.change": staff(OfficeCode.AID)
    | roles(Role.COUNTY_ADMIN, Role.TOWNSHIP_OFFICER),
    "students.payee.enter": staff(OfficeCode.AID) | _FIELD,
    "students.payee.approve": approvers() | staff(OfficeCode.AID) | roles(Role.TOWNSHIP_OFFICER),
    "students.household.view": PEOPLE,
    "students.register.view": PEOPLE - roles(Role.SCHOOL_CLERK),
    "students.register.export": PEOPLE - roles(Role.SCHOOL_CLERK),
    "students.reconciliation.view": PEOPLE - roles(Role.SCHOOL_CLERK),
    "students.reconciliation.run": _KEEPERS,
    "students.finding.view": PEOPLE,
    "students.finding.settle": _KEEPERS | _FIELD,
    "students.finding.export": PEOPLE,
}

VERBS = {
    "student.enter": _("登记学生"),
    "student.change": _("修改学生"),
    "student.confirm-identity": _("确认身份"),
    "enrolment.enrol": _("登记就读"),
    "enrolment.change": _("修改就读"),
    "enrolment.transfer": _("转学"),
    "enrolment.leave": _("离校"),
    "hardship.confirm": _("认定困难身份"),
    "hardship.end": _("结束困难身份"),
    "payee.enter": _("登记收款账户"),
    "payee.approve": _("通过收款账户"),
    "payee.refuse": _("退回收款账户"),
    "reconciliation.run": _("名册比对"),
    "reconciliation.dump": _("导出比对明细"),
    "finding.settle": _("处理差异"),
    "finding.undo": _("撤销差异处理"),
}
