"""A killed undo is whole; an import killed at every attempt comes back to who asked for it."""

from typing import Any

import pytest

from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import apply_batch, request_apply
from povedu.intake.services.receive import Purpose, receive_file, request_stage
from povedu.intake.services.stage import stage_batch
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job
from povedu.jobs.services import cancel
from povedu.scope import Actor
from students.models import Enrolment, Student
from tests.factories import CountyFactory, SchoolFactory, actor_of
from tests.factories.values import MOMENT
from tests.intake.makers import HEADINGS, child_row, workbook

ROWS = 20


def somebody() -> Actor:
    CountyFactory()
    SchoolFactory(code="2153000001")
    return actor_of("school_clerk", school_code="2153000001")


def received(clerk: Actor) -> ImportBatch:
    rows = [child_row(n, f"王{chr(0x4E00 + n)}") for n in range(ROWS)]
    purpose = Purpose(kind_of("roster"), school_code="2153000001", term="2016-1")
    return receive_file(
        data=workbook([HEADINGS, *rows]), name="r.xlsx", purpose=purpose, actor=clerk, now=MOMENT
    )


@pytest.mark.worker
def test_a_killed_undo_is_all_or_nothing_and_then_completes(bench: Any) -> None:
    clerk = somebody()
    batch = stage_batch(batch=received(clerk), actor=clerk, now=MOMENT)
    apply_batch(batch=batch, actor=clerk, now=MOMENT)
    bench.start_worker(include="povedu.intake.tasks")

    job = bench.run_with_kills(lambda: bench.enqueue("intake.undo", {"batch": batch.pk}), seed=6)
    batch.refresh_from_db()
    assert (job.state, bench.kills, batch.state) == (JobState.DONE, 2, "undone")
    assert (Student.objects.count(), Enrolment.objects.count()) == (0, 0)
    assert batch.undone == {"reversed": ROWS, "kept": 0, "blocked": 0}


@pytest.mark.worker
def test_an_import_that_dies_every_time_can_be_asked_for_again(bench: Any) -> None:
    clerk = somebody()
    batch = stage_batch(batch=received(clerk), actor=clerk, now=MOMENT)
    bench.start_worker(include="povedu.intake.tasks")

    def ask() -> Job:
        request_apply(batch=batch, actor=clerk, now=MOMENT)
        return Job.objects.get(kind="intake.apply", state=JobState.QUEUED)

    job = bench.run_with_kills(ask, seed=5, deaths=3)
    assert (job.state, job.error_code, bench.kills) == (JobState.FAILED, "job-worker-died", 3)
    batch.refresh_from_db()
    assert (batch.state, Student.objects.count()) == ("staged", 0)
    assert "处理进程连续 3 次意外中断" in batch.error_message
    assert "可以再次导入" in batch.error_message

    assert bench.wait(ask()).state == JobState.DONE
    batch.refresh_from_db()
    assert (batch.state, batch.error_message) == ("applied", "")
    assert Student.objects.count() == ROWS


@pytest.mark.django_db
def test_a_reading_that_somebody_cancels_asks_for_the_file_again() -> None:
    clerk = somebody()
    batch = received(clerk)
    request_stage(batch=batch, actor=clerk, now=MOMENT)
    cancel(job=Job.objects.get(kind="intake.stage"), actor=clerk, now=MOMENT)
    batch.refresh_from_db()
    assert (batch.state, batch.error_message) == (
        "failed",
        "文件没有读完：作业已取消。请重新上传。",
    )
