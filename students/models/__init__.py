"""Models of children."""

from students.models.comparison import Change, Comparison
from students.models.dropout import DropoutCase, DropoutVisit
from students.models.household import Household, HouseholdMember
from students.models.proof import StudyProof
from students.models.reconciliation import (
    Decision,
    Finding,
    Link,
    NightlyRun,
    PlacedChild,
    Reconciliation,
    Weighing,
)
from students.models.register import RegisterEntry, RegisterSnapshot
from students.models.register_logic import RegisterCheck, RuleSwitch
from students.models.settling import Assignment, AssignmentStep, EvidenceFile, HardshipProof
from students.models.student import Enrolment, HardshipStatus, PayeeAccount, Student

__all__ = [
    "Assignment",
    "AssignmentStep",
    "Change",
    "Comparison",
    "Decision",
    "DropoutCase",
    "DropoutVisit",
    "Enrolment",
    "EvidenceFile",
    "Finding",
    "HardshipProof",
    "HardshipStatus",
    "Household",
    "HouseholdMember",
    "Link",
    "NightlyRun",
    "PayeeAccount",
    "PlacedChild",
    "Reconciliation",
    "RegisterCheck",
    "RegisterEntry",
    "RegisterSnapshot",
    "RuleSwitch",
    "Student",
    "StudyProof",
    "Weighing",
]
