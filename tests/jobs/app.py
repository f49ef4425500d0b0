"""The Celery application as a bench's worker sees it: the project's, plus the test kinds."""

import os
from pathlib import Path

from celery.signals import worker_ready

from povedu.celery import app

app.conf.include = [*os.environ.get("BENCH_INCLUDE", "tests.jobs.kinds").split(",")]


@worker_ready.connect
def say_ready(**_signal):
    """Let the bench know."""
    Path(os.environ["BENCH_READY"]).touch()
