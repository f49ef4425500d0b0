"""Migrant workers' children beside the others: at school, and in every programme of a term."""

from dataclasses import dataclass

from django.db.models import Count, Q

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import EnrolmentState
from students.selectors.children import enrolments
from subsidies.choices import AwardState
from subsidies.selectors.payments import awards


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group are migrant workers' children."""

    label: str
    persons: int
    migrants: int

    @property
    def percent(self) -> float | None:
        """Return the share in per cent, None of nobody."""
        return self.migrants / self.persons * 100 if self.persons else None


def shares(scope: Scope, term: Term, office: str = "") -> tuple[Share, list[Share]]:
    """Return the share at school, and that of each programme with granted awards, by name.

    Persons count once in each line. Only an office's own programmes where ``office`` names one.
    """
    pupils = (
        enrolments(scope)
        .filter(term=term.code, state=EnrolmentState.STUDYING)
        .select_related(None)
        .order_by()
        .aggregate(
            persons=Count("student", distinct=True),
            migrants=Count("student", distinct=True, filter=Q(student__is_migrant=True)),
        )
    )
    granted = (
        awards(scope, office)
        .filter(term=term.code, state=AwardState.GRANTED)
        .select_related(None)
        .order_by("programme__name")
        .values_list("programme__name")
        .annotate(
            persons=Count("student", distinct=True),
            migrants=Count("student", distinct=True, filter=Q(student__is_migrant=True)),
        )
    )
    whole = Share("", pupils["persons"], pupils["migrants"])
    return whole, [Share(name, persons, migrants) for name, persons, migrants in granted]
