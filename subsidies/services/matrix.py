"""Computing a term's matrix and keeping it for the pages."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from povedu.accounts.selectors import term_of
from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.money import yuan
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from subsidies.models import AidCell, AidMatrix, Programme
from subsidies.selectors.matrix import CellRow, compute
from subsidies.services.doubts import find_doubts

_FIELDS = (
    "matrix",
    "student",
    "programme",
    "school",
    "stage",
    "grade",
    "class_name",
    "state",
    "reason",
    "detail",
    "award",
    "amount",
    "paid",
)


def compute_matrix(
    *,
    county: Division,
    term: Term,
    actor: Actor,
    now: datetime,
    job_id: UUID | None = None,
) -> AidMatrix:
    """Compute every cell of a county's term anew and keep it in place of what was there.

    The list of doubts is brought up to date with it. One transaction: readers see the old matrix
    or the new one. Two at a time follow each other; the later one stays.
    """
    today = timezone.localtime(now).date()
    with transaction.atomic():
        kept, _new = AidMatrix.objects.get_or_create(
            county=county,
            term=term.code,
            defaults={"computed_at": now, "computed_by_id": actor.user_id},
        )
        kept = AidMatrix.objects.select_for_update().get(pk=kept.pk)
        found = compute(county, term, today)
        AidCell.objects.filter(matrix=kept).delete()
        insert_rows(AidCell, _FIELDS, (_stored(kept.pk, one) for one in found.rows))
        kept.computed_at, kept.computed_by_id = now, actor.user_id
        kept.students_count, kept.programmes_count = found.students, found.programmes
        kept.cells_count, kept.outside_count = len(found.rows), found.outside
        kept.save()
        find_doubts(county=county, term=term, actor=actor, now=now)
        record(
            actor=actor,
            now=now,
            verb="matrix.compute",
            subject=kept,
            count=len(found.rows),
            job_id=job_id,
            place=(county.pk, ""),
        )
    return kept


def refresh_matrices(*, actor: Actor, now: datetime) -> int:
    """Compute the matrix of the running term for every county with programmes; return how many."""
    today = timezone.localtime(now).date()
    counties = Division.objects.filter(pk__in=Programme.objects.values("county")).order_by("pk")
    for county in counties:
        term = term_of(county.pk[:6], today)
        compute_matrix(county=county, term=term, actor=actor, now=now)
    return len(counties)


def _stored(matrix: int, one: CellRow) -> tuple[object, ...]:
    return (
        matrix,
        *one[:-2],
        None if one.amount_fen is None else yuan(one.amount_fen),
        yuan(one.paid_fen),
    )
