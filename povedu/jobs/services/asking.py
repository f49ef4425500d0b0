"""Asking for work."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from povedu.accounts.models import Jurisdiction, User
from povedu.accounts.selectors import OPERATOR, jurisdictions_on
from povedu.errors import Conflict, Refusal
from povedu.jobs import registry
from povedu.jobs.choices import LIVE
from povedu.jobs.models import Job
from povedu.jobs.services import waking
from povedu.scope import Actor

_LONG_NUMBER = re.compile(r"\d{15}")


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
        transaction.on_commit(partial(waking.send_wake, job.pk), robust=True)
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
