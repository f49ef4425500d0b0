"""What a job's work sees of its job."""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from povedu.jobs import services
from povedu.jobs.choices import JobState
from povedu.jobs.clock import instant
from povedu.jobs.models import Job, JobFile
from povedu.scope import Actor

_log = logging.getLogger("povedu.jobs")
_TICK_SECONDS = 0.5


class JobCancelled(Exception):
    """Leave the work because somebody asked for it to stop."""


class LeaseLost(Exception):
    """Leave the work because another attempt has taken the job over; nothing may be committed."""


class Reporter(threading.Thread):
    """Renew the lease, write progress and look for a cancel request, beside the work.

    It has a database connection of its own, since what the work writes inside its transaction is
    not visible before commit. Where that transaction keeps it out (SQLite has one writer) it gives
    up after a moment and tries again at the next tick: reporting never blocks or fails the work.
    """

    def __init__(self, taken: services.Claim) -> None:
        super().__init__(name=f"reporter-{taken.job.pk}", daemon=True)
        self._rows = Job.objects.filter(pk=taken.job.pk, lease_token=taken.token)
        self._stop_now = threading.Event()
        self._news: dict[str, Any] | None = None
        self._renewed = time.monotonic()
        self.cancel_requested = False
        self.lost = False

    def tell(self, news: dict[str, Any]) -> None:
        """Leave the newest progress to be written at the next tick."""
        self._news = news

    def stop(self) -> None:
        """End the thread; what is left untold stays untold."""
        self._stop_now.set()
        self.join()

    def run(self) -> None:
        """Tick until stopped."""
        try:
            while not self._stop_now.wait(_TICK_SECONDS):
                self._tick()
        finally:
            connection.close()

    def _tick(self) -> None:
        try:
            self._be_impatient()
            asked = self._rows.values_list("cancel_requested", flat=True).first()
            self.lost = asked is None
            self.cancel_requested = bool(asked)
            self._write()
        except DatabaseError:
            connection.close()

    def _be_impatient(self) -> None:
        if connection.connection is not None:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA busy_timeout=100")
            else:
                cursor.execute("SET lock_timeout='500ms'")

    def _write(self) -> None:
        news, self._news = self._news, None
        stale = time.monotonic() - self._renewed > settings.JOB_LEASE_SECONDS / 4
        if not news and not stale:
            return
        try:
            self._rows.update(lease_until=services.lease_end(instant()), **(news or {}))
            self._renewed = time.monotonic()
        except DatabaseError:
            self._news = self._news or news
            raise


class JobHandle:
    """The side of a job that its work may touch.

    ``actor`` is the owner with the rights of this moment, ``now`` the instant this attempt began,
    ``params`` the ids and codes given at ``enqueue``, ``attempt`` counts from 1.
    """

    def __init__(self, taken: services.Claim, reporter: Reporter | None) -> None:
        self._taken = taken
        self._reporter = reporter
        self._job = taken.job
        self.id = taken.job.pk
        self.actor: Actor = taken.actor
        self.now: datetime = taken.now
        self.params: Mapping[str, Any] = taken.job.params
        self.attempt: int = taken.job.attempts
        self.ended = False

    def progress(self, done: int, total: int, message: object = "") -> None:
        """Say how far the work is; cheap enough to call per chunk of rows."""
        news = {
            "progress_done": min(done, total) if total else done,
            "progress_total": total,
            "progress_message": str(message)[:200],
        }
        if self._reporter is not None:
            self._reporter.tell(news)
        else:
            Job.objects.filter(pk=self.id, lease_token=self._taken.token).update(**news)

    def cancelled(self) -> bool:
        """Say whether the work should stop; look between chunks, never after the commit."""
        if self._reporter is not None:
            return self._reporter.cancel_requested or self._reporter.lost
        return Job.objects.filter(pk=self.id, cancel_requested=True).exists()

    def stop_if_cancelled(self) -> None:
        """Raise JobCancelled where the work should stop."""
        if self.cancelled():
            raise JobCancelled

    def attach(self, filename: str, content: bytes, *, row_count: int = 0) -> JobFile:
        """Keep a file for the owner to take."""
        return services.attach(
            job=self._job, filename=filename, content=content, row_count=row_count, now=self.now
        )

    @contextlib.contextmanager
    def atomically(self) -> Iterator[dict[str, Any]]:
        """Run the block in one transaction that also marks the job done.

        The block fills the dictionary it is given; that becomes the job's result. The work is seen
        together with the job's end or not at all, so a kill at any instant neither loses nor
        doubles it, and an attempt that has lost its lease cannot commit.
        """
        result: dict[str, Any] = {}
        with transaction.atomic():
            yield result
            done = services.Outcome(JobState.DONE, result)
            if not services.end(self._taken, done, now=instant()):
                raise LeaseLost
        self.ended = True
