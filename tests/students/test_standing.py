"""Kinds of findings: risk removed, back in poverty, three witnesses of a grade, age beyond a stage,
and where a child on no roster may be."""

import json
from datetime import date

import pytest
from django.urls import reverse

from povedu.accounts.selectors import operator
from povedu.errors import Refusal
from schools.models import School
from students.models import Decision, Finding
from students.rules.schooling import age_outside_stage, moved_up
from students.rules.whereabouts import likely_place, told_hint
from students.services.reconcile import reconcile
from students.services.settle import settle_finding
from tests.factories import actor_of, sign_in
from tests.students.world import NOW, TERM

BORN = date(2007, 3, 5)


def run(world):
    return reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


def findings(kind):
    return Finding.objects.filter(kind=kind).exclude(state="gone").order_by("pk")


@pytest.fixture
def staff(db):
    return actor_of("office_staff", office="aid")


# --- status -------------------------------------------------------------------------------------


def twice(world, name, before, after):
    """A pupil on two snapshots of the poverty register."""
    number = world.next_id(BORN)
    world.student(name, number, grade=4)
    world.entry(world.first, name, number, **before)
    world.entry(world.second, name, number, **after)
    return number


@pytest.fixture
def snapshots(world):
    world.first = world.snapshot(as_of=date(2016, 2, 1))
    world.second = world.snapshot(as_of=date(2016, 6, 30))
    return world


def test_back_in_poverty_is_told_from_other_changes(snapshots):
    poor, lifted = {"category": "registered_poor"}, {"category": "lifted"}
    twice(snapshots, "甲", lifted, poor)
    twice(snapshots, "乙", poor, {**poor, "category_as_stated": "返贫"})
    twice(snapshots, "丙", poor, lifted)
    twice(
        snapshots,
        "丁",
        {**poor, "category_as_stated": "返贫"},
        {**poor, "category_as_stated": "返贫"},
    )
    twice(snapshots, "戊", poor, poor)
    watched = {"category": "unstable"}
    twice(snapshots, "己", {**watched, "risk_removed": True}, {**watched, "risk_removed": False})
    run(snapshots)
    told = {one.student.name: one.reason.split(",")[0] for one in findings("status-changed")}
    assert told == {
        "甲": "returned-to-poverty",
        "乙": "returned-to-poverty",
        "丙": "category-changed",
        "己": "risk-returned",
    }


def test_a_risk_removed_before_term_is_asked_about_once(snapshots, staff):
    watched = {"category": "edge", "risk_removed": False}
    gone = {"category": "edge", "risk_removed": True}
    twice(snapshots, "甲", watched, gone)
    twice(snapshots, "乙", gone, gone)
    twice(snapshots, "丙", watched, watched)
    twice(snapshots, "丁", {"category": "lifted"}, {"category": "lifted", "risk_removed": True})
    run(snapshots)
    finding = findings("risk-removed").get()
    assert (finding.student.name, finding.evidence["facts"]) == ("甲", {"category": "edge"})
    assert finding.evidence["right"]["row"] == finding.entry.row_number
    settle_finding(finding=finding, verdict="confirmed", actor=staff, now=NOW)
    run(snapshots)
    assert findings("risk-removed").get().state == "settled"


def test_a_risk_removed_after_term_began_is_no_matter_of_this_term(world):
    number = world.next_id(BORN)
    world.student("甲", number, grade=4)
    later = world.snapshot(as_of=date(2016, 10, 1))
    world.entry(later, "甲", number, category="edge", risk_removed=True)
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW, snapshots=[later])
    assert not findings("risk-removed").exists()


# --- grade and age ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "roster", "register", "witness"),
    [
        (("junior", 7), ("junior", 8), "七年级", "roster-goes-on"),
        (("junior", 7), ("junior", 7), "八年级", "register-goes-on"),
        (("junior", 7), ("junior", 9), "七年级", "neither-goes-on"),
        (None, ("junior", 8), "七年级", ""),
    ],
)
def test_last_term_is_the_third_witness_of_a_grade(world, staff, last, roster, register, witness):
    number = world.next_id(date(2003, 3, 5))
    child = world.student("甲", number, term=None)
    world.enrol(child, "S1", stage=roster[0], grade=roster[1])
    if last:
        world.enrol(child, "S1", TERM.previous, stage=last[0], grade=last[1])
    snapshot = world.snapshot(as_of=date(2016, 9, 1))
    world.entry(snapshot, "甲", number, school_state=register)
    run(world)
    finding = findings("state-differs").get()
    assert finding.reason == ",".join(one for one in ("state-differs", witness) if one)
    assert ("last" in finding.evidence["facts"]) == bool(last)
    page = sign_in(staff).get(reverse("students:finding-queue-item", args=[finding.pk]))
    names = [one.name for one in page.context["decisions"]]
    assert names == ["roster-right", "register-right", "neither-right", "dismissed"]


def test_what_is_neither_is_written_down(world, staff):
    number = world.next_id(date(2003, 3, 5))
    child = world.student("甲", number, term=None)
    world.enrol(child, "S1", stage="junior", grade=8)
    world.entry(world.snapshot(as_of=date(2016, 9, 1)), "甲", number, school_state="七年级")
    run(world)
    finding = findings("state-differs").get()
    with pytest.raises(Refusal) as refusal:
        settle_finding(finding=finding, verdict="neither-right", actor=staff, now=NOW)
    assert refusal.value.code == "evidence-missing"
    settle_finding(
        finding=finding, verdict="neither-right", note="实际读九年级", actor=staff, now=NOW
    )
    assert Decision.objects.get().note == "实际读九年级"


def test_an_age_beyond_the_stage_is_another_question_than_one_beside_the_grade(world):
    world.student("甲", world.next_id(date(1998, 3, 5)), grade=6)
    world.student("乙", world.next_id(date(2003, 3, 5)), grade=1)
    world.student("丙", world.next_id(date(2009, 3, 5)), grade=2)
    world.student("丁", world.next_id(date(2013, 3, 5)), grade=None)
    run(world)
    beyond = {one.student.name: one.reason for one in findings("age-outside-stage")}
    assert beyond == {"甲": "stage-too-old", "丁": "stage-too-young"}
    assert {one.student.name: one.reason for one in findings("grade-age")} == {"乙": "too-old"}
    assert age_outside_stage(None, "primary", TERM) == 0
    assert age_outside_stage(date(1980, 1, 1), "undergraduate", TERM) == 0


def test_whoever_moves_up_from_primary_school_is_in_junior_school():
    assert moved_up("primary", 6, years=1) == ("junior", 1)
    assert moved_up("junior", 7, years=1) == ("junior", 2)
    assert moved_up("primary", 3, years=0) == ("primary", 3)


# --- whereabouts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        ("随父母在浙江务工就读", "told-out-of-province", "out_of_province"),
        ("省外就读", "told-out-of-province", "out_of_province"),
        ("随父母外出，在昆明就读", "told-out-of-county", "out_of_county"),
        ("重度残疾，送教上门", "told-home-taught", "home_taught"),
        ("因病休学", "told-suspended", "suspended"),
        ("厌学", "told-dropped-out", "dropped_out"),
        ("户口已迁出", "told-moved", "moved_away"),
        ("其他", "told-unclear", ""),
        ("", "", ""),
    ],
)
def test_the_registers_words_say_where_a_child_may_be(words, code, place):
    assert told_hint(words, "530623") == code
    assert likely_place(f"on-no-roster,{code}") == place


def outsider(world, name, **fields):
    return world.entry(world.first, name, world.next_id(BORN), household_no="H1", **fields)


def test_a_finding_says_where_the_child_may_be_and_proposes_it(snapshots, staff):
    outsider(snapshots, "甲", extra=json.dumps({"absence_reason": "随父母在广东"}))
    run(snapshots)  # the first snapshot is not the newest
    assert not findings("not-on-roster").filter(entry__name="甲").exists()
    far = School.objects.create(
        code="4400000001", name="广东某校", kind="outside", division=snapshots.county
    )
    number = snapshots.next_id(date(2005, 3, 5))
    sibling = snapshots.student("哥", number, term=None)
    snapshots.schools["far"] = far
    snapshots.enrol(sibling, "far")
    for name, extra in (("甲", {"absence_reason": "随父母在广东"}), ("乙", {})):
        snapshots.entry(
            snapshots.second,
            name,
            snapshots.next_id(BORN),
            household_no="H1",
            extra=json.dumps(extra) if extra else "",
        )
    snapshots.entry(snapshots.second, "哥", number, household_no="H1")
    run(snapshots)
    first = findings("not-on-roster").get(entry__name="甲")
    assert first.reason.split(",")[1] == "told-out-of-province"
    assert first.evidence["facts"]["told"] == "随父母在广东"
    page = sign_in(staff).get(reverse("students:finding-queue-item", args=[first.pk]))
    (proposed,) = [one for one in page.context["decisions"] if one.tone == "primary"]
    assert proposed.name == "placed:out_of_province"
    assert "随父母在广东" in page.content.decode()
    second = findings("not-on-roster").get(entry__name="乙")
    assert second.reason.split(",")[1].startswith("siblings-out-of")
    before = first.evidence_digest
    run(snapshots)
    first.refresh_from_db()
    assert first.evidence_digest == before
