"""A list answered in both directions, for pupils of every stage."""

from datetime import date

import pytest
from django.urls import reverse

from povedu.accounts.selectors import operator
from povedu.scope import Scope
from students.choices import RegisterKind
from students.models import PlacedChild, Student
from students.services.reconcile import reconcile
from subsidies.selectors.migrants import shares
from subsidies.selectors.target_lists import counted, listed, lists_of, off_list
from tests import factories as make
from tests.factories import actor_of, sign_in
from tests.students.world import NOW, TERM, World

BORN, GROWN = date(2007, 3, 5), date(1999, 4, 6)
WHOLE = Scope("530623")


@pytest.fixture
def county(db):
    """A locked list of seven rows, one for each result, and four pupils off it."""
    world = World().build()
    world.locked = world.snapshot(RegisterKind.LOCKED_LIST)
    number = {name: world.next_id(BORN) for name in ("甲受助", "乙未助", "丙离校", "己查无")}
    number["大学生"] = world.next_id(GROWN)
    for name in number:
        world.entry(world.locked, name, number[name], township="T1", household_no="H1")
    world.entry(world.locked, "丁疑似", world.next_id(date(2008, 1, 2)))
    world.entry(world.locked, "戊无号", "")
    programme = make.ProgrammeFactory(county=world.county, name="生活补助", office="aid")
    standard = make.StandardFactory(programme=programme)
    for name in ("甲受助", "大学生"):
        student = world.student(name, number[name], grade=3)
        grant(student, standard)
    world.student("乙未助", number["乙未助"], grade=3)
    world.student("丙离校", number["丙离校"], term=None)
    world.student("丁疑似", birth_on=date(2008, 1, 2), grade=2)
    off = world.student("庚外助", world.next_id(BORN), grade=4, is_migrant=True)
    grant(off, standard)
    holder = world.student("辛持证", world.next_id(BORN), grade=4)
    make.HardshipStatusFactory(student=holder, source="paper", starts_on=date(2016, 1, 1))
    ended = world.student("壬已止", world.next_id(BORN), grade=4)
    make.HardshipStatusFactory(
        student=ended, source="paper", starts_on=date(2015, 1, 1), ends_on=date(2016, 8, 1)
    )
    world.student("癸无关", world.next_id(BORN), grade=4)
    world.run = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    return world


def grant(student, standard):
    make.AwardFactory(
        enrolment=student.enrolments.get(),
        programme=standard.programme,
        standard=standard,
        term=TERM.code,
        state="granted",
    )


def results(county):
    return {one.name: one.result for one in listed(WHOLE, county.run, county.locked)}


def test_every_row_of_the_list_has_one_result_and_they_sum_to_the_list(county):
    assert lists_of(county.run) == [county.locked]
    assert results(county) == {
        "甲受助": "aided",
        "大学生": "aided",
        "乙未助": "not-aided",
        "丙离校": "not-at-school",
        "丁疑似": "likely",
        "戊无号": "number-unusable",
        "己查无": "not-found",
    }
    counts = counted(listed(WHOLE, county.run, county.locked))
    assert sum(counts.values()) == county.locked.entries.count() == 7
    assert counts["unconfirmed"] == 0


def test_who_was_not_found_has_where_the_run_says_that_the_child_is(county):
    told = {one.name: one.whereabouts for one in listed(WHOLE, county.run, county.locked)}
    assert (told["甲受助"], told["己查无"], told["戊无号"]) == ("here", "suspected", None)
    assert told["大学生"] is None
    PlacedChild.objects.filter(reconciliation=county.run, entry__name="己查无").update(
        place="out_of_province"
    )
    browser = sign_in(actor_of("office_staff", office="aid"))
    url = reverse("subsidies:feedback-entries", args=[county.run.pk])
    text = browser.get(f"{url}?result=not-found").content.decode()
    assert "省外就读" in text


def test_a_pupil_whose_identity_nobody_confirmed_is_told_apart(county):
    """The control: the same row with the identity confirmed says not aided, above."""
    Student.objects.filter(name="乙未助").update(identity_confirmed=False)
    assert results(county)["乙未助"] == "unconfirmed"


def test_off_the_list_are_the_aided_and_the_holders_of_a_proof(county):
    rows = off_list(WHOLE, county.run, county.locked)
    assert {one.name: (one.aided, one.holds) for one in rows} == {
        "庚外助": (True, False),
        "辛持证": (False, True),
    }


def test_another_office_does_not_see_whose_award_it_was(county):
    rows = listed(WHOLE, county.run, county.locked, office="projects")
    assert {one.name: one.result for one in rows}["甲受助"] == "not-aided"


def test_the_pages_show_both_directions_and_lead_to_each_other(county):
    browser = sign_in(actor_of("office_staff", office="aid"))
    url = reverse("subsidies:feedback-entries", args=[county.run.pk])
    page = browser.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    for number in county.locked.entries.exclude(id_index=""):
        assert number.id_number.reveal() not in text
    assert "国办锁定名单" in text
    filtered = browser.get(f"{url}?list={county.locked.pk}&result=likely").content.decode()
    assert "丁疑似" in filtered
    assert "甲受助" not in filtered
    off = reverse("subsidies:feedback-off-list", args=[county.run.pk])
    assert off in text
    assert "辛持证" in browser.get(off).content.decode()
    assert browser.get(f"{url}?list=999999").status_code == 400
    clerk = actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")
    assert sign_in(clerk).get(url).status_code == 403


def test_migrant_children_have_their_share_in_each_programme(county):
    whole, lines = shares(WHOLE, TERM)
    assert (whole.persons, whole.migrants) == (8, 1)
    assert [(one.label, one.persons, one.migrants) for one in lines] == [("生活补助", 3, 1)]
    page = sign_in(actor_of("office_staff", office="aid")).get(reverse("subsidies:migrant-share"))
    assert page.status_code == 200
