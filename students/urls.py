"""Addresses of children's records, and what they put into the menu and the to-do list."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from povedu.screens.menu import MenuItem, QuickAction, Section
from povedu.screens.searching import SearchSource
from povedu.screens.todo import DUE, Todo, TodoSource
from povedu.terms import Term
from students.selectors import children as reads
from students.views import children, reconciling, registers

app_name = "students"


def _findings_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    count = reads.open_findings(actor.scope).count()
    yield Todo(_("待处理的比对差异"), count, reverse("students:finding-queue"), DUE)


def _payees_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    waiting = reads.payees_waiting(actor.scope).exclude(entered_by=actor.user_id)
    address = f"{reverse('students:payee-list')}?state=pending"
    yield Todo(_("待审核的收款账户"), waiting.count(), address, DUE)


def _identities_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    count = reads.unconfirmed(actor.scope, Term.on(now.date())).count()
    address = f"{reverse('students:student-list')}?identity_confirmed=false"
    yield Todo(_("身份待确认的学生"), count, address, hint=_("确认前不会发放"))


MENU = [
    MenuItem(
        Section.STUDENTS, _("学生台账"), "students:student-list", "students.student.view", order=10
    ),
    MenuItem(
        Section.STUDENTS,
        _("学期花名册"),
        "students:roster-list",
        "students.enrolment.view",
        order=20,
    ),
    MenuItem(
        Section.STUDENTS,
        _("建档立卡户"),
        "students:household-list",
        "students.household.view",
        order=30,
    ),
    MenuItem(
        Section.STUDENTS, _("收款账户"), "students:payee-list", "students.student.view", order=40
    ),
    MenuItem(
        Section.RECONCILE,
        _("差异处理"),
        "students:finding-queue",
        "students.finding.settle",
        order=10,
    ),
    MenuItem(
        Section.RECONCILE, _("差异一览"), "students:finding-list", "students.finding.view", order=20
    ),
    MenuItem(
        Section.RECONCILE,
        _("比对记录"),
        "students:run-list",
        "students.reconciliation.view",
        order=30,
    ),
    MenuItem(
        Section.RECONCILE,
        _("外部名册"),
        "students:snapshot-list",
        "students.register.view",
        order=40,
    ),
]
QUICK = [
    QuickAction(
        _("开始比对"), "students:run-start", "students.reconciliation.run", "bi-intersect", order=30
    ),
]
TODOS = [
    TodoSource("students.finding.settle", _findings_waiting, order=20),
    TodoSource("students.payee.approve", _payees_waiting, order=30),
    TodoSource("students.student.change", _identities_waiting, order=40),
]
SEARCH = [SearchSource(_("学生"), "students.student.view", children.find_students, order=10)]

urlpatterns = [
    path("", children.StudentList.as_view(), name="student-list"),
    path("add/", children.StudentAdd.as_view(), name="student-add"),
    path("<int:pk>/", children.StudentDetail.as_view(), name="student-detail"),
    path("<int:pk>/edit/", children.StudentEdit.as_view(), name="student-edit"),
    path("<int:pk>/confirm/", children.StudentConfirm.as_view(), name="student-confirm"),
    path("<int:pk>/hardship/add/", children.HardshipAdd.as_view(), name="hardship-add"),
    path("hardship/<int:pk>/end/", children.HardshipEnd.as_view(), name="hardship-end"),
    path("<int:pk>/payee/add/", children.PayeeAdd.as_view(), name="payee-add"),
    path("payees/", children.PayeeList.as_view(), name="payee-list"),
    path("payees/<int:pk>/approve/", children.PayeeApprove.as_view(), name="payee-approve"),
    path("payees/<int:pk>/refuse/", children.PayeeRefuse.as_view(), name="payee-refuse"),
    path("<int:pk>/enrol/", children.EnrolmentAdd.as_view(), name="enrolment-add"),
    path("<int:pk>/transfer/", children.EnrolmentTransfer.as_view(), name="enrolment-transfer"),
    path("<int:pk>/leave/", children.EnrolmentLeave.as_view(), name="enrolment-leave"),
    path("rosters/", registers.RosterList.as_view(), name="roster-list"),
    path("rosters/classes/", registers.ClassList.as_view(), name="class-list"),
    path("households/", registers.HouseholdList.as_view(), name="household-list"),
    path("households/<int:pk>/", registers.HouseholdDetail.as_view(), name="household-detail"),
    path("registers/", registers.SnapshotList.as_view(), name="snapshot-list"),
    path("registers/compare/", registers.SnapshotCompare.as_view(), name="snapshot-compare"),
    path("registers/<int:pk>/", registers.EntryList.as_view(), name="snapshot-detail"),
    path("runs/", reconciling.RunList.as_view(), name="run-list"),
    path("runs/start/", reconciling.RunStart.as_view(), name="run-start"),
    path("runs/<int:pk>/", reconciling.RunDetail.as_view(), name="run-detail"),
    path("findings/", reconciling.FindingList.as_view(), name="finding-list"),
    path("findings/queue/", reconciling.FindingQueue.as_view(), name="finding-queue"),
    path(
        "findings/queue/<int:pk>/",
        reconciling.FindingQueue.as_view(),
        name="finding-queue-item",
    ),
]
