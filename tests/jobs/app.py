"""The Celery application as a bench's worker sees it: the project's, plus test kinds and stops.

A bench that wants to kill an attempt at a known point writes that point into the file ``stop``
before the attempt begins: the number of a statement, or ``end``. Before that statement, at the
latest before the one that says the job is done, the attempt writes the number into ``standing`` and
stands still, its transaction open, until it is killed.
"""

import os
import signal
from pathlib import Path

from celery.concurrency.asynpool import AsynPool
from celery.signals import worker_process_init, worker_ready
from django.db import connection

from povedu.celery import app

app.conf.include = [*os.environ.get("BENCH_INCLUDE", "tests.jobs.kinds").split(",")]
FOLDER = Path(os.environ["BENCH_FOLDER"])
# Where the end of a pool process goes unnoticed, Celery looks after five seconds; a bench, in which
# hundreds die, looks sooner.
AsynPool.timers = property(lambda pool: {pool.maintain_pool: 0.2})


@worker_ready.connect
def say_ready(**_signal):
    """Let the bench know."""
    (FOLDER / "ready").touch()


class Stop:
    """Count the statements of an attempt and stand still before the one asked for."""

    def __init__(self, spot):
        self.spot = spot
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        """Let a statement through, unless it is the one."""
        self.number += 1
        is_end = sql.startswith('UPDATE "jobs_job"')
        if self.spot and (is_end or self.spot == str(self.number)):
            (FOLDER / "standing.new").write_text(str(self.number))
            (FOLDER / "standing.new").rename(FOLDER / "standing")
            while True:
                signal.pause()
        return execute(sql, params, many, context)


def stoppable(attempt):
    """Return the runner's attempt with the stop that the bench asked for."""

    def counted(taken):
        stop = FOLDER / "stop"
        scheduled = taken.job.schedule_key is not None  # nobody's kill waits for such a job
        spot = stop.read_text() if stop.exists() and not scheduled else ""
        with connection.execute_wrapper(Stop(spot)):
            return attempt(taken)

    return counted


@worker_process_init.connect
def make_stoppable(**_signal):
    """Put the stop around the attempts of a pool process, whose applications are loaded by now."""
    from povedu.jobs import registry, runner

    # What is due by the clock would stand still, or ask for what does, in the place of the job
    # that a bench waits for; it is tried in test_runner.
    registry.schedules = list
    runner._attempt = stoppable(runner._attempt)
