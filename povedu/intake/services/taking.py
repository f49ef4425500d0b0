"""Taking a batch under review for a change."""

from django.utils.translation import gettext as _

from povedu.errors import Conflict, Refusal
from povedu.intake.choices import BatchState
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.scope import Actor

REVIEWED = (BatchState.STAGED, BatchState.RETURNED)


def taken(batch: ImportBatch, actor: Actor) -> ImportBatch:
    """Return a batch under review, locked; raise Conflict where it is not open any more."""
    if not actor.may(kind_of(batch.kind).action):
        raise Refusal("not-allowed", _("您没有处理这类名册的权限。"))
    found = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state__in=REVIEWED).first()
    if found is None:
        raise Conflict("batch-moved", _("这个批次已由他人处理，请刷新后查看。"))
    return found
