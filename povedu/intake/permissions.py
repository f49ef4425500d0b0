"""Who may bring in which ledger; scope narrows it further to one's own places."""

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.policy import PEOPLE, Grantees, roles, staff

_CLERKS = roles(Role.SCHOOL_CLERK, Role.TOWNSHIP_OFFICER)
_ADMIN = roles(Role.COUNTY_ADMIN)
_PUPILS = staff(OfficeCode.AID, OfficeCode.BASIC) | _ADMIN

POLICY: dict[str, Grantees] = {
    "intake.batch.view": PEOPLE,
    "intake.batch.upload": _CLERKS | staff() | _ADMIN,
    "intake.batch.review": _CLERKS | staff() | _ADMIN,
    "intake.batch.send_back": roles(Role.TOWNSHIP_OFFICER) | staff() | _ADMIN,
    "intake.mapping.edit": _CLERKS | staff() | _ADMIN,
    "intake.roster.upload": _CLERKS | _PUPILS,
    "intake.roster.apply": _CLERKS | _PUPILS,
    "intake.register.upload": staff(OfficeCode.AID) | _ADMIN,
    "intake.register.apply": staff(OfficeCode.AID) | _ADMIN,
    "intake.schools.upload": staff(OfficeCode.BASIC) | _ADMIN,
    "intake.schools.apply": staff(OfficeCode.BASIC) | _ADMIN,
    "intake.projects.upload": staff(OfficeCode.PROJECTS) | _ADMIN,
    "intake.projects.apply": staff(OfficeCode.PROJECTS) | _ADMIN,
    "intake.teachers.upload": staff(OfficeCode.PERSONNEL) | _ADMIN,
    "intake.teachers.apply": staff(OfficeCode.PERSONNEL) | _ADMIN,
}
