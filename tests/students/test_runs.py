"""Runs: only what changed is compared again, every night, and a city's counties one job each."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict
from povedu.jobs.models import Job
from povedu.jobs.runner import run_now
from povedu.jobs.services import cancel, enqueue
from schools.models import Division
from students.linkage.model import SHIPPED
from students.models import (
    DropoutCase,
    Finding,
    HardshipStatus,
    Link,
    PlacedChild,
    Reconciliation,
    RegisterSnapshot,
    Student,
)
from students.rules.fingerprint import fingerprint
from students.rules.matching import Child
from students.selectors.held import held_places
from students.selectors.runs import found_last
from students.services import reconcile as service
from students.services.dropouts import ReturnDetails, record_return
from students.services.nightly import set_nightly, start_runs
from students.services.settle import settle_finding
from tests.factories import CountyCalendarFactory
from tests.students.world import NOW, TERM

BORN = date(2007, 3, 5)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def county(world):
    """A county with a sure pair, a question and a hardship."""
    number = world.next_id()
    world.student("张小明", number, claim="建档立卡")
    world.student("王芳芳", birth_on=BORN)
    snapshot = world.snapshot()
    world.entry(snapshot, "张小明", number)
    world.entry(snapshot, "王芳芳", world.next_id(BORN))
    return world


def run(world, now=NOW, **more):
    return service.reconcile(county=world.county, term=TERM, actor=operator(), now=now, **more)


def written():
    rows = (Reconciliation, Link, PlacedChild, Finding, HardshipStatus)
    return [sorted(one.objects.values_list("pk", flat=True)) for one in rows]


def test_nothing_is_compared_or_written_again_where_nothing_has_changed(county, monkeypatch):
    first = run(county)
    before = written()
    monkeypatch.setattr(service, "compare", None)  # would fail if it were called
    second = run(county, now=LATER)
    assert (second.pk, second.confirmed_at) == (first.pk, LATER)
    assert written() == before
    assert AuditEntry.objects.filter(verb="reconciliation.confirm").count() == 1


def rename(name, normal_name):
    Student.objects.filter(name=name).update(normal_name=normal_name, pinyin=normal_name)


def test_what_is_found_again_is_left_alone_and_what_is_missed_says_so(county):
    first = run(county)
    asked = Finding.objects.get(kind="probable-match")
    county.student("李四", county.next_id())
    with CaptureQueriesContext(connection) as queries:
        second = run(county)
    assert not [one for one in queries if one["sql"].startswith('UPDATE "students_finding"')]
    assert list(found_last(second, among=Finding.objects.all())) == [asked]
    assert not found_last(first, among=Finding.objects.all()).exists()

    rename("王芳芳", "欧阳修")
    third = run(county)
    asked.refresh_from_db()
    assert (asked.state, asked.missed_by) == ("gone", third)
    assert asked in found_last(second, among=Finding.objects.all())
    assert asked not in found_last(third, among=Finding.objects.all())

    rename("王芳芳", "王芳芳")
    run(county)
    asked.refresh_from_db()
    assert (asked.state, asked.missed_by) == ("open", None)


CHANGES = {
    "a child enters": lambda w: w.student("李四", w.next_id()),
    "a name is corrected": lambda w: Student.objects.filter(name="王芳芳").update(
        normal_name="王方方", pinyin="wangfangfang2"
    ),
    "a guardian is named": lambda w: Student.objects.filter(name="王芳芳").update(
        guardian_name="王大"
    ),
    "a register has somebody more": lambda w: w.entry(
        RegisterSnapshot.objects.get(), "赵六", w.next_id()
    ),
    "a newer snapshot arrives": lambda w: w.snapshot(as_of=date(2016, 8, 1)),
    "a question is answered": lambda w: settle_finding(
        finding=Finding.objects.get(kind="probable-match"),
        verdict="not-same",
        place="",
        note="",
        actor=operator(),
        now=NOW,
    ),
    "a hardship is ended by hand": lambda w: HardshipStatus.objects.update(
        ends_on=date(2016, 9, 30)
    ),
    "a household gets a member": lambda w: w.student("孙七", w.next_id(), claim="低保"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_what_is_read_is_compared(county, change):
    first = run(county)
    assert run(county).pk == first.pk
    CHANGES[change](county)
    second = run(county)
    assert second.pk != first.pk
    assert run(county).pk == second.pk


def test_another_model_is_another_comparison(county, settings, tmp_path):
    first = run(county)
    other = tmp_path / "model.json"
    content = json.loads(SHIPPED.read_text())
    other.write_text(json.dumps(content | {"prior": 1e-5}))
    settings.LINKAGE_MODEL = str(other)
    asked = Finding.objects.get(kind="probable-match").probability
    second = run(county)
    assert second.pk != first.pk
    assert Finding.objects.get(kind="probable-match").probability > asked


def test_a_run_can_be_done_again_on_demand(county):
    assert run(county).pk != run(county, again=True).pk


def test_a_probable_finding_keeps_which_evidence_weighed_how_much(county):
    run(county)
    finding = Finding.objects.get(kind="probable-match")
    weights = {name: bits for name, _level, bits in finding.evidence["weights"]}
    assert set(weights) >= {"prior", "name", "rarity", "birth"}
    odds = 2 ** sum(weights.values())
    assert finding.probability == pytest.approx(odds / (1 + odds), abs=1e-5)


# --- jobs ---------------------------------------------------------------------------------------


def job_of(**more):
    params = {"term": TERM.code, "county": "530623"} | more
    return enqueue(kind="students.reconcile", params=params, actor=operator(), now=NOW, wake=False)


def test_a_job_says_that_nothing_changed(county):
    first = run_now(job_of())
    second = run_now(job_of(snapshots=[]))
    assert "unchanged" not in first.result
    assert second.result["unchanged"] is True
    assert second.result["run"] == first.result["run"]
    assert second.result["label"] != first.result["label"]


def test_cancelled_while_it_weighs_it_writes_nothing(county, monkeypatch):
    job = job_of()

    def slow(children, entries, **_more):
        cancel(job=Job.objects.get(pk=job.pk), actor=operator(), now=NOW)
        return []

    monkeypatch.setattr(service, "score", slow)
    assert run_now(job).state == "cancelled"
    assert not Reconciliation.objects.exists()
    assert not Finding.objects.exists()


def two_counties(world):
    other = Division.objects.create(code="530624000000", name="大关", level="county")
    world.student("张三", world.next_id())
    there = world.student("李四", world.next_id(), term=None)
    Student.objects.filter(pk=there.pk).update(county=other)
    return [world.county, other]


def test_every_night_each_county_is_compared_that_wants_to(world):
    counties = two_counties(world)
    actor = operator()

    def night(now):
        job = enqueue(
            kind="students.reconcile_nightly", params={}, actor=actor, now=now, wake=False
        )
        run_now(job, now=now)
        jobs = Job.objects.filter(kind="students.reconcile", created_at__gte=now)
        found = sorted(one.params["county"] for one in jobs)
        for one in jobs:
            run_now(one)
        return found

    assert night(NOW) == ["530623", "530624"]
    assert set_nightly(among=counties, counties=counties[:1], actor=actor, now=NOW) == 1
    assert set_nightly(among=counties, counties=counties[:1], actor=actor, now=NOW) == 0
    assert night(NOW + timedelta(days=1)) == ["530623"]
    assert set_nightly(among=counties, counties=[], actor=actor, now=NOW) == 1
    assert night(NOW + timedelta(days=2)) == []
    # A county works in the term that its calendar names, whatever the day.
    CountyCalendarFactory(county_code="530624", current_term="2015-2")
    assert set_nightly(among=counties, counties=counties[1:], actor=actor, now=NOW) == 1
    assert night(NOW + timedelta(days=3)) == ["530624"]
    assert Reconciliation.objects.latest("pk").term == "2015-2"
    assert Reconciliation.objects.filter(term=TERM.code).count() == 2
    assert AuditEntry.objects.filter(verb="reconciliation.nightly").count() == 3


def test_a_run_asked_for_twice_is_one_job(world):
    counties = two_counties(world)
    ask = {"counties": counties, "term": TERM, "actor": operator(), "now": NOW, "wake": False}
    first, second = start_runs(**ask), start_runs(**ask)
    assert [one.pk for one in first] == [one.pk for one in second]
    assert len(first) == 2


def test_one_command_compares_every_county_of_a_city(world):
    two_counties(world)
    out = io.StringIO()
    call_command("reconcile", "--term", "2016-1", "--all-counties", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert [one["county"] for one in answer["counties"]] == ["530623", "530624"]
    assert {one.county_id[:6] for one in Reconciliation.objects.all()} == {"530623", "530624"}
    assert Job.objects.filter(kind="students.reconcile", state="done").count() == 2


# --- fingerprints -------------------------------------------------------------------------------

ROWS = st.lists(st.tuples(st.integers(), st.text(max_size=3), st.booleans()), max_size=4)


@given(ROWS, ROWS)
def test_fingerprints_agree_where_rows_do(one, other):
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


@given(st.dictionaries(st.integers(), st.text(max_size=3), min_size=2))
def test_fingerprints_of_mappings_do_not_follow_their_order(made):
    turned = dict(reversed(made.items()))
    assert fingerprint(made) == fingerprint(turned)
    key = min(made)
    assert fingerprint(made | {key: made[key] + "x"}) != fingerprint(made)


def test_every_field_of_a_child_counts():
    child = Child(1, "甲", "jia", "M", BORN, "a", "b", "c", False, True, "t", "v", "g")
    seen = {fingerprint([child])}
    for place in range(len(child)):
        changed = [*child]
        changed[place] = not changed[place] if isinstance(changed[place], bool) else None
        seen.add(fingerprint([Child._make(changed)]))
    assert len(seen) == len(child) + 1


# --- overtaken ------------------------------------------------------------------------------------


@pytest.fixture
def gone(county):
    """A child of last term on no roster: its question and its case."""
    child = county.student("吴六", county.next_id(BORN), grade=5, term=None)
    county.enrol(child, "S1", TERM.previous, grade=5)
    run(county)
    return child


def answer(world, child):
    finding = Finding.objects.get(student=child, kind="missing-from-roster")
    settle_finding(
        finding=finding, verdict="placed", place="graduated", actor=operator(), now=NOW, note="毕业"
    )


def bring_back(world, child):
    case = DropoutCase.objects.get(student=child)
    details = ReturnDetails(NOW.date(), "School 1")
    record_return(case=case, details=details, actor=operator(), now=NOW)


OVERTAKING = {
    "an answer": (answer, "graduated"),
    "a case followed": (bring_back, "here"),
    "a later run": (lambda world, child: run(world, again=True), "suspected"),
}


@pytest.mark.parametrize("by", OVERTAKING)
def test_a_run_that_is_overtaken_writes_nothing_and_is_done_anew(gone, county, monkeypatch, by):
    overtake, place = OVERTAKING[by]
    compared, overtaken = service.prepare, []

    def prepare(**about):
        prepared = compared(**about)
        if not overtaken:
            overtaken.append(by)
            overtake(county, gone)
        return prepared

    monkeypatch.setattr(service, "prepare", prepare)
    last = run(county, again=True)
    assert overtaken == [by]
    newest = Reconciliation.objects.order_by("-pk")[0]
    assert (last.pk, held_places(last).get(student=gone).place) == (newest.pk, place)
    expected = {"graduated": "explained", "here": "returned", "suspected": "suspected"}[place]
    assert DropoutCase.objects.get(student=gone).state == expected


def test_a_run_that_is_always_overtaken_gives_up_with_a_sentence(gone, county, monkeypatch):
    compared, before = service.prepare, written()

    def prepare(**about):
        prepared = compared(**about)
        DropoutCase.objects.filter(student=gone).update(version=F("version") + 1)
        return prepared

    monkeypatch.setattr(service, "prepare", prepare)
    with pytest.raises(Conflict, match="请稍后重新比对"):
        run(county, again=True)
    assert written() == before
