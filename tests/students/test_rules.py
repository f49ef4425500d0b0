"""The pure rules on made-up data: words, school age, timelines, partition, matching."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from povedu.terms import Term
from students.choices import LinkStage, Place
from students.rules import timeline
from students.rules.matching import Child, Listed, identity_pairs, questions, shortlist
from students.rules.placing import children_of_school_age
from students.rules.reconciling import content_of, partition_of
from students.rules.reconciling import reconcile as reconcile_with
from students.rules.records import Enrolled, Inputs, Pupil, Register, Remembered, Row, Site
from students.rules.schooling import age_outside_grade, is_school_age, state_differs
from students.rules.words import categories_of, category_in_register, category_of
from tests.students import oracle

TERM = Term.parse("2016-1")
COUNTY = "530623"


@pytest.mark.parametrize(
    ("word", "year", "category"),
    [
        ("建档立卡贫困户", 2016, "registered_poor"),
        ("是", 2016, "other"),
        ("否", 2016, ""),
        ("非贫困户", 2016, ""),
        ("", 2016, ""),
        ("农村低保", 2016, "rural_low"),
        ("城镇低保户", 2016, "urban_low"),
        ("低保边缘家庭", 2022, "low_margin"),
        ("特困供养", 2016, "destitute"),
        ("脱贫户", 2022, "lifted"),
        ("已脱贫", 2017, "registered_poor"),
        ("脱贫不稳定户", 2022, "unstable"),
        ("边缘易致贫户", 2022, "edge"),
        ("突发严重困难户", 2022, "sudden"),
        ("肢体残疾", 2016, "disabled"),
        ("事实无人抚养儿童", 2022, "unattended"),
    ],
)
def test_words_by_year(word, year, category):
    assert category_of(word, date(year, 9, 1)) == category


def test_a_cell_may_hold_several_words():
    assert categories_of("建档立卡、残疾", date(2016, 9, 1)) == ("registered_poor", "disabled")


@pytest.mark.parametrize(
    ("stated", "monitored", "year", "category"),
    [
        ("一般贫困户", "", 2016, "registered_poor"),
        ("低保贫困户", "", 2016, "registered_poor"),
        ("", "", 2016, "registered_poor"),
        ("脱贫户", "", 2022, "lifted"),
        ("脱贫户", "脱贫不稳定户", 2022, "unstable"),
        ("一般农户", "", 2022, ""),
        ("一般农户", "边缘易致贫户", 2022, "edge"),
    ],
)
def test_what_a_row_of_the_poverty_register_confers(stated, monitored, year, category):
    found = category_in_register(
        "poverty-register", stated=stated, monitored=monitored, as_of=date(year, 6, 30)
    )
    assert found == category


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2010, 8, 31), True),
        (date(2010, 9, 1), False),
        (date(2000, 9, 1), True),
        (date(2000, 8, 31), False),
        (None, False),
    ],
)
def test_school_age_is_six_to_fifteen_on_31_august(born, expected):
    assert is_school_age(born, TERM) is expected
    assert is_school_age(born, TERM.next) is expected  # the same academic year


def test_ages_and_grades_as_they_are_written():
    assert age_outside_grade(date(2009, 9, 1), "primary", 1, TERM) == 0
    assert age_outside_grade(date(2002, 9, 1), "primary", 1, TERM) == 7
    assert age_outside_grade(date(2003, 9, 1), "junior", 7, TERM) == 0
    assert age_outside_grade(date(2003, 9, 1), "junior", 1, TERM) == 0


@pytest.mark.parametrize(
    ("state", "as_of", "stage", "grade", "differs"),
    [
        ("七年级", date(2016, 9, 10), "junior", 7, False),
        ("七年级", date(2016, 9, 10), "junior", 8, True),
        ("七年级", date(2016, 5, 1), "junior", 8, False),
        ("七年级", date(2016, 8, 20), "junior", 7, False),
        ("七年级", date(2016, 8, 20), "junior", 8, False),
        ("七年级", date(2016, 8, 20), "junior", 9, True),
        ("九年级", date(2016, 5, 1), "senior", 10, False),
        ("小学", date(2016, 9, 10), "junior", 7, True),
        ("", date(2016, 9, 10), "junior", 7, False),
    ],
)
def test_school_states(state, as_of, stage, grade, differs):
    assert state_differs(state, as_of, stage, grade, TERM) is differs


def reconcile(made):
    """Compare with the model written plainly; tests of linkage hold Splink to the same answers."""
    return reconcile_with(made, oracle.score)


# --- made-up counties ---------------------------------------------------------------------------

NAMES = ("甲", "乙", "丙")
BIRTHS = st.dates(date(1998, 1, 1), date(2013, 1, 1))
SITES = {
    1: Site(1, "530623100000", "S1", False),
    2: Site(2, "530623101000", "S2", False),
    3: Site(3, "530700000000", "S3", True),
    4: Site(4, "440100000000", "S4", True),
}


@st.composite
def inputs(draw):
    """A county of a few children on rosters and registers, in every combination."""
    children, pupils, enrolments, before = [], {}, [], []
    for pk in range(1, draw(st.integers(0, 8)) + 1):
        name, confirmed = draw(st.sampled_from(NAMES)), draw(st.booleans())
        born = draw(st.none() | BIRTHS)
        number = f"id{pk}" if confirmed else ""
        stated = number or draw(st.sampled_from(["", "bad1", "bad2"]))
        children.append(
            Child(pk, name, name, "", born, number, stated, "", False, confirmed, "530623100")
        )
        school = draw(st.none() | st.sampled_from(sorted(SITES)))
        state = draw(
            st.sampled_from(["studying", "studying", "suspended", "graduated", "left", "deceased"])
        )
        home = draw(st.sampled_from(["", "530623100201", "530623101201", "440100000000"]))
        pupils[pk] = Pupil(pk, state, born, home, school)
        for rows, base in ((enrolments, 100), (before, 500)):
            for school in sorted(draw(st.sets(st.sampled_from(sorted(SITES)), max_size=2))):
                stage, grade = draw(st.sampled_from([("primary", 3), ("junior", 9), ("senior", 1)]))
                claim = draw(st.sampled_from(["", "建档立卡"]))
                rows.append(
                    Enrolled(base + len(rows), pk, school, stage, grade, draw(st.booleans()), claim)
                )
    registers = [
        draw(register(kind, number))
        for number, kind in enumerate(("poverty-register", "civil-affairs-register"))
    ]
    return Inputs(
        county=COUNTY,
        term=TERM,
        children=children,
        pupils=pupils,
        schools=SITES,
        enrolments=enrolments,
        before=before,
        registers=registers,
    )


@st.composite
def register(draw, kind, number):
    listed, rows = [], {}
    for place in range(draw(st.integers(0, 8))):
        pk = 1000 * (number + 1) + place
        name, known = draw(st.sampled_from(NAMES)), draw(st.integers(0, 12))
        id_index = f"id{known}" if known else ""
        stated = id_index or draw(st.sampled_from(["", "bad1"]))
        listed.append(
            Listed(pk, name, name, "", draw(st.none() | BIRTHS), id_index, stated, "", False, "")
        )
        rows[pk] = Row(pk, "rural_low", None, "", "", draw(st.booleans()), "", "", "低保")
    return Register(kind, number + 1, date(2016, 6, 30), listed, rows, {})


@settings(max_examples=200, deadline=None)
@given(inputs())
def test_every_child_of_school_age_is_in_exactly_one_place(made):
    result = reconcile(made)
    counts = partition_of(result.placed)
    assert set(counts) == set(Place.values)
    assert sum(counts.values()) == len(result.placed)
    students = Counter(one.student for one in result.placed if one.student)
    assert set(students) == {pupil.pk for pupil in children_of_school_age(made)}
    assert set(students.values()) <= {1}
    entries = Counter(one.entry for one in result.placed if one.entry)
    assert set(entries.values()) <= {1}
    joined = {pair.entry for pair in result.pairs}
    assert not joined & set(entries)


@settings(max_examples=100, deadline=None)
@given(inputs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(made, random):
    shuffled = list(made.children)
    random.shuffle(shuffled)
    registers = []
    for one in made.registers:
        listed = list(one.listed)
        random.shuffle(listed)
        registers.append(replace(one, listed=listed))
    again = replace(made, children=shuffled, registers=registers)
    first, second = reconcile(made), reconcile(again)
    keys = {(one.kind, one.subject_key) for one in first.drafts}
    assert keys == {(one.kind, one.subject_key) for one in second.drafts}
    assert partition_of(first.placed) == partition_of(second.placed)
    assert content_of(first) == content_of(reconcile(made))


@settings(max_examples=150, deadline=None)
@given(inputs())
def test_nothing_below_a_full_number_joins_without_a_person(made):
    children = {one.pk: one for one in made.children}
    listed = {one.pk: one for register in made.registers for one in register.listed}
    for pair in reconcile(made).pairs:
        child, entry = children[pair.child], listed[pair.entry]
        if pair.automatic and pair.reason != "household-head":
            assert child.id_index
            assert child.id_index == entry.id_index
            assert child.name == entry.name
        if pair.stage == LinkStage.PROBABLE:
            assert not pair.automatic


@settings(max_examples=100, deadline=None)
@given(inputs(), st.sampled_from(["same-person", "not-same"]))
def test_a_decision_is_not_asked_again_and_nobody_is_assigned_twice(made, verdict):
    questions = [one for one in reconcile(made).drafts if one.kind == "probable-match"]
    if not questions:
        return
    asked = questions[0]
    memory = {(asked.kind, asked.subject_key): Remembered(verdict, "", asked.digest)}
    result = reconcile(replace(made, remembered=memory))
    rest = [one for one in result.drafts if one.kind == "probable-match"]
    open_ones = [one for one in rest if (one.kind, one.subject_key) not in memory]
    if verdict == "same-person":
        kinds = {register.kind: {r.pk for r in register.listed} for register in made.registers}
        of_kind = next(pks for pks in kinds.values() if asked.entry in pks)
        decided = [pair for _register, pair in result.sure if pair.stage == LinkStage.DECIDED]
        assert [(pair.child, pair.entry) for pair in decided] == [(asked.student, asked.entry)]
        assert not [
            one
            for one in open_ones
            if one.entry in of_kind and asked.student == one.student or one.entry == asked.entry
        ]
    else:
        assert not [
            pair
            for pair in result.pairs
            if (pair.child, pair.entry) == (asked.student, asked.entry)
        ]


@given(st.lists(st.integers(1, 3), max_size=6), st.lists(st.integers(1, 3), max_size=6))
def test_candidates_are_symmetric_and_unique(left, right):
    born = date(2007, 3, 5)
    children = [
        Child(n, f"名{x}", f"ming{x}", "", born, "", "", "", False, False, "")
        for n, x in enumerate(left)
    ]
    entries = [
        Listed(n, f"名{x}", f"ming{x}", "", born, "", "", "", False, "")
        for n, x in enumerate(right)
    ]
    pairs = questions(oracle.score(*shortlist(children, entries)))
    assert len({(one.child, one.entry) for one in pairs}) == len(pairs)
    assert all(left[one.child] == right[one.entry] for one in pairs)
    assert not identity_pairs(children, entries)


# --- timelines ----------------------------------------------------------------------------------

DAYS = st.integers(0, 20).map(lambda n: date(2016, 1, 1) + timedelta(days=n * 30))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=8))
def test_hardships_follow_their_snapshots_and_planning_twice_changes_nothing(history):
    held: list[timeline.Held] = []
    for number, (day, listed) in enumerate(history):
        conferred = (
            [timeline.Conferred(1, "rural_low", "civil-affairs-register", 1, "低保", day, False)]
            if listed
            else []
        )
        days = {"civil-affairs-register": day}
        held = apply(timeline.plan(conferred, held, days), held, number)
        again = timeline.plan(conferred, held, days)
        assert not again.begin
        assert not again.end
        assert not again.move_back
        if listed:
            assert [one for one in held if covers(one, day)]
        assert sum(one.ends_on is None for one in held) <= 1
        assert all(one.ends_on is None or one.ends_on > one.starts_on for one in held)
    for one in held:
        assert not [other for other in held if other is not one and covers(other, one.starts_on)]


def covers(one, day):
    return one.starts_on <= day and (one.ends_on is None or one.ends_on > day)


def apply(plan, held, number):
    starts, ends = dict(plan.move_back), dict(plan.end)
    kept = [
        one._replace(
            starts_on=starts.get(one.pk, one.starts_on), ends_on=ends.get(one.pk, one.ends_on)
        )
        for one in held
    ]
    new = [
        timeline.Held(
            100 * number + place, c.student, c.category, c.source, c.as_of, until, True, None
        )
        for place, (c, until) in enumerate(plan.begin)
    ]
    return kept + new
