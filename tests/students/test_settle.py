"""Decisions: what follows from them, that they are remembered, and that undoing restores."""

from datetime import date

import pytest

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from students.choices import FindingKind
from students.models import (
    Decision,
    Enrolment,
    Finding,
    HardshipStatus,
    Link,
    Reconciliation,
    Student,
)
from students.rules.verdicts import ANSWERS
from students.selectors.held import held_links
from students.services.reconcile import reconcile
from students.services.settle import settle_finding, undo_decision
from tests.factories import actor_of
from tests.students.world import NOW, TERM

BORN = date(2007, 3, 5)


@pytest.fixture
def run(world):
    return lambda: reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


@pytest.fixture
def staff(db):
    return actor_of("office_staff", office="aid")


@pytest.fixture
def probable(world, run):
    """A provisional child and the register row that is the same child."""
    number = world.next_id(BORN)
    student = world.student("王芳芳", stated="5306232007030512", birth_on=BORN, claim="贫困户")
    world.entry(world.snapshot(), "王芳芳", number, category_as_stated="一般贫困户")
    run()
    return student, number


def settle(finding, verdict, actor, **more):
    return settle_finding(finding=finding, verdict=verdict, actor=actor, now=NOW, **more)


def test_same_person_gives_the_number_the_hardship_and_the_link(probable, staff, run):
    student, number = probable
    settle(Finding.objects.get(), "same-person", staff)
    student.refresh_from_db()
    assert student.identity_confirmed
    assert student.id_number.reveal() == number
    assert student.stated_id_number.reveal() == "5306232007030512"
    assert HardshipStatus.objects.get(student=student).as_stated == "一般贫困户"
    assert Link.objects.get().stage == "decided"
    result = run()
    assert result.findings_count == {}
    assert Finding.objects.get().state == "settled"
    assert HardshipStatus.objects.count() == 1
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"finding.settle"}


def test_a_join_after_a_run_leaves_the_runs_before_as_they_were(world, probable, staff):
    first = Reconciliation.objects.get()
    second = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW, again=True)
    settle(Finding.objects.get(), "same-person", staff)
    assert [held_links(one).get().stage for one in (first, second)] == ["probable", "decided"]
    undo_decision(finding=Finding.objects.get(), actor=staff, now=NOW)
    assert [held_links(one).get().stage for one in (first, second)] == ["probable", "probable"]


def test_undo_restores_exactly(probable, staff, run):
    student, _number = probable
    before = Student.objects.filter(pk=student.pk).values().get()
    settle(Finding.objects.get(), "same-person", staff)
    undo_decision(finding=Finding.objects.get(), actor=staff, now=NOW)
    after = Student.objects.filter(pk=student.pk).values().get()
    changed = {name for name in before if before[name] != after[name] and name != "version"}
    assert not {name for name in changed if not name.endswith("id_number")}
    assert not Student.objects.get(pk=student.pk).id_number
    assert not HardshipStatus.objects.exists()
    assert Finding.objects.get().state == "open"
    assert Link.objects.get().stage == "probable"
    assert run().findings_count == {"probable-match": 1}


def test_not_the_same_is_remembered_and_asked_again_only_on_new_evidence(
    world, probable, staff, run
):
    student, _number = probable
    settle(Finding.objects.get(), "not-same", staff)
    second = run()
    assert "probable-match" not in second.findings_count
    assert Finding.objects.get(kind="probable-match").state == "settled"
    assert set(second.findings_count) == {
        "identity-unconfirmed",
        "not-on-register",
        "not-on-roster",
    }
    Student.objects.filter(pk=student.pk).update(sex="M")
    world_entry = Finding.objects.get(kind="probable-match").entry
    world_entry.sex = "M"
    world_entry.save()
    third = run()
    assert third.findings_count["probable-match"] == 1
    assert Finding.objects.get(kind="probable-match").state == "open"


def test_a_lasting_answer_is_not_asked_in_the_next_term(world, probable, staff):
    student, _number = probable
    settle(Finding.objects.get(), "not-same", staff)
    world.enrol(student, "S1", TERM.next)
    result = reconcile(county=world.county, term=TERM.next, actor=operator(), now=NOW)
    assert "probable-match" not in result.findings_count
    assert Finding.objects.get(kind="probable-match", term="2016-2").state == "settled"


def test_rival_candidates_leave_the_queue_and_come_back(world, run, staff):
    number = world.next_id(BORN)
    one = world.student("王芳芳", birth_on=BORN)
    world.student("王芳芳", birth_on=BORN, school="S2")
    world.entry(world.snapshot(), "王芳芳", number)
    run()
    assert Finding.objects.filter(kind="probable-match", state="open").count() == 2
    finding = Finding.objects.get(kind="probable-match", student=one)
    settle(finding, "same-person", staff)
    assert Finding.objects.filter(kind="probable-match", state="open").count() == 0
    undo_decision(finding=finding, actor=staff, now=NOW)
    assert Finding.objects.filter(kind="probable-match", state="open").count() == 2


def test_the_register_is_right(world, run, staff):
    number = world.next_id()
    student = world.student("张小明", number)
    world.entry(world.snapshot(), "李建国", number)
    run()
    finding = Finding.objects.get()
    settle(finding, "register-right", staff)
    student.refresh_from_db()
    assert (student.name, student.initials) == ("李建国", "ljg")
    assert HardshipStatus.objects.filter(student=student).exists()
    undo_decision(finding=finding, actor=staff, now=NOW)
    student.refresh_from_db()
    assert (student.name, student.initials) == ("张小明", "zxm")
    assert not HardshipStatus.objects.exists()


def test_the_roster_is_right_joins_from_then_on(world, run, staff):
    number = world.next_id()
    world.student("张小明", number)
    world.entry(world.snapshot(), "李建国", number)
    run()
    settle(Finding.objects.get(), "roster-right", staff)
    result = run()
    assert result.findings_count == {}
    assert HardshipStatus.objects.count() == 1


def test_held_apart_stays_apart(world, run, staff):
    number = world.next_id()
    world.student("张小明", number)
    world.entry(world.snapshot(), "李建国", number)
    run()
    settle(Finding.objects.get(), "not-same", staff)
    run()
    assert not held_links(Reconciliation.objects.first()).exists()
    assert not HardshipStatus.objects.exists()


def test_keeping_one_school(world, run, staff):
    student = world.student("孙二", world.next_id())
    world.enrol(student, "S2")
    run()
    finding = Finding.objects.get()
    settle(finding, "keep-second", staff)
    studying = Enrolment.objects.get(student=student, state="studying")
    student.refresh_from_db()
    assert studying.school == student.school == world.schools["S2"]
    assert run().findings_count == {}
    undo_decision(finding=finding, actor=staff, now=NOW)
    assert Enrolment.objects.filter(student=student, state="studying").count() == 2
    student.refresh_from_db()
    assert student.school == world.schools["S1"]


def test_proof_of_hardship_needs_evidence(world, run, staff):
    student = world.student("钱四", world.next_id(), claim="建档立卡")
    world.snapshot()
    run()
    finding = Finding.objects.get()
    with pytest.raises(Refusal) as refusal:
        settle(finding, "confirmed", staff)
    assert refusal.value.code == "evidence-missing"
    settle(finding, "confirmed", staff, note="扶贫手册 0123")
    status = HardshipStatus.objects.get()
    assert (status.student, status.source, status.starts_on) == (student, "paper", TERM.starts_on)
    assert run().findings_count == {}


def test_places_found_out_move_the_partition(world, run, staff):
    world.entry(world.snapshot(), "刘三", world.next_id())
    run()
    settle(Finding.objects.get(), "placed", staff, place="out_of_province")
    result = run()
    assert result.partition["out_of_province"] == 1
    assert result.partition["suspected"] == 0
    assert result.findings_count == {}


def test_a_school_clerk_settles_no_identity(probable):
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")
    with pytest.raises(Refusal) as refusal:
        settle(Finding.objects.get(), "same-person", clerk)
    assert refusal.value.code == "not-allowed"
    assert not Decision.objects.exists()


def test_another_township_cannot_settle(probable):
    other = actor_of("township_officer", division_prefix="530623101")
    with pytest.raises(Refusal) as refusal:
        settle(Finding.objects.get(), "same-person", other)
    assert refusal.value.code == "out-of-scope"


def test_two_people_at_once(probable, staff):
    shown = Finding.objects.get()
    settle(Finding.objects.get(), "not-same", staff)
    with pytest.raises(Conflict):
        settle(shown, "same-person", staff)
    undo_decision(finding=shown, actor=staff, now=NOW)
    with pytest.raises(Conflict):
        undo_decision(finding=shown, actor=staff, now=NOW)


def test_a_number_that_somebody_else_has_is_not_given_twice(world, run, staff):
    number = world.next_id(BORN)
    world.student("王芳芳", birth_on=BORN)
    world.entry(world.snapshot(), "王芳芳", number)
    run()
    other = world.student("王方方", number, school="S2")
    with pytest.raises(Conflict) as refusal:
        settle(Finding.objects.get(kind="probable-match"), "same-person", staff)
    assert refusal.value.code == "id-taken"
    assert Student.objects.filter(id_index=other.id_index).count() == 1


def test_every_kind_has_its_answers():
    assert set(ANSWERS) == set(FindingKind.values)
