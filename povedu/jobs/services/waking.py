"""Telling a worker that a job waits."""

import uuid

from celery import current_app

WAKE = "povedu.jobs.wake"


def send_wake(job_id: uuid.UUID, *, delay: float = 0) -> None:
    """Tell the broker that a job waits; only its id travels."""
    current_app.send_task(
        WAKE,
        args=[str(job_id)],
        countdown=delay or None,
        retry_policy={"max_retries": 1, "interval_start": 0.1},
    )
