"""What a run holds: the links and places that it wrote, and those that it left as they were.

A row holds from its own run until the one in ``missed_by``, which found it otherwise; so a run that
finds what the last one found writes nothing.
"""

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from povedu.scope import Scope
from students.models import Link, PlacedChild, Reconciliation

RUNS_KEPT = 2  # of a county's term, with their links and places; older ones keep their counts


def links_of_term(run: Reconciliation) -> QuerySet[Link]:
    """Return the links of all runs of a run's county and term."""
    return Link.objects.filter(
        term=run.term, reconciliation__county=run.county_id, reconciliation__term=run.term
    )


def places_of_term(run: Reconciliation) -> QuerySet[PlacedChild]:
    """Return the children placed by any run of a run's county and term, within the county."""
    prefix = run.county_id[:6]
    inside = {
        "division_code__gte": prefix.ljust(12, "0"),
        "division_code__lte": prefix.ljust(12, "9"),
    }
    return PlacedChild.objects.filter(term=run.term, **inside)


def held_links(run: Reconciliation) -> QuerySet[Link]:
    """Return the links of a run."""
    return links_of_term(run).filter(*_until(run))


def held_places(run: Reconciliation) -> QuerySet[PlacedChild]:
    """Return the children whom a run placed."""
    return places_of_term(run).filter(*_until(run))


def _until(run: Reconciliation) -> tuple[Q, ...]:
    return Q(reconciliation__lte=run.pk), Q(missed_by=None) | Q(missed_by__gt=run.pk)


def detailed_runs(scope: Scope) -> QuerySet[Reconciliation]:
    """Return the runs in scope whose children are still kept: the newest of each term."""
    alike = Reconciliation.objects.filter(county=OuterRef("county"), term=OuterRef("term"))
    oldest = alike.order_by("-pk").values("pk")[RUNS_KEPT - 1 : RUNS_KEPT]
    kept = Reconciliation.objects.filter(pk__gte=Coalesce(Subquery(oldest), 0))
    return kept.filter(county__code__startswith=scope.county_code)
