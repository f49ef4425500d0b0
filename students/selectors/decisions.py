"""Reading what people decided."""

from django.db.models import QuerySet

from povedu.scope import Scope
from students.models import Decision


def decisions(scope: Scope) -> QuerySet[Decision]:
    """Return the decisions on findings in scope, newest first."""
    return Decision.objects.filter(
        scope.q(division="finding__division_code", school="finding__school_code")
    ).select_related("finding", "decided_by")
