"""Running one attempt of a job: the same path for workers, commands and tests."""

import logging
import random
import time
import traceback
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import translation

from povedu.errors import Refusal
from povedu.jobs import registry, services
from povedu.jobs.choices import JobState
from povedu.jobs.clock import instant
from povedu.jobs.handle import JobCancelled, JobHandle, LeaseLost, Reporter
from povedu.jobs.models import Job

_log = logging.getLogger("povedu.jobs")
_END_TRIES = 6


def run_now(job: Job, *, now: datetime | None = None) -> Job:
    """Run a queued job here and now, all attempts without waiting; return it as it ended.

    For commands (with ``enqueue(..., wake=False)``) and tests. Where a worker was faster the job
    is returned as it stands. What the work raised unexpectedly is raised again once the job has
    failed, since here somebody is there to read it. ``now`` sets the work's own clock.
    """
    error: Exception | None = None
    for _attempt in range(settings.JOB_ATTEMPTS):
        Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(not_before=instant())
        error = execute(job.pk, now=now)
        job.refresh_from_db()
        if job.state != JobState.QUEUED:
            break
    if error is not None:
        raise error
    return job


def execute(job_id: uuid.UUID, *, now: datetime | None = None) -> Exception | None:
    """Run one attempt of a job if it can be had; return what its work raised unexpectedly.

    1. Claim it, reading the owner's rights again; somebody else's or an ended job is left alone.
    2. Do the work beside a reporter that renews the lease.
    3. End it: done with its result, failed with its sentence, cancelled, or queued again.
    """
    taken = services.claim(job_id, now=instant(), work_now=now)
    if taken is None:
        return None
    with translation.override(taken.job.language):
        if taken.refusal is not None:
            _end(taken, taken.refusal)
            return None
        return _attempt(taken)


def _attempt(taken: services.Claim) -> Exception | None:
    # Inside somebody's transaction (a test's) a second connection could not see the job.
    reporter = None if connection.in_atomic_block else Reporter(taken)
    handle = JobHandle(taken, reporter)
    if reporter is not None:
        reporter.start()
    try:
        result = _work(taken.job.kind, handle)
        outcome = services.Outcome(JobState.DONE, result or {})
    except Refusal as refusal:
        outcome = services.Outcome(JobState.FAILED, {}, refusal.code, str(refusal))
    except JobCancelled:
        outcome = services.Outcome(JobState.CANCELLED)
    except LeaseLost:
        _log.warning("job %s: another attempt has taken over", taken.job.pk)
        return None
    except Exception as error:  # noqa: BLE001  # work may raise anything; the row must still end
        _stumble(taken, error)
        return error
    finally:
        if reporter is not None:
            reporter.stop()
    if not handle.ended:
        _end(taken, outcome)
    return None


def _work(kind_name: str, handle: JobHandle) -> Mapping[str, Any] | None:
    kind = registry.kinds()[kind_name]
    if not kind.atomic:
        return kind.work(handle)
    with handle.atomically() as result:
        result.update(kind.work(handle) or {})
    return result


def _stumble(taken: services.Claim, error: Exception) -> None:
    """Log an unexpected error without what it says, and end the job or queue it again."""
    number = uuid.uuid4().hex[:8]
    _log.error(
        "job %s (%s) attempt %s, error %s: %s",
        taken.job.pk,
        taken.job.kind,
        taken.job.attempts,
        number,
        describe(error),
    )
    if taken.job.attempts < settings.JOB_ATTEMPTS:
        delay = timedelta(seconds=5**taken.job.attempts * random.uniform(0.8, 1.2))  # noqa: S311  # jitter
        _insist(lambda: services.put_back(taken, now=instant(), delay=delay))
        return
    message = str(services.GENERIC_SENTENCE) % {"number": number}
    _end(taken, services.Outcome(JobState.FAILED, {}, "job-error", message))


def describe(error: BaseException) -> str:
    """Return types and places of an error and its causes; messages may hold personal data."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
        parts.append(f"{type(seen).__qualname__} at {places}")
        seen = seen.__cause__ or seen.__context__
    return "; from ".join(parts)


def _end(taken: services.Claim, outcome: services.Outcome) -> None:
    _insist(lambda: services.end(taken, outcome, now=instant()))


def _insist(write: Any) -> None:
    """Write the end of an attempt, trying again while the database is away for a short while."""
    for attempt in range(_END_TRIES):
        try:
            write()
        except DatabaseError:
            if connection.in_atomic_block or attempt == _END_TRIES - 1:
                raise
            connection.close()
            time.sleep(min(2**attempt, 10))
        else:
            return
