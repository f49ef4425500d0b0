"""Addresses of teachers and postings."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens import MenuItem, SearchSource, Section, Tab
from teachers.selectors import staff_on
from teachers.tables import StaffTable
from teachers.views import postings, teachers, trainings

app_name = "teachers"

MENU = [
    MenuItem(Section.TEACHERS, _("教师花名册"), "teachers:teacher-list", teachers.VIEW, order=10),
    MenuItem(Section.TEACHERS, _("交流轮岗"), "teachers:posting-list", postings.VIEW, order=20),
    MenuItem(Section.TEACHERS, _("教师培训"), "teachers:training-list", trainings.VIEW, order=25),
    MenuItem(Section.TEACHERS, _("教师概况"), "teachers:figures", postings.SUMMARY, order=30),
]
SEARCH = [SearchSource(_("教师"), teachers.VIEW, teachers.find_teachers, order=30)]
SCHOOL_TABS = [
    Tab(
        "teachers",
        _("教师"),
        table_class=StaffTable,
        rows=lambda screen: staff_on(screen.scope, screen.object, screen.today),
        action=teachers.VIEW,
        empty=_("没有登记教师。"),
    )
]

urlpatterns = [
    path("", teachers.TeacherList.as_view(), name="teacher-list"),
    path("add/", teachers.TeacherAdd.as_view(), name="teacher-add"),
    path("figures/", postings.TeacherFigures.as_view(), name="figures"),
    path("<int:pk>/", teachers.TeacherDetail.as_view(), name="teacher-detail"),
    path("<int:pk>/edit/", teachers.TeacherEdit.as_view(), name="teacher-edit"),
    path("<int:pk>/leave/", teachers.TeacherLeave.as_view(), name="teacher-leave"),
    path("<int:pk>/return/", teachers.TeacherReturn.as_view(), name="teacher-return"),
    path("<int:pk>/postings/add/", postings.PostingAdd.as_view(), name="posting-add"),
    path("trainings/", trainings.TrainingList.as_view(), name="training-list"),
    path("postings/", postings.PostingList.as_view(), name="posting-list"),
    path("postings/<int:pk>/edit/", postings.PostingEdit.as_view(), name="posting-edit"),
    path("postings/<int:pk>/end/", postings.PostingEnd.as_view(), name="posting-end"),
]
