"""What a scheduler's round does: orphans, lost messages, work that is due, tidying."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import translation

from povedu.accounts.selectors import operator
from povedu.jobs import registry, store, worker
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job, JobFile, WorkerSign
from povedu.jobs.services import waking
from povedu.jobs.services.asking import enqueue
from povedu.jobs.services.attempts import (
    WORKER_DIED_SENTENCE,
    Claim,
    Outcome,
    end,
    owner_now,
    put_back,
)

SWEEPER = "sweeper"


def sweep(*, now: datetime) -> dict[str, int]:
    """Pick up orphans: fail or queue again what died, wake what waits unseen; return counts.

    A running job is an orphan when its process is gone from this machine, or its lease is over
    and no process of this machine can still be working on it. On SQLite the work's own
    transaction keeps the heartbeat out, so there a living process is given longer.
    """
    counts = {"failed": 0, "requeued": 0, "woken": 0}
    for job in Job.objects.filter(state=JobState.RUNNING):
        if _is_orphan(job, now):
            counts[_recover(job, now)] += 1
    counts["woken"] = _wake_waiting(now)
    return counts


def _is_orphan(job: Job, now: datetime) -> bool:
    if job.lease_until is None:
        return False
    if worker.is_here(job.worker):
        if not worker.is_alive(job.worker):
            return True
        if connection.vendor == "sqlite":
            return job.lease_until + timedelta(seconds=settings.JOB_LONGEST_TRANSACTION) < now
    return job.lease_until < now


def _recover(job: Job, now: datetime) -> str:
    """Move an orphan on, if it is still the same attempt's; return the name of the count."""
    taken = Claim(job, job.lease_token or uuid.uuid4(), owner_now(job, now), now, None)
    if job.cancel_requested:
        end(taken, Outcome(JobState.CANCELLED), now=now)
        return "failed"
    if job.attempts >= settings.JOB_ATTEMPTS:
        with translation.override(job.language):
            sentence = WORKER_DIED_SENTENCE % {"count": job.attempts}
        end(taken, Outcome(JobState.FAILED, {}, "job-worker-died", sentence), now=now)
        return "failed"
    put_back(taken, now=now, delay=timedelta(0))
    return "requeued"


def _wake_waiting(now: datetime) -> int:
    """Wake queued jobs whose message may be lost, less and less often; return how many."""
    waiting = Job.objects.filter(state=JobState.QUEUED, not_before__lte=now)
    woken = 0
    for pk, woken_at, wakes in waiting.values_list("pk", "woken_at", "wakes"):
        patience = min(settings.JOB_SWEEP_SECONDS * 2 ** min(wakes, 10), 600)
        if woken_at + timedelta(seconds=patience) > now:
            continue
        Job.objects.filter(pk=pk, woken_at=woken_at).update(woken_at=now, wakes=wakes + 1)
        waking.send_wake(pk)
        woken += 1
    return woken


def start_scheduled(*, now: datetime) -> int:
    """Enqueue every scheduled kind whose current period has no job yet; return how many."""
    due = {schedule.key(now): schedule.kind for schedule in registry.schedules()}
    known = set(Job.objects.filter(schedule_key__in=due).values_list("schedule_key", flat=True))
    missing = {key: kind for key, kind in due.items() if key not in known}
    for key, kind in missing.items():
        enqueue(kind=kind, params={}, actor=operator(), now=now, schedule_key=key)
    return len(missing)


def sign(name: str, *, now: datetime) -> None:
    """Leave a sign of life."""
    WorkerSign.objects.update_or_create(name=name, defaults={"seen_at": now})


def tidy(*, now: datetime) -> dict[str, int]:
    """Delete expired files, old scheduled jobs, and stored content that no row names."""
    expired = JobFile.objects.filter(expires_at__lte=now)
    for key in expired.values_list("store_key", flat=True):
        store.remove(key)
    files = expired.delete()[0]
    store.remove_scraps(before=(now - timedelta(days=1)).timestamp())
    old = now - timedelta(days=settings.JOB_FILE_DAYS)
    jobs = Job.objects.filter(
        schedule_key__isnull=False, state=JobState.DONE, finished_at__lt=old, files=None
    ).delete()[0]
    return {"files": files, "jobs": jobs}
