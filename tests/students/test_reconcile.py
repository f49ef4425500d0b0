"""Reconciliation on a small county where the truth of every case is known."""

import io
import json
from datetime import date

import pytest
from django.core.management import call_command

from povedu.accounts.selectors import operator
from povedu.scope import Scope
from povedu.terms import Term
from students.models import (
    Enrolment,
    Finding,
    HardshipStatus,
    Link,
    PlacedChild,
    Reconciliation,
    Student,
)
from students.selectors.held import detailed_runs, held_links, held_places
from students.services.reconcile import reconcile
from students.views.sides import comparisons
from tests.students.world import CIVIL, NOW, TERM

BORN = date(2007, 3, 5)


@pytest.fixture
def run(world):
    def go(term=TERM, snapshots=None, **more):
        return reconcile(
            county=world.county, term=term, actor=operator(), now=NOW, snapshots=snapshots, **more
        )

    return go


def kinds():
    return sorted(Finding.objects.filter(state="open").values_list("kind", flat=True))


def test_one_number_joins_and_confers_the_hardship(world, run):
    number = world.next_id()
    student = world.student("张小明", number, claim="建档立卡")
    world.entry(world.snapshot(), "张小明", number, category_as_stated="一般贫困户")
    result = run()
    link = Link.objects.get()
    assert (link.stage, link.automatic, link.reason) == ("id", True, "id-equal")
    status = HardshipStatus.objects.get()
    assert (status.student, status.category) == (student, "registered_poor")
    assert (status.as_stated, status.starts_on) == ("一般贫困户", date(2016, 6, 30))
    assert kinds() == []
    assert result.partition["here"] == 1


def test_homophone_under_one_number_joins_and_asks_for_the_name(world, run):
    number = world.next_id()
    world.student("张小明", number)
    world.entry(world.snapshot(), "张晓明", number)
    run()
    assert Link.objects.get().automatic
    finding = Finding.objects.get()
    assert (finding.kind, finding.reason) == ("identity-differs", "id-equal,name-homophone")
    lines = {str(one.label): one.differs for one in comparisons(finding)}
    assert (lines["姓名"], lines["学校"]) == (True, False)  # a register knows of no school
    assert finding.evidence["left"]["name"] == "张小明"
    assert finding.evidence["right"]["name"] == "张晓明"
    assert finding.evidence["right"]["file"] == "poverty-register.xlsx"
    assert "*" in finding.evidence["left"]["id_number"]


def test_another_name_under_one_number_is_never_joined_automatically(world, run):
    number = world.next_id()
    world.student("张小明", number)
    world.entry(world.snapshot(), "李建国", number)
    run()
    assert not Link.objects.get().automatic
    assert kinds() == ["identity-differs"]
    assert not HardshipStatus.objects.exists()


def test_fifteen_digits_in_a_register_count_as_recovered(world, run):
    number = "530623197803051232"
    from povedu.identity import upgraded

    fifteen = number[:6] + number[8:17]
    world.student("陈大", upgraded(fifteen))
    world.entry(world.snapshot(), "陈大", fifteen)
    assert run().links_count["recovered"] == 1
    assert Link.objects.get().automatic


def test_lost_digits_and_missing_numbers_are_questions(world, run):
    number, other = world.next_id(BORN), world.next_id(date(2008, 4, 6))
    lost = world.student("王芳芳", stated=number[:15] + "000", birth_on=BORN, claim="贫困户")
    world.student("赵一", birth_on=date(2008, 4, 6))
    snapshot = world.snapshot()
    world.entry(snapshot, "王芳芳", number)
    world.entry(snapshot, "赵一", other)
    result = run()
    assert result.links_count["probable"] == 2
    assert not Link.objects.filter(automatic=True).exists()
    assert kinds() == ["probable-match", "probable-match"]
    assert not HardshipStatus.objects.exists()
    finding = Finding.objects.get(student=lost)
    assert finding.reason == "first-15-and-name"
    assert 0.5 < finding.probability < 1


def test_same_name_and_birth_with_two_valid_numbers_are_strangers(world, run):
    one, other = world.next_id(BORN), world.next_id(BORN)
    other = other[:6].replace("530623", "530624") + other[6:]
    from povedu.identity import check_character

    other = other[:17] + check_character(other[:17])
    world.student("王伟", one)
    world.entry(world.snapshot(), "王伟", other)
    run()
    assert kinds() == ["not-on-roster"]


def test_enrolled_in_two_schools(world, run):
    student = world.student("孙二", world.next_id())
    world.enrol(student, "S2")
    run()
    finding = Finding.objects.get()
    assert finding.kind == "enrolled-twice"
    assert {finding.evidence[side]["school"] for side in ("left", "right")} == {
        "School 1",
        "School 2",
    }
    lines = {str(one.label): one.differs for one in comparisons(finding)}
    assert (lines["姓名"], lines["学校"], lines["来源"]) == (False, True, False)


def test_a_provisional_double_at_another_school_is_asked_about(world, run):
    world.student("孙二", world.next_id(BORN), sex="M")
    world.student("孙二", birth_on=BORN, school="S2")
    run()
    assert kinds() == ["enrolled-twice", "identity-unconfirmed"]


def test_poor_child_on_no_roster_is_found_once_and_placed(world, run):
    number = world.next_id()
    world.entry(world.snapshot(), "刘三", number)
    world.entry(world.snapshot(CIVIL), "刘三", number, category="destitute")
    result = run()
    assert kinds() == ["not-on-roster"]
    assert result.partition["suspected"] == 1
    assert PlacedChild.objects.count() == 1


def test_adults_on_registers_are_no_findings(world, run):
    world.entry(world.snapshot(), "父亲", world.next_id(date(1978, 3, 5)))
    run()
    assert kinds() == []
    assert not PlacedChild.objects.exists()


def test_claimed_but_on_no_register(world, run):
    world.student("钱四", world.next_id(), claim="建档立卡")
    world.student("钱五", world.next_id(), claim="否")
    world.student("钱六", world.next_id(), claim="低保")  # no civil affairs register at hand
    world.snapshot()
    run()
    finding = Finding.objects.get()
    assert finding.kind == "not-on-register"
    assert finding.reason == "claimed:registered_poor,absent:poverty-register"


def test_status_gone_since_the_snapshot_before_ends_the_hardship(world, run):
    number = world.next_id()
    world.student("周七", number)
    world.entry(world.snapshot(as_of=date(2016, 2, 1)), "周七", number)
    run(Term.parse("2015-2"))
    assert HardshipStatus.objects.get().ends_on is None
    world.snapshot(as_of=date(2016, 6, 30))
    run()
    assert kinds() == ["status-changed"]
    assert HardshipStatus.objects.get().ends_on == date(2016, 6, 30)
    run(Term.parse("2015-2"))  # an older term again takes nothing back
    assert HardshipStatus.objects.get().ends_on == date(2016, 6, 30)


def test_household_members_of_a_listed_head_get_the_status(world, run):
    head, child, grandmother = world.next_id(date(1978, 3, 5)), world.next_id(), world.next_id()
    student = world.student("吴八", child, claim="农村低保")
    world.household("H1", head, child, grandmother)
    world.entry(world.snapshot(CIVIL), "吴大", head, category="rural_low", is_household=True)
    run()
    assert HardshipStatus.objects.get().student == student
    assert Link.objects.get().reason == "household-head"
    assert kinds() == []


def test_register_duplicates(world, run):
    number = world.next_id()
    world.student("郑九", number)
    snapshot = world.snapshot()
    world.entry(snapshot, "郑九", number)
    world.entry(snapshot, "郑九", number)
    run()
    assert kinds() == ["register-duplicate"]
    assert HardshipStatus.objects.count() == 1


def test_missing_from_a_roster_that_was_handed_in(world, run):
    world.student("何一", world.next_id(), term=TERM.previous, grade=3)
    world.student("何二", world.next_id(), grade=3)
    result = run()
    assert kinds() == ["missing-from-roster"]
    assert result.partition["suspected"] == 1


def test_grade_and_age_and_school_state(world, run):
    number = world.next_id(date(2002, 1, 5))
    world.student("唐一", number, grade=1)
    world.entry(world.snapshot(as_of=date(2016, 9, 1)), "唐一", number, school_state="七年级")
    run()
    assert kinds() == ["grade-age", "state-differs"]


def test_unconfirmed_identity_is_listed(world, run):
    world.student("许一", stated="530623200703051234")
    run()
    assert kinds() == ["identity-unconfirmed"]


def test_equal_inputs_give_equal_findings(world, run):
    number = world.next_id()
    world.student("张小明", number)
    world.student("王芳芳", birth_on=BORN)
    snapshot = world.snapshot()
    world.entry(snapshot, "张晓明", number)
    world.entry(snapshot, "王芳芳", world.next_id(BORN))
    world.entry(snapshot, "刘三", world.next_id())

    def state():
        return sorted(
            Finding.objects.values_list("pk", "kind", "state", "subject_key", "evidence_digest")
        ), sorted(set(Link.objects.values_list("student", "entry", "stage")))

    first = run()
    before = state()
    second = run(again=True)
    assert second.pk != first.pk
    assert state() == before
    assert (first.findings_count, first.partition) == (second.findings_count, second.partition)
    assert HardshipStatus.objects.count() == 1


def test_detail_of_old_runs_goes_but_their_counts_stay(world, run):
    student = world.student("张小明", world.next_id(), school="S1")
    homes = ["530623100000", "530623101000", "530623100000", "530623101000"]
    runs = []
    for home in homes:
        Student.objects.filter(pk=student.pk).update(home_division=home)
        runs.append(run())
    assert Reconciliation.objects.count() == 4
    held = [sorted(held_places(one).values_list("division_code", flat=True)) for one in runs]
    assert held == [[], [], [homes[2]], [homes[3]]]
    assert list(detailed_runs(Scope("530623")).order_by("pk")) == runs[2:]
    assert Reconciliation.objects.get(pk=runs[0].pk).partition["here"] == 1


def test_what_stays_as_it_was_is_written_once_and_every_run_holds_it(world, run):
    number, other = world.next_id(), world.next_id()
    world.student("张小明", number)
    leaving = world.student("李小红", other)
    snapshot = world.snapshot()
    world.entry(snapshot, "张小明", number)
    world.entry(snapshot, "李小红", other)
    first = run()
    written = [set(rows.objects.values_list("pk", flat=True)) for rows in (Link, PlacedChild)]
    second = run(again=True)
    assert [set(one.objects.values_list("pk", flat=True)) for one in (Link, PlacedChild)] == written
    Student.objects.filter(pk=leaving.pk).update(name="李红", normal_name="李红", pinyin="li hong")
    Enrolment.objects.filter(student=leaving).update(state="left")
    third = run()
    for one in (first, second, third):
        assert held_links(one).count() == sum(one.links_count.values()) == 2
        assert held_places(one).count() == sum(one.partition.values()) == 2
    assert [held_places(one).get(student=leaving).place for one in (first, second)] == ["here"] * 2
    assert held_places(third).get(student=leaving).place != "here"
    reasons = [held_links(one).get(student=leaving).reason for one in (second, third)]
    assert reasons == ["id-equal", "id-equal,name-differs"]


def test_what_is_no_more_is_gone_and_comes_back(world, run):
    number = world.next_id()
    world.entry(world.snapshot(), "刘三", number)
    run()
    student = world.student("刘三", number)
    run()
    assert Finding.objects.get().state == "gone"
    for rows in (HardshipStatus, Link, PlacedChild, Enrolment, Student):
        rows.objects.filter(**{"pk" if rows is Student else "student": student.pk}).delete()
    run()
    assert Finding.objects.get().state == "open"


def test_a_child_of_the_ledger_whom_a_register_knows_counts_as_on_no_roster(world, run):
    number = world.next_id()
    world.student("何一", number, term=TERM.previous, grade=3)
    world.student("何二", world.next_id(), grade=3)
    world.entry(world.snapshot(), "何一", number)
    result = run()
    assert kinds() == ["not-on-roster"]
    assert Finding.objects.get().reason == "on-no-roster,was-here-last-term"
    assert result.partition["suspected"] == 1


@pytest.mark.parametrize(
    ("stage", "grade", "place"), [("junior", 9, "graduated"), ("primary", 6, "here")]
)
def test_finishing_a_stage_is_no_dropping_out(world, run, stage, grade, place):
    student = world.student("何一", world.next_id(date(2002, 5, 1)), term=None)
    world.enrol(student, "S1", TERM.previous, stage=stage, grade=grade)
    world.student("何二", world.next_id(), grade=3)
    assert run().partition[place] == (2 if place == "here" else 1)
    assert kinds() == []


def test_command_keeps_its_contract(world, tmp_path):
    number = world.next_id()
    world.student("张小明", number)
    world.student("王芳芳", birth_on=BORN)
    snapshot = world.snapshot()
    world.entry(snapshot, "张小明", number)
    world.entry(snapshot, "王芳芳", world.next_id(BORN))
    world.snapshot(CIVIL, date(2016, 12, 1))
    out, dump = io.StringIO(), tmp_path / "links.jsonl"
    call_command("reconcile", "--term", "2016-1", "--json", "--dump", str(dump), stdout=out)
    answer = json.loads(out.getvalue())
    assert set(answer) == {"run", "term", "links", "findings", "partition", "seconds"}
    assert answer["links"] == {"id": 1, "recovered": 0, "probable": 1}
    assert answer["findings"] == {"probable-match": 1}
    lines = [json.loads(line) for line in dump.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["link", "link", "probable-match"]
    assert [one["list"] for one in lines[0]["sources"]] == ["roster", "poverty-register"]
    assert number not in dump.read_text()
    assert "张小明" not in dump.read_text()


@pytest.mark.parametrize("arguments", [["--term", "2016"], ["--term", "2016-1", "--county", "99"]])
def test_command_says_that_it_could_not(world, arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        call_command("reconcile", *arguments, "--json")
    assert stop.value.code == 2
    assert capsys.readouterr().err


def test_command_fails_on_what_the_caller_names(world):
    world.entry(world.snapshot(), "刘三", world.next_id())
    with pytest.raises(SystemExit) as stop:
        call_command("reconcile", "--term", "2016-1", "--fail-on", "any", stdout=io.StringIO())
    assert stop.value.code == 1
