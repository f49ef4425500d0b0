"""A worker killed in the middle of bringing a roster in loses and doubles nothing."""

import time
from typing import Any

import pytest

from povedu.accounts.selectors import operator
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.services.receive import Purpose, receive_file
from povedu.intake.services.stage import stage_batch
from povedu.jobs.choices import JobState
from students.models import Enrolment, Student
from tests.factories import CountyFactory, SchoolFactory
from tests.factories.base import MOMENT
from tests.intake.makers import HEADINGS, child_row, workbook

pytestmark = pytest.mark.worker
ROWS = 1500


def staged() -> ImportBatch:
    CountyFactory()
    SchoolFactory(code="2153000001")
    rows = [child_row(n, f"王{chr(0x4E00 + n)}") for n in range(ROWS)]
    purpose = Purpose(kind_of("roster"), school_code="2153000001", term="2016-1")
    actor = operator()
    batch = receive_file(
        data=workbook([HEADINGS, *rows]), name="r.xlsx", purpose=purpose, actor=actor, now=MOMENT
    )
    return stage_batch(batch=batch, actor=actor, now=MOMENT)


@pytest.mark.parametrize("delay", [0.05, 0.3, 0.8])
def test_a_killed_import_is_all_or_nothing_and_then_completes(bench: Any, delay: float) -> None:
    batch = staged()
    bench.start_worker(include="povedu.intake.tasks")
    job = bench.enqueue("intake.apply", {"batch": batch.pk})
    bench.running(job)
    time.sleep(delay)
    assert Student.objects.count() in (0, ROWS)
    bench.kill_child(job)
    assert Student.objects.count() in (0, ROWS)
    bench.wait(job)
    batch.refresh_from_db()
    assert (job.state, batch.state) == (JobState.DONE, "applied")
    assert (Student.objects.count(), Enrolment.objects.count()) == (ROWS, ROWS)
    assert batch.applied["new"] == ROWS
