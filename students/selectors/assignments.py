"""Reading what schools were asked, what they answered, and the papers put to findings."""

from datetime import date

from django.db.models import Q, QuerySet

from povedu.scope import Scope
from students.choices import ASSIGNMENT_LIVE, ASSIGNMENT_WAITS, ApprovalState, AssignmentState
from students.models import Assignment, AssignmentStep, EvidenceFile, Finding, HardshipProof


def assignments(scope: Scope) -> QuerySet[Assignment]:
    """Return what schools in scope were asked, what is due first at the top."""
    return (
        Assignment.objects.filter(scope.q(division="school__division_id", school="school__code"))
        .filter(scope.q(division="finding__division_code", school="finding__school_code"))
        .select_related("finding__student", "finding__entry", "school__division", "asked_by")
        .order_by("due_on", "pk")
    )


def waiting(scope: Scope) -> QuerySet[Assignment]:
    """Return what waits for a school's answer."""
    return assignments(scope).filter(state__in=ASSIGNMENT_WAITS)


def overdue(scope: Scope, today: date) -> QuerySet[Assignment]:
    """Return what a school should have answered before today."""
    return waiting(scope).filter(due_on__lt=today)


def answered(scope: Scope) -> QuerySet[Assignment]:
    """Return what schools have answered and nobody has judged."""
    return assignments(scope).filter(state=AssignmentState.ANSWERED)


def live_assignment(scope: Scope, finding: Finding) -> Assignment | None:
    """Return the assignment of a finding that still runs."""
    return assignments(scope).filter(finding=finding, state__in=ASSIGNMENT_LIVE).first()


def steps_about(scope: Scope, finding: Finding) -> QuerySet[AssignmentStep]:
    """Return everything said in the assignments of a finding, oldest first."""
    return (
        AssignmentStep.objects.filter(assignment__in=assignments(scope).filter(finding=finding))
        .select_related("said_by", "assignment__school")
        .order_by("pk")
    )


def evidence_files(scope: Scope) -> QuerySet[EvidenceFile]:
    """Return the papers put to findings and to proofs of study in scope."""
    of_finding = scope.q(division="finding__division_code", school="finding__school_code")
    of_proof = scope.q(division="study_proof__division_code", school="study_proof__school_code")
    return EvidenceFile.objects.filter(
        of_finding & Q(finding__isnull=False) | of_proof & Q(study_proof__isnull=False)
    ).select_related("finding", "study_proof", "added_by")


def proofs(scope: Scope) -> QuerySet[HardshipProof]:
    """Return the proofs of hardship that schools in scope saw."""
    return HardshipProof.objects.filter(
        scope.q(division="finding__division_code", school="finding__school_code")
    ).select_related("finding", "recorded_by", "decided_by")


def proofs_waiting(scope: Scope) -> QuerySet[HardshipProof]:
    """Return the proofs that wait for a second person."""
    return proofs(scope).filter(state=ApprovalState.PENDING)
