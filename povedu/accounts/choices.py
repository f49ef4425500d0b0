"""Roles, offices and the states of a grant."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is to the bureau; the policy table says what each may do."""

    COUNTY_ADMIN = "county_admin", _("县级管理员")
    OFFICE_STAFF = "office_staff", _("股室经办")
    APPROVER = "approver", _("审批人")
    TOWNSHIP_OFFICER = "township_officer", _("乡镇（中心学校）专干")
    SCHOOL_CLERK = "school_clerk", _("学校资助专干")
    LEADERSHIP = "leadership", _("局领导")
    AUDITOR = "auditor", _("审计")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


class OfficeCode(models.TextChoices):
    """The bureau's offices."""

    AID = "aid", _("学生资助中心")
    BASIC = "basic", _("基教股")
    PROJECTS = "projects", _("项目办")
    NUTRITION = "nutrition", _("营养办")
    PERSONNEL = "personnel", _("人事股")
    FINANCE = "finance", _("计财股")


class GrantState(models.TextChoices):
    """Where a request for a jurisdiction stands."""

    WAITING = "waiting", _("待复核")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
