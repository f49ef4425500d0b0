"""Taking a job, ending it, putting it back, stopping it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.accounts.selectors import actor_in, jurisdictions_on, operator
from povedu.audit.services import record
from povedu.errors import Conflict
from povedu.jobs import registry, worker
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job
from povedu.jobs.services import waking
from povedu.scope import Actor, Scope

GENERIC_SENTENCE = gettext_lazy(
    "处理中出现意外错误（编号 %(number)s），没有留下处理到一半的数据。"
    "请重试；仍不成功时把编号告诉系统管理员。"
)


WORKER_DIED_SENTENCE = gettext_lazy(
    "处理进程连续 %(count)s 次意外中断，已停止重试，没有留下处理到一半的数据。"
    "请检查输入文件，或联系系统管理员。"
)


RIGHT_LOST_SENTENCE = gettext_lazy("发起人已没有执行此操作的权限，作业未执行。")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended."""

    state: JobState
    result: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An attempt that holds a job: who for, under which token, since when."""

    job: Job
    token: uuid.UUID
    actor: Actor
    now: datetime
    refusal: Outcome | None


def claim(job_id: uuid.UUID, *, now: datetime, work_now: datetime | None = None) -> Claim | None:
    """Take a queued job for this process; None where somebody else has it or it is over.

    ``now`` is the instant itself, ``work_now`` what the work is to take for it.

    The owner's rights are read again here: a disabled account, an ended jurisdiction or a changed
    role turns the attempt into a refusal.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        taken = Job.objects.filter(
            pk=job_id,
            state=JobState.QUEUED,
            not_before__lte=now,
            attempts__lt=settings.JOB_ATTEMPTS,
        ).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            started_at=now,
            lease_token=token,
            lease_until=lease_end(now),
            worker=worker.own_name(),
            progress_done=0,
            progress_total=0,
            progress_message="",
        )
        if not taken:
            return None
        job = Job.objects.select_related("owner", "jurisdiction__user").get(pk=job_id)
        actor = owner_now(job, now)
        declared = registry.kind_of(job.kind)
        refusal = None
        if declared is None or not actor.may(declared.action):
            refusal = Outcome(JobState.FAILED, {}, "job-right-lost", str(RIGHT_LOST_SENTENCE))
        if not job.by_operator:
            verb = "job.refuse" if refusal else "job.start"
            record(actor=actor, now=now, verb=verb, subject=job, job_id=job.pk, place=place_of(job))
    return Claim(job, token, actor, work_now or now, refusal)


def lease_end(now: datetime) -> datetime:
    """Return until when an attempt holds its job unless it is renewed."""
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def place_of(job: Job) -> tuple[str, str]:
    """Return division and school of a job, for the audit trail."""
    return job.division_code, job.school_code


def owner_now(job: Job, now: datetime) -> Actor:
    """Return the owner as of now, with no rights where account or jurisdiction has ended."""
    if job.by_operator:
        return operator()
    user, jurisdiction = job.owner, job.jurisdiction
    today = timezone.localtime(now).date()
    if user.is_active and jurisdiction is not None:
        live = jurisdictions_on(user, today).filter(pk=jurisdiction.pk).exists()
        if live:
            return actor_in(jurisdiction)
    return Actor(user.pk, job.owner_name, "", Scope.nothing())


def end(taken: Claim, outcome: Outcome, *, now: datetime) -> bool:
    """End an attempt's job; False where the attempt no longer holds it."""
    with transaction.atomic():
        ended = Job.objects.filter(
            pk=taken.job.pk, lease_token=taken.token, state=JobState.RUNNING
        ).update(
            state=outcome.state,
            result=dict(outcome.result),
            error_code=outcome.code,
            error_message=outcome.message[:500],
            lease_token=None,
            lease_until=None,
            finished_at=now,
        )
        if not ended:
            return False
        if outcome.state != JobState.DONE:
            tell_kind(taken.job, outcome.code, outcome.message)
        if not taken.job.by_operator or outcome.state == JobState.FAILED:
            record(
                actor=taken.actor,
                now=now,
                verb=f"job.{outcome.state.value}",
                subject=taken.job,
                changes={"state": (JobState.RUNNING.value, outcome.state.value)},
                reason=outcome.code,
                job_id=taken.job.pk,
                place=place_of(taken.job),
            )
    return True


def tell_kind(job: Job, code: str = "", message: str = "") -> None:
    """Let a job's kind put back what asking for it had marked, now that it comes to nothing."""
    kind = registry.kind_of(job.kind)
    if kind is not None and kind.gave_up is not None:
        with translation.override(job.language):
            kind.gave_up(job.params, code, message)


def put_back(taken: Claim, *, now: datetime, delay: timedelta) -> bool:
    """Queue an attempt's job again for later; False where the attempt no longer holds it."""
    moved = Job.objects.filter(
        pk=taken.job.pk, lease_token=taken.token, state=JobState.RUNNING
    ).update(
        state=JobState.QUEUED,
        lease_token=None,
        lease_until=None,
        not_before=now + delay,
        woken_at=now + delay,
    )
    if moved:
        transaction.on_commit(
            partial(waking.send_wake, taken.job.pk, delay=delay.total_seconds()), robust=True
        )
    return bool(moved)


def cancel(*, job: Job, actor: Actor, now: datetime) -> Job:
    """Stop a job: at once while it is queued, else as soon as its work looks up.

    Raises Conflict where it is over already.
    """
    with transaction.atomic():
        stopped = Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
            state=JobState.CANCELLED, cancel_requested=True, finished_at=now
        )
        asked = stopped or Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            cancel_requested=True
        )
        if not asked:
            raise Conflict("job-over", _("作业已经结束，无法取消。"))
        if stopped:
            tell_kind(job)
        record(
            actor=actor, now=now, verb="job.cancel", subject=job, job_id=job.pk, place=place_of(job)
        )
    job.refresh_from_db()
    return job
