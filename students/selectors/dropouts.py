"""Reading the dropout ledgers within a scope."""

from django.db.models import Count, Max, Q, QuerySet

from povedu.scope import Scope
from students.models import DropoutCase, DropoutVisit


def _of_cases(scope: Scope, path: str = "") -> Q:
    """Return the filter over cases: by the school left, or by the home.

    A school sees its own; a township those at home or at school in it; one of no known place is
    the whole county's.
    """
    if scope.school_code is not None:
        return Q(**{f"{path}school__code": scope.school_code})
    if len(scope.division_prefix) <= 6:
        return Q(**{f"{path}county__code__startswith": scope.division_prefix})
    at_home = Q(**{f"{path}division__code__startswith": scope.division_prefix})
    return at_home | Q(**{f"{path}school__division__code__startswith": scope.division_prefix})


def cases(scope: Scope) -> QuerySet[DropoutCase]:
    """Return the cases in scope."""
    return DropoutCase.objects.filter(_of_cases(scope)).select_related(
        "school", "division", "student"
    )


def case_ledger(scope: Scope) -> QuerySet[DropoutCase]:
    """Return the cases in scope with how often, and when last, somebody tried."""
    return cases(scope).annotate(
        visits_count=Count("visits"), last_visit_on=Max("visits__visited_on")
    )


def visits_of(scope: Scope, case: DropoutCase) -> QuerySet[DropoutVisit]:
    """Return the attempts on a case in scope, newest first."""
    return DropoutVisit.objects.filter(_of_cases(scope, "case__"), case=case).select_related(
        "recorded_by"
    )
