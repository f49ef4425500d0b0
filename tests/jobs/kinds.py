"""Kinds of job that exist only for the kill tests: a good one, a careless one, a poisonous one."""

import os
import signal
import time

from povedu.accounts.models import User
from povedu.jobs.registry import job


def _write_slowly(job, rows, seconds):
    for number in range(rows):
        User.objects.create(username=f"{job.id}-{job.attempt}-{number}", name="x")
        job.progress(number + 1, rows, "rows")
        time.sleep(seconds / rows)


@job("test.careful", action="jobs.job.view", title="careful")
def careful(handle):
    """Write rows and end in one transaction."""
    with handle.atomically() as result:
        _write_slowly(handle, handle.params["rows"], handle.params["seconds"])
        result["rows"] = handle.params["rows"]


@job("test.careless", action="jobs.job.view", title="careless")
def careless(handle):
    """Write each row in a transaction of its own: the fault that the harness must notice."""
    _write_slowly(handle, handle.params["rows"], handle.params["seconds"])
    return {"rows": handle.params["rows"]}


@job("test.poison", action="jobs.job.view", title="poison")
def poison(handle):
    """Kill the process that works on it."""
    os.kill(os.getpid(), signal.SIGKILL)


@job("test.patient", action="jobs.job.view", title="patient")
def patient(handle):
    """Wait until cancelled."""
    for second in range(600):
        handle.progress(second, 600, "waiting")
        handle.stop_if_cancelled()
        time.sleep(0.1)
