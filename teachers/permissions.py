"""Who may see and keep the teacher register; what the audit trail calls it."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import FIELD, Grantees, approvers, roles, staff

_KEEPERS = staff(OfficeCode.PERSONNEL) | roles(Role.COUNTY_ADMIN)
_READERS = _KEEPERS | approvers(OfficeCode.PERSONNEL) | roles(Role.AUDITOR) | FIELD

POLICY: dict[str, Grantees] = {
    "teachers.teacher.view": _READERS,
    "teachers.teacher.edit": _KEEPERS,
    "teachers.posting.view": _READERS,
    "teachers.posting.edit": _KEEPERS,
    "teachers.training.view": _READERS,
    "teachers.secret.reveal": _KEEPERS,
    "teachers.summary.view": _READERS | roles(Role.LEADERSHIP),  # counts only
}

VERBS = {
    "teacher.create": _("新增教师"),
    "teacher.edit": _("修改教师"),
    "teacher.leave": _("教师离开"),
    "teacher.return": _("教师返岗"),
    "posting.create": _("新增任职"),
    "posting.edit": _("修改任职"),
    "posting.end": _("结束任职"),
}
