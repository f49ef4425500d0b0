"""The people who sign in to the demo county."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.models import CountyCalendar, Jurisdiction, User
from povedu.accounts.selectors import actor_in
from povedu.scope import Actor
from subsidies.management.demo_county.invention import COUNTY_CODE

PASSWORD = "Qinghe-2016"  # noqa: S105  # printed at every start of the demo, of the demo only
TERM = "2016-1"


class SignIn(NamedTuple):
    """One account of the demo and what it is for."""

    username: str
    name: str
    post: str
    role: Role
    office: str = ""
    place: str = COUNTY_CODE
    school_code: str = ""


SIGN_INS = (
    SignIn("admin", "罗县管", "县级管理员", Role.COUNTY_ADMIN),
    SignIn("aid", "陈助学", "学生资助中心经办", Role.OFFICE_STAFF, OfficeCode.AID),
    SignIn("aid-head", "周主任", "学生资助中心主任", Role.APPROVER, OfficeCode.AID),
    SignIn("basic", "杨基教", "基教股经办", Role.OFFICE_STAFF, OfficeCode.BASIC),
    SignIn("projects", "马工程", "项目办经办", Role.OFFICE_STAFF, OfficeCode.PROJECTS),
    SignIn("meals", "何营养", "营养办经办", Role.OFFICE_STAFF, OfficeCode.NUTRITION),
    SignIn("personnel", "孙人事", "人事股经办", Role.OFFICE_STAFF, OfficeCode.PERSONNEL),
    SignIn("finance", "钱计财", "计财股经办", Role.OFFICE_STAFF, OfficeCode.FINANCE),
    SignIn("finance-head", "冯财务", "计财股股长", Role.APPROVER, OfficeCode.FINANCE),
    SignIn("town", "石专干", "中心学校专干", Role.TOWNSHIP_OFFICER, "", f"{COUNTY_CODE}101"),
    SignIn("clerk", "林老师", "学校资助专干", Role.SCHOOL_CLERK, "", f"{COUNTY_CODE}101", "1"),
    SignIn("clerk2", "田老师", "学校资助专干", Role.SCHOOL_CLERK, "", f"{COUNTY_CODE}102", "2"),
    SignIn("leader", "高局长", "局长", Role.LEADERSHIP),
    SignIn("auditor", "严审计", "审计", Role.AUDITOR),
    SignIn("system", "康系统", "系统管理员", Role.SYSTEM_ADMIN),
    SignIn("security", "安管员", "安全管理员", Role.SECURITY_ADMIN),
    SignIn("audit", "申审管", "审计管理员", Role.AUDIT_ADMIN),
)


def open_accounts(*, clerk_schools: tuple[str, str], set_at: datetime) -> dict[str, Actor]:
    """Make the accounts and return each one's actor; clerks get the two schools given.

    ``set_at`` is when their password was set: today, whatever year the county's records are of.
    """
    actors = {}
    password = make_password(PASSWORD)  # argon2 is slow by design: once will do here
    for sign_in in SIGN_INS:
        user = User.objects.create(
            username=sign_in.username,
            password=password,
            name=sign_in.name,
            post=sign_in.post,
            password_changed_at=set_at,
        )
        school = clerk_schools[int(sign_in.school_code) - 1] if sign_in.school_code else ""
        jurisdiction = Jurisdiction.objects.create(
            user=user,
            role=sign_in.role,
            office=sign_in.office,
            division_prefix=sign_in.place,
            school_code=school,
        )
        actors[sign_in.username] = actor_in(jurisdiction)
    CountyCalendar.objects.create(county_code=COUNTY_CODE, current_term=TERM)
    return actors
