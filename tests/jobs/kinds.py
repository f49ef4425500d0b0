"""Kinds of job that exist only for the kill tests: a good one, a careless one, a poisonous one."""

import os
import signal
import time
from dataclasses import replace

from povedu.accounts.models import User
from povedu.jobs.registry import job
from povedu.terms import Term
from subsidies.models import DisbursementBatch, Programme
from subsidies.services import awards, disbursement


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


def _as(handle):
    """Return the job's actor in the shoes of the person that its input names."""
    return replace(handle.actor, user_id=handle.params["user"])


@job("test.approve_awards", action="jobs.job.view", title="approve awards", atomic=True)
def approve_awards(handle):
    """Do as a job what a person does at a page, so that it can be killed."""
    programme = Programme.objects.get(pk=handle.params["programme"])
    term = Term.parse(handle.params["term"])
    awards.approve_awards(programme=programme, term=term, actor=_as(handle), now=handle.now)


@job("test.move_batch", action="jobs.job.view", title="move a batch", atomic=True)
def move_batch(handle):
    """Freeze, approve or close a batch, likewise."""
    batch = DisbursementBatch.objects.select_related("programme").get(pk=handle.params["batch"])
    move = getattr(disbursement, f"{handle.params['move']}_batch")
    move(batch=batch, actor=_as(handle), now=handle.now)


@job("test.patient", action="jobs.job.view", title="patient")
def patient(handle):
    """Wait until cancelled."""
    for second in range(600):
        handle.progress(second, 600, "waiting")
        handle.stop_if_cancelled()
        time.sleep(0.1)
