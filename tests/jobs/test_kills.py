"""Real workers, really killed: work is done once, poison stops, and the careless are caught."""

import time

import pytest

from povedu.accounts.models import User
from povedu.accounts.selectors import operator
from povedu.jobs import services
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job, WorkerSign
from tests.jobs import kinds as _kinds  # noqa: F401  # declares them in this process too

pytestmark = pytest.mark.worker
WORK = {"rows": 40, "seconds": 1}
SWIFT = {"rows": 20, "seconds": 0}


def written(job):
    return User.objects.filter(username__startswith=f"{job.pk}-").count()


@pytest.mark.parametrize("whole", [False, True], ids=["child", "worker"])
def test_killed_work_is_done_exactly_once(bench, whole):
    bench.start_worker()
    job = bench.enqueue("test.careful", WORK)
    bench.running(job)
    time.sleep(0.4)
    if whole:
        bench.kill_worker()
        bench.start_worker()
    else:
        bench.kill_child(job)
    bench.wait(job)
    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert (written(job), job.result) == (40, {"rows": 40})


def test_a_schedulers_rounds_find_the_orphan(bench):
    bench.start_worker()
    bench.start_beat()
    job = bench.enqueue("test.careful", WORK)
    bench.running(job)
    bench.kill_child(job)
    deadline = time.monotonic() + 60
    while job.state != JobState.DONE and time.monotonic() < deadline:
        time.sleep(0.2)
        job.refresh_from_db()
    assert (job.state, job.attempts, written(job)) == (JobState.DONE, 2, 40)
    assert WorkerSign.objects.filter(name=services.SWEEPER).exists()


def test_a_job_that_kills_its_worker_stops_after_three_attempts(bench):
    bench.start_worker()
    job = bench.wait(bench.enqueue("test.poison", {}))
    assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 3, "job-worker-died")
    healthy = bench.wait(bench.enqueue("test.careful", WORK))
    assert healthy.state == JobState.DONE


def test_the_bench_notices_careless_work(bench):
    """Negative control: without one transaction the same kill leaves rows of a dead attempt."""
    bench.start_worker()
    job = bench.enqueue("test.careless", WORK)
    bench.running(job)
    time.sleep(0.5)
    bench.kill_child(job)
    bench.wait(job)
    assert job.state == JobState.DONE
    assert written(job) > 40


def test_cancel_reaches_a_running_job(bench):
    bench.start_worker()
    job = bench.enqueue("test.patient", {})
    bench.running(job)
    deadline = time.monotonic() + 20
    while not job.progress_done and time.monotonic() < deadline:
        time.sleep(0.1)
        job.refresh_from_db()
    assert job.progress_message == "waiting"
    services.cancel(job=job, actor=operator(), now=job.created_at)
    assert bench.wait(job, seconds=20).state == JobState.CANCELLED


def test_kills_at_seeded_points(bench):
    bench.start_worker()
    for seed in range(3):
        job = bench.run_with_kills(lambda: bench.enqueue("test.careful", SWIFT), seed=seed)
        assert (job.state, job.attempts, written(job)) == (JobState.DONE, 3, 20)
    assert bench.kills == 6


@pytest.mark.nightly
def test_many_kills_at_seeded_points(bench):
    bench.start_worker()
    number = 0
    while bench.kills < 300:
        job = bench.run_with_kills(lambda: bench.enqueue("test.careful", SWIFT), seed=number)
        assert (job.state, written(job)) == (JobState.DONE, 20)
        number += 1
    assert not Job.objects.exclude(state=JobState.DONE).exists()
