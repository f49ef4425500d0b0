"""Jobs of intake: reading a file, and bringing its accepted rows in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import apply_batch
from povedu.intake.services.stage import stage_batch
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import job


@job("intake.stage", action="intake.batch.view", title=_("读取上传的文件"))
def stage(handle: JobHandle) -> dict[str, Any]:
    """Stage one received batch."""
    batch = ImportBatch.objects.get(pk=handle.params["batch"])
    handle.progress(0, 3, _("正在读取"))
    stage_batch(batch=batch, actor=handle.actor, now=handle.now)
    return {"batch": batch.pk, "rows": batch.rows_count}


@job("intake.apply", action="intake.batch.view", title=_("导入名册"))
def apply(handle: JobHandle) -> dict[str, Any]:
    """Apply one staged batch; the rows and the job's own end are one transaction."""
    batch = ImportBatch.objects.get(pk=handle.params["batch"])
    handle.progress(0, batch.accepted_count, _("正在导入"))
    with handle.atomically() as result:
        apply_batch(batch=batch, actor=handle.actor, now=handle.now, job_id=handle.id)
        result.update(batch=batch.pk, **batch.applied)
    return result
