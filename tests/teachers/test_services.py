"""Writing teachers and postings."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from povedu.audit.models import AuditEntry
from povedu.errors import Conflict
from povedu.scope import Scope
from teachers import selectors, services
from teachers.models import Posting, Teacher
from teachers.rules import exchange
from teachers.rules.overlap import overlap
from teachers.selectors import summary
from tests.factories import (
    DivisionFactory,
    PostingFactory,
    SchoolFactory,
    TeacherFactory,
    actor_of,
    id_number,
)
from tests.schools.refusals import refused

pytestmark = pytest.mark.django_db
COUNTY = Scope("530623")
BORN = date(1985, 5, 1)


@pytest.fixture
def personnel(db):
    return actor_of("office_staff", office="personnel", division_prefix="530623")


@pytest.fixture
def home(db):
    return SchoolFactory(code="2153000001")


@pytest.fixture
def away(db):
    return SchoolFactory(code="2153000002")


def details(school, number="T1", **changes):
    given_details = {"name": "Teacher One", "sex": "F", "stage": "primary"}
    return services.TeacherDetails(number=number, school=school, **{**given_details, **changes})


def number_of(n=1, born=BORN):
    return id_number(n, birth_on=born, sex="F")


# --- teachers -----------------------------------------------------------------------------------


def test_a_teacher_enters_with_a_sealed_number(personnel, now, home):
    teacher = services.create_teacher(
        details=details(home, id_number=number_of().lower()), actor=personnel, now=now
    )
    teacher.refresh_from_db()
    assert (teacher.birth_on, teacher.initials) == (BORN, "teacherone")
    assert teacher.id_number.reveal() == number_of()
    entry = AuditEntry.objects.get()
    assert number_of() not in str(entry.changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id_number": "530623198505010011"}, "id-checksum"),
        ({"id_number": number_of(), "sex": "M"}, "id-sex-mismatch"),
        ({"id_number": number_of(), "birth_on": date(1990, 1, 1)}, "id-birth-mismatch"),
        ({"stage": "junior"}, "stage-not-taught"),
        ({"hired_on": date(2020, 1, 1)}, "date-in-future"),
        (
            {"hired_on": date(2010, 1, 1), "school_since_on": date(2009, 1, 1)},
            "school-before-hired",
        ),
    ],
)
def test_details_that_cannot_be_true(personnel, now, home, changes, code):
    with refused(code):
        services.create_teacher(details=details(home, **changes), actor=personnel, now=now)
    assert not Teacher.objects.exists()


def test_numbers_are_unique(personnel, now, home):
    services.create_teacher(details=details(home, id_number=number_of()), actor=personnel, now=now)
    with refused("number-taken", field="number"):
        services.create_teacher(details=details(home), actor=personnel, now=now)
    with refused("id-taken", field="id_number"):
        services.create_teacher(
            details=details(home, "T2", id_number=number_of()), actor=personnel, now=now
        )


def test_editing_leaves_a_masked_number_alone(personnel, now, home, away):
    teacher = TeacherFactory(school=home)
    seen = Teacher.objects.get(pk=teacher.pk)
    services.edit_teacher(
        teacher=teacher, details=details(away, teacher.number), actor=personnel, now=now
    )
    fresh = Teacher.objects.get(pk=teacher.pk)
    assert (fresh.school, fresh.version) == (away, 2)
    assert fresh.id_number.reveal() == seen.id_number.reveal()
    with pytest.raises(Conflict):
        services.edit_teacher(
            teacher=seen, details=details(home, seen.number), actor=personnel, now=now
        )
    cleared = details(away, teacher.number, id_number="")
    services.edit_teacher(teacher=fresh, details=cleared, actor=personnel, now=now)
    assert Teacher.objects.get(pk=teacher.pk).id_index == ""


def test_a_transfer_does_not_make_a_posting_point_home(personnel, now, home, away):
    teacher = TeacherFactory(school=home)
    PostingFactory(teacher=teacher, school=away, ends_on=None)
    with refused("posted-there", field="school"):
        services.edit_teacher(
            teacher=teacher, details=details(away, teacher.number), actor=personnel, now=now
        )


def test_leaving_ends_the_postings(personnel, now, home, away):
    teacher = TeacherFactory(school=home)
    posting = PostingFactory(teacher=teacher, school=away, starts_on=date(2016, 9, 1))
    with refused("posting-after-leaving"):
        services.record_leaving(
            teacher=teacher, left_on=date(2016, 9, 1), leave_reason="", actor=personnel, now=now
        )
    left = services.record_leaving(
        teacher=teacher,
        left_on=date(2016, 11, 1),
        leave_reason="retired",
        actor=personnel,
        now=now,
    )
    posting.refresh_from_db()
    assert posting.ends_on == left.left_on == date(2016, 11, 1)
    with refused("left-already"):
        services.record_leaving(
            teacher=left, left_on=date(2016, 11, 2), leave_reason="", actor=personnel, now=now
        )
    back = services.record_return(teacher=left, actor=personnel, now=now)
    assert back.left_on is None
    with refused("not-left"):
        services.record_return(teacher=back, actor=personnel, now=now)


def test_nobody_writes_another_countys_teachers(now, home):
    stranger = actor_of("office_staff", office="personnel", division_prefix="530624")
    with refused("out-of-scope"):
        services.create_teacher(details=details(home), actor=stranger, now=now)
    with refused("out-of-scope"):
        services.record_leaving(
            teacher=TeacherFactory(school=home),
            left_on=date(2016, 1, 1),
            leave_reason="",
            actor=stranger,
            now=now,
        )


# --- postings -----------------------------------------------------------------------------------


def post(teacher, school, starts_on, ends_on, actor, now, **changes):
    given_details = services.PostingDetails(
        school=school, starts_on=starts_on, ends_on=ends_on, **changes
    )
    return services.create_posting(teacher=teacher, details=given_details, actor=actor, now=now)


def test_the_home_post_is_kept(personnel, now, home, away):
    teacher = TeacherFactory(school=home)
    posting = post(teacher, away, date(2016, 9, 1), None, personnel, now)
    assert (posting.home_school, Teacher.objects.get().school) == (home, home)
    day = now.date()
    assert selectors.teachers_on(COUNTY, day).get().is_away


def test_full_time_postings_never_overlap_but_may_touch(personnel, now, home, away):
    teacher = TeacherFactory(school=home)
    first = post(teacher, away, date(2015, 9, 1), date(2016, 9, 1), personnel, now)
    with refused("posting-overlap", field="starts_on"):
        post(teacher, away, date(2016, 8, 31), None, personnel, now)
    second = post(teacher, away, date(2016, 9, 1), None, personnel, now)
    post(teacher, away, date(2016, 9, 1), None, personnel, now, is_full_time=False)
    with refused("posting-overlap"):
        services.edit_posting(
            posting=first,
            details=services.PostingDetails(school=away, starts_on=date(2015, 9, 1)),
            actor=personnel,
            now=now,
        )
    ended = services.end_posting(posting=second, ends_on=date(2017, 7, 1), actor=personnel, now=now)
    with refused("ended-already"):
        services.end_posting(posting=ended, ends_on=date(2017, 8, 1), actor=personnel, now=now)
    with refused("ends-before-start"):
        services.end_posting(posting=ended, ends_on=date(2016, 9, 1), actor=personnel, now=now)


def test_the_database_refuses_an_overlap_by_itself(home, away):
    teacher = TeacherFactory(school=home)
    years = {"starts_on": date(2016, 9, 1), "ends_on": date(2017, 9, 1)}
    PostingFactory(teacher=teacher, school=away, **years)
    with pytest.raises(IntegrityError, match="posting_no_overlap"), transaction.atomic():
        PostingFactory(teacher=teacher, school=away, starts_on=date(2017, 8, 31), ends_on=None)
    later = PostingFactory(teacher=teacher, school=away, starts_on=date(2017, 9, 1), ends_on=None)
    PostingFactory(teacher=teacher, school=away, is_full_time=False, **years)
    PostingFactory(teacher=TeacherFactory(school=home), school=away, **years)
    with pytest.raises(IntegrityError, match="posting_no_overlap"), transaction.atomic():
        Posting.objects.filter(pk=later.pk).update(starts_on=date(2017, 1, 1))
    Posting.objects.filter(pk=later.pk).update(ends_on=date(2018, 9, 1))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"school": "home"}, "posted-home"),
        ({"ends_on": date(2016, 9, 1)}, "ends-before-start"),
    ],
)
def test_postings_that_make_no_sense(personnel, now, home, away, changes, code):
    given_values = {"school": away, "starts_on": date(2016, 9, 1), **changes}
    if given_values["school"] == "home":
        given_values["school"] = home
    with refused(code):
        services.create_posting(
            teacher=TeacherFactory(school=home),
            details=services.PostingDetails(**given_values),
            actor=personnel,
            now=now,
        )


def test_somebody_who_left_is_not_posted(personnel, now, home, away):
    gone = TeacherFactory(school=home, left_on=date(2016, 10, 1))
    with refused("teacher-left"):
        post(gone, away, date(2016, 9, 1), None, personnel, now)
    closed = SchoolFactory(code="2153000003", closed_on=date(2016, 1, 1))
    with refused("school-closed"):
        post(TeacherFactory(school=home), closed, date(2016, 9, 1), None, personnel, now)


periods = st.tuples(
    st.dates(date(2010, 1, 1), date(2012, 1, 1)),
    st.one_of(st.none(), st.integers(1, 400)),
)


@given(periods, periods)
def test_overlap_is_symmetric_and_means_a_shared_day(one, other):
    def days(start, length):
        end = start.toordinal() + length if length else date(2014, 1, 1).toordinal()
        return set(range(start.toordinal(), end))

    def end(start, length):
        return date.fromordinal(start.toordinal() + length) if length else None

    said = overlap(
        starts_on=one[0],
        ends_on=end(*one),
        other_starts_on=other[0],
        other_ends_on=end(*other),
    )
    assert said == bool(days(*one) & days(*other))


# --- figures ------------------------------------------------------------------------------------


def test_who_is_due_for_exchange():
    day = date(2016, 9, 1)
    since = date(2010, 9, 1)
    assert exchange.ought_to_move(exchange.Candidate("M", date(1966, 9, 1), since), day)
    assert not exchange.ought_to_move(exchange.Candidate("M", date(1965, 9, 1), since), day)
    assert not exchange.ought_to_move(exchange.Candidate("F", date(1970, 9, 1), since), day)
    assert not exchange.ought_to_move(
        exchange.Candidate("F", date(1990, 1, 1), date(2010, 9, 2)), day
    )
    assert not exchange.ought_to_move(exchange.Candidate("F", None, None), day)


def test_the_years_exchange(home, away):
    for n in range(8):
        teacher = TeacherFactory(
            school=home, school_since_on=date(2009, 9, 1), title="first" if n else "none"
        )
        if n < 2:
            PostingFactory(teacher=teacher, school=away, starts_on=date(2016, 9, 1))
        elif n == 2:
            PostingFactory(teacher=teacher, school=away, kind="shadowing")
    year = summary.exchange_measures(COUNTY, 2016)
    assert (year.due, year.moved, year.senior_moved) == (8, 2, 1)
    assert (year.ratio, year.senior_share) == (Decimal("25.0"), Decimal("50.0"))
    assert year.reached
    assert summary.exchange_measures(Scope("530624"), 2016).ratio is None


def test_the_years_teachers(home, away, django_assert_num_queries):
    there = SchoolFactory(code="2153000009", division=DivisionFactory(code="530623200000"))
    TeacherFactory(school=there, hired_on=date(2016, 9, 1), employment_kind="special_post")
    TeacherFactory(school=home, left_on=date(2016, 8, 31))
    PostingFactory(teacher=TeacherFactory(school=home), school=there)
    with django_assert_num_queries(3):
        year = summary.teacher_measures(COUNTY, 2016)
    assert year.by_employment == {"special_post": 1, "permanent": 1}
    assert (year.teachers, year.joined, year.left, year.postings) == (2, 1, 1, 1)
    rows = {row.code: row for row in summary.by_township(COUNTY, date(2016, 12, 31))}
    assert rows["530623200000"].posted_here == 1
    assert sum(row.teachers for row in rows.values()) == 2


def test_a_receiving_school_sees_the_posting_but_not_the_register(home, away):
    PostingFactory(teacher=TeacherFactory(school=home), school=away)
    there = Scope("530623100", away.code)
    assert selectors.postings(there).count() == 1
    assert not selectors.own_postings(there)
    assert not selectors.teachers(there)
    assert selectors.postings_at(there, away).count() == 1
    assert selectors.staff_of(Scope("530623100", home.code), home).count() == 1
