"""Who may see and change children's records."""

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
