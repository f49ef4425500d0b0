"""Jobs of intake: reading a file, and bringing its accepted rows in."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.intake.breaker import LargeChange
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import apply_batch, apply_gave_up, raise_alarm
from povedu.intake.services.stage import stage_batch, stage_gave_up
from povedu.intake.services.undo import undo_batch
from povedu.intake.undoing import UNDO_LABELS
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import job


def _result(batch: ImportBatch, figures: list[list[Any]]) -> dict[str, Any]:
    return {
        "batch": batch.pk,
        "url": reverse("intake:batch-detail", args=[batch.pk]),
        "label": gettext("查看结果"),
        "figures": figures,
    }


def _unread(params: Mapping[str, Any], code: str, sentence: str) -> None:
    stage_gave_up(batch_id=params["batch"], code=code, sentence=sentence)


def _not_brought_in(params: Mapping[str, Any], code: str, sentence: str) -> None:
    apply_gave_up(batch_id=params["batch"], code=code, sentence=sentence)


@job("intake.stage", action="intake.batch.view", title=_("读取上传的文件"), gave_up=_unread)
def stage(handle: JobHandle) -> dict[str, Any]:
    """Stage one received batch."""
    batch = ImportBatch.objects.get(pk=handle.params["batch"])
    stage_batch(batch=batch, actor=handle.actor, now=handle.now, tell=handle.progress)
    figures = [
        [gettext("数据行"), batch.rows_count],
        [gettext("可导入"), batch.ready_count],
        [gettext("需留意"), batch.warned_count],
        [gettext("退回"), batch.refused_count],
    ]
    return _result(batch, figures)


@job(
    "intake.apply",
    action="intake.batch.view",
    title=_("导入名册"),
    gave_up=_not_brought_in,
)
def apply(handle: JobHandle) -> dict[str, Any]:
    """Apply one staged batch; the rows and the job's own end are one transaction."""
    batch = ImportBatch.objects.get(pk=handle.params["batch"])
    handle.progress(0, 0, _("正在导入"))
    try:
        with handle.atomically() as result:
            apply_batch(batch=batch, actor=handle.actor, now=handle.now, job_id=handle.id)
            figures = [
                [gettext("新增"), batch.applied["new"]],
                [gettext("更新"), batch.applied["changed"]],
                [gettext("无变化"), batch.applied["unchanged"]],
            ]
            result.update(_result(batch, figures))
    except LargeChange as stopped:
        raise_alarm(batch=batch, alarm=stopped.figures)
        raise
    return result


@job("intake.undo", action="intake.batch.view", title=_("回退已导入的批次"))
def undo(handle: JobHandle) -> dict[str, Any]:
    """Take one applied batch back; the rows and the job's own end are one transaction."""
    batch = ImportBatch.objects.get(pk=handle.params["batch"])
    handle.progress(0, 0, _("正在回退"))
    with handle.atomically() as result:
        undo_batch(batch=batch, actor=handle.actor, now=handle.now, job_id=handle.id)
        figures = [[str(label), batch.undone[name]] for name, label in UNDO_LABELS.items()]
        result.update(_result(batch, figures))
    return result
