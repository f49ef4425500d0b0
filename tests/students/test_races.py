"""Many do the same to the same children at once: it is done once, and nobody meets a fault."""

from datetime import timedelta

import pytest

from povedu.accounts.selectors import operator
from povedu.scope import Scope
from students.models import Assignment, Finding, StudyProof
from students.selectors.away import away
from students.selectors.held import held_places
from students.selectors.partition import count_places, newest_run
from students.services.proofs import request_proofs
from students.services.reconcile import reconcile
from students.services.settle import settle_finding
from students.services.settle_assign import assign_findings
from tests.factories import actor_of
from tests.jobs.killer import bench as bench  # a fixture
from tests.students.asking import BORN, OLD
from tests.students.world import NOW, TERM, World
from tests.subsidies.races.harness import THREADS, Racers


@pytest.fixture
def racers(bench):
    world = World().build()
    for _ in range(20):
        world.student("赵一", world.next_id(OLD), grade=1, school="S1")
        home = "530623100000"
        world.student("邻乡", world.next_id(BORN), home_division_id=home, school="S2")
    for _ in range(THREADS):
        child = world.student("吴六", world.next_id(BORN), grade=5, term=None)
        world.enrol(child, "S1", TERM.previous, grade=5)
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    racers = Racers()
    racers.world = world
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


def test_answers_given_while_runs_write_are_kept_and_everybody_is_placed_once(racers):
    """Half ask for a run, half settle: a run that answers overtook compares anew.

    Without the county's lock both write the same child's place, and the counts tell of others;
    without the second look a run puts back what was there before the answer, for good.
    """
    county = racers.world.county
    gone = list(Finding.objects.filter(kind="missing-from-roster").order_by("pk"))
    assert len(gone) == THREADS

    def act(number):
        if number % 2:
            settle_finding(
                finding=gone[number],
                verdict="placed",
                place="graduated",
                note="毕业",
                actor=operator(),
                now=NOW,
            )
            return number
        return reconcile(county=county, term=TERM, actor=operator(), now=NOW, again=True)

    answered = [one for one in racers.race(act) if isinstance(one, int)]
    assert sorted(answered) == list(range(1, THREADS, 2))  # a run may have been overtaken too often
    settled = {gone[number].student_id for number in range(1, THREADS, 2)}
    for _ in range(2):
        newest = newest_run(county.pk, TERM.code)
        assert count_places(newest) == newest.partition
        assert held_places(newest).count() == len(gone) + 40
        found = held_places(newest).filter(place="graduated").values_list("student", flat=True)
        assert set(found) == settled
        reconcile(county=county, term=TERM, actor=operator(), now=NOW, again=True)
