"""Every child of school age in exactly one place, and the ledgers that follow from it."""

import random
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from povedu.accounts.selectors import operator
from povedu.scope import Scope
from povedu.terms import Term
from students.choices import DropoutState, Outcome, Place
from students.models import DropoutCase, Finding, PlacedChild, Student
from students.rules.matching import Listed
from students.rules.placing import (
    children_of_school_age,
    outcome_of,
    place_all,
    places_of,
    unlinked_children,
)
from students.rules.reconciling import partition_of
from students.rules.records import Enrolled, Inputs, OpenCase, Pupil, Register, Row, Site
from students.rules.schooling import is_school_age
from students.selectors.held import held_places
from students.selectors.partition import count_places, ledgers, partition, with_outcome
from students.services.dropouts import ReturnDetails, close_case, record_return
from students.services.reconcile import reconcile
from students.services.settle import settle_finding, undo_decision
from tests import factories as make
from tests.students.world import NOW, TERM

COUNTY = "530623"
SITES = {
    1: Site(1, "530623100000", "A", outside=False),
    2: Site(2, "530623101000", "B", outside=False),
    3: Site(3, "530624100000", "C", outside=True),
    4: Site(4, "330106100000", "D", outside=True),
}
EDGE = date(2010, 8, 31)  # six on 31 August 2016, just
HOMES = ["", "530623100000", "530623101000", "530623000000", "530624100000"]
STATES = ["studying", "suspended", "graduated", "left", "deceased"]
PLACES = ["", *Place.values]


def county_of(seed):
    """Return a county's inputs and what people found out: any state, any overlap, any gap."""
    dice = random.Random(seed)  # invented data, repeatable by its seed

    def pick(choices):
        return dice.choice(list(choices))

    def day(first, last):
        return date.fromordinal(dice.randint(first.toordinal(), last.toordinal()))

    def born():
        return pick([None, day(date(1998, 1, 1), date(2013, 12, 31)), EDGE, EDGE])

    pupils = {
        pk: Pupil(pk, pick(STATES), born(), pick(HOMES), pick([None, *SITES]))
        for pk in range(1, dice.randint(0, 12) + 1)
    }
    enrolled = [
        Enrolled(
            n,
            pick(pupils),
            pick(SITES),
            pick(["primary", "junior", "senior"]),
            pick([None, *range(1, 10)]),
            pick([True, False]),
            "",
        )
        for n in range(dice.randint(0, 16) if pupils else 0)
    ]
    listed, rows = [], {}
    for pk in range(1, dice.randint(0, 12) + 1):
        number = pick(["", "x1", "x2", "x3"])
        birth_on = born()
        listed.append(
            Listed(
                pk, f"N{pk % 3}", "", "", birth_on, number, number, "", recovered=False, township=""
            )
        )
        rows[pk] = Row(
            *(pk, "registered_poor", None, "", "", pick([True, False, False]), pick(HOMES), "", ""),
            pick(PLACES),
        )
    cases = [
        OpenCase(
            n,
            pick([None, *pupils]),
            pick(["", "x1", "x9"]),
            f"N{n}",
            born(),
            pick(one for one in DropoutState.values if one != "closed"),
            pick([None, day(date(2016, 1, 1), date(2017, 3, 1))]),
            pick(HOMES),
            pick([None, *SITES]),
        )
        for n in range(dice.randint(0, 4))
    ]
    inputs = Inputs(
        county=COUNTY,
        term=TERM,
        children=(),
        pupils=pupils,
        schools=SITES,
        enrolments=enrolled[::2],
        before=enrolled[1::2],
        registers=[Register("poverty-register", 1, date(2016, 6, 30), listed, rows)],
        cases=cases,
    )
    return inputs, {pk: pick(PLACES) for pk in pupils}


counties = st.integers(0, 2**32).map(county_of)


def placed_in(inputs, decided):
    return place_all(
        inputs, unlinked_children(inputs, set()), decided_students=decided, decided_persons={}
    )


@given(counties)
def test_every_child_is_in_exactly_one_place_and_the_parts_sum_to_the_whole(drawn):
    inputs, decided = drawn
    placed = placed_in(inputs, decided)
    counts = partition_of(placed)
    assert sum(counts.values()) == len(placed)
    assert set(counts) == set(Place.values)
    students = [one.student for one in placed if one.student]
    assert sorted(students) == sorted(one.pk for one in children_of_school_age(inputs))
    assert len(set(students)) == len(students)
    rows = [one.entry for one in placed if one.entry]
    assert len(set(rows)) == len(rows)
    numbers = [
        listed.id_index
        for listed in inputs.registers[0].listed
        if listed.pk in rows and listed.id_index
    ]
    assert len(set(numbers)) == len(numbers), "one person of a register was counted twice"
    old_enough = {
        listed.id_index or (listed.name, listed.birth_on)
        for listed in inputs.registers[0].listed
        if is_school_age(listed.birth_on, TERM)
        and not inputs.registers[0].rows[listed.pk].is_household
    }
    assert len(rows) == len(old_enough), "a person of a register was left out"


@given(counties)
def test_the_six_outcomes_sum_to_the_whole(drawn):
    placed = placed_in(*drawn)
    counts = dict.fromkeys(Outcome.values, 0)
    for one in placed:
        counts[outcome_of(one.place, returned=one.returned)] += 1
    assert sum(counts.values()) == len(placed)


def test_a_place_without_an_outcome_would_be_found_out():
    """The control: the grouping leaves out no place, and each is in one outcome of the record."""
    grouped = [
        place
        for outcome in Outcome
        if outcome != Outcome.BROUGHT_BACK
        for place in places_of(outcome)
    ]
    assert sorted(grouped) == sorted(Place)
    assert sorted([*grouped, Place.HERE]) != sorted(Place)


@given(counties, st.integers(5, 7), st.integers(14, 17))
def test_school_age_may_be_set_otherwise(drawn, youngest, oldest):
    inputs, decided = drawn
    wider = replace(inputs, ages=(youngest, oldest))
    for one in placed_in(wider, decided):
        if one.entry:
            born = next(x.birth_on for x in inputs.registers[0].listed if x.pk == one.entry)
            assert is_school_age(born, TERM, (youngest, oldest))


# --- the ledgers in the database ----------------------------------------------------------------

BORN_THEN = date(2006, 3, 5)
WHOLE = Scope(division_prefix=COUNTY)


@pytest.fixture
def run(world):
    def go(term=TERM):
        return reconcile(county=world.county, term=term, actor=operator(), now=NOW)

    return go


def agree():
    found = ledgers(WHOLE, TERM, (6, 15))
    return {line.place: (line.placed, line.open) for line in found.lines}, [
        line.agrees for line in found.lines
    ]


def outsider(world, name="李明"):
    return world.entry(world.snapshot(), name, world.next_id(BORN_THEN), division_id="530623100000")


def finding_of(entry):
    return Finding.objects.get(entry=entry, kind="not-on-roster")


def test_a_suspected_child_gets_a_case_that_says_who_it_is(world, run):
    entry = outsider(world)
    entry.refresh_from_db()
    run()
    case = DropoutCase.objects.get()
    assert (case.state, case.name, case.id_index) == ("suspected", "李明", entry.id_index)
    assert case.id_number.reveal() == entry.id_number.reveal()
    assert case.division_id == "530623100000"
    assert PlacedChild.objects.get(entry=entry).case == case
    assert agree() == ({"suspected": (1, 1), "dropped_out": (0, 0)}, [True, True])
    run()
    assert DropoutCase.objects.count() == 1


def test_settling_moves_child_and_case_at_once_and_undoing_moves_them_back(world, run):
    entry = outsider(world)
    found = run()
    decision = {"actor": operator(), "now": NOW}
    settle_finding(finding=finding_of(entry), verdict="placed", place="out_of_province", **decision)
    child = PlacedChild.objects.get(entry=entry)
    found.refresh_from_db()
    assert (child.place, child.case.state) == ("out_of_province", "returned")
    assert (found.partition["out_of_province"], found.partition["suspected"]) == (1, 0)
    assert agree()[1] == [True, True]
    again = run()
    assert again.partition["out_of_province"] == 1
    undo_decision(finding=finding_of(entry), **decision)
    child = PlacedChild.objects.get(entry=entry, reconciliation=again)
    assert (child.place, child.case.state) == ("suspected", "suspected")
    assert agree() == ({"suspected": (1, 1), "dropped_out": (0, 0)}, [True, True])


def test_what_is_found_out_after_a_run_leaves_the_runs_before_as_they_were(world, run):
    entry = outsider(world)
    first = run()
    case = DropoutCase.objects.get()
    second = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW, again=True)
    settle_finding(
        finding=finding_of(entry),
        verdict="placed",
        place="out_of_province",
        actor=operator(),
        now=NOW,
    )
    places = [held_places(one).get().place for one in (first, second)]
    assert places == ["suspected", "out_of_province"]
    assert [held_places(one).get().case for one in (first, second)] == [case, case]
    for one in (first, second):
        one.refresh_from_db()
        assert one.partition == count_places(one)
    assert agree()[1] == [True, True]


@pytest.mark.parametrize(
    ("place", "state"),
    [("dropped_out", "dropped_out"), ("suspended", "explained"), ("deceased", "explained")],
)
def test_a_case_takes_the_state_that_its_childs_place_means(world, run, place, state):
    entry = outsider(world)
    run()
    settle_finding(
        finding=finding_of(entry), verdict="placed", place=place, actor=operator(), now=NOW
    )
    assert DropoutCase.objects.get().state == state
    assert agree()[1] == [True, True]
    assert DropoutCase.objects.get().closed_on is None, "closing is left to people"


def test_a_child_found_on_a_roster_returns_and_says_which_school(world, run):
    number = world.next_id(BORN_THEN)
    student = world.student("王芳", number, term=None)
    world.student("同校", world.next_id(BORN_THEN))  # the school has handed its roster in
    run()
    assert DropoutCase.objects.get().state == "suspected"
    world.enrol(student, "S2")
    run()
    case = DropoutCase.objects.get()
    assert (case.state, case.returned_school) == ("returned", "School 2")
    assert agree()[1] == [True, True]


def test_a_return_recorded_by_hand_counts_until_the_next_term(world, run):
    number = world.next_id(BORN_THEN)
    student = world.student("王芳", number, term=None)
    world.student("同校", world.next_id(BORN_THEN))
    run()
    details = ReturnDetails(returned_on=date(2016, 10, 8), returned_school="School 1")
    case = DropoutCase.objects.get()
    record_return(case=case, details=details, actor=operator(), now=NOW)
    child = PlacedChild.objects.get(student=student)
    assert (child.place, child.returned) == ("here", True)
    assert with_outcome(PlacedChild.objects.all(), Outcome.BROUGHT_BACK).count() == 1
    assert with_outcome(PlacedChild.objects.all(), Outcome.AT_SCHOOL).count() == 1
    assert run().partition["here"] == 2
    world.enrol(Student.objects.get(name="同校"), "S1", Term.parse("2016-2"))
    later = run(Term.parse("2016-2"))
    assert later.partition["suspected"] == 1
    case.refresh_from_db()
    assert case.state == "suspected"


def test_a_run_over_an_older_term_leaves_the_ledgers_alone(world, run):
    number = world.next_id(BORN_THEN)
    world.student("王芳", number)
    run()
    assert not DropoutCase.objects.exists()
    outsider(world)
    run(Term.parse("2015-2"))
    assert not DropoutCase.objects.exists()


def test_a_child_whom_only_a_case_knows_is_placed_too(world, run):
    case = make.DropoutCaseFactory(
        county=world.county, school=None, division=None, birth_on=BORN_THEN, state="dropped_out"
    )
    beyond = make.DropoutCaseFactory(
        county=world.county, school=None, division=None, birth_on=date(1999, 1, 1)
    )
    assert run().partition["dropped_out"] == 1
    child = PlacedChild.objects.get()
    assert (child.case, child.student, child.entry) == (case, None, None)
    found = {line.place: line for line in ledgers(WHOLE, TERM, (6, 15)).lines}
    assert (found["suspected"].open, found["suspected"].beyond) == (1, 1)
    assert all(line.agrees for line in found.values())
    assert beyond.state == "suspected"


def test_disagreement_is_said(world, run):
    """The control for every ``agrees`` above: a case changed behind the services is told."""
    outsider(world)
    run()
    assert agree()[1] == [True, True]
    DropoutCase.objects.update(state="returned")
    assert agree() == ({"suspected": (1, 0), "dropped_out": (0, 0)}, [False, True])
    DropoutCase.objects.update(state="suspected")
    PlacedChild.objects.update(case=None)
    assert agree() == ({"suspected": (1, 1), "dropped_out": (0, 0)}, [False, True])


def test_closing_a_suspected_case_is_told_beside_the_figures(world, run):
    outsider(world)
    run()
    case = DropoutCase.objects.get()
    close_case(
        case=case,
        closed_on=NOW.date(),
        closed_evidence="户籍证明",
        actor=operator(),
        now=NOW,
    )
    line = ledgers(WHOLE, TERM, (6, 15)).lines[0]
    assert (line.placed, line.open, line.closed_since, line.agrees) == (1, 0, 1, True)


def test_the_table_by_township_sums_and_compares_with_the_run_before(world, run):
    for n, school in enumerate(("S1", "S1", "S2")):
        home = world.schools[school].division
        world.student(f"赵{n}", world.next_id(BORN_THEN), school=school, home_division=home)
    first = run()
    entry = outsider(world)
    second = run()
    found = partition(WHOLE, second)
    assert found.before == first
    keys = [key for key, _label in found.columns]
    table = {line.name: dict(zip(keys, line.cells, strict=True)) for line in found.lines}
    assert table["T1"]["here"].count == 2
    assert (table["T1"]["suspected"].count, table["T1"]["suspected"].change) == (1, 1)
    assert table["T2"]["here"].count == 1
    assert found.total.total.count == 4 == sum(second.partition.values())
    grouped = partition(WHOLE, second, by_outcome=True)
    assert grouped.total.total.count == 4
    assert len(grouped.columns) == 6
    township = partition(Scope(division_prefix="530623101"), second)
    assert township.total.total.count == 1
    assert entry.pk


def test_the_pages_show_the_figures_and_lead_to_the_children(world, run):
    outsider(world)
    world.student("赵一", world.next_id(BORN_THEN), home_division_id="530623100000")
    found = run()
    client = make.sign_in(make.actor_of("office_staff", office="aid"))
    page = client.get(reverse("students:run-partition", args=[found.pk])).content.decode()
    children = reverse("students:run-children", args=[found.pk])
    assert f"{children}?place=suspected&amp;township=530623100000" in page
    shown = client.get(f"{children}?place=suspected&township=530623100000").content.decode()
    assert "李明" in shown
    assert "赵一" not in shown
    assert client.get(f"{children}?outcome=at_school").content.decode().count("赵一") == 1
    session = client.session
    session["term"] = TERM.code
    session.save()
    page = client.get(reverse("students:ledgers")).content.decode()
    assert "一致" in page
