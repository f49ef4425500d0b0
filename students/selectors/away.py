"""Children who study away from home: where, and whether it is proved."""

from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from povedu.scope import Scope
from povedu.terms import Term
from students.choices import ProofState
from students.models import PlacedChild, Student, StudyProof
from students.rules.placing import AWAY
from students.selectors.children import student_ledger
from students.selectors.partition import latest_run, placed_children


def proofs(scope: Scope) -> QuerySet[StudyProof]:
    """Return the proofs of children at home, or at school, in scope."""
    return StudyProof.objects.filter(
        scope.q(division="division_code", school="school_code")
    ).select_related("student__school", "received_by", "checked_by")


def proofs_due(scope: Scope, term: Term, today: date) -> tuple[int, int]:
    """Return how many proofs of a term are overdue, and how many wait to be checked."""
    rows = proofs(scope).filter(term=term.code).select_related(None).order_by()
    counted = rows.aggregate(
        overdue=Count("pk", filter=Q(state=ProofState.REQUESTED, due_on__lt=today)),
        waiting=Count("pk", filter=Q(state=ProofState.RECEIVED)),
    )
    return counted["overdue"], counted["waiting"]


def away(scope: Scope, term: Term) -> QuerySet[Any]:
    """Return the term's children in scope who study away from their home township.

    They are those that the newest run placed so; annotated with their proof: ``proof``,
    ``proof_state`` ("" where none was asked for), ``proof_due_on``, ``proof_document_no``.
    """
    run = latest_run(scope, term)
    if run is None:
        rows = PlacedChild.objects.none()
        return with_proofs(rows.annotate(**_proof_columns(term.code)))
    rows = placed_children(scope, run).filter(place__in=[str(place) for place in AWAY])
    return with_proofs(rows.annotate(**_proof_columns(term.code)))


def _proof_columns(term: str) -> dict[str, Case | Subquery]:
    known = StudyProof.objects.filter(term=term).order_by("pk")
    own = known.filter(student=OuterRef("student")).values("pk")
    others = known.filter(student=None)
    numbered = others.filter(id_index=OuterRef("entry__id_index")).values("pk")
    named = others.filter(
        id_index="",
        normal_name=OuterRef("entry__normal_name"),
        birth_on=OuterRef("entry__birth_on"),
    ).values("pk")
    proof = Case(
        When(student__isnull=False, then=Subquery(own[:1])),
        When(entry__id_index="", then=Subquery(named[:1])),
        When(entry__isnull=False, then=Subquery(numbered[:1])),
        default=Value(None),
        output_field=BigIntegerField(),
    )
    return {"proof": proof}


def with_proofs(rows: QuerySet[PlacedChild]) -> QuerySet[PlacedChild]:
    """Add what the proof says to children that carry its key."""

    def of_proof(column: str) -> Subquery:
        return Subquery(StudyProof.objects.filter(pk=OuterRef("proof")).values(column)[:1])

    return rows.annotate(
        proof_state=of_proof("state"),
        proof_due_on=of_proof("due_on"),
        proof_received_on=of_proof("received_on"),
        proof_document_no=of_proof("document_no"),
        proof_school=of_proof("school_name"),
    )


def counted_by_place(rows: QuerySet[PlacedChild]) -> dict[str, int]:
    """Count children by place."""
    found = rows.order_by().values_list("place").annotate(n=Count("pk"))
    return {str(place): dict(found).get(str(place), 0) for place in AWAY}


def notice_lines(scope: Scope, term: Term, township: str) -> QuerySet[StudyProof]:
    """Return the proofs still to come of a township's (or the whole scope's) children."""
    rows = proofs(scope).filter(term=term.code, state=ProofState.REQUESTED)
    return rows.filter(division_code__startswith=township).order_by("division_code", "pk")


def migrants(scope: Scope) -> QuerySet[Student]:
    """Return the migrant workers' children on rosters here."""
    return (
        student_ledger(scope)
        .filter(is_migrant=True)
        .order_by("school__code", "stage", "grade", "pk")
    )
