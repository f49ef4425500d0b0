"""Reading jobs: one's own, and for administrators those of their scope."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from povedu.jobs.choices import LIVE, JobState
from povedu.jobs.models import Job, JobFile
from povedu.scope import Actor


def jobs(actor: Actor) -> QuerySet[Job]:
    """Return the jobs that a person may see, newest first."""
    seen = Q(owner=actor.user_id)
    if actor.may("jobs.job.view_all"):
        seen |= actor.scope.q(division="division_code", school="school_code")
        if actor.scope.school_code is None:
            seen |= Q(by_operator=True)
    return Job.objects.filter(seen).select_related("owner")


def stoppable(actor: Actor) -> QuerySet[Job]:
    """Return the jobs that a person may stop."""
    mine = Q(owner=actor.user_id)
    if actor.may("jobs.job.cancel_all"):
        return jobs(actor).filter(state__in=LIVE)
    return jobs(actor).filter(mine, state__in=LIVE)


def files(actor: Actor, now: datetime) -> QuerySet[JobFile]:
    """Return the files that a person may take: those of own jobs, while they are kept."""
    mine = JobFile.objects.filter(job__owner=actor.user_id, expires_at__gt=now)
    return mine.select_related("job")


def unfinished(actor: Actor) -> QuerySet[Job]:
    """Return a person's own jobs that still run or wait."""
    return Job.objects.filter(owner=actor.user_id, state__in=LIVE)


def recently_failed(actor: Actor, now: datetime) -> QuerySet[Job]:
    """Return a person's own jobs that failed within three days."""
    return Job.objects.filter(
        owner=actor.user_id, state=JobState.FAILED, finished_at__gte=now - timedelta(days=3)
    )
