"""A reconciliation survives having its worker killed: nothing is lost, nothing is doubled."""

import pytest

from students.models import Finding, HardshipStatus, Link, PlacedChild, Reconciliation
from tests.students.world import TERM, World

pytestmark = pytest.mark.worker
CHILDREN = 120


def fill(world):
    snapshot = world.snapshot()
    for n in range(CHILDREN):
        number = world.next_id()
        world.student(f"张{n}", number)
        world.entry(snapshot, f"张{n}" if n % 10 else "李四", number)
        if n % 4 == 0:
            world.entry(snapshot, f"王{n}", world.next_id())


def test_a_killed_reconciliation_is_done_exactly_once(bench):
    world = World().build()
    fill(world)
    bench.start_worker(include="students.tasks")
    job = bench.enqueue("students.reconcile", {"term": TERM.code, "county": world.county.prefix})
    bench.run_with_kills(job, seed=11)
    assert job.state == "done"
    run = Reconciliation.objects.get()
    assert job.result["run"] == run.pk
    assert Link.objects.count() == CHILDREN
    assert HardshipStatus.objects.count() == CHILDREN - CHILDREN // 10
    assert Finding.objects.count() == sum(run.findings_count.values())
    assert PlacedChild.objects.count() == sum(run.partition.values())
