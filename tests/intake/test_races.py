"""Two clerks bring the same roster in at once: it goes in once, and the other is told why."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from povedu.errors import Conflict, Refusal
from povedu.intake.choices import BatchState
from povedu.intake.kinds import kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.services.apply import apply_batch
from povedu.intake.services.receive import Purpose, receive_file
from povedu.intake.services.stage import stage_batch
from povedu.scope import Actor
from students.models import Enrolment, PayeeAccount, Student
from tests.factories import CountyFactory, SchoolFactory, actor_of
from tests.factories.values import MOMENT
from tests.intake.makers import HEADINGS, child_row, workbook
from tests.jobs.killer import bench as bench  # a fixture

SCHOOL = "2153000001"
CLERKS, ROWS = 4, 12


def at_once(acts: list[Callable[[], object]]) -> tuple[list[object], list[Exception]]:
    """Run actions in threads that start together; return results and refusals."""
    gate, won, lost = threading.Barrier(len(acts)), [], []

    def run(act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            won.append(act())
        except (Refusal, Conflict) as error:
            lost.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return won, lost


@pytest.fixture
def clerks(bench: Any) -> list[Actor]:
    CountyFactory()
    SchoolFactory(code=SCHOOL)
    return [actor_of("school_clerk", school_code=SCHOOL) for _ in range(CLERKS)]


def staged(clerk: Actor, content: bytes) -> ImportBatch:
    purpose = Purpose(kind_of("roster"), school_code=SCHOOL, term="2016-1")
    batch = receive_file(data=content, name="r.xlsx", purpose=purpose, actor=clerk, now=MOMENT)
    return stage_batch(batch=batch, actor=clerk, now=MOMENT)


def applying(batch: ImportBatch, clerk: Actor) -> Callable[[], object]:
    return lambda: apply_batch(batch=batch, actor=clerk, now=MOMENT)


def rows() -> list[list[Any]]:
    return [child_row(n, f"王{chr(0x4E00 + n)}") for n in range(ROWS)]


def test_the_same_roster_goes_in_once(clerks: list[Actor]) -> None:
    content = workbook([HEADINGS, *rows()])
    batches = [staged(clerk, content) for clerk in clerks]
    won, lost = at_once(list(map(applying, batches, clerks)))
    assert len(won) == 1
    assert {error.code for error in lost} <= {"already-applied", "changed-meanwhile"}
    assert len(lost) == CLERKS - 1
    assert ImportBatch.objects.filter(state=BatchState.APPLIED).count() == 1
    assert ImportBatch.objects.filter(state=BatchState.STAGED).count() == CLERKS - 1
    assert (Student.objects.count(), Enrolment.objects.count()) == (ROWS, ROWS)
    assert PayeeAccount.objects.count() <= ROWS


def test_two_versions_of_a_roster_enter_nobody_twice(clerks: list[Actor]) -> None:
    """Each file is another; whoever comes second finds the children that the first entered."""
    batches = []
    for number, clerk in enumerate(clerks):
        content = workbook([HEADINGS, *rows(), child_row(50 + number, f"李{number}甲")])
        batches.append(staged(clerk, content))
    won, lost = at_once(list(map(applying, batches, clerks)))
    assert (len(won), lost) == (CLERKS, [])
    assert Student.objects.count() == ROWS + CLERKS
    assert Enrolment.objects.count() == ROWS + CLERKS
    numbers = Student.objects.exclude(id_index="").values_list("id_index", flat=True)
    assert len(set(numbers)) == len(numbers)
    entered = sorted(batch.applied["new"] for batch in ImportBatch.objects.all())
    assert entered == [1] * (CLERKS - 1) + [ROWS + 1]
