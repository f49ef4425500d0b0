"""Files that jobs make: kept sealed, taken by their owner, tidied away."""

import hashlib
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.jobs import store
from povedu.jobs.models import Job, JobFile
from povedu.jobs.services.attempts import place_of
from povedu.scope import Actor


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
        place=place_of(file.job),
    )
    return content
