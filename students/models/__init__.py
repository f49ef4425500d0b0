"""Models of children."""

from students.models.household import Household, HouseholdMember
from students.models.reconciliation import Decision, Finding, Link, PlacedChild, Reconciliation
from students.models.register import RegisterEntry, RegisterSnapshot
from students.models.student import Enrolment, HardshipStatus, PayeeAccount, Student

__all__ = [
    "Decision",
    "Enrolment",
    "Finding",
    "HardshipStatus",
    "Household",
    "HouseholdMember",
    "Link",
    "PayeeAccount",
    "PlacedChild",
    "Reconciliation",
    "RegisterEntry",
    "RegisterSnapshot",
    "Student",
]
