"""The one writer of job rows: asking for work, stopping it, ending it, and picking up orphans.

State moves are compare-and-set updates, so of two processes that try the same move one wins, on
either database, without a lock in memory or in the broker.
"""

import hashlib
import json
import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.accounts.models import Jurisdiction, User
from povedu.accounts.selectors import OPERATOR, actor_in, jurisdictions_on, operator
from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.jobs import registry, store, worker
from povedu.jobs.choices import LIVE, JobState
from povedu.jobs.models import Job, JobFile, WorkerSign
from povedu.scope import Actor, Scope

WAKE = "povedu.jobs.wake"
SWEEPER = "sweeper"
_LONG_NUMBER = re.compile(r"\d{15}")
_log = logging.getLogger("povedu.jobs")

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


# --- asking -------------------------------------------------------------------------------------


def enqueue(
    *,
    kind: str,
    params: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    digest: str = "",
    schedule_key: str | None = None,
    wake: bool = True,
) -> Job:
    """Ask for work; return its job, or the live one with the same input that the actor owns.

    ``params`` takes ids and codes only (it is read by administrators and kept). ``digest`` stands
    for the input. A worker is woken after the caller's transaction commits; if the broker is away
    the job waits for the sweeper. Commands pass ``wake=False`` and call ``runner.run_now``.

    Raises Refusal where the actor may not do such work, Conflict where somebody else has the same
    input in work.
    """
    declared = registry.kind_of(kind)
    if declared is None:
        raise ValueError(f"no such kind of job: {kind}")
    if not actor.may(declared.action):
        raise Refusal("job-not-allowed", _("您没有执行此操作的权限。"))
    _check_params(params)
    owner = User.objects.get(pk=actor.user_id)
    by_operator = owner.username == OPERATOR
    job = Job(
        kind=kind,
        params=dict(params),
        digest=digest[:64],
        schedule_key=schedule_key,
        owner=owner,
        owner_name=actor.name,
        jurisdiction=None if by_operator else _jurisdiction_of(owner, actor, now),
        by_operator=by_operator,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        division_code=actor.scope.division_prefix,
        school_code=actor.scope.school_code or "",
        created_at=now,
        not_before=now,
        woken_at=now,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        return _same_work(job)
    if wake:
        transaction.on_commit(partial(send_wake, job.pk), robust=True)
    return job


def _check_params(params: Mapping[str, Any]) -> None:
    text = json.dumps(dict(params), ensure_ascii=False)  # raises TypeError on anything but JSON
    if _LONG_NUMBER.search(text) or len(text) > 20_000:
        raise ValueError("job parameters carry ids and codes only")


def _jurisdiction_of(owner: User, actor: Actor, now: datetime) -> Jurisdiction | None:
    return (
        jurisdictions_on(owner, timezone.localtime(now).date())
        .filter(
            role=actor.role,
            office=actor.office,
            division_prefix=actor.scope.division_prefix,
            school_code=actor.scope.school_code or "",
        )
        .first()
    )


def _same_work(job: Job) -> Job:
    """Return the job that stands in the way of an equal new one."""
    if job.schedule_key:
        return Job.objects.get(schedule_key=job.schedule_key)
    other = Job.objects.filter(kind=job.kind, digest=job.digest, state__in=LIVE).first()
    if other is None or other.owner_id != job.owner_id:
        raise Conflict("job-running", _("同样的内容正在由他人处理，请等它结束后再试。"))
    return other


def send_wake(job_id: uuid.UUID, *, delay: float = 0) -> None:
    """Tell the broker that a job waits; only its id travels."""
    current_app.send_task(
        WAKE,
        args=[str(job_id)],
        countdown=delay or None,
        retry_policy={"max_retries": 1, "interval_start": 0.1},
    )


# --- claiming and ending an attempt -------------------------------------------------------------


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
        actor = _owner_now(job, now)
        declared = registry.kind_of(job.kind)
        refusal = None
        if declared is None or not actor.may(declared.action):
            refusal = Outcome(JobState.FAILED, {}, "job-right-lost", str(RIGHT_LOST_SENTENCE))
        if not job.by_operator:
            verb = "job.refuse" if refusal else "job.start"
            record(actor=actor, now=now, verb=verb, subject=job, job_id=job.pk, place=_place(job))
    return Claim(job, token, actor, work_now or now, refusal)


def lease_end(now: datetime) -> datetime:
    """Return until when an attempt holds its job unless it is renewed."""
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _place(job: Job) -> tuple[str, str]:
    return job.division_code, job.school_code


def _owner_now(job: Job, now: datetime) -> Actor:
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
            _tell_kind(taken.job, outcome.code, outcome.message)
        if not taken.job.by_operator or outcome.state == JobState.FAILED:
            record(
                actor=taken.actor,
                now=now,
                verb=f"job.{outcome.state.value}",
                subject=taken.job,
                changes={"state": (JobState.RUNNING.value, outcome.state.value)},
                reason=outcome.code,
                job_id=taken.job.pk,
                place=_place(taken.job),
            )
    return True


def _tell_kind(job: Job, code: str = "", message: str = "") -> None:
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
            partial(send_wake, taken.job.pk, delay=delay.total_seconds()), robust=True
        )
    return bool(moved)


# --- stopping -----------------------------------------------------------------------------------


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
            _tell_kind(job)
        record(
            actor=actor, now=now, verb="job.cancel", subject=job, job_id=job.pk, place=_place(job)
        )
    job.refresh_from_db()
    return job


# --- files --------------------------------------------------------------------------------------


def attach(
    *, job: Job, filename: str, content: bytes, row_count: int = 0, now: datetime
) -> JobFile:
    """Keep a file that a job made, sealed, in place of one of the same name from an earlier try."""
    name = PurePath(filename.replace("\\", "/")).name[:120] or "file"
    key = store.put(content)
    with transaction.atomic():
        old = JobFile.objects.filter(job=job, filename=name).values_list("store_key", flat=True)
        for old_key in old:
            transaction.on_commit(partial(store.remove, old_key))
        JobFile.objects.filter(job=job, filename=name).delete()
        return JobFile.objects.create(
            job=job,
            filename=name,
            store_key=key,
            sha256=hashlib.sha256(content).hexdigest(),
            byte_count=len(content),
            row_count=row_count,
            made_at=now,
            expires_at=now + timedelta(days=settings.JOB_FILE_DAYS),
        )


def take(*, file: JobFile, actor: Actor, now: datetime) -> bytes:
    """Return a file's content to its job's owner and record that it was taken.

    Raises Refusal where it has expired or is gone.
    """
    if file.expires_at <= now:
        raise Refusal("file-expired", _("文件已过保存期，请重新生成。"))
    try:
        content = store.read(file.store_key)
    except FileNotFoundError as gone:
        raise Refusal("file-gone", _("文件已被清理，请重新生成。")) from gone
    record(
        actor=actor,
        now=now,
        verb="file.download",
        subject=file,
        changes={"sha256": ("", file.sha256)},
        count=file.row_count,
        job_id=file.job_id,
        place=_place(file.job),
    )
    return content


# --- rounds -------------------------------------------------------------------------------------


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
    taken = Claim(job, job.lease_token or uuid.uuid4(), _owner_now(job, now), now, None)
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
        send_wake(pk)
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
