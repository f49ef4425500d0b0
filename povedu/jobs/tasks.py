"""What Celery calls: wake up for one job, and the regular round."""

import logging
from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu import invariants
from povedu.audit.services import seal_entries
from povedu.jobs import health, services, worker
from povedu.jobs.handle import JobHandle
from povedu.jobs.registry import daily_at, every, job
from povedu.jobs.runner import describe, execute

_log = logging.getLogger("povedu.jobs")
ROUND = "povedu.jobs.round"


@shared_task(name=services.WAKE, ignore_result=True)
def wake(job_id: str) -> None:
    """Run a job's next attempt, if it is to be had."""
    try:
        execute(UUID(job_id))
    except DatabaseError as error:
        # The row still says what happened; the sweeper comes back to it.
        _log.error("job %s left to the sweeper: %s", job_id, describe(error))


@shared_task(name=ROUND, ignore_result=True)
def regular_round() -> None:
    """Pick up orphans and start what is due."""
    now = timezone.now()
    try:
        services.sweep(now=now)
        services.start_scheduled(now=now)
        services.sign(services.SWEEPER, now=now)
        services.sign(f"worker {worker.own_name().split('/')[0]}"[:60], now=now)
    except DatabaseError as error:
        _log.warning("round left to the next one: %s", describe(error))


@worker_ready.connect
def round_at_start(**_signal: Any) -> None:
    """Look for orphans as soon as a worker is up, not only at the next beat."""
    current_app.send_task(ROUND, expires=settings.JOB_SWEEP_SECONDS)


@daily_at(3, 10)
@job("jobs.tidy", action="jobs.job.cancel_all", title=_("清理过期的作业和文件"))
def tidy(handle: JobHandle) -> dict[str, int]:
    """Delete expired files and old scheduled jobs."""
    return services.tidy(now=handle.now)


@every(minutes=5)
@job("audit.seal", action="audit.chain.seal", title=_("封存操作日志"))
def seal(handle: JobHandle) -> dict[str, int]:
    """Chain the audit entries written since the last seal; the trail lies below the jobs."""
    sealed = seal_entries(now=handle.now)
    return {"entries": sealed.entry_count if sealed is not None else 0}


@daily_at(3, 30)
@job(health.VERIFY, action="jobs.health.view", title=_("核对数据不变量"))
def verify(handle: JobHandle) -> dict[str, Any]:
    """Check I1 to I8 over everything; the health page tells what was found."""
    verdict = invariants.verify()
    return {
        **verdict.as_dict(),
        "figures": [
            [f"{one.code} {one.label}", one.breach.row if one.breach else gettext("成立")]
            for one in verdict.outcomes
        ],
    }
