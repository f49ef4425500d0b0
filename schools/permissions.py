"""Who may do what with places, projects and meals; what the audit trail calls it."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import FIELD, PEOPLE, Grantees, roles, staff

_READERS = PEOPLE | roles(Role.LEADERSHIP)  # no row here is about a child or a teacher
_REGISTER = staff(OfficeCode.BASIC) | roles(Role.COUNTY_ADMIN)
_PROJECTS = staff(OfficeCode.PROJECTS) | roles(Role.COUNTY_ADMIN)
_MEALS = staff(OfficeCode.NUTRITION) | roles(Role.COUNTY_ADMIN)

POLICY: dict[str, Grantees] = {
    "schools.division.view": _READERS,
    "schools.division.edit": _REGISTER,
    "schools.school.view": _READERS,
    "schools.school.add": _REGISTER,
    "schools.school.edit": _REGISTER,
    "schools.project.view": _READERS,
    "schools.project.edit": _PROJECTS,
    "schools.project.pay": _PROJECTS | staff(OfficeCode.FINANCE),
    "schools.photo.add": _PROJECTS | FIELD,
    "schools.meal.view": _READERS,
    "schools.meal.report": _MEALS | FIELD,
}

VERBS = {
    "division.edit": _("修改行政区划"),
    "school.create": _("新增学校"),
    "school.edit": _("修改学校"),
    "school.rename": _("学校更名"),
    "school.move": _("学校区划调整"),
    "school.close": _("学校停办"),
    "school.merge": _("学校撤并"),
    "school.reopen": _("恢复办学"),
    "alias.add": _("新增学校别名"),
    "alias.remove": _("删除学校别名"),
    "pupil-count.write": _("更新在校生数"),
    "batch.create": _("新增项目批次"),
    "batch.edit": _("修改项目批次"),
    "project.create": _("新增项目"),
    "project.edit": _("修改项目"),
    "project.advance": _("更新项目进度"),
    "project.fund": _("安排项目资金"),
    "project.pay": _("登记项目支付"),
    "milestone.add": _("新增项目节点"),
    "milestone.done": _("完成项目节点"),
    "milestone.remove": _("删除项目节点"),
    "photo.add": _("上传项目照片"),
    "photo.remove": _("删除项目照片"),
    "equipment.add": _("新增设备明细"),
    "equipment.edit": _("修改设备明细"),
    "equipment.deliver": _("登记设备配发"),
    "meal.report": _("填报营养餐月报"),
    "meal.correct": _("更正营养餐月报"),
}
