"""Probabilistic linkage: the same answers as the model on paper, and what it must never do."""

import random
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from benchmarks import people
from benchmarks.accuracy import digits_of, id_only, ours
from benchmarks.county import as_inputs, county
from povedu import identity
from students.choices import LinkStage
from students.linkage import scoring
from students.linkage.comparisons import LEVELS
from students.linkage.estimating import estimated
from students.linkage.model import SHIPPED, ModelInvalid, known_model, parsed, read_model
from students.linkage.scoring import LinkageFailed, confined, score
from students.linkage.variants import CLASSES, folded
from students.rules import matching
from students.rules.matching import Child, Listed, questions
from students.rules.reconciling import reconcile
from students.rules.records import Remembered
from tests.students import oracle

MODEL = known_model()
BORN = date(2007, 3, 5)
TOWN, OTHER_TOWN = "530623100", "530623101"


def child(pk=1, name="张明轩", birth_on=BORN, **fields):
    row = Child(pk, name, identity.pinyin(name), "M", birth_on, "", "", "", False, False, TOWN)
    return row._replace(**{"village": TOWN + "201", "guardian": "张大山"} | fields)


def listed(pk=11, name="张明轩", birth_on=BORN, number="n11", **fields):
    row = Listed(pk, name, identity.pinyin(name), "M", birth_on, number, number, "", False, TOWN)
    family = {"village": TOWN + "201", "head": "张大山", "family": ("张大山", "李秀英")}
    return row._replace(**family | fields)


def asked(children, entries, digits=({}, {})):
    pairs = questions(score(children, entries, model=MODEL, digits=lambda *_rows: digits))
    return {(pair.child, pair.entry) for pair in pairs}


@pytest.fixture(scope="module")
def small():
    return as_inputs(county(70, 110, seed=5))


def rows_of(small):
    inputs, children, entries = small
    listed = [one for register in inputs.registers for one in register.listed]
    return list(inputs.children), listed, digits_of(children, entries)


# --- the model on paper ---------------------------------------------------------------------------


def test_splink_answers_what_the_model_says_on_paper(small):
    children, entries, digits = rows_of(small)
    found = score(children, entries, model=MODEL, digits=digits)
    expected = oracle.score(children, entries, digits=digits(children, entries))
    assert len(found) > 20
    assert [one[:2] for one in found] == [one[:2] for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=2e-6)
        assert [weight[:2] for weight in one.weights] == [weight[:2] for weight in other.weights]
        assert one.bits == pytest.approx(other.bits, abs=1e-5)


def test_every_level_of_every_comparison_is_reached_alike():
    """Pairs that differ in one thing only, in every way a comparison knows."""
    base = {"name": "张明轩", "head": "张大山", "stated_index": "s", "id_index": ""}
    digits = "530623200703051234"
    ways = [
        *({"name": name} for name in ("张明轩", "张明萱", "張明轩", "张明浩", "李国栋")),
        *({"birth_on": day} for day in (date(2007, 5, 3), date(2007, 3, 6), date(2010, 3, 5))),
        {"birth_on": date(1975, 11, 28)},
        *({"sex": "F"}, {"township": OTHER_TOWN}, {"village": TOWN + "202"}),
        {"head": "李秀英", "family": ("张大山",)},
        {"head": "张大杉", "family": ()},
        {"head": "赵六", "family": ()},
        *({"stated_index": index} for index in ("typo", "swap", "lost", "other")),
    ]
    numbers = {"typo": "530623200703051244", "swap": "530623200703052134", "other": "1" * 18}
    children = [child(1, stated_index="s", first_15_index="f")]
    children.append(child(2, name="张明", stated_index="s", first_15_index="f"))
    entries, clear = [], {}
    for pk, way in enumerate(ways, start=100):
        entry = listed(pk, **base)._replace(first_15_index="f")._replace(**way)
        first_15 = "f" if entry.stated_index == "lost" else ""
        entries.append(entry._replace(pinyin=identity.pinyin(entry.name), first_15_index=first_15))
        clear[pk] = numbers.get(entry.stated_index, digits[:15] + "000")
    both = ({1: digits, 2: digits}, clear)
    found = score(children, entries, model=MODEL, digits=lambda *_rows: both)
    expected = oracle.score(children, entries, digits=both)
    seen = {weight[:2] for one in found for weight in one.weights}
    assert [(one.child, one.entry) for one in found] == [(o.child, o.entry) for o in expected]
    for one, other in zip(found, expected, strict=True):
        assert [weight[:2] for weight in one.weights] == [weight[:2] for weight in other.weights]
    unseen = {(name, level) for name, levels in LEVELS.items() for level in levels} - seen
    assert unseen <= {("name", "differs"), ("birth", "differs"), ("name", "one-of-two")}


def test_neither_the_order_of_rows_nor_other_rows_change_a_pair(small):
    children, entries, digits = rows_of(small)
    whole = score(children, entries, model=MODEL, digits=digits)
    draw = random.Random(3)
    some = draw.sample(children, 40)
    kept = {one.pk for one in some}
    part = score(some, draw.sample(entries, len(entries)), model=MODEL, digits=digits)
    assert part == [one for one in whole if one.child in kept]


def test_one_thread_answers_like_two(small, monkeypatch):
    children, entries, digits = rows_of(small)
    two = score(children, entries, model=MODEL, digits=digits)
    monkeypatch.setattr(scoring, "THREADS", 1)
    assert score(children, entries, model=MODEL, digits=digits) == two


# --- nothing is lost by one wrong field -----------------------------------------------------------

WRONG = {
    "nothing": {},
    "a homophone": {"name": "张明萱", "pinyin": identity.pinyin("张明萱")},
    "a variant": {"name": "張明轩"},
    "one character": {"name": "张明浩", "pinyin": identity.pinyin("张明浩")},
    "the surname": {"name": "章明轩", "pinyin": identity.pinyin("章明轩")},
    "a day off": {"birth_on": BORN + timedelta(days=1)},
    "month and day": {"birth_on": date(2007, 5, 3)},
    "the year": {"birth_on": date(2005, 3, 5)},
    "the whole birth date": {"birth_on": date(2009, 11, 28)},
    "no birth date": {"birth_on": None},
    "the sex": {"sex": "F"},
    "the township": {"township": OTHER_TOWN, "village": OTHER_TOWN + "205"},
    "the village": {"village": TOWN + "209"},
    "the guardian": {"guardian": "赵六"},
    "no guardian": {"guardian": ""},
    "another of the family": {"guardian": "李秀英"},
}


def likely(children, entries):
    """Return the children of whom a question would be asked, each taken for itself."""
    pairs = score(children, entries, model=MODEL)
    return {pair.child for one in pairs for pair in questions([one])}


def test_no_single_wrong_field_loses_a_child_without_a_number():
    children = [child(pk)._replace(**wrong) for pk, wrong in enumerate(WRONG.values())]
    assert likely(children, [listed()]) == set(range(len(WRONG)))


def test_a_stranger_who_shares_one_wrong_field_is_no_question():
    """The control: somebody else with that one thing in common is not asked about."""
    children, entries = [], []
    for pk, wrong in enumerate(WRONG.values()):
        children.append(child(pk)._replace(**wrong))
        stranger = listed(
            100 + pk,
            "刘思涵",
            date(2010, 10, 17),
            township=OTHER_TOWN,
            village=OTHER_TOWN + "201",
            head="刘海",
            family=(),
            sex="F",
        )
        shared = {key: value for key, value in wrong.items() if value}
        shared = {("head" if key == "guardian" else key): one for key, one in shared.items()}
        entries.append(stranger._replace(**shared))
    assert likely(children, entries) == set()


# --- hard negatives -------------------------------------------------------------------------------


def test_twins_without_numbers_find_their_own_rows():
    children = [child(1, "张明轩"), child(2, "张明浩")]
    entries = [listed(11, "张明轩", number="a"), listed(12, "张明浩", number="b")]
    assert asked(children, entries) == {(1, 11), (2, 12)}


@pytest.mark.parametrize("name", ["张丽", "李静怡"])
def test_a_brother_or_sister_is_no_question(name):
    assert asked([child()], [listed(name=name, birth_on=date(2009, 6, 1))]) == set()
    assert asked([child()], [listed(name=name)]) == set()  # a twin whose name says otherwise


def test_two_full_numbers_are_two_people_whatever_else_agrees():
    confirmed = child(id_index="n1", stated_index="n1", confirmed=True, first_15_index="f1")
    assert asked([confirmed], [listed(first_15_index="f2")]) == set()
    assert asked([child()], [listed(first_15_index="f2")]) == {(1, 11)}


def test_a_common_name_proves_less_than_a_rare_one():
    def probability(name):
        rows = child(1, name, birth_on=None), listed(11, name, birth_on=None)
        return score(*([row._replace(village="")] for row in rows), model=MODEL)[0].probability

    assert probability("王伟") < probability("覃懿宸")
    shares = MODEL.names
    assert shares.share("王伟") > 100 * shares.share("覃懿宸")


def test_of_two_candidates_the_clearly_better_is_asked_and_equal_ones_both():
    better = listed(11)
    worse = listed(12, township=OTHER_TOWN, village=OTHER_TOWN + "201", head="赵六", family=())
    assert asked([child()], [better, worse]) == {(1, 11)}
    assert asked([child()], [better, better._replace(pk=12)]) == {(1, 11), (1, 12)}


# --- decisions ------------------------------------------------------------------------------------


def made_of(children, entries, **memory):
    inputs, _children, _entries = as_inputs(county(1, 3, seed=9))
    register = replace(
        inputs.registers[0],
        listed=entries,
        rows={one.pk: inputs.registers[0].rows[1]._replace(pk=one.pk) for one in entries},
    )
    return replace(
        inputs, children=children, enrolments=[], pupils={}, registers=[register], **memory
    )


def open_questions(made):
    result = reconcile(made, oracle.score)
    memory = made.remembered
    return result, [
        draft
        for draft in result.drafts
        if draft.kind == "probable-match"
        and memory.get((draft.kind, draft.subject_key), Remembered("", "", "")).digest
        != draft.digest
    ]


def test_refusing_the_best_candidate_asks_about_the_next():
    rows = (
        [child()],
        [
            listed(11, number="a"),
            listed(12, number="b", township=OTHER_TOWN, village=OTHER_TOWN + "201"),
        ],
    )
    _result, (first,) = open_questions(made_of(*rows))
    assert first.entry == 11
    memory = {(first.kind, first.subject_key): Remembered("not-same", "", first.digest, 1)}
    result, (second,) = open_questions(made_of(*rows, remembered=memory))
    assert second.entry == 12
    assert (1, 11) not in {(pair.child, pair.entry) for pair in result.pairs}


def test_an_answer_holds_although_the_model_would_not_ask_any_more():
    unlikely = [
        child()._replace(village="", guardian="", birth_on=None, name="王伟", pinyin="wangwei")
    ]
    entries = [listed(name="王伟", pinyin="wangwei", birth_on=None, village="", head="")]
    _result, none = open_questions(made_of(unlikely, entries))
    assert none == []
    likely = [unlikely[0]._replace(guardian="张大山")], [entries[0]._replace(head="张大山")]
    _result, (question,) = open_questions(made_of(*likely))  # the same facts, more evidence
    memory = {
        (question.kind, question.subject_key): Remembered("same-person", "", question.digest, 1)
    }
    result, _none = open_questions(made_of(unlikely, entries, remembered=memory))
    assert [(p.child, p.entry, p.stage) for _r, p in result.sure] == [(1, 11, LinkStage.DECIDED)]


# --- accuracy -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def generated():
    return county(2500, 4000, seed=11)


def test_accuracy_on_a_generated_county(generated):
    """The promise of docs/algorithms/matching.md, small; benchmarks/reconcile.py has it large."""
    counts = ours(generated)
    assert counts.asked.total() > 200
    assert not counts.wrong_automatic
    assert counts.found_share >= 0.99
    assert counts.wrong_in_queue <= 0.02


def test_accuracy_is_not_proven_by_a_blind_test(generated, monkeypatch):
    """The control: a model that believes everything asks about strangers, and is seen to."""
    monkeypatch.setattr(matching, "_CLEARLY", 1000)
    counts = ours(generated, replace(MODEL, prior=0.01))
    assert counts.wrong_in_queue > 0.02


def test_a_number_typed_from_a_brother_or_sister_joins_nobody(monkeypatch):
    monkeypatch.setattr(people, "FAULTS", {"number of a brother or sister": 0.2})
    made = county(300, 480, seed=4)
    assert not ours(made).wrong_automatic
    assert id_only(made).wrong_automatic.total() > 10  # the control: numbers alone would


# --- where it runs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO '/tmp/linkage-out.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH '/tmp/linkage.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET temp_directory = '/tmp'",
    ],
)
def test_the_database_in_memory_reaches_neither_disk_nor_network(statement):
    with confined() as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    with pytest.raises(LinkageFailed), confined() as connection:
        connection.execute(statement)


def test_a_failure_says_nothing_of_what_it_worked_on():
    with pytest.raises(LinkageFailed) as failure, confined() as connection:
        connection.execute("SELECT CAST('张明轩' AS INTEGER)")
    assert "张明轩" not in f"{failure.value!r} {failure.value.__cause__!r}"
    assert failure.value.__suppress_context__


def test_processes_that_do_not_link_do_not_load_the_libraries():
    code = (
        "import django, sys; django.setup(); import povedu.urls, students.services.reconcile\n"
        "print(sorted({'duckdb', 'splink', 'pyarrow', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the files ------------------------------------------------------------------------------------


def test_the_shipped_model_says_where_it_comes_from():
    assert "origin" in SHIPPED.read_text()
    for name, levels in LEVELS.items():
        for side in (0, 1):
            assert sum(MODEL.levels[name][level][side] for level in levels) == pytest.approx(
                1, abs=0.01
            )
    surnames = MODEL.names.surnames
    assert 0.8 < sum(surnames.values()) < 1


@pytest.mark.parametrize(
    ("old", "new"),
    [('"prior": 1e-06', '"prior": 2'), ('"swapped"', '"swooped"'), ("{", "[")],
)
def test_a_model_that_is_none_is_refused(tmp_path, old, new):
    path = tmp_path / "model.json"
    path.write_text(SHIPPED.read_text().replace(old, new, 1))
    with pytest.raises(ModelInvalid):
        read_model(path)


def test_variants_are_classes():
    characters = CLASSES.replace(" ", "")
    assert len(characters) == len(set(characters))
    assert folded("張麗") == folded("张丽") != folded("张利")


def test_the_shortlist_loses_no_pair(generated):
    inputs, children, entries = as_inputs(generated)
    listed = [one for register in inputs.registers for one in register.listed]
    digits = digits_of(children, entries)
    left, right = matching.shortlist(inputs.children, listed)
    assert len(left) < len(inputs.children)
    whole = score(inputs.children, listed, model=MODEL, digits=digits)
    assert score(left, right, model=MODEL, digits=digits) == whole


# --- estimating ---------------------------------------------------------------------------------


def test_a_model_is_estimated_from_pairs_that_numbers_join(generated):
    inputs, _children, _entries = as_inputs(generated)
    listed = [one for register in inputs.registers for one in register.listed]
    found = estimated(inputs.children, listed, given=MODEL, name="test")
    again = estimated(inputs.children[::-1], listed[::-1], given=MODEL, name="test")
    assert found == again
    model = parsed(found.content, "")
    assert found.joined > 1500
    assert 0.1 < model.m("guardian", "differs") < 0.25  # a fifth names another, some of the family
    assert model.m("township", "equal") == pytest.approx(0.94, abs=0.03)
    assert model.u("sex", "equal") == pytest.approx(0.5, abs=0.05)
    assert model.levels["birth"] == MODEL.levels["birth"]
    counts = ours(generated, model)
    assert not counts.wrong_automatic
    assert counts.found_share >= 0.99


@pytest.mark.django_db
def test_the_command_writes_a_new_file_and_changes_no_other(world, tmp_path, capsys):
    number = world.next_id()
    world.student("张小明", number)
    world.entry(world.snapshot(), "张小明", number)
    before, path = SHIPPED.read_text(), tmp_path / "county.json"
    call_command("estimate_linkage", "--term", "2016-1", "--output", str(path))
    assert "530623-2016-1" in capsys.readouterr().out
    assert read_model(path).name == "530623-2016-1"
    assert "张小明" not in path.read_text()  # fewer than five bear it
    for taken in (path, SHIPPED):
        with pytest.raises(SystemExit):
            call_command("estimate_linkage", "--term", "2016-1", "--output", str(taken))
    assert SHIPPED.read_text() == before
