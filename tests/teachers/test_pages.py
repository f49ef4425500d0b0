"""The pages of teachers and postings, opened as each person opens them."""

from datetime import date

import pytest
from django.urls import reverse

from teachers.models import Posting, Teacher
from teachers.views import postings, teachers
from tests.factories import (
    DivisionFactory,
    PostingFactory,
    SchoolFactory,
    TeacherFactory,
    actor_of,
    id_number,
    sign_in,
)
from tests.factories.values import COUNTY

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"teachers:{name}", args=args)


def words(response):
    return response.content.decode()


@pytest.fixture
def personnel(db):
    return actor_of("office_staff", office="personnel", division_prefix=COUNTY)


@pytest.fixture
def teacher(db):
    return TeacherFactory(school=SchoolFactory(code="2153000001", name="Hill School"))


@pytest.fixture
def posting(teacher):
    return PostingFactory(teacher=teacher, school=SchoolFactory(code="2153000002"))


def test_teachers_are_person_rows(teacher, posting):
    allowed = {
        ("office_staff", "personnel"): 200,
        ("office_staff", "aid"): 403,
        ("auditor", ""): 200,
        ("leadership", ""): 403,
        ("system_admin", ""): 403,
    }
    for (role, office), status in allowed.items():
        browser = sign_in(actor_of(role, office=office))
        for address in (
            url("teacher-list"),
            url("teacher-detail", teacher.pk),
            url("posting-list"),
        ):
            assert browser.get(address).status_code == status, (role, office, address)


def test_leadership_sees_figures_without_names(teacher, posting):
    page = sign_in(actor_of("leadership")).get(url("figures"))
    assert page.status_code == 200
    assert teacher.name not in words(page)


def test_another_school_sees_nothing(teacher):
    stranger = actor_of("school_clerk", division_prefix=f"{COUNTY}200", school_code="2153000099")
    browser = sign_in(stranger)
    assert browser.get(url("teacher-detail", teacher.pk)).status_code == 404
    assert teacher.name not in words(browser.get(url("teacher-list")))


def test_the_township_sees_its_own(teacher):
    there = SchoolFactory(code="2153000003", division=DivisionFactory(code=f"{COUNTY}200000"))
    other = TeacherFactory(school=there, name="Elsewhere")
    browser = sign_in(actor_of("township_officer", division_prefix=f"{COUNTY}100"))
    page = words(browser.get(url("teacher-list")))
    assert teacher.name in page
    assert other.name not in page


def test_a_page_shows_numbers_masked(auditor, teacher):
    page = words(sign_in(auditor).get(url("teacher-detail", teacher.pk)))
    assert teacher.id_number.reveal() not in page
    assert str(teacher.id_number) in page


FORMS = ["teacher-edit", "teacher-leave", "posting-add", "posting-edit", "posting-end"]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_opens_for_its_keeper_only(name, personnel, auditor, teacher, posting):
    key = posting.pk if name in ("posting-edit", "posting-end") else teacher.pk
    assert sign_in(personnel).get(url(name, key)).status_code == 200
    assert sign_in(auditor).get(url(name, key)).status_code == 403
    assert sign_in(auditor).post(url(name, key)).status_code == 403
    assert sign_in(personnel).post(url(name, key), {}).status_code in (400, 409)


DETAILS = {
    "number": "T900",
    "name": "New Teacher",
    "sex": "F",
    "school": "2153000001",
    "post": "teacher",
    "stage": "primary",
    "title": "none",
    "employment_kind": "permanent",
}


def test_a_teacher_is_entered_and_keeps_the_number_when_edited(personnel, teacher):
    browser = sign_in(personnel)
    number = id_number(7, birth_on=date(1985, 5, 1), sex="F")
    response = browser.post(url("teacher-add"), {**DETAILS, "id_number": number, "phone": ""})
    assert response.status_code == 302, words(response)
    made = Teacher.objects.get(number="T900")
    form = words(browser.get(url("teacher-edit", made.pk)))
    assert number not in form
    assert str(made.id_number) in form
    edited = {**DETAILS, "subject": "music", "birth_on": "1985-05-01", "form_version": "1"}
    assert browser.post(url("teacher-edit", made.pk), edited).status_code == 302
    made.refresh_from_db()
    assert (made.subject, made.id_number.reveal()) == ("music", number)
    wrong = browser.post(url("teacher-add"), {**DETAILS, "number": "T901", "id_number": "123"})
    assert wrong.status_code == 400
    assert "身份证号有误" in words(wrong)


def test_a_posting_is_made_refused_and_ended(personnel, teacher):
    browser = sign_in(personnel)
    away = SchoolFactory(code="2153000002")
    data = {
        "school": away.code,
        "kind": "support",
        "post": "teacher",
        "is_full_time": "on",
        "starts_on": "2016-09-01",
    }
    address = url("posting-add", teacher.pk)
    assert browser.post(address, data).status_code == 302
    again = browser.post(address, {**data, "starts_on": "2016-10-01"})
    assert again.status_code == 400
    assert "重叠" in words(again)
    made = Posting.objects.get()
    ending = {"ends_on": "2016-11-01", "form_version": "1"}
    assert browser.post(url("posting-end", made.pk), ending).status_code == 302
    page = words(browser.get(url("teacher-detail", teacher.pk), {"tab": "postings"}))
    assert "2016-11-01" in page


def test_a_school_shows_its_staff_to_those_who_may(personnel, teacher):
    address = reverse("schools:school-detail", args=[teacher.school.code])
    page = words(sign_in(personnel).get(address, {"tab": "teachers"}))
    assert teacher.name in page
    leader = sign_in(actor_of("leadership"))
    assert leader.get(address).status_code == 200
    assert leader.get(address, {"tab": "teachers"}).status_code == 404


def test_filters_and_full_numbers_find(personnel, teacher, posting):
    browser = sign_in(personnel)
    gone = TeacherFactory(school=teacher.school, left_on=date(2016, 1, 1))
    page = words(browser.get(url("teacher-list"), {"left": "false"}))
    assert teacher.name in page
    assert gone.name not in page
    found = browser.post(
        url("teacher-list"), {"do": "search", "q": teacher.id_number.reveal()}, follow=True
    )
    assert teacher.name in words(found)
    assert gone.name not in words(found)
    for query in ({"running": "true"}, {"year": "2016"}, {"home_school": "2153000001"}):
        assert browser.get(url("posting-list"), query).status_code == 200


@pytest.mark.parametrize("name", ["teacher-list", "posting-list", "figures"])
def test_a_page_costs_the_same_however_long_it_is(
    name, auditor, posting, django_assert_max_num_queries, django_assert_num_queries
):
    browser = sign_in(auditor)
    browser.get(url(name))
    with django_assert_max_num_queries(40) as few:
        browser.get(url(name))
    for n in range(12):
        home = SchoolFactory(
            code=f"21531000{n:02d}", division=DivisionFactory(code=f"{COUNTY}3{n:02d}000")
        )
        PostingFactory(teacher=TeacherFactory(school=home), school=posting.school)
    with django_assert_num_queries(len(few)):
        browser.get(url(name))


@pytest.mark.parametrize("screen", [teachers.TeacherList, postings.PostingList])
def test_every_column_sorts(screen, auditor, posting):
    browser = sign_in(auditor)
    name = "teacher-list" if screen is teachers.TeacherList else "posting-list"
    for column, declared in screen.table_class.base_columns.items():
        if declared.orderable is not False:
            answer = browser.get(url(name), {"sort": column})
            assert answer.status_code == 200, column
