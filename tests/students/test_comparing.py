"""Two states of one list compared: who is recognised as whom, what is told, who may read it."""

import random
from collections import Counter
from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from povedu.accounts.selectors import operator
from povedu.errors import Refusal
from povedu.scope import Scope
from povedu.terms import Term
from students.choices import Basis, ChangeKind
from students.models import Change, Comparison, RegisterEntry, RegisterSnapshot
from students.rules.comparing import (
    Listed,
    Span,
    fell_back,
    paired,
    register_differences,
    roster_differences,
    span_between,
)
from students.rules.comparing import Rostered as Pupil
from students.selectors.comparisons import by_stage, by_township, changes_of, summed
from students.services.compare import compare
from students.services.reconcile import reconcile
from students.views.comparisons import sentence
from tests.factories import actor_of, sign_in
from tests.students.world import CIVIL, NOW, TERM

FIXED = 12  # queries, however many rows
WHOLE = Scope("530623")
BORN = date(2006, 3, 5)


def person(name="甲", number="1", household="H1", **more):
    given = {
        "person_no": "",
        "birth_on": BORN,
        "division": "530623100001",
        "home": "东村",
        "category": "registered_poor",
        "stated": "一般贫困户",
        "risk_removed": None,
        "stage": "primary",
    } | more
    return Listed(name=name, normal_name=name, id_index=number, household_no=household, **given)


def kinds(old, new):
    return Counter(one.kind for one in register_differences(old, new))


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"name": "贾"}, ChangeKind.RENAMED),
        ({"home": "西村", "division": "530623101001"}, ChangeKind.MOVED),
        ({"household": "H2"}, ChangeKind.HOUSEHOLD),
        ({"category": "rural_low"}, ChangeKind.CATEGORY),
        ({"number": "9"}, ChangeKind.NUMBER),
    ],
)
def test_one_thing_changed_is_one_change(changed, kind):
    assert kinds([person()], [person(**changed)]) == {kind: 1}
    assert kinds([person()], [person()]) == {}


def test_new_and_gone():
    old, new = [person("甲", "1"), person("乙", "2")], [person("甲", "1"), person("丁", "4", "H4")]
    assert kinds(old, new) == {ChangeKind.GONE: 1, ChangeKind.NEW: 1}


def test_somebody_whose_number_was_corrected_is_the_same_person():
    """By household and name; two of one name in a household are nobody's guess."""
    assert kinds([person(number="")], [person(number="5")]) == {}
    twins = [person(number=""), person(number="")]
    assert kinds(twins, [person(number="5")]) == {ChangeKind.GONE: 2, ChangeKind.NEW: 1}
    alone = person(household="", number="")
    assert kinds([alone], [alone._replace(id_index="5")]) == {}
    other_village = alone._replace(division="530623101001", id_index="5")
    assert kinds([alone], [other_village]) == {ChangeKind.GONE: 1, ChangeKind.NEW: 1}


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({}, {"stated": "返贫户"}, True),
        ({"category": "lifted"}, {"category": "registered_poor"}, True),
        ({"stated": "已脱贫"}, {"stated": "未脱贫"}, True),
        ({"risk_removed": True}, {"risk_removed": False}, True),
        ({"stated": "已脱贫"}, {"stated": "已脱贫"}, False),
        ({"category": "lifted"}, {"category": "lifted"}, False),
        ({}, {}, False),
        ({"risk_removed": False}, {"risk_removed": True}, False),
        ({}, {"stated": "防返贫监测"}, False),
    ],
)
def test_returned_to_poverty(was, now, expected):
    assert fell_back(person(**was), person(**now)) is expected


def test_a_removed_risk_is_told_once():
    old, new = person(risk_removed=False), person(risk_removed=True)
    assert kinds([old], [new]) == {ChangeKind.RISK_REMOVED: 1}
    assert kinds([person(risk_removed=None)], [new]) == {}


@given(st.integers(0, 2**32))
def test_everybody_is_accounted_for_once(seed):
    """Pairs, gone and new make up both lists; nobody stands in two of them."""
    dice = random.Random(seed)  # invented lists, repeatable by their seed

    def some():
        return [
            (n, dice.choice(["", *"abcdef"]), dice.choice(["", *"xyz"]))
            for n in range(dice.randint(0, 12))
        ]

    old, new = some(), [(n + 100, *rest) for n, *rest in some()]
    found = list(paired(old, new, lambda row: row[1] or None, lambda row: row[2] or None))
    left = [one[0] for one, _other in found if one]
    right = [other[0] for _one, other in found if other]
    assert len(left) == len(set(left))
    assert len(right) == len(set(right))
    once = {row[1] or row[0] for row in old}
    assert len(left) == len(once), "repeats of a number count once, everybody else stays"
    for one, other in found:
        assert one or other
        if one and other:
            assert one[1] == other[1] != "" or one[2] == other[2] != ""


def pupil(**more):
    given = {
        "student": 1,
        "name": "甲",
        "school": "S1",
        "school_name": "一小",
        "division": "530623100000",
        "stage": "primary",
        "grade": 3,
        "boards": False,
        "state": "studying",
        "claim": "",
    }
    return Pupil(**(given | more))


@pytest.mark.parametrize(
    ("changed", "years", "found"),
    [
        ({}, 0, []),
        ({"grade": 4}, 1, []),
        ({"grade": 3}, 1, ["grade"]),
        ({"grade": 5}, 1, ["grade"]),
        ({"school": "S2"}, 0, ["moved"]),
        ({"boards": True}, 0, ["boarding"]),
        ({"state": "suspended"}, 0, ["state"]),
        ({"claim": "建档立卡"}, 0, ["claim"]),
    ],
)
def test_two_rosters(changed, years, found):
    got = [str(one.kind) for one in roster_differences([pupil()], [pupil(**changed)], years=years)]
    assert got == found


def test_going_up_to_junior_school_is_a_stage_and_no_odd_grade():
    old, new = pupil(grade=6), pupil(stage="junior", grade=7, school="S9")
    got = {str(one.kind) for one in roster_differences([old], [new], years=1)}
    assert got == {"moved", "stage"}


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        (date(2016, 6, 30), date(2016, 10, 31), Span(4, "month")),
        (date(2016, 6, 30), date(2016, 10, 30), Span(4, "month")),
        (date(2016, 6, 30), date(2016, 10, 29), Span(3, "month")),
        (date(2016, 1, 31), date(2016, 2, 29), Span(1, "month")),
        (date(2016, 6, 30), date(2016, 7, 20), Span(20, "day")),
    ],
)
def test_how_long_it_was(first, last, span):
    assert span_between(first, last) == span


# --- from the records ---------------------------------------------------------------------------


def make(world, before, after):
    return compare(county=world.county, before=before, after=after, actor=operator(), now=NOW)


@pytest.fixture
def two(world):
    """Two snapshots four months apart; three new, one gone, one moved to the next township."""
    first, last = world.snapshot(as_of=date(2016, 6, 30)), world.snapshot(as_of=date(2016, 10, 31))
    stays, goes, moves = (world.next_id(BORN) for _ in range(3))
    t1, t2 = "530623100000", "530623101000"
    world.entry(first, "留下", stays, division_id=t1, township="T1")
    world.entry(first, "退出", goes, division_id=t1, township="T1")
    world.entry(first, "迁走", moves, division_id=t1, township="T1")
    world.entry(last, "留下", stays, division_id=t1, township="T1")
    world.entry(last, "迁走", moves, division_id=t2, township="T2")
    for n in range(3):
        world.entry(last, f"新人{n}", world.next_id(BORN), division_id=t2, township="T2")
    return first, last


def test_the_sentence_the_counts_and_the_rows_agree(world, two):
    found = make(world, *two)
    assert found.changes_count == {"new": 3, "gone": 1, "moved": 1}
    rows = changes_of(WHOLE, found)
    townships = {one.label: one.counts for one in by_township(rows)}
    assert townships == {"T1": {"gone": 1}, "T2": {"new": 3, "moved": 1}}
    assert [(one.key, sum(one.counts.values())) for one in by_stage(rows)] == [("primary", 5)]
    assert summed(by_township(rows)) == found.changes_count
    assert sentence(found, found.changes_count) == "4个月内新增 3 人，退出 1 人，迁移或转学 1 人。"
    assert rows.count() == 5


def test_which_is_earlier_is_found_out_and_again_replaces(world, two):
    first, last = two
    backwards = make(world, last, first)
    assert (backwards.before_key, backwards.after_key) == (str(first.pk), str(last.pk))
    again = make(world, first, last)
    assert list(Comparison.objects.all()) == [again]
    assert Change.objects.count() == 5


def test_sides_that_are_no_two_states_of_one_list_are_refused(world, two):
    first, _last = two
    for other in (first, world.snapshot(CIVIL), Term.parse("2016-1")):
        with pytest.raises(Refusal):
            make(world, first, other)
    assert not Comparison.objects.exists()


def test_a_township_sees_who_came_and_who_left_and_nobody_else(world, two):
    found = make(world, *two)
    assert {one.name for one in changes_of(Scope("530623100"), found)} == {"退出", "迁走"}
    assert changes_of(Scope("530623101"), found).count() == 4
    assert not changes_of(Scope("530624"), found).exists()
    assert not changes_of(Scope("530623100", "2153000001"), found).exists()


def test_rosters_of_two_terms(world):
    student = world.student("张三", world.next_id(BORN), grade=3)
    world.student("李四", world.next_id(BORN), grade=3)
    after = Term.parse("2016-2")
    world.enrol(student, "S2", after, grade=3)
    found = make(world, TERM, after)
    assert found.basis == Basis.TERMS
    assert found.changes_count == {"gone": 1, "moved": 1}
    assert sentence(found, found.changes_count).startswith("6个月内")


def test_two_runs(world):
    first = world.student("张三", world.next_id(BORN))
    entry = world.entry(world.snapshot(), "李四", world.next_id(BORN), division_id="530623100000")
    before = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    student = world.student("李四", str(RegisterEntry.objects.get(pk=entry.pk).id_number.reveal()))
    after = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    found = make(world, before, after)
    assert found.changes_count == {"brought-back": 1}
    change = Change.objects.get()
    assert (change.student_key, change.before, change.after) == (student.pk, "suspected", "here")
    assert first.pk != student.pk


def test_the_page_filters_and_shows_exactly_what_it_says(world, two):
    found = make(world, *two)
    staff = sign_in(actor_of("office_staff", office="aid"))
    url = found.get_absolute_url()
    text = staff.get(url).content.decode()
    assert "4个月内新增 3 人" in text
    assert f"{url}?kind=new&amp;township=530623101000" in text
    text = staff.get(f"{url}?kind=new&township=530623101000").content.decode()
    assert "新人0" in text
    assert "退出</td>" not in text
    officer = sign_in(actor_of("township_officer", division_prefix="530623100"))
    text = officer.get(url).content.decode()
    assert "新人0" not in text
    assert "4个月内退出 1 人，迁移或转学 1 人。" in text


def test_asking_for_a_comparison_makes_one(
    world, two, settings, django_capture_on_commit_callbacks
):
    staff = sign_in(actor_of("office_staff", office="aid"))
    first, last = two
    url = reverse("students:comparison-start", args=["snapshots"])
    page = staff.post(url, {"before": first.pk, "after": first.pk})
    assert page.status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        answer = staff.post(url, {"before": first.pk, "after": last.pk})
    assert answer.status_code == 302
    assert answer.url.startswith("/jobs/")
    assert staff.get(reverse("students:comparison-start", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("size", [20, 400])
def test_it_asks_as_often_however_many_rows(world, size, django_assert_num_queries):
    first, last = world.snapshot(as_of=date(2016, 6, 30)), world.snapshot(as_of=date(2016, 10, 31))
    for snapshot, start in ((first, 0), (last, size // 2)):
        RegisterEntry.objects.bulk_create(
            RegisterEntry(
                snapshot=snapshot,
                row_number=n,
                name=f"N{n}",
                normal_name=f"N{n}",
                id_index=f"{n:032x}",
                category="registered_poor",
            )
            for n in range(start, start + size)
        )
    first = RegisterSnapshot.objects.get(pk=first.pk)
    with django_assert_num_queries(FIXED):
        found = make(world, first, last)
    assert found.changes_count == {"new": size // 2, "gone": size // 2}
