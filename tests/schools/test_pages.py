"""The pages of places, projects and meals, opened as each person opens them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from schools.models import MealReport, Project, ProjectPhoto, School
from schools.views import equipment, meals, projects
from schools.views import schools as views
from tests.factories import (
    CountyFactory,
    DivisionFactory,
    EquipmentItemFactory,
    MealReportFactory,
    MilestoneFactory,
    ProjectBatchFactory,
    ProjectFactory,
    ProjectFundingFactory,
    ProjectPaymentFactory,
    ProjectStepFactory,
    PupilCountFactory,
    SchoolAliasFactory,
    SchoolFactory,
    actor_of,
    sign_in,
)
from tests.factories.values import COUNTY

pytestmark = pytest.mark.django_db
LISTS = ("division", "school", "batch", "project", "milestone", "equipment", "meal")


def url(name, *args):
    return reverse(f"schools:{name}", args=args)


def words(response):
    return response.content.decode()


@pytest.fixture
def full(school):
    """A school with something in every tab, and another school in another township."""
    CountyFactory()
    project = ProjectFactory(school=school, area=Decimal(120))
    ProjectFundingFactory(project=project)
    ProjectPaymentFactory(project=project)
    ProjectStepFactory(project=project)
    MilestoneFactory(project=project)
    whole = EquipmentItemFactory(project=project)
    EquipmentItemFactory(project=project, part_of=whole, quantity=1)
    MealReportFactory(school=school, month=date(2016, 10, 1))
    SchoolAliasFactory(school=school)
    PupilCountFactory(school=school)
    SchoolFactory(code="2153000099", division=DivisionFactory(code=f"{COUNTY}200000"))
    return project


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_for_those_who_may(name, full, auditor, clerk):
    for actor in (auditor, clerk):
        response = sign_in(actor).get(url(f"{name}-list"))
        assert response.status_code == 200, words(response)
    keeper = actor_of("system_admin")
    assert sign_in(keeper).get(url(f"{name}-list")).status_code == 403


@pytest.mark.parametrize(
    "tab", ["base", "aliases", "events", "pupils", "projects", "equipment", "meals"]
)
def test_every_tab_of_a_school_opens(tab, full, basic, auditor):
    for actor in (basic, auditor):
        response = sign_in(actor).get(url("school-detail", full.school.code), {"tab": tab})
        assert response.status_code == 200


@pytest.mark.parametrize("tab", ["money", "life", "payments", "photos", "equipment"])
def test_every_tab_of_a_project_opens(tab, full, builder, auditor):
    for actor in (builder, auditor):
        response = sign_in(actor).get(url("project-detail", full.pk), {"tab": tab})
        assert response.status_code == 200


def test_another_schools_rows_are_not_there(full, stranger):
    browser = sign_in(stranger)
    assert browser.get(url("school-detail", full.school.code)).status_code == 404
    assert browser.get(url("project-detail", full.pk)).status_code == 404
    report = MealReport.objects.get()
    assert browser.get(url("meal-edit", report.pk)).status_code == 404
    assert full.name not in words(browser.get(url("project-list")))
    assert full.school.name not in words(browser.get(url("school-list")))


FORMS = [
    ("school-add", ()),
    ("school-edit", ("school",)),
    ("school-rename", ("school",)),
    ("school-move", ("school",)),
    ("school-close", ("school",)),
    ("school-merge", ("school",)),
    ("alias-add", ("school",)),
    ("batch-add", ()),
    ("batch-edit", ("batch",)),
    ("project-add", ()),
    ("project-edit", ("project",)),
    ("project-advance", ("project",)),
    ("project-funding", ("project",)),
    ("payment-add", ("project",)),
    ("milestone-add", ("project",)),
    ("milestone-done", ("milestone",)),
    ("milestone-remove", ("milestone",)),
    ("photo-add", ("project",)),
    ("item-add", ("project",)),
    ("item-edit", ("item",)),
    ("item-deliver", ("item",)),
    ("meal-add", ()),
    ("meal-edit", ("meal",)),
    ("division-edit", ("division",)),
]


def keys(project):
    return {
        "school": project.school.code,
        "batch": project.batch_id,
        "project": project.pk,
        "milestone": project.milestones.get().pk,
        "item": project.items.first().pk,
        "meal": MealReport.objects.get().pk,
        "division": project.division_id,
    }


@pytest.mark.parametrize(("name", "objects"), FORMS, ids=[one[0] for one in FORMS])
def test_every_form_opens_for_its_keeper_and_nobody_else(name, objects, full, auditor):
    address = url(name, *(keys(full)[one] for one in objects))
    keeper = actor_of("county_admin")
    response = sign_in(keeper).get(address)
    assert response.status_code == 200, words(response)
    assert sign_in(auditor).get(address).status_code == 403
    assert sign_in(auditor).post(address).status_code == 403
    empty = sign_in(keeper).post(address, {})
    assert empty.status_code in (302, 400, 409), words(empty)


# --- schools ------------------------------------------------------------------------------------


def test_a_school_is_entered_renamed_and_closed_in_the_browser(basic):
    CountyFactory()
    place = DivisionFactory(code=f"{COUNTY}100000")
    browser = sign_in(basic)
    response = browser.post(
        url("school-add"),
        {
            "code": "2153000777",
            "name": "River School",
            "division": place.code,
            "kind": "primary",
            "ownership": "public",
            "setting": "rural",
        },
    )
    assert response.status_code == 302, words(response)
    school = School.objects.get()
    address = url("school-rename", school.code)
    day = {"on": "2016-09-01", "document": "12", "form_version": "1"}
    assert browser.post(address, {**day, "name": "Lake School"}).status_code == 302
    assert browser.post(address, {**day, "name": "Pond School"}).status_code == 409
    closing = {**day, "form_version": "2"}
    assert browser.post(url("school-close", school.code), closing).status_code == 302
    page = words(browser.get(url("school-detail", school.code), {"tab": "events"}))
    assert "River School" in page
    assert "恢复办学" in page


def test_a_refusal_stands_beside_its_field(basic, school):
    response = sign_in(basic).post(url("alias-add", school.code), {"name": school.name})
    assert response.status_code == 400
    assert "该别名就是校名" in words(response)


def test_a_school_is_found_by_alias_and_initials(auditor, school):
    SchoolAliasFactory(school=school, name="OLDHILL")
    SchoolFactory(code="2153000002", name="Lake")
    browser = sign_in(auditor)
    response = browser.post(url("school-list"), {"do": "search", "q": "OLDHILL"}, follow=True)
    assert "Hill School" in words(response)
    assert "Lake" not in words(response)


def test_filters_narrow_the_register(auditor, school):
    closed = SchoolFactory(code="2153000002", closed_on=date(2016, 1, 1))
    browser = sign_in(auditor)
    page = words(browser.get(url("school-list"), {"closed": "true"}))
    assert closed.name in page
    assert school.name not in page
    page = words(browser.get(url("school-list"), {"township": f"{COUNTY}100000"}))
    assert school.name in page
    assert browser.get(url("school-list"), {"nonsense": "1"}).status_code == 400


# --- projects -----------------------------------------------------------------------------------


def test_the_projects_office_runs_a_project(builder, school, png, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    batch = ProjectBatchFactory()
    browser = sign_in(builder)
    response = browser.post(
        url("project-add"),
        {
            "batch": batch.pk,
            "number": "1",
            "name": "New roof",
            "category": "building",
            "school": school.code,
        },
    )
    assert response.status_code == 302, words(response)
    project = Project.objects.get()
    steps = [
        (url("project-funding", project.pk), {"central": "1000", "county": "500.50"}),
        (url("project-advance", project.pk), {"to": "tendering", "on": "2016-03-01"}),
        (
            url("payment-add", project.pk),
            {"paid_on": "2016-05-01", "source": "central", "amount": "600"},
        ),
        (url("milestone-add", project.pk), {"name": "Roof", "due_on": "2016-06-01"}),
        (
            url("item-add", project.pk),
            {"name": "Board", "quantity": "3", "unit": "x", "unit_price": "10"},
        ),
        (
            url("photo-add", project.pk),
            {"photo": png, "taken_on": "2016-05-02", "caption": "Before"},
        ),
    ]
    for address, data in steps:
        version = Project.objects.get().version
        response = browser.post(address, {**data, "form_version": version})
        assert response.status_code == 302, words(response)
    page = words(browser.get(url("project-detail", project.pk)))
    assert "1,500.50" in page
    assert "600.00" in page
    response = browser.post(
        url("payment-add", project.pk),
        {"paid_on": "2016-05-01", "source": "central", "amount": "400.01"},
    )
    assert response.status_code == 400
    assert "不足支付" in words(response)


def test_a_photograph_is_shown_only_to_those_who_see_the_project(
    builder, stranger, school, png, settings, tmp_path
):
    settings.VAR_DIR = tmp_path
    project = ProjectFactory(school=school)
    sign_in(builder).post(url("photo-add", project.pk), {"photo": png, "taken_on": "2016-05-02"})
    photo = ProjectPhoto.objects.get()
    address = url("photo-file", photo.pk)
    response = sign_in(builder).get(address)
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline; filename=")
    png.seek(0)
    assert response.content == png.read()
    assert sign_in(stranger).get(address).status_code == 404
    assert sign_in(actor_of("security_admin")).get(address).status_code == 403


def test_late_projects_wait_on_the_landing_page(builder, auditor, school):
    ProjectFactory(school=school, planned_completion_on=date(2016, 1, 1))
    page = words(sign_in(builder).get("/"))
    assert "逾期的建设项目" in page
    assert "逾期的建设项目" not in words(sign_in(auditor).get("/"))
    page = words(sign_in(builder).get(url("project-list"), {"overdue": "true"}))
    assert school.name in page


# --- meals --------------------------------------------------------------------------------------


def test_a_clerk_reports_a_month_begun_with_the_last_one(clerk, school):
    MealReportFactory(school=school, month=date(2016, 9, 1), pupils_count=77, meals_count=700)
    browser = sign_in(clerk)
    page = words(browser.get(url("meal-add"), {"month": "2016-10"}))
    assert 'value="77"' in page
    data = {
        "school": school.code,
        "month": "2016-10",
        "mode": "canteen",
        "pupils_count": 77,
        "feeding_days": 18,
        "meals_count": 1386,
        "standard": "4.00",
    }
    too_many = browser.post(url("meal-add"), {**data, "meals_count": 1387})
    assert too_many.status_code == 400
    assert "供餐人次超过" in words(too_many)
    assert browser.post(url("meal-add"), data).status_code == 302
    report = MealReport.objects.get(month=date(2016, 10, 1))
    assert report.amount == Decimal("5544.00")
    other = SchoolFactory(code="2153000099", has_meals=True)
    assert browser.post(url("meal-add"), {**data, "school": other.code}).status_code == 400


def test_the_month_says_who_has_not_reported(cook, school):
    late = SchoolFactory(code="2153000002", name="Late School", has_meals=True)
    MealReportFactory(school=school, month=date(2016, 10, 1))
    browser = sign_in(cook)
    page = words(browser.get(url("meal-month"), {"month": "2016-10", "reported": "false"}))
    assert late.name in page
    assert school.name not in page
    assert browser.get(url("meal-month"), {"month": "nonsense"}).status_code == 400


# --- query counts -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_however_long_it_is(
    name, full, auditor, django_assert_max_num_queries, django_assert_num_queries
):
    browser = sign_in(auditor)
    address = url(f"{name}-list")
    browser.get(address)
    with django_assert_max_num_queries(30) as few:
        browser.get(address)
    for n in range(15):
        more = SchoolFactory(
            code=f"21531000{n:02d}", division=DivisionFactory(code=f"{COUNTY}3{n:02d}000")
        )
        project = ProjectFactory(school=more)
        MilestoneFactory(project=project)
        EquipmentItemFactory(project=project)
        MealReportFactory(school=more)
    with django_assert_num_queries(len(few)):
        browser.get(address)


SCREENS = {
    "division-list": views.DivisionList,
    "school-list": views.SchoolList,
    "batch-list": projects.BatchList,
    "project-list": projects.ProjectList,
    "milestone-list": projects.MilestoneList,
    "equipment-list": equipment.EquipmentList,
    "meal-list": meals.MealList,
    "meal-month": meals.MealMonth,
}


@pytest.mark.parametrize("name", SCREENS)
def test_every_column_sorts_and_every_search_finds(name, full, auditor):
    browser = sign_in(auditor)
    for column, declared in SCREENS[name].table_class.base_columns.items():
        if declared.orderable is not False:
            answer = browser.get(url(name), {"sort": f"-{column}"})
            assert answer.status_code == 200, column
    found = browser.post(url(name), {"do": "search", "q": "hill"}, follow=True)
    assert found.status_code == 200
