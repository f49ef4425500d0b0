"""Only what is new is weighed, and nobody can tell by the outcome."""

import random
from datetime import date, timedelta

import pytest

from benchmarks.accuracy import digits_of
from benchmarks.county import as_inputs, county
from povedu.accounts.selectors import operator
from students.linkage.model import known_model
from students.linkage.scoring import score
from students.linkage.weighing import Weighed, marks_of, packed, unpacked, weigh_anew
from students.models import Finding, Link, PlacedChild, Student, Weighing
from students.rules.matching import Child, shortlist
from students.selectors.numbers import stated_numbers
from students.services import reconcile as service
from students.services.weighing import keep_weighed, weighed_before
from tests.students.world import NOW, TERM

BORN = date(2007, 3, 5)


@pytest.fixture(scope="module")
def lists():
    """The rows of a county that no number has joined, and a scorer of them."""
    inputs, children, entries = as_inputs(county(140, 220, seed=8))
    listed = [one for register in inputs.registers for one in register.listed]
    numbers = digits_of(children, entries)(inputs.children, listed)
    left, right = shortlist(inputs.children, listed)

    def weigh(children, entries):
        return score(children, entries, model=known_model(), digits=lambda *_rows: numbers)

    return left, right, weigh


def changed(rows, draw):
    """Return rows of which some are gone, some say something else, and one is new."""
    ways = (
        lambda one: one._replace(name=one.name + "明"),
        lambda one: one._replace(birth_on=one.birth_on and one.birth_on + timedelta(days=1)),
        lambda one: one._replace(sex=""),
        lambda one: one._replace(township="530623109"),
        lambda one: one._replace(stated_index="other"),
    )
    found = [draw.choice(ways)(one) if draw.random() < 0.05 else one for one in rows]
    kept = [one for one in found if draw.random() > 0.03]
    return [*kept, draw.choice(rows)._replace(pk=max(one.pk for one in rows) + 1)]


@pytest.mark.parametrize("seed", range(6))
def test_a_few_changes_weigh_like_everything_anew(lists, seed):
    left, right, weigh = lists
    known = weigh_anew(left, right, Weighed(), weigh)
    asked = []

    def counted(children, entries):
        asked.append(len(children) * len(entries))
        return weigh(children, entries)

    draw = random.Random(seed)
    now = changed(left, draw), changed(right, draw)
    found = weigh_anew(*now, known, counted)
    assert found.pairs == weigh(*now)
    assert found.pairs != known.pairs
    assert sum(asked) < 0.5 * len(now[0]) * len(now[1])


def test_the_same_rows_are_not_weighed_and_many_new_ones_at_once(lists):
    left, right, weigh = lists
    known = weigh_anew(left, right, Weighed(), weigh)
    assert known.pairs
    assert weigh_anew(left[::-1], right[::-1], known, None) is known  # None would fail if called
    asked = []

    def counted(*sides):
        asked.append([len(one) for one in sides])
        return []

    weigh_anew(left, [one._replace(head="赵") for one in right], known, counted)
    assert asked == [[len(left), len(right)]]


def test_rows_that_are_gone_take_their_pairs_along(lists):
    left, right, weigh = lists
    known = weigh_anew(left, right, Weighed(), weigh)
    gone = known.pairs[0].child
    found = weigh_anew([one for one in left if one.pk != gone], right, known, None)
    assert found.pairs == [one for one in known.pairs if one.child != gone]


def test_every_field_of_a_row_counts():
    child = Child(1, "甲", "jia", "M", BORN, "a", "b", "c", False, True, "t", "v", "g")
    seen = {marks_of([child])[1]}
    for place in range(1, len(child)):
        other = [*child]
        other[place] = not other[place] if isinstance(other[place], bool) else None
        seen.add(marks_of([Child._make(other)])[1])
    assert len(seen) == len(child)
    assert marks_of([]) == {}


def test_what_is_kept_comes_back_and_names_nobody(lists):
    left, right, weigh = lists
    known = weigh_anew(left, right, Weighed(), weigh)
    kept = packed(known)
    assert unpacked(**kept) == known
    said = b"".join(kept.values()).decode(errors="replace")
    assert not [one for one in left if one.name in said or (one.id_index and one.id_index in said)]
    assert unpacked(**packed(Weighed())) == Weighed({}, {}, [])


# --- a county's runs ------------------------------------------------------------------------------


@pytest.fixture
def asking(world):
    """Three children whom only a question can join, and their rows."""
    snapshot = world.snapshot()
    for name in ("王芳芳", "李明轩", "赵思涵"):
        world.student(name, birth_on=BORN)
        world.entry(snapshot, name, world.next_id(BORN))
    return world


def run(world):
    return service.reconcile(county=world.county, term=TERM, actor=operator(), now=NOW, again=True)


def outcome():
    findings = Finding.objects.order_by("kind", "subject_key")
    return [
        list(findings.values_list("kind", "subject_key", "probability", "evidence", "state")),
        sorted(Link.objects.filter(missed_by=None).values_list("student", "entry", "probability")),
        sorted(PlacedChild.objects.filter(missed_by=None).values_list("student", "place")),
    ]


@pytest.fixture
def weighings(monkeypatch):
    """What the runs of the test weighed: how many children against how many rows."""
    seen = []

    def weigh(children, entries, **more):
        seen.append((len(children), len(entries)))
        return score(children, entries, **more)

    monkeypatch.setattr(service, "score", weigh)
    return seen


def test_a_later_run_weighs_only_who_is_new(asking, weighings):
    run(asking)
    assert weighings == [(3, 3)]
    kept = Weighing.objects.get()
    run(asking)
    assert weighings == [(3, 3)]
    for name in ("孙七", "周八", "吴九", "郑十", "冯一", "陈二", "褚三"):
        asking.student(name, birth_on=BORN)
    run(asking)
    assert weighings[1:] == [(10, 3)]  # most are new: all at once
    Student.objects.filter(name="王芳芳").update(normal_name="王方方", pinyin="wangfangfang")
    run(asking)
    assert weighings[2:] == [(1, 3)]
    found = outcome()
    assert found[1]
    Weighing.objects.all().delete()
    run(asking)
    assert weighings[3:] == [(10, 3)]
    assert outcome() == found
    assert Weighing.objects.get().pk != kept.pk


def test_a_run_that_is_not_written_keeps_nothing(asking, weighings):
    seen = service.read(county=asking.county, term=TERM)
    service.prepare(seen=seen)
    assert weighings == [(3, 3)]
    assert not Weighing.objects.exists()


def test_another_model_or_program_weighs_anew(asking):
    keep_weighed(asking.county, "a", Weighed({1: 2**64 - 1}, {}, ()))
    assert weighed_before(asking.county, "a").children == {1: 2**64 - 1}
    assert weighed_before(asking.county, "b") == Weighed()
    keep_weighed(asking.county, "b", Weighed())
    assert weighed_before(asking.county, "a") == Weighed()


def test_numbers_are_compared_whoever_else_is_weighed(world):
    """Two full numbers are a pair under one name and first fifteen digits: both are read."""
    first, second = world.next_id(BORN), ""
    while not second.startswith(first[:15]) or second == first:
        second = world.next_id(BORN)
    child = world.student("王芳芳", first)
    entry = world.entry(world.snapshot(), "王芳芳", second)
    seen = service.read(county=world.county, term=TERM)
    (register,) = seen.inputs.registers
    children, entries = stated_numbers(seen.inputs.children, register.listed)
    assert (children, entries) == ({child.pk: first}, {entry.pk: second})
    others = [one._replace(name="李") for one in seen.inputs.children]
    assert stated_numbers(others, register.listed) == ({}, {})
