"""What a register contradicts in itself: each rule with rows that break it and rows that do not."""

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.errors import Refusal
from povedu.screens.todo import todos_for
from students.models import Finding, RegisterCheck, RegisterEntry
from students.rules.register_logic import BY_CODE, RULES, Person, Sheet, faults_of, gone_but_listed
from students.services.reconcile import reconcile
from students.services.register_logic import check_register, switch_rule
from students.services.settle import settle_finding
from tests.factories import actor_of, sign_in
from tests.students.world import NOW, TERM

DAY = date(2016, 6, 30)
GOOD = Person(
    pk=1,
    key="id:a",
    name="张大山",
    sex="M",
    birth_on=date(1974, 5, 1),
    number="a",
    number_sex="M",
    number_birth=date(1974, 5, 1),
    household="H1",
    person_no="P1",
    relation="户主",
    village="530623100001",
    kind="registered_poor",
    schooling="",
    education="初中",
    health="健康",
    cause="缺资金",
    labour="普通劳动力",
    absence_reason="",
    out_of_school=False,
    help_given="",
    monitored="",
    risk_found_on=None,
    risk_removed_on=None,
    members_stated=None,
    head_name="张大山",
    phone="",
)


def wife(**changes):
    return GOOD._replace(
        pk=2,
        key="id:b",
        name="李小花",
        sex="F",
        number="b",
        number_sex="F",
        person_no="P2",
        relation="配偶",
        birth_on=date(1976, 3, 1),
        number_birth=date(1976, 3, 1),
        **changes,
    )


def child(**changes):
    base = GOOD._replace(
        pk=3,
        key="id:c",
        name="张小宝",
        number="c",
        person_no="P3",
        relation="之子",
        education="",
        schooling="小学",
        birth_on=date(2007, 3, 1),
        number_birth=date(2007, 3, 1),
        labour="无劳动力",
    )
    return base._replace(**changes)


def elsewhere(n, **changes):
    """The head of another household."""
    return GOOD._replace(
        pk=10 + n,
        key=f"id:x{n}",
        number=f"x{n}",
        household=f"H{n + 1}",
        person_no=f"Q{n}",
        **changes,
    )


def found(*people):
    return {one.rule for one in faults_of(Sheet(DAY, people))}


FAMILY = (GOOD, wife(), child())
# rule → people who break it, beside whom nothing else is wrong
BROKEN = {
    "education-both": (GOOD, wife(), child(education="小学")),
    "education-neither": (GOOD, wife(education=""), child()),
    "school-age-unexplained": (
        *FAMILY,
        child(schooling="", education="小学")._replace(
            pk=4, key="id:d", number="d", person_no="P4"
        ),
    ),
    "reason-beside-state": (GOOD, wife(), child(absence_reason="厌学")),
    "higher-too-young": (GOOD, wife(), child(schooling="本科一年级")),
    "state-age": (GOOD, wife(), child(schooling="九年级")),
    "dew-not-vocational": (GOOD, wife(), child(help_given="雨露计划")),
    "head-missing": (GOOD._replace(relation="之父", birth_on=None), wife(), child()),
    "head-twice": (GOOD, wife(), child(), elsewhere(1)._replace(household="H1")),
    "spouse-twice": (GOOD, wife(), wife()._replace(pk=4, key="id:d", number="d", person_no="P4")),
    "spouse-sex": (GOOD, wife()._replace(sex="M", number_sex="M"), child()),
    "relation-sex": (GOOD, wife(), child(relation="之女")),
    "relation-age": (
        GOOD,
        wife(),
        child(
            birth_on=date(1985, 1, 1), number_birth=date(1985, 1, 1), schooling="", education="小学"
        ),
    ),
    "members-count": (GOOD._replace(members_stated=5), wife(), child()),
    "household-two-villages": (GOOD, wife(), child(village="530623100002")),
    "head-name-differs": (GOOD, wife()._replace(head_name="张二山"), child()),
    "person-no-twice": (GOOD, wife(), child(person_no="P1")),
    "person-two-households": (*FAMILY, elsewhere(1)._replace(number="a", kind="lifted")),
    "phone-shared": tuple(elsewhere(n, phone="p") for n in range(3)),
    "ill-but-healthy": (GOOD._replace(cause="因病"), wife(), child()),
    "disabled-but-healthy": (GOOD._replace(cause="因残"), wife(), child()),
    "minor-labour": (GOOD, wife(), child(labour="普通劳动力")),
    "number-unusable": (GOOD, wife(), child(number="", number_sex="", number_birth=None)),
    "number-sex": (GOOD, wife(), child(number_sex="F")),
    "number-birth": (GOOD, wife(), child(number_birth=date(2007, 3, 2))),
    "risk-not-dated": (
        GOOD._replace(monitored="脱贫不稳定户"),
        wife(),
        child(risk_found_on=date(2016, 1, 1)),
    ),
    "risk-removed-early": (
        GOOD._replace(risk_found_on=date(2016, 3, 1), risk_removed_on=date(2016, 2, 1)),
        wife(),
        child(),
    ),
}
# rule → people near the border who do not break it
KEPT = {
    "education-neither": (GOOD._replace(education=""), wife(education=""), child(schooling="")),
    "school-age-unexplained": (
        GOOD,
        wife(),
        child(schooling="", education="小学", absence_reason="重残"),
    ),
    "state-age": (GOOD, wife(), child(schooling="小学")),
    "dew-not-vocational": (GOOD, child(help_given="雨露计划", schooling="中职一年级")),
    "head-twice": (GOOD, elsewhere(1)),
    "members-count": (GOOD._replace(members_stated=3), wife(), child()),
    "person-two-households": (*FAMILY, elsewhere(1)._replace(number="a")),
    "phone-shared": tuple(elsewhere(n, phone="p") for n in range(2)),
    "ill-but-healthy": (GOOD._replace(cause="因病"), wife(health="患有大病"), child()),
    "risk-not-dated": (GOOD._replace(monitored="脱贫不稳定户"), wife(), child()),
    "minor-labour": (GOOD, wife(), child(labour="丧失劳动力")),
    "reason-beside-state": (
        GOOD,
        wife(),
        child(absence_reason="厌学", schooling="", education="小学"),
    ),
}


def test_there_are_twenty_eight_rules_and_an_honest_family_breaks_none():
    assert len(RULES) == len(BY_CODE) == 28
    assert found(*FAMILY) == set()
    assert {*BROKEN, "gone-but-listed"} == set(BY_CODE)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_row_that_breaks_a_rule_is_found(rule):
    assert rule in found(*BROKEN[rule])


@pytest.mark.parametrize("rule", KEPT)
def test_a_row_near_the_border_is_left_alone(rule):
    assert rule not in found(*KEPT[rule])


def test_two_rows_are_named_where_a_rule_is_about_two():
    (fault,) = (
        one for one in faults_of(Sheet(DAY, BROKEN["head-twice"])) if one.rule == "head-twice"
    )
    assert (fault.entry, fault.other) == (1, 11)


def test_whom_the_police_have_as_gone_is_found_once():
    told = {"a": ("deceased", 99)}
    (fault,) = gone_but_listed([(1, "a"), (2, "a"), (3, "b"), (4, "")], told)
    assert (fault.entry, fault.other, fault.facts) == (1, 99, ("deceased",))


_people = st.builds(
    lambda n, household, relation, sex, years, schooling, education, number: GOOD._replace(
        pk=n,
        key=f"k{n}",
        household=household,
        relation=relation,
        sex=sex,
        birth_on=None if years is None else date(2016 - years, 1, 1),
        schooling=schooling,
        education=education,
        number=number,
    ),
    st.integers(1, 30),
    st.sampled_from(["", "H1", "H2"]),
    st.sampled_from(["户主", "配偶", "之子", "之女", "之父", ""]),
    st.sampled_from(["M", "F", ""]),
    st.one_of(st.none(), st.integers(0, 90)),
    st.sampled_from(["", "小学", "七年级", "中职一年级", "本科一年级"]),
    st.sampled_from(["", "小学", "初中"]),
    st.sampled_from(["", "a", "b", "c"]),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(_people, max_size=12, unique_by=lambda one: one.pk))
def test_any_register_is_checked_the_same_each_time_and_a_person_breaks_a_rule_once(people):
    faults = faults_of(Sheet(DAY, people))
    assert faults == faults_of(Sheet(DAY, people))
    assert len({(one.rule, one.subject) for one in faults}) == len(faults)
    known = {one.pk for one in people}
    assert {one.entry for one in faults} | {one.other for one in faults} <= known | {None}
    assert {one.rule for one in faults} <= set(BY_CODE)


# --- with a county ------------------------------------------------------------------------------


@pytest.fixture
def county(world):
    """A household without a head, another with everything in order, and a pupil."""
    snapshot = world.snapshot()
    facts = {"household_no": "H1", "township": "T1", "division_id": "530623100000"}
    for n, (name, relation) in enumerate((("赵一", "配偶"), ("赵二", "之子"))):
        world.entry(
            snapshot,
            name,
            world.next_id(date(1980 + 26 * n, 3, 5), sex="FM"[n]),
            relation=relation,
            education_level="初中" if n == 0 else "",
            school_state="小学" if n else "",
            **facts,
        )
    facts["household_no"] = "H2"
    world.entry(
        snapshot,
        "钱大",
        world.next_id(date(1980, 3, 5), sex="M"),
        relation="户主",
        education_level="小学",
        **facts,
    )
    world.student("孙三", world.next_id(date(2007, 3, 5)), grade=4)
    world.snapshot_made = snapshot
    return world


@pytest.fixture
def staff(db):
    return actor_of("office_staff", office="aid")


def run(world):
    return reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


def logic():
    return Finding.objects.filter(kind="register-logic")


def test_a_run_lists_what_the_register_contradicts_apart_from_the_ordinary_queue(county, staff):
    run(county)
    fault = logic().get(reason="logic:head-missing")
    row = fault.evidence["left"]
    assert (row["file"], row["sheet"], row["household_no"]) == (
        "poverty-register.xlsx",
        "贫困人口",
        "H1",
    )
    assert row["row"] == fault.entry.row_number
    browser = sign_in(staff)
    queue = reverse("students:finding-queue")
    page = browser.get(reverse("students:finding-queue-item", args=[fault.pk]))
    assert "户内没有户主" in page.content.decode()
    listed = browser.get(reverse("students:finding-list")).content.decode()
    assert "名册逻辑疑点</a>" not in listed
    counted = [card for card in todos_for(staff, NOW) if str(card.label) == "待处理的比对差异"]
    ordinary = Finding.objects.filter(state="open").exclude(kind="register-logic").count()
    assert sum(card.count for card in counted) == ordinary
    assert browser.get(f"{queue}?kind=register-logic").status_code == 302
    page = browser.get(reverse("students:logic-list") + "?rule=head-missing").content.decode()
    assert "H1" in page
    assert "户内没有户主" in page
    rules = browser.get(reverse("students:rule-list")).content.decode()
    assert rules.count("<tr>") == 29


def test_what_was_found_is_kept_until_the_rows_change(county, django_assert_num_queries):
    faults = check_register(snapshot=county.snapshot_made)
    with django_assert_num_queries(2):
        assert check_register(snapshot=county.snapshot_made) == faults
    before = RegisterCheck.objects.get().rows_mark
    county.entry(county.snapshot_made, "周九", county.next_id(date(1980, 3, 5)), household_no="H9")
    after = check_register(snapshot=county.snapshot_made)
    assert len(after) > len(faults)
    assert RegisterCheck.objects.get().rows_mark != before


def test_a_decision_lasts_from_snapshot_to_snapshot_until_the_row_says_something_else(
    county, staff
):
    run(county)
    fault = logic().get(reason="logic:head-missing")
    settle_finding(finding=fault, verdict="dismissed", actor=staff, now=NOW)
    run(county)
    fault.refresh_from_db()
    assert fault.state == "settled"
    later = county.snapshot(as_of=date(2016, 8, 1))
    for entry in RegisterEntry.objects.filter(snapshot=county.snapshot_made):
        entry.pk, entry.snapshot = None, later
        entry.save(force_insert=True)
    run(county)
    assert logic().filter(reason="logic:head-missing", state="open").count() == 0
    entry.pk, entry.person_no, entry.household_no = None, "P77", "H1"
    entry.relation = "之子"
    entry.save(force_insert=True)
    run(county)
    assert logic().get(reason="logic:head-missing").state == "open"


def test_a_county_switches_a_rule_off_and_on(county, staff):
    run(county)
    assert logic().filter(reason="logic:head-missing", state="open").exists()
    browser = sign_in(staff)
    url = reverse("students:rule-switch", args=["head-missing"])
    assert "将停用规则" in browser.get(url).content.decode()
    assert browser.post(url, {"form_token": "s1"}).status_code == 302
    assert AuditEntry.objects.get(verb="rule.switch").changes == {"head-missing": [True, False]}
    run(county)
    assert not logic().filter(reason="logic:head-missing", state="open").exists()
    browser.post(url, {"form_token": "s2"})
    run(county)
    assert logic().filter(reason="logic:head-missing", state="open").exists()
    assert browser.get(reverse("students:rule-switch", args=["no-such-rule"])).status_code == 404


def test_only_the_bureau_switches_rules_of_its_own_county(county, staff):
    for actor in (
        actor_of("township_officer", division_prefix="530623100"),
        actor_of("school_clerk", division_prefix="530623100", school_code="2153000001"),
    ):
        url = reverse("students:rule-switch", args=["head-missing"])
        assert sign_in(actor).get(url).status_code == 403
        with pytest.raises(Refusal):
            switch_rule(
                county=county.county, rule="head-missing", is_on=False, actor=actor, now=NOW
            )
    stranger = actor_of("office_staff", office="aid", division_prefix="530624")
    with pytest.raises(Refusal) as refusal:
        switch_rule(county=county.county, rule="head-missing", is_on=False, actor=stranger, now=NOW)
    assert refusal.value.code == "out-of-scope"
    with pytest.raises(Refusal):
        switch_rule(county=county.county, rule="no-such", is_on=False, actor=staff, now=NOW)


def test_a_real_layout_brings_the_columns_that_the_rules_ask_for():
    text = (Path(__file__).parents[2] / "students/services/registers.py").read_text()
    for name in ("members_count", "absence_reason", "education_help", "risk_found_on", "labour"):
        assert f'"{name}"' in text
