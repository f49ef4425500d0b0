"""Reading what people decided."""

from django.db.models import QuerySet

from povedu.scope import Scope
from students.models import Decision, Finding


def decisions(scope: Scope) -> QuerySet[Decision]:
    """Return the decisions on findings in scope, newest first."""
    return Decision.objects.filter(
        scope.q(division="finding__division_code", school="finding__school_code")
    ).select_related("finding__student", "finding__entry", "decided_by")


def live_decision(scope: Scope, finding: Finding) -> Decision | None:
    """Return the decision on a finding that stands."""
    return decisions(scope).filter(finding=finding, undone_at=None).first()


def still_standing(scope: Scope, decision: Decision | None) -> int:
    """Return how many of the decisions made together with one stand, itself included."""
    if decision is None or decision.group is None:
        return 0
    return decisions(scope).filter(group=decision.group, undone_at=None).count()
