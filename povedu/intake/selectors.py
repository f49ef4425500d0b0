"""Reading batches, rows and mappings within a scope."""

from django.db.models import Q, QuerySet

from povedu.intake import places
from povedu.intake.choices import BatchState
from povedu.intake.kinds import all_kinds
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.jobs.choices import LIVE
from povedu.jobs.models import Job
from povedu.scope import Actor, Scope

WAITING = (BatchState.STAGED, BatchState.RETURNED)


def batches(scope: Scope) -> QuerySet[ImportBatch]:
    """Return the batches for places in scope, newest first."""
    return ImportBatch.objects.filter(
        scope.q(division="division_code", school="school_code")
    ).select_related("uploaded_by", "applied_by")


def workable(actor: Actor) -> QuerySet[ImportBatch]:
    """Return the batches in scope of the kinds that the actor may bring in."""
    kinds = [kind.code for kind in all_kinds() if actor.may(kind.action)]
    return batches(actor.scope).filter(kind__in=kinds)


def rows(scope: Scope, batch_id: int) -> QuerySet[ImportRow]:
    """Return the staged rows of one batch in scope, in the file's order."""
    return (
        ImportRow.objects.filter(batch__in=batches(scope), batch_id=batch_id)
        .select_related("batch")
        .order_by("sheet", "number")
    )


def waiting(actor: Actor) -> QuerySet[ImportBatch]:
    """Return the batches that wait for the actor: own uploads, and what may be reviewed."""
    return batches(actor.scope).filter(state__in=WAITING)


def has_stalled(batch: ImportBatch) -> bool:
    """Say whether a batch is marked as being brought in although its job is over."""
    if batch.state != BatchState.APPLYING or batch.job_id is None:
        return False
    return not Job.objects.filter(pk=batch.job_id, state__in=LIVE).exists()


def mappings(scope: Scope) -> QuerySet[MappingProfile]:
    """Return the headings taught by sources in scope."""
    codes = [code for code, _name in places.schools(scope)]
    own = Q(source__in=codes)
    if scope.school_code is None:
        own |= Q(source__startswith=scope.division_prefix) & ~Q(source="")
    return MappingProfile.objects.filter(own).select_related("changed_by")


def job_of(batch: ImportBatch, actor: Actor) -> Job | None:
    """Return the batch's job where it is the actor's own."""
    if batch.job_id is None:
        return None
    return Job.objects.filter(pk=batch.job_id, owner_id=actor.user_id).first()
