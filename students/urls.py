"""Addresses of children's records, and what they put into the menu and the to-do list."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.accounts.selectors import term_of
from povedu.scope import Actor
from povedu.screens.menu import MenuItem, QuickAction, Section
from povedu.screens.searching import SearchSource
from povedu.screens.todo import DUE, OVERDUE, Todo, TodoSource
from students.selectors import assignments as asked
from students.selectors import children as reads
from students.selectors.away import proofs_due
from students.views import (
    alike,
    assigning,
    away,
    board,
    children,
    comparisons,
    dropouts,
    papers,
    partition,
    payees,
    queue,
    reconciling,
    register_logic,
    registers,
    schooling_poor,
    settling,
    standing,
    starting,
)

app_name = "students"


def _findings_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    count = reads.open_findings(actor.scope).count()
    yield Todo(_("待处理的比对差异"), count, reverse("students:finding-queue"), DUE)


def _assignments_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    """Count what is overdue for all, what waits for schools, what is answered for the rest."""
    today, address = timezone.localtime(now).date(), reverse("students:assignment-list")
    late = asked.overdue(actor.scope, today).count()
    yield Todo(_("逾期未答复的交办"), late, f"{address}?state=overdue", OVERDUE)
    if actor.may("students.finding.answer"):
        rows = asked.waiting(actor.scope).filter(due_on__gte=today)
        yield Todo(_("待答复的交办"), rows.count(), f"{address}?state=waiting", DUE)
    elif actor.may("students.finding.assign"):
        count = asked.answered(actor.scope).count()
        yield Todo(_("学校已答复、待审核的差异"), count, f"{address}?state=answered", DUE)


def _papers_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    waiting = asked.proofs_waiting(actor.scope).exclude(recorded_by=actor.user_id)
    address = f"{reverse('students:finding-queue')}?kind=not-on-register"
    yield Todo(_("待审核的困难证明"), waiting.count(), address, DUE)


def _payees_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    waiting = reads.payees_waiting(actor.scope).exclude(entered_by=actor.user_id)
    address = f"{reverse('students:payee-list')}?state=pending"
    yield Todo(_("待审核的收款账户"), waiting.count(), address, DUE)


def _identities_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    term = term_of(actor.scope.county_code, timezone.localtime(now).date())
    count = reads.unconfirmed(actor.scope, term).count()
    address = f"{reverse('students:student-list')}?identity_confirmed=false"
    yield Todo(_("身份待确认的学生"), count, address, hint=_("确认前不会发放"))


def _proofs_waiting(actor: Actor, now: datetime) -> Iterable[Todo]:
    today = timezone.localtime(now).date()
    overdue, waiting = proofs_due(actor.scope, term_of(actor.scope.county_code, today), today)
    address = reverse("students:proof-list")
    yield Todo(_("逾期未交的在读证明"), overdue, f"{address}?overdue=true", OVERDUE)
    if actor.may("students.proof.check"):
        yield Todo(_("待核实的在读证明"), waiting, f"{address}?state=received", DUE)


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
    MenuItem(Section.STUDENTS, _("控辍保学台账"), "students:dropout-list", dropouts.VIEW, order=50),
    MenuItem(
        Section.STUDENTS,
        _("因学致贫户"),
        "students:schooling-list",
        "students.household.view",
        order=32,
    ),
    MenuItem(Section.STUDENTS, _("外出就读"), "students:away-list", "students.away.view", order=46),
    MenuItem(
        Section.STUDENTS, _("随迁子女"), "students:migrant-list", "students.student.view", order=47
    ),
    MenuItem(
        Section.STUDENTS,
        _("三本台账"),
        "students:ledgers",
        "students.partition.view",
        order=45,
    ),
    MenuItem(
        Section.RECONCILE,
        _("差异处理"),
        "students:finding-queue",
        "students.finding.settle",
        order=10,
    ),
    MenuItem(Section.RECONCILE, _("差异分布"), "students:finding-board", board.VIEW, order=15),
    MenuItem(
        Section.RECONCILE, _("差异一览"), "students:finding-list", "students.finding.view", order=20
    ),
    MenuItem(
        Section.RECONCILE,
        _("交办核实"),
        "students:assignment-list",
        "students.assignment.view",
        order=25,
    ),
    MenuItem(
        Section.RECONCILE,
        _("处理记录"),
        "students:decision-list",
        "students.decision.view",
        order=27,
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
    MenuItem(
        Section.RECONCILE,
        _("两期对照"),
        "students:comparison-list",
        "students.comparison.view",
        order=45,
    ),
    MenuItem(
        Section.RECONCILE,
        _("名册逻辑规则"),
        "students:rule-list",
        "students.rule.view",
        order=50,
    ),
]
QUICK = [
    QuickAction(
        _("开始比对"), "students:run-start", "students.reconciliation.run", "bi-intersect", order=30
    ),
]
TODOS = [
    TodoSource("students.finding.settle", _findings_waiting, order=20),
    TodoSource("students.assignment.view", _assignments_waiting, order=10),
    TodoSource("students.hardship.change", _papers_waiting, order=25),
    TodoSource("students.payee.approve", _payees_waiting, order=30),
    TodoSource("students.student.change", _identities_waiting, order=40),
    TodoSource("students.proof.collect", _proofs_waiting, order=45),
]
SEARCH = [SearchSource(_("学生"), "students.student.view", children.find_students, order=10)]

urlpatterns = [
    path("", children.StudentList.as_view(), name="student-list"),
    path("add/", children.StudentAdd.as_view(), name="student-add"),
    path("<int:pk>/", children.StudentDetail.as_view(), name="student-detail"),
    path("<int:pk>/edit/", children.StudentEdit.as_view(), name="student-edit"),
    path("<int:pk>/confirm/", children.StudentConfirm.as_view(), name="student-confirm"),
    path("<int:pk>/hardship/add/", standing.HardshipAdd.as_view(), name="hardship-add"),
    path("hardship/<int:pk>/end/", standing.HardshipEnd.as_view(), name="hardship-end"),
    path("<int:pk>/payee/add/", payees.PayeeAdd.as_view(), name="payee-add"),
    path("payees/", payees.PayeeList.as_view(), name="payee-list"),
    path("payees/<int:pk>/approve/", payees.PayeeApprove.as_view(), name="payee-approve"),
    path("payees/<int:pk>/refuse/", payees.PayeeRefuse.as_view(), name="payee-refuse"),
    path("<int:pk>/enrol/", standing.EnrolmentAdd.as_view(), name="enrolment-add"),
    path("<int:pk>/transfer/", standing.EnrolmentTransfer.as_view(), name="enrolment-transfer"),
    path("<int:pk>/leave/", standing.EnrolmentLeave.as_view(), name="enrolment-leave"),
    path("rosters/", registers.RosterList.as_view(), name="roster-list"),
    path("rosters/classes/", registers.ClassList.as_view(), name="class-list"),
    path("households/", registers.HouseholdList.as_view(), name="household-list"),
    path("households/<int:pk>/", registers.HouseholdDetail.as_view(), name="household-detail"),
    path("registers/", registers.SnapshotList.as_view(), name="snapshot-list"),
    path("registers/<int:pk>/", registers.EntryList.as_view(), name="snapshot-detail"),
    path("dropouts/", dropouts.DropoutList.as_view(), name="dropout-list"),
    path("dropouts/<int:pk>/", dropouts.DropoutDetail.as_view(), name="dropout-detail"),
    path("dropouts/<int:pk>/return/", dropouts.DropoutReturn.as_view(), name="dropout-return"),
    path("dropouts/<int:pk>/close/", dropouts.DropoutClose.as_view(), name="dropout-close"),
    path("dropouts/<int:pk>/visit/", dropouts.VisitAdd.as_view(), name="visit-add"),
    path("runs/", reconciling.RunList.as_view(), name="run-list"),
    path("runs/start/", starting.RunStart.as_view(), name="run-start"),
    path("runs/nightly/", starting.Nightly.as_view(), name="run-nightly"),
    path("runs/<int:pk>/", reconciling.RunDetail.as_view(), name="run-detail"),
    path("runs/<int:pk>/partition/", partition.PartitionPage.as_view(), name="run-partition"),
    path("runs/<int:pk>/children/", partition.PlacedList.as_view(), name="run-children"),
    path("comparisons/", comparisons.ComparisonList.as_view(), name="comparison-list"),
    path("comparisons/<int:pk>/", comparisons.ComparisonDetail.as_view(), name="comparison-detail"),
    path(
        "comparisons/start/<slug:basis>/",
        comparisons.ComparisonStart.as_view(),
        name="comparison-start",
    ),
    path("away/", away.AwayList.as_view(), name="away-list"),
    path("proofs/", away.ProofList.as_view(), name="proof-list"),
    path("proofs/print/", away.NoticesPrint.as_view(), name="proofs-print"),
    path("proofs/<int:pk>/", away.ProofDetail.as_view(), name="proof-detail"),
    path("proofs/<int:pk>/receive/", away.ProofReceive.as_view(), name="proof-receive"),
    path("proofs/<int:pk>/paper/", away.ProofPaper.as_view(), name="proof-paper"),
    path("proofs/<int:pk>/check/", away.ProofCheck.as_view(), name="proof-check"),
    path("proofs/<int:pk>/return/", away.ProofReturn.as_view(), name="proof-return"),
    path("migrants/", away.MigrantList.as_view(), name="migrant-list"),
    path(
        "households/schooling/", schooling_poor.SchoolingPoorList.as_view(), name="schooling-list"
    ),
    path("ledgers/", partition.LedgersPage.as_view(), name="ledgers"),
    path("findings/", reconciling.FindingList.as_view(), name="finding-list"),
    path("findings/board/", board.FindingBoard.as_view(), name="finding-board"),
    path("findings/queue/", queue.FindingQueue.as_view(), name="finding-queue"),
    path(
        "findings/queue/<int:pk>/",
        queue.FindingQueue.as_view(),
        name="finding-queue-item",
    ),
    path("findings/<int:pk>/alike/", alike.SettleAlike.as_view(), name="finding-alike"),
    path("findings/<int:pk>/assign/", assigning.AssignFinding.as_view(), name="finding-assign"),
    path("findings/<int:pk>/proof/", papers.ProofAdd.as_view(), name="finding-proof"),
    path("findings/<int:pk>/undo/", settling.UndoDecision.as_view(), name="finding-undo"),
    path("findings/<int:pk>/evidence/", papers.EvidenceAdd.as_view(), name="evidence-add"),
    path("findings/assign/", assigning.AssignMany.as_view(), name="findings-assign"),
    path("findings/decisions/", settling.DecisionList.as_view(), name="decision-list"),
    path("evidence/<int:pk>/", papers.EvidenceOpen.as_view(), name="evidence-open"),
    path("evidence/<int:pk>/remove/", papers.EvidenceRemove.as_view(), name="evidence-remove"),
    path("rules/", register_logic.RuleList.as_view(), name="rule-list"),
    path("rules/findings/", register_logic.LogicList.as_view(), name="logic-list"),
    path("rules/<slug:code>/switch/", register_logic.RuleTurn.as_view(), name="rule-switch"),
    path("assignments/", assigning.AssignmentList.as_view(), name="assignment-list"),
    path(
        "assignments/<int:pk>/answer/",
        assigning.AssignmentAnswer.as_view(),
        name="assignment-answer",
    ),
    path(
        "assignments/<int:pk>/return/",
        assigning.AssignmentReturn.as_view(),
        name="assignment-return",
    ),
    path(
        "assignments/<int:pk>/withdraw/",
        assigning.AssignmentWithdraw.as_view(),
        name="assignment-withdraw",
    ),
]
