"""Addresses of places, projects and meals."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens import MenuItem, QuickAction, SearchSource, Section, TodoSource
from schools.selectors import place_name
from schools.views import equipment, meals, project_steps, projects, school_events, schools

app_name = "schools"

PLACE_NAME = place_name
MENU = [
    MenuItem(Section.PLACES, _("学校名录"), "schools:school-list", schools.VIEW, order=10),
    MenuItem(
        Section.PLACES, _("行政区划"), "schools:division-list", "schools.division.view", order=15
    ),
    MenuItem(Section.PLACES, _("项目批次"), "schools:batch-list", projects.VIEW, order=20),
    MenuItem(Section.PLACES, _("建设项目"), "schools:project-list", projects.VIEW, order=25),
    MenuItem(Section.PLACES, _("设备采购"), "schools:equipment-list", projects.VIEW, order=30),
    MenuItem(Section.PLACES, _("设备配发"), "schools:delivery-list", projects.VIEW, order=32),
    MenuItem(Section.PLACES, _("营养餐"), "schools:meal-list", meals.VIEW, order=35),
]
QUICK = [
    QuickAction(_("新增项目"), "schools:project-add", projects.EDIT, order=60),
    QuickAction(_("填报营养餐月报"), "schools:meal-add", meals.REPORT, order=65),
]
TODOS = [
    TodoSource(projects.EDIT, projects.overdue_projects, order=60),
    TodoSource(projects.EDIT, projects.due_milestones, order=61),
    TodoSource(meals.REPORT, meals.reports_waiting, order=65),
]
SEARCH = [SearchSource(_("学校"), schools.VIEW, schools.find_schools, order=20)]

urlpatterns = [
    path("divisions/", schools.DivisionList.as_view(), name="division-list"),
    path("divisions/<slug:pk>/edit/", schools.DivisionEdit.as_view(), name="division-edit"),
    path("", schools.SchoolList.as_view(), name="school-list"),
    path("add/", schools.SchoolAdd.as_view(), name="school-add"),
    path("aliases/<int:pk>/remove/", school_events.AliasRemove.as_view(), name="alias-remove"),
    path("projects/batches/", projects.BatchList.as_view(), name="batch-list"),
    path("projects/batches/add/", projects.BatchAdd.as_view(), name="batch-add"),
    path("projects/batches/<int:pk>/edit/", projects.BatchEdit.as_view(), name="batch-edit"),
    path("projects/", projects.ProjectList.as_view(), name="project-list"),
    path("projects/add/", projects.ProjectAdd.as_view(), name="project-add"),
    path("projects/milestones/", projects.MilestoneList.as_view(), name="milestone-list"),
    path(
        "projects/milestones/<int:pk>/done/",
        project_steps.MilestoneDone.as_view(),
        name="milestone-done",
    ),
    path(
        "projects/milestones/<int:pk>/remove/",
        project_steps.MilestoneRemove.as_view(),
        name="milestone-remove",
    ),
    path("projects/photos/<int:pk>/", project_steps.PhotoFile.as_view(), name="photo-file"),
    path(
        "projects/photos/<int:pk>/remove/", project_steps.PhotoRemove.as_view(), name="photo-remove"
    ),
    path("projects/equipment/", equipment.EquipmentList.as_view(), name="equipment-list"),
    path("projects/deliveries/", equipment.DeliveryList.as_view(), name="delivery-list"),
    path("projects/equipment/<int:pk>/edit/", equipment.ItemEdit.as_view(), name="item-edit"),
    path(
        "projects/equipment/<int:pk>/deliver/", equipment.ItemDeliver.as_view(), name="item-deliver"
    ),
    path("projects/<int:pk>/", projects.ProjectDetail.as_view(), name="project-detail"),
    path("projects/<int:pk>/edit/", projects.ProjectEdit.as_view(), name="project-edit"),
    path(
        "projects/<int:pk>/advance/", project_steps.ProjectAdvance.as_view(), name="project-advance"
    ),
    path(
        "projects/<int:pk>/funding/", project_steps.ProjectFunding.as_view(), name="project-funding"
    ),
    path("projects/<int:pk>/pay/", project_steps.PaymentAdd.as_view(), name="payment-add"),
    path(
        "projects/<int:pk>/milestones/add/",
        project_steps.MilestoneAdd.as_view(),
        name="milestone-add",
    ),
    path("projects/<int:pk>/photos/add/", project_steps.PhotoAdd.as_view(), name="photo-add"),
    path("projects/<int:pk>/equipment/add/", equipment.ItemAdd.as_view(), name="item-add"),
    path("meals/", meals.MealList.as_view(), name="meal-list"),
    path("meals/month/", meals.MealMonth.as_view(), name="meal-month"),
    path("meals/county/", meals.CountyMonth.as_view(), name="meal-county-month"),
    path("meals/year/", meals.MealYear.as_view(), name="meal-year"),
    path("meals/year/<int:year>/", meals.MealYear.as_view(), name="meal-year-of"),
    path("meals/add/", meals.MealAdd.as_view(), name="meal-add"),
    path("meals/<int:pk>/edit/", meals.MealEdit.as_view(), name="meal-edit"),
    path("<slug:code>/", schools.SchoolDetail.as_view(), name="school-detail"),
    path("<slug:code>/edit/", schools.SchoolEdit.as_view(), name="school-edit"),
    path("<slug:code>/rename/", school_events.SchoolRename.as_view(), name="school-rename"),
    path("<slug:code>/move/", school_events.SchoolMove.as_view(), name="school-move"),
    path("<slug:code>/close/", school_events.SchoolClose.as_view(), name="school-close"),
    path("<slug:code>/merge/", school_events.SchoolMerge.as_view(), name="school-merge"),
    path("<slug:code>/reopen/", school_events.SchoolReopen.as_view(), name="school-reopen"),
    path("<slug:code>/aliases/add/", school_events.AliasAdd.as_view(), name="alias-add"),
]
