"""Reading doubts: what lists show, and who was looked into and is not to be aided."""

from django.db.models import Q, QuerySet

from povedu.scope import Scope
from schools.models import Division
from subsidies.choices import DoubtKind, DoubtState
from subsidies.models import Doubt
from subsidies.selectors.programmes import for_office


def doubts(scope: Scope, term: str, office: str = "") -> QuerySet[Doubt]:
    """Return a term's doubts of the schools in scope and the programmes of an office."""
    own = for_office(office)
    if office:
        own |= Q(programme__isnull=True)
    return (
        Doubt.objects.filter(
            scope.q(division="school__division_id", school="school__code"), own, term=term
        )
        .select_related("student", "school", "programme", "payment__batch")
        .order_by("kind", "pk")
    )


def waived(county: Division, term: str) -> dict[tuple[int, int], tuple[str, int]]:
    """Return (note, fen) of the children who were looked into and are not to be aided.

    The key is (student, programme); it holds as long as the same amount is at stake.
    """
    rows = Doubt.objects.filter(
        county=county, term=term, kind=DoubtKind.MISSED, state=DoubtState.DISMISSED
    ).prefetch_related("decisions")
    found: dict[tuple[int, int], tuple[str, int]] = {}
    for one in rows:
        notes = [said.note for said in one.decisions.all() if said.undone_at is None]
        key = (one.student_id, one.programme_id or 0)
        found[key] = (notes[0] if notes else "", int(one.evidence.get("amount", 0)))
    return found
