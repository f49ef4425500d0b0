"""Identical cases settled together: what is offered, what is touched, and the one way back."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from students.forms.findings import packed
from students.models import Decision, Finding, Student
from students.rules.verdicts import ANSWERS, answers_alike
from students.services.reconcile import reconcile
from students.services.settle import settle_finding, undo_decision
from students.services.settle_alike import LIMIT, settle_alike, undo_alike
from tests.factories import actor_of, sign_in
from tests.students.world import NOW, TERM

OLD, BORN = date(2003, 3, 5), date(2007, 3, 5)


def run(world):
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


@pytest.fixture
def county(world):
    """Three too old for grade 1 at one school, one at another, one too young, one likely match."""
    for name, school in (("赵一", "S1"), ("钱二", "S1"), ("孙三", "S1"), ("李四", "S2")):
        world.student(name, world.next_id(OLD), grade=1, school=school)
    world.student("周五", world.next_id(date(2013, 3, 5)), grade=5)
    snapshot = world.snapshot()
    for n, school in enumerate(("S1", "S1", "S2")):
        born = date(2007, 3, 5 + n)
        world.student("王芳芳", birth_on=born, school=school)
        world.entry(snapshot, "王芳芳", world.next_id(born))
    run(world)
    return world


def old(**narrow):
    return Finding.objects.filter(kind="grade-age", reason="too-old", **narrow).order_by("pk")


def shown(rows):
    return dict(rows.values_list("pk", "evidence_digest"))


def settle(actor, rows=None, verdict="dismissed", note="学籍核实无误", **more):
    rows = old() if rows is None else rows
    more.setdefault("shown", shown(rows))
    return settle_alike(
        finding=rows.first(), verdict=verdict, note=note, actor=actor, now=NOW, **more
    )


@pytest.fixture
def staff(db):
    return actor_of("office_staff", office="aid")


@pytest.fixture
def clerk(db):
    return actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")


def address(finding, query=""):
    return reverse("students:finding-alike", args=[finding.pk]) + query


def sent(page, answer="dismissed", **more):
    form = page.context["form"]
    told = {"answer": answer, "note": "学籍核实无误", "shown": form.initial["shown"]}
    return {**told, "form_token": "t1", **more}


# --- at the page --------------------------------------------------------------------------------


def test_the_page_shows_the_case_settles_it_once_and_the_queue_takes_it_back(county, staff):
    browser, first = sign_in(staff), old().first()
    queue = reverse("students:finding-queue-item", args=[first.pk])
    assert "同类 4 条一并处理" in browser.get(queue).content.decode()
    page = browser.get(address(first))
    text = page.content.decode()
    assert page.context["count"] == 4
    assert all(name in text for name in ("赵一", "钱二", "孙三", "李四"))
    assert "周五" not in text
    assert not Decision.objects.exists()
    answer = browser.post(address(first), sent(page))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("students:finding-queue")
    decisions = Decision.objects.all()
    assert {(one.finding_id, one.evidence_digest) for one in decisions} == set(shown(old()).items())
    assert {(one.verdict, one.note, one.decided_by_id) for one in decisions} == {
        ("dismissed", "学籍核实无误", staff.user_id)
    }
    assert len({one.group for one in decisions}) == 1
    entry = AuditEntry.objects.get(verb="finding.settle-alike")
    assert (entry.count, entry.reason, entry.actor_id) == (4, "学籍核实无误", staff.user_id)

    assert browser.post(address(first), sent(page)).status_code == 302  # a second click
    assert Decision.objects.count() == 4
    assert browser.post(address(first), sent(page, form_token="t2")).status_code == 409
    assert AuditEntry.objects.filter(verb="finding.settle-alike").count() == 1

    taken = browser.post(reverse("students:finding-queue"), {"do": "undo"})
    assert taken.status_code == 302
    assert set(old().values_list("state", flat=True)) == {"open"}
    assert not Decision.objects.filter(undone_at=None).exists()
    assert AuditEntry.objects.get(verb="finding.undo-alike").count == 4
    assert browser.post(reverse("students:finding-queue"), {"do": "undo"}).status_code == 400


def test_the_filters_of_the_queue_narrow_the_case(county, staff):
    browser, query = sign_in(staff), "?kind=grade-age&school=2153000001"
    page = browser.get(address(old().first(), query))
    assert page.context["count"] == 3
    answer = browser.post(address(old().first(), query), sent(page))
    assert answer["Location"].endswith(query)
    assert set(old(state="settled")) == set(old(school_code="2153000001"))
    assert browser.get(address(old().first(), "?odd=1")).status_code == 400


def test_a_clerk_settles_only_what_is_their_schools(county, clerk):
    browser, own = sign_in(clerk), old(school_code="2153000001").first()
    page = browser.get(address(own))
    assert page.context["count"] == 3
    everything = packed(shown(old()).items())
    assert browser.post(address(own), sent(page, shown=everything)).status_code == 302
    assert old(state="settled").count() == 3
    assert old(school_code="2153000002").get().state == "open"
    strange = old(school_code="2153000002").get()
    assert browser.get(address(strange)).status_code == 404
    assert browser.post(address(strange), sent(page, form_token="t2")).status_code == 404


def test_a_clerk_is_refused_where_the_answer_is_not_theirs(county, clerk, staff):
    matches = Finding.objects.filter(kind="probable-match", school_code="2153000001")
    one = matches.first()
    assert sign_in(staff).get(address(one)).status_code == 200
    for method in ("get", "post"):
        assert getattr(sign_in(clerk), method)(address(one)).status_code == 400
    with pytest.raises(Refusal) as refusal:
        settle(clerk, matches, "not-same")
    assert refusal.value.code == "not-allowed"
    assert sign_in(actor_of("leadership")).get(address(one)).status_code == 403
    assert not Decision.objects.exists()


def test_a_page_that_comes_back_broken_is_refused(county, staff):
    browser, first = sign_in(staff), old().first()
    page = browser.get(address(first))
    for wrong in ({"shown": "x"}, {"shown": ""}, {"note": ""}, {"answer": "same-person"}):
        assert browser.post(address(first), sent(page, **wrong)).status_code == 400, wrong
    assert not Decision.objects.exists()


# --- the service --------------------------------------------------------------------------------


def test_who_is_who_is_never_answered_for_many(county, staff):
    matches = Finding.objects.filter(kind="probable-match")
    for verdict in ("same-person", "register-right"):
        with pytest.raises(Refusal) as refusal:
            settle(staff, matches, verdict)
        assert refusal.value.code == "verdict-not-alike"
    offered = {(kind, one.name) for kind in ANSWERS for one in answers_alike(kind)}
    assert ("probable-match", "same-person") not in offered
    assert ("not-on-register", "confirmed") not in offered
    assert ("not-on-roster", "placed:deceased") not in offered
    assert not {name for kind, name in offered if kind in ("identity-differs", "enrolled-twice")}
    assert settle(staff, matches, "not-same").settled == matches.count() > 1


def test_changed_evidence_another_case_and_what_is_settled_are_left_out(county, staff):
    looked_at = shown(Finding.objects.all())
    changed, done = old()[:2]
    Finding.objects.filter(pk=changed.pk).update(evidence_digest="f" * 64)
    settle_finding(finding=done, verdict="confirmed", actor=staff, now=NOW)
    result = settle(staff, old(), shown=looked_at)
    assert (result.settled, result.left_out) == (2, len(looked_at) - 2)
    assert Finding.objects.get(pk=changed.pk).state == "open"
    assert Decision.objects.get(finding=done).verdict == "confirmed"
    assert (
        Finding.objects.exclude(kind="grade-age", reason="too-old").filter(state="settled").count()
        == 0
    )
    with pytest.raises(Conflict):
        settle(staff, old(), shown=looked_at)


def test_a_note_is_asked_for_and_the_number_limited(county, staff):
    with pytest.raises(Refusal) as refusal:
        settle(staff, note="  ")
    assert refusal.value.code == "note-missing"
    with pytest.raises(Refusal) as refusal:
        settle(staff, shown=dict.fromkeys(range(1, LIMIT + 2), "0" * 64))
    assert refusal.value.code == "too-many-alike"
    assert settle(staff).settled == 4


def test_decisions_made_together_are_remembered_and_asked_again_on_new_evidence(county, staff):
    settle(staff)
    run(county)
    assert set(old().values_list("state", flat=True)) == {"settled"}
    child = old().first().student
    Student.objects.filter(pk=child.pk).update(birth_on=date(2002, 3, 5))
    run(county)
    assert old(state="open").get().student == child
    again = settle(staff, old(state="open"), "confirmed")
    assert again.settled == 1
    assert Decision.objects.filter(finding__student=child, undone_at=None).get().verdict == (
        "confirmed"
    )


@pytest.fixture
def gone(world):
    """Two pupils of last term whom the school's new roster does not hold."""
    for name in ("吴六", "郑七"):
        child = world.student(name, world.next_id(BORN), grade=5, term=None)
        world.enrol(child, "S1", TERM.previous, grade=5)
    world.student("冯八", world.next_id(BORN), grade=4)
    run(world)
    return Finding.objects.filter(kind="missing-from-roster")


def test_a_place_moves_every_record_and_undoing_moves_them_back(gone, staff):
    children = Student.objects.filter(findings__in=gone)
    before = list(children.order_by("pk").values())
    result = settle(staff, gone, "placed", place="graduated")
    assert set(children.values_list("state", flat=True)) == {"graduated"}
    assert [one.version for one in children.order_by("pk")] == [
        one["version"] + 1 for one in before
    ]
    changed = children.first()
    Student.objects.filter(pk=changed.pk).update(state="left")  # somebody knew better since
    assert undo_alike(group=result.group, actor=staff, now=NOW) == 2
    assert Student.objects.get(pk=changed.pk).state == "left"
    assert children.exclude(pk=changed.pk).get().state == "studying"
    with pytest.raises(Conflict):
        undo_alike(group=result.group, actor=staff, now=NOW)


def test_one_of_a_group_is_undone_alone_and_the_group_without_it(gone, staff):
    result = settle(staff, gone, "placed", place="suspended")
    one, other = gone
    undo_decision(finding=one, actor=staff, now=NOW)
    assert Student.objects.get(pk=one.student_id).state == "studying"
    assert Student.objects.get(pk=other.student_id).state == "suspended"
    assert undo_alike(group=result.group, actor=staff, now=NOW) == 1
    assert Student.objects.get(pk=other.student_id).state == "studying"


def test_an_earlier_answer_with_consequences_is_a_case_of_its_own(gone, staff):
    one, other = gone
    settle_finding(finding=one, verdict="placed", place="graduated", actor=staff, now=NOW)
    Finding.objects.filter(pk=one.pk).update(state="open", evidence_digest="e" * 64)
    result = settle(staff, gone, "placed", place="out_of_county")
    assert (result.settled, result.left_out) == (1, 1)
    assert Finding.objects.get(pk=one.pk).state == "open"
    assert Decision.objects.get(finding=other).place == "out_of_county"


def test_another_township_takes_no_group_back(county, staff):
    result = settle(staff)
    for prefix in ("530623100", "530623101"):
        with pytest.raises(Refusal) as refusal:
            undo_alike(
                group=result.group,
                actor=actor_of("township_officer", division_prefix=prefix),
                now=NOW,
            )
        assert refusal.value.code == "out-of-scope"
    assert old(state="settled").count() == 4


def test_any_number_costs_the_same(world, staff):
    def cost(count):
        for _n in range(count):
            world.student("老大", world.next_id(OLD), grade=1)
        run(world)
        with CaptureQueriesContext(connection) as asked:
            settle(staff, old(state="open"))
        return len(asked)

    few = cost(3)
    assert cost(40) == few
