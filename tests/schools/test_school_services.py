"""Writing the school register."""

from datetime import date

import pytest

from povedu.audit.models import AuditEntry
from povedu.errors import Conflict
from povedu.scope import Scope
from povedu.terms import Term
from schools import selectors, services
from schools.models import PupilCount, School, SchoolAlias, SchoolEvent
from tests.factories import CountyFactory, DivisionFactory, SchoolFactory
from tests.schools.refusals import refused

pytestmark = pytest.mark.django_db
ON = date(2016, 9, 1)
DETAILS = services.SchoolDetails(kind="primary", has_meals=True)


def event(on=ON):
    return services.Event(on, "No. 12")


def create(actor, now, code="2153000777", name="River School", division=None):
    return services.create_school(
        code=code,
        name=name,
        division=division or DivisionFactory(code="530623100000"),
        details=DETAILS,
        actor=actor,
        now=now,
    )


def test_a_new_school_has_its_opening_and_an_entry(basic, now):
    school = create(basic, now)
    assert school.initials
    assert school.events.get().kind == "opened"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.school_code) == ("school.create", "2153000777")


def test_code_and_name_are_unique_in_the_county(basic, now, school):
    with refused("school-code-taken", field="code"):
        create(basic, now, code=school.code)
    with refused("school-name-taken", field="name"):
        create(basic, now, name=school.name)
    services.add_alias(school=school, name="Old Hill", actor=basic, now=now)
    with refused("school-name-taken"):
        create(basic, now, name="Old Hill")
    assert School.objects.count() == 1


def test_nobody_writes_outside_their_jurisdiction(stranger, now, school):
    with refused("out-of-scope"):
        create(stranger, now)
    with refused("out-of-scope"):
        services.close_school(school=school, event=event(), actor=stranger, now=now)
    assert not AuditEntry.objects.exists()


def test_editing_counts_the_version_and_refuses_the_older_page(basic, now, school):
    seen = School.objects.get(pk=school.pk)
    services.edit_school(school=school, details=DETAILS, actor=basic, now=now)
    assert School.objects.get(pk=school.pk).version == 1  # nothing differed
    other = services.SchoolDetails(kind="nine_year", has_meals=True)
    services.edit_school(school=school, details=other, actor=basic, now=now)
    assert School.objects.get(pk=school.pk).version == 2
    with pytest.raises(Conflict):
        services.edit_school(school=seen, details=DETAILS, actor=basic, now=now)
    assert AuditEntry.objects.get().changes == {"kind": ["primary", "nine_year"]}


def test_a_renamed_school_is_found_by_both_names(basic, now, school):
    services.rename_school(school=school, name="Sun School", event=event(), actor=basic, now=now)
    names = selectors.school_ids_by_name("530623")
    assert names["HILLSCHOOL"] == names["SUNSCHOOL"] == school.pk
    school.refresh_from_db()
    assert selectors.name_on(school, date(2016, 8, 31)) == "Hill School"
    assert selectors.name_on(school, ON) == "Sun School"
    with refused("same-name"):
        services.rename_school(
            school=school, name="Sun  School", event=event(), actor=basic, now=now
        )
    services.rename_school(school=school, name="Hill School", event=event(), actor=basic, now=now)
    assert set(SchoolAlias.objects.values_list("name", flat=True)) == {"SUNSCHOOL"}


def test_renaming_needs_a_day_that_has_come(basic, now, school):
    with refused("date-in-future", field="on"):
        services.rename_school(
            school=school, name="X", event=event(date(2017, 1, 1)), actor=basic, now=now
        )


def test_a_moved_school_keeps_its_history(basic, now, school):
    there = DivisionFactory(code="530623200000")
    services.move_school(school=school, division=there, event=event(), actor=basic, now=now)
    school.refresh_from_db()
    assert school.division == there
    assert school.events.get().kind == "moved"
    with refused("same-division"):
        services.move_school(school=school, division=there, event=event(), actor=basic, now=now)
    far = DivisionFactory(code="530624100000")
    with refused("out-of-scope"):
        services.move_school(school=school, division=far, event=event(), actor=basic, now=now)


def test_a_closed_school_opens_again(basic, now, school):
    services.close_school(school=school, event=event(), actor=basic, now=now)
    school.refresh_from_db()
    assert school.closed_on == ON
    with refused("school-closed"):
        services.close_school(school=school, event=event(), actor=basic, now=now)
    with refused("school-closed"):
        services.rename_school(school=school, name="Y", event=event(), actor=basic, now=now)
    services.reopen_school(school=school, event=event(), actor=basic, now=now)
    school.refresh_from_db()
    assert school.closed_on is None
    with refused("school-open"):
        services.reopen_school(school=school, event=event(), actor=basic, now=now)


def test_closing_comes_after_opening(basic, now):
    school = SchoolFactory(opened_on=ON)
    with refused("closed-before-opened"):
        services.close_school(school=school, event=event(), actor=basic, now=now)


def test_merging_closes_one_and_names_the_other(basic, now, school):
    into = SchoolFactory(code="2153000002")
    with refused("merged-into-itself"):
        services.merge_school(school=school, into=school, event=event(), actor=basic, now=now)
    services.merge_school(school=school, into=into, event=event(), actor=basic, now=now)
    school.refresh_from_db()
    assert (school.merged_into, school.closed_on) == (into, ON)
    third = SchoolFactory(code="2153000003")
    with refused("merged-into-closed"):
        services.merge_school(school=third, into=school, event=event(), actor=basic, now=now)
    assert SchoolEvent.objects.get().new_value == into.name


def test_an_alias_means_one_school(basic, now, school):
    alias = services.add_alias(school=school, name="Ｈill 小", actor=basic, now=now)
    assert alias.name == "HILL小"
    with refused("school-name-taken"):
        services.add_alias(
            school=SchoolFactory(code="2153000002"), name="hill小", actor=basic, now=now
        )
    with refused("alias-is-name"):
        services.add_alias(school=school, name="hill school", actor=basic, now=now)
    services.remove_alias(alias=alias, actor=basic, now=now)
    assert not SchoolAlias.objects.exists()


def test_a_shared_short_name_means_nobody():
    SchoolFactory(code="1", name="A", short_name="S")
    SchoolFactory(code="2", name="B", short_name="S")
    third = SchoolFactory(code="3", name="C", short_name="C3")
    names = selectors.school_ids_by_name("530623")
    assert "S" not in names
    assert names["C3"] == third.pk


def test_divisions_carry_the_poor_village_flag(basic, stranger, now):
    village = DivisionFactory(code="530623100201", level="village")
    services.edit_division(
        division=village, name="Pine", is_poor_village=True, actor=basic, now=now
    )
    village.refresh_from_db()
    assert village.is_poor_village
    with refused("out-of-scope"):
        services.edit_division(
            division=village, name="Oak", is_poor_village=False, actor=stranger, now=now
        )


def test_pupil_counts_replace_those_of_the_term(basic, now, school):
    other = SchoolFactory(code="2153000002")
    term = Term(2016, 1)
    counts = {
        (school.pk, "primary", False): 30,
        (school.pk, "primary", True): 12,
        (other.pk, "primary", False): 7,
        (other.pk, "preschool", False): 0,
    }
    assert services.set_pupil_counts(term=term, counts=counts, actor=basic, now=now) == 3
    row = selectors.schools_with_pupils(Scope("530623"), term).get(pk=school.pk)
    assert (row.pupils_count, row.boarders_count) == (42, 12)
    again = {(school.pk, "primary", False): 31}
    services.set_pupil_counts(
        term=term, counts=again, actor=basic, now=now, school_ids=frozenset({school.pk})
    )
    assert PupilCount.objects.filter(school=other).get().pupils_count == 7
    assert PupilCount.objects.get(school=school).pupils_count == 31


def test_a_clerk_sees_the_own_school_and_its_places(school):
    CountyFactory()
    SchoolFactory(code="2153000002")
    mine = Scope("530623100", "2153000001")
    assert [one.code for one in selectors.schools(mine)] == ["2153000001"]
    assert [one.code for one in selectors.divisions(mine)] == ["530623100000"]
    assert selectors.place_name(mine) == "Hill School"
    assert selectors.place_name(Scope("530623100")) == "Township 100"
    assert selectors.place_name(Scope.everything()) == ""
