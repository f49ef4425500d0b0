"""What staged and applied imports must satisfy: this app's part of the invariants."""

from django.db.models import Count, Exists, F, OuterRef, Q

from povedu.intake.choices import BatchState
from povedu.intake.models import ImportBatch, ImportRow, ImportWrite
from povedu.intake.problems import Outcome
from povedu.invariants import Breach

_WHOLE = (BatchState.STAGED, BatchState.RETURNED, BatchState.APPLYING, BatchState.APPLIED)


def rows_add_up(county: str) -> Breach | None:
    """I7: accepted and refused rows are together the rows of the file, counted one by one."""

    def having(outcome: str) -> Count:
        return Count("rows", filter=Q(rows__outcome=outcome))

    odd = (
        ImportBatch.objects.filter(county_code__startswith=county, state__in=_WHOLE)
        .annotate(
            ready=having(Outcome.READY),
            warned=having(Outcome.WARNED),
            refused=having(Outcome.REFUSED),
        )
        .exclude(ready=F("ready_count"), warned=F("warned_count"), refused=F("refused_count"))
        .order_by("pk")
        .first()
    )
    return Breach(f"intake.importbatch:{odd.pk}", "rows differ from its counts") if odd else None


def applied_whole(county: str) -> Breach | None:
    """I6: an applied batch has taken all of its accepted rows, another has written nothing."""
    untouched = ImportRow.objects.filter(
        batch=OuterRef("pk"), outcome__in=(Outcome.READY, Outcome.WARNED), change=""
    )
    written = ImportWrite.objects.filter(batch=OuterRef("pk"))
    applied = Q(state=BatchState.APPLIED)
    odd = (
        ImportBatch.objects.filter(county_code__startswith=county)
        .filter((applied & Exists(untouched)) | (~applied & Q(undone_at=None) & Exists(written)))
        .order_by("pk")
        .first()
    )
    return Breach(f"intake.importbatch:{odd.pk}", "taken in part") if odd else None
