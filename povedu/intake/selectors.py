"""Reading batches, rows and mappings within a scope."""

from enum import StrEnum

from django.db.models import Q, QuerySet

from povedu.intake import places
from povedu.intake.choices import BatchState
from povedu.intake.kinds import all_kinds
from povedu.intake.models import ImportBatch, ImportRow, MappingProfile
from povedu.intake.wording import squeezed
from povedu.jobs.models import Job
from povedu.scope import Actor, Scope


def batches(scope: Scope) -> QuerySet[ImportBatch]:
    """Return the batches for places in scope, newest first."""
    return ImportBatch.objects.filter(
        scope.q(division="division_code", school="school_code")
    ).select_related("uploaded_by", "applied_by", "confirmed_by", "undone_by")


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


class Waits(StrEnum):
    """What a batch waits for, as the list of tasks asks."""

    READY = "ready"  # the uploader, or whoever may, looks at it and brings it in
    SENT_BACK = "sent-back"  # the uploader corrects it
    APPROVAL = "approval"  # somebody other than the uploader brings it in
    LARGE = "large"  # somebody answers for a sweeping change


def waiting(actor: Actor, waits: Waits) -> QuerySet[ImportBatch]:
    """Return the batches that wait for the actor for one reason."""
    found = workable(actor)
    own = Q(uploaded_by_id=actor.user_id)
    if waits is Waits.SENT_BACK:
        return found.filter(own, state=BatchState.RETURNED)
    found = found.filter(state=BatchState.STAGED)
    stopped = ~Q(alarm={}) & Q(confirmed_by__isnull=True)
    if waits is Waits.LARGE:
        return found.filter(stopped) if actor.may("intake.batch.confirm") else found.none()
    if waits is Waits.APPROVAL:
        kinds = [kind.code for kind in all_kinds() if actor.may(kind.apply_action)]
        return found.filter(~own, ~stopped, two_person=True, kind__in=kinds)
    return found.filter(~stopped).filter(Q(two_person=False) | own)


def unknown_headings(batch: ImportBatch) -> list[str]:
    """Return the headings of a batch that mean nothing to us and that nobody has spoken on."""
    taught = set(
        MappingProfile.objects.filter(
            kind=batch.kind, source=batch.school_code or batch.division_code
        ).values_list("heading", flat=True)
    )
    return [
        one["header"]
        for sheet in batch.sheets
        for one in sheet["mapping"]
        if one["header"] and not one["field"] and squeezed(one["header"]) not in taught
    ]


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
