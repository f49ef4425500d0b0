"""Many do the same to the same children at once: it is done once, and nobody meets a fault."""

from datetime import timedelta

import pytest

from povedu.accounts.selectors import operator
from povedu.scope import Scope
from students.models import Assignment, Finding, StudyProof
from students.selectors.away import away
from students.services.proofs import request_proofs
from students.services.reconcile import reconcile
from students.services.settle_assign import assign_findings
from tests.factories import actor_of
from tests.jobs.killer import bench as bench  # a fixture
from tests.students.asking import BORN, OLD
from tests.students.world import NOW, TERM, World
from tests.subsidies.races.harness import Racers


@pytest.fixture
def racers(bench):
    world = World().build()
    for _ in range(20):
        world.student("赵一", world.next_id(OLD), grade=1, school="S1")
        home = "530623100000"
        world.student("邻乡", world.next_id(BORN), home_division_id=home, school="S2")
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    racers = Racers()
    yield racers
    racers.close()


def test_what_many_ask_of_schools_and_families_at_once_is_asked_once(racers):
    staff = actor_of("office_staff", office="aid")
    shown = dict(Finding.objects.filter(kind="grade-age").values_list("pk", "evidence_digest"))
    asked = racers.race(
        lambda _: assign_findings(shown=shown, days=5, words="请核对", actor=staff, now=NOW)
    )
    assert [one.count for one in asked] == [20]
    assert Assignment.objects.count() == 20
    children = [one.pk for one in away(Scope("530623"), TERM)]
    due_on = NOW.date() + timedelta(days=30)
    counts = racers.race(
        lambda _: request_proofs(
            children=children, term=TERM, due_on=due_on, actor=operator(), now=NOW
        )
    )
    assert counts == [20]
    assert StudyProof.objects.count() == 20
