"""A bench on which real workers are killed in the middle of real jobs.

    @pytest.mark.worker
    def test_import_survives(bench):
        batch = make_batch()              # factories write into the bench's own database
        bench.run_with_kills(lambda: bench.enqueue("intake.apply", {"batch": batch.pk}), seed=7)
        assert Student.objects.count() == 2000  # the test's own invariants

The bench has a database of its own (a copy of the migrated test database: a file on SQLite, a
``CREATE DATABASE … TEMPLATE`` on PostgreSQL), a broker queue of its own on the broker of the
settings, and the worker's processes in a session of their own. While the fixture is active the test
process talks to that database too.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, connections

from povedu.accounts.selectors import operator
from povedu.jobs import registry, services
from povedu.jobs.choices import ENDED, JobState
from povedu.jobs.clock import instant
from povedu.jobs.models import Job

ROOT = Path(__file__).resolve().parents[2]


class Bench:
    """A private installation with a worker that may be killed at will."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.queue = f"bench-{uuid.uuid4().hex[:8]}"
        self.log = folder / "worker.log"
        self.kills = 0
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "POVEDU_VAR": str(folder),
            "POVEDU_SECRETS_DIR": str(settings.SECRETS_DIR),
            "POVEDU_DATABASE_URL": database_url,
            "POVEDU_QUEUE": self.queue,
            "POVEDU_SWEEP_SECONDS": "1",
            "BENCH_FOLDER": str(folder),
            "DJANGO_SETTINGS_MODULE": "povedu.settings",
        }
        self._sender = self._make_sender()

    def _make_sender(self) -> Celery:
        sender = Celery("bench", broker=settings.CELERY_BROKER_URL)
        sender.conf.task_default_queue = self.queue
        options = dict(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
        if settings.CELERY_BROKER_URL.startswith("filesystem"):
            for name in ("messages", "control"):
                (self.folder / "queue" / name).mkdir(parents=True, exist_ok=True)
            messages = str(self.folder / "queue" / "messages")
            options |= {"data_folder_in": messages, "data_folder_out": messages}
            options["control_folder"] = str(self.folder / "queue" / "control")
        sender.conf.broker_transport_options = options
        return sender

    # --- processes ------------------------------------------------------------------------------

    def start_worker(self, *, concurrency: int = 1, include: str = "tests.jobs.kinds") -> None:
        """Start a worker and wait until it takes work."""
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        self.environment["BENCH_INCLUDE"] = include
        self._worker = self._celery(
            *("worker", "--concurrency", str(concurrency), "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        )
        self._until(ready.exists, 60, "worker did not start")

    def start_beat(self) -> None:
        """Start a scheduler, whose rounds find the orphans."""
        self._celery("beat", "--loglevel", "WARNING", "--pidfile", "")

    def _celery(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # our own interpreter
                [sys.executable, "-m", "celery", "-A", "tests.jobs.app", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def kill_child(self, job: Job) -> None:
        """SIGKILL the pool process that works on a job."""
        job.refresh_from_db()
        with suppress(ProcessLookupError):
            os.kill(int(job.worker.split("/")[2]), signal.SIGKILL)
        self.kills += 1

    def kill_worker(self) -> None:
        """SIGKILL the worker with all its children at once, as a power cut does."""
        with suppress(ProcessLookupError):
            os.killpg(self._worker.pid, signal.SIGKILL)
        self._worker.wait()
        self.kills += 1

    def stop(self) -> None:
        """End everything that was started."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # --- jobs -----------------------------------------------------------------------------------

    def send_wake(self, job_id: uuid.UUID, *, delay: float = 0) -> None:
        """Stand in for ``services.send_wake`` with the bench's own queue."""
        self._sender.send_task(services.WAKE, args=[str(job_id)], countdown=delay or None)

    def enqueue(self, kind: str, params: dict[str, object], actor: object = None) -> Job:
        """Ask for work, by default as the operator."""
        return services.enqueue(kind=kind, params=params, actor=actor or operator(), now=instant())

    def running(self, job: Job, *, seconds: float = 60, attempt: int = 1) -> None:
        """Wait until an attempt of a job is in work; sweeps meanwhile."""

        def begun() -> bool:
            self.sweep()
            job.refresh_from_db()
            return job.state in ENDED or (job.state == JobState.RUNNING and job.attempts >= attempt)

        self._until(begun, seconds, f"attempt {attempt} of {job.kind} did not begin")

    def wait(self, job: Job, *, seconds: float = 120) -> Job:
        """Wait for a job's end; sweeps meanwhile."""

        def over() -> bool:
            self.sweep()
            job.refresh_from_db()
            return job.state in ENDED

        self._until(over, seconds, f"{job.kind} did not end", pause=0.2)
        return job

    def sweep(self) -> None:
        """Do what a scheduler's round does."""
        with suppress(DatabaseError):
            services.sweep(now=instant())

    def run_with_kills(
        self,
        ask: Callable[[], Job],
        *,
        seed: int,
        deaths: int = settings.JOB_ATTEMPTS - 1,
        seconds: float = 120,
    ) -> Job:
        """Ask for work, kill whoever does it in its first attempts, wait for its end.

        The first attempt dies when all is written and it is about to say so, which also tells how
        many statements the work takes; each further one dies before a seeded statement of those.
        The attempt stands still there until it is killed, so every kill lands, however fast the
        machine. One kill in four takes the whole worker.
        """
        dice = random.Random(seed)  # kills are to be repeatable
        self._stop_at("end")
        job = ask()
        statements = 0
        for attempt in range(1, deaths + 1):
            reached = self._standing(job, attempt=attempt, seconds=seconds)
            statements = statements or reached
            last = attempt == deaths
            self._stop_at("" if last else str(dice.randrange(1, statements)))
            if dice.random() < 0.25:
                self.kill_worker()
                self.start_worker(include=self.environment["BENCH_INCLUDE"])
            else:
                self.kill_child(job)
        return self.wait(job, seconds=seconds)

    def _stop_at(self, spot: str) -> None:
        """Tell the next attempt where to stand still; see tests.jobs.app."""
        (self.folder / "standing").unlink(missing_ok=True)
        (self.folder / "stop").write_text(spot)

    def _standing(self, job: Job, *, attempt: int, seconds: float) -> int:
        """Wait until an attempt stands still in its work; return before which statement."""
        marker = self.folder / "standing"

        def reached() -> bool:
            if not marker.exists():
                self.sweep()
                job.refresh_from_db()
            return marker.exists() or job.state in ENDED

        self._until(reached, seconds, f"attempt {attempt} of {job.kind} was not stopped")
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.RUNNING, attempt), "nothing to kill"
        return int(marker.read_text())

    def _until(self, happened, seconds: float, failure: str, *, pause: float = 0.02) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                tail = self.log.read_text()[-3000:] if self.log.exists() else ""
                raise AssertionError(f"{failure} in {seconds} s\n{tail}")
            time.sleep(pause)


def _copy_of_test_database(folder: Path) -> tuple[str, str]:
    """Return (name for Django, URL for the worker) of a fresh copy of the migrated database."""
    if connection.vendor == "sqlite":
        path = folder / "bench.sqlite3"
        connection.ensure_connection()
        target = sqlite3.connect(path)
        connection.connection.backup(target)
        target.close()
        return str(path), f"sqlite:///{path}"
    source = connection.settings_dict
    name = f"{source['NAME']}_{uuid.uuid4().hex[:6]}"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source["NAME"]}"')
    host, port = source["HOST"] or "127.0.0.1", source["PORT"] or "5432"
    return name, f"postgres://{source['USER']}:{source['PASSWORD']}@{host}:{port}/{name}"


@pytest.fixture
def bench(django_db_setup, django_db_blocker, tmp_path, monkeypatch):
    """Give a bench, with the test process talking to its database."""
    with django_db_blocker.unblock():
        name, url = _copy_of_test_database(tmp_path)
        usual = connections["default"]
        bench = Bench(tmp_path, url)
        monkeypatch.setitem(connections.databases["default"], "NAME", name)
        monkeypatch.setattr(services.waking, "send_wake", bench.send_wake)
        monkeypatch.setattr(registry, "schedules", list)  # see tests.jobs.app
        monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
        connections["default"] = connections.create_connection("default")
        ContentType.objects.clear_cache()
        try:
            yield bench
        finally:
            bench.stop()
            connections["default"].close()
            connections["default"] = usual
            ContentType.objects.clear_cache()
            if usual.vendor == "postgresql":
                with usual._nodb_cursor() as cursor:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
