"""Pages of children: the list, the record, its particulars."""

from collections.abc import Sequence
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.audit.selectors import history_of
from povedu.audit.tables import AuditTable
from povedu.protected import IdNumber
from povedu.scope import Scope
from povedu.screens import (
    Button,
    DetailScreen,
    Fact,
    FormScreen,
    Hit,
    ListScreen,
    SecretSearch,
    Tab,
)
from povedu.screens.menu import declared
from povedu.screens.screen import Words
from povedu.screens.searching import SearchQuery
from students import filters, tables
from students.choices import StudentState
from students.forms import children as forms
from students.models import Student
from students.selectors import children as reads
from students.services.student import change_student, confirm_identity, enter_student

VIEW = "students.student.view"
CHANGE, CONFIRM = "students.student.change", "students.student.confirm"
HARDSHIP = "students.hardship.change"
ENTER_PAYEE, APPROVE_PAYEE = "students.payee.enter", "students.payee.approve"
ENROLMENT = "students.enrolment.change"
STUDENTS: tuple[Words, str] = (gettext_lazy("学生台账"), "students:student-list")


class StudentList(ListScreen):
    """The ledger of children."""

    action = VIEW
    title = gettext_lazy("学生台账")
    selector = reads.student_ledger
    table_class = tables.StudentTable
    filterset_class = filters.StudentFilter
    main_filters = 4
    search_fields = ("name", "initials__startswith", "pinyin__startswith")
    search_numbers = (
        SecretSearch(IdNumber, "id_index"),
        SecretSearch(IdNumber, "stated_index", unlike="id_index"),
    )
    export_kind = "students"
    export_action = "students.student.export"
    empty_reason = gettext_lazy("还没有学生。")
    empty_action = gettext_lazy("可以上传学校花名册，也可以逐个登记。")

    def buttons(self) -> list[Button]:
        """Offer a new child."""
        return [
            Button(
                _("登记学生"), reverse("students:student-add"), "students.student.add", "bi-plus"
            )
        ]


def _address(screen: Any, name: str) -> str:
    return reverse(f"students:{name}", args=[screen.object.pk])


def _actions(screen: Any, *offers: tuple[Words, str, str, str]) -> list[Button]:
    """Return the buttons of (label, URL name, policy action, icon) that the person may use."""
    return [
        Button(label, _address(screen, name), action, icon)
        for label, name, action, icon in offers
        if screen.may(action)
    ]


def _particulars(screen: Any) -> dict[str, Any]:
    student: Student = screen.object
    household = reads.household_of(screen.scope, student)
    return {
        "actions": _actions(
            screen,
            (_("修改"), "student-edit", CHANGE, "bi-pencil"),
            (_("确认身份"), "student-confirm", CONFIRM, "bi-person-check"),
        ),
        "lines": [
            Fact(_("学籍号"), tables.masked_student_no(student.student_no)),
            Fact(_("民族"), student.ethnicity),
            Fact(_("填报证号"), field="stated_id_number"),
            Fact(_("户籍地"), student.home_division),
            Fact(_("家庭住址"), field="home_address"),
            Fact(_("监护人"), student.guardian_name),
            Fact(_("与监护人关系"), student.guardian_relation),
            Fact(_("监护人证号"), field="guardian_id_number"),
            Fact(_("联系电话"), field="phone"),
            Fact(
                _("建档立卡户"),
                household or "",
                household.get_absolute_url() if household else "",
            ),
            Fact(_("登记时间"), f"{timezone.localtime(student.entered_at):%Y-%m-%d %H:%M}"),
        ],
    }


def _schooling_actions(screen: Any) -> dict[str, Any]:
    return {
        "actions": _actions(
            screen,
            (_("登记就读"), "enrolment-add", ENROLMENT, "bi-plus"),
            (_("转学"), "enrolment-transfer", ENROLMENT, "bi-arrow-left-right"),
            (_("休学、毕业、离校"), "enrolment-leave", ENROLMENT, "bi-box-arrow-right"),
        )
    }


def _hardship_actions(screen: Any) -> dict[str, Any]:
    return {
        "actions": _actions(screen, (_("认定困难身份"), "hardship-add", HARDSHIP, "bi-plus")),
        "can_end": screen.may(HARDSHIP),
    }


def _payee_actions(screen: Any) -> dict[str, Any]:
    return {
        "actions": _actions(screen, (_("登记收款账户"), "payee-add", ENTER_PAYEE, "bi-plus")),
        "can_decide": screen.may(APPROVE_PAYEE),
        "own_id": screen.request.actor.user_id,
    }


_WITH_ACTIONS = "students/tab_table.html"
TABS = (
    Tab(
        "basic", gettext_lazy("基本信息"), template="students/tab_lines.html", context=_particulars
    ),
    Tab(
        "schooling",
        gettext_lazy("就读经历"),
        template=_WITH_ACTIONS,
        context=_schooling_actions,
        table_class=tables.SchoolingTable,
        rows=lambda screen: reads.enrolments_of(screen.scope, screen.object),
    ),
    Tab(
        "hardship",
        gettext_lazy("困难身份"),
        template=_WITH_ACTIONS,
        context=_hardship_actions,
        table_class=tables.HardshipTable,
        rows=lambda screen: reads.hardships(screen.scope).filter(student=screen.object),
    ),
    Tab(
        "payee",
        gettext_lazy("收款账户"),
        template=_WITH_ACTIONS,
        context=_payee_actions,
        table_class=tables.PayeeTable,
        rows=lambda screen: reads.payee_accounts(screen.scope).filter(student=screen.object),
    ),
    Tab(
        "findings",
        gettext_lazy("比对差异"),
        table_class=tables.FindingTable,
        rows=lambda screen: reads.findings_about(screen.scope, screen.object),
        action="students.finding.view",
        empty=gettext_lazy("历次比对没有发现差异。"),
    ),
)
HISTORY = Tab(
    "history",
    gettext_lazy("变更记录"),
    table_class=AuditTable,
    rows=lambda screen: history_of(screen.scope, "students.student", str(screen.object.pk)),
)


class StudentDetail(DetailScreen):
    """One child; apps above add tabs by ``STUDENT_TABS`` in their urls module."""

    action = VIEW
    selector = reads.student_ledger
    parents = (STUDENTS,)

    def open_tabs(self) -> list[Tab]:
        """Put the tabs of apps above before the history."""
        above = declared("STUDENT_TABS", Tab)
        own = [*TABS, *(tab for tab in above if tab.name != HISTORY.name), HISTORY]
        return [tab for tab in own if self.may(tab.action)]

    def facts(self) -> Sequence[Fact]:
        """Say who, where, in which state, and what waits."""
        student: Student = self.object
        place = student.school
        held = _("、").join(
            dict.fromkeys(str(one.get_category_display()) for one in student.live_hardships)  # type: ignore[attr-defined]  # prefetched
        )
        waiting = reads.open_findings(self.scope).filter(student=student).count()
        return [
            Fact(_("身份证号"), field="id_number" if student.id_number else "stated_id_number"),
            Fact(
                _("身份"),
                _("已确认") if student.identity_confirmed else _("待确认，确认前不发放"),
                status="done" if student.identity_confirmed else "waiting",
            ),
            Fact(_("性别"), student.get_sex_display()),
            Fact(_("出生日期"), student.birth_on and f"{student.birth_on:%Y-%m-%d}"),
            Fact(_("学校"), place or "", place.get_absolute_url() if place else ""),
            Fact(
                _("年级班级"),
                f"{tables.grade_words(student.stage, student.grade)} {student.class_name}".strip(),
            ),
            Fact(_("状态"), student.get_state_display(), status=_tone(student)),
            Fact(_("困难身份"), held or _("无")),
            Fact(
                _("待处理差异"),
                waiting,
                f"{reverse('students:student-detail', args=[student.pk])}?tab=findings",
            ),
        ]


def _tone(student: Student) -> str:
    return "done" if student.state == StudentState.STUDYING else "waiting"


class StudentForm(FormScreen):
    """A form about one child in scope."""

    selector = reads.students
    parents = (STUDENTS,)
    object_argument = "student"
    tab = ""

    def success_url(self, result: Any) -> str:
        """Return to the child's page, at the tab the form belongs to."""
        student = result if isinstance(result, Student) else self.object
        address = reverse("students:student-detail", args=[student.pk])
        return f"{address}?tab={self.tab}" if self.tab else address

    def back_url(self) -> str:
        """Lead back to the child."""
        return self.success_url(self.object) if self.object is not None else super().back_url()


class StudentAdd(StudentForm):
    """Enter a child by hand."""

    action = "students.student.add"
    title = gettext_lazy("登记学生")
    form_class = forms.StudentForm
    service = enter_student
    success = gettext_lazy("已登记。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer what lies in scope."""
        return {**super().form_arguments(), "actor": self.request.actor, "student": None}

    def initial(self) -> dict[str, Any]:
        """Choose the only school there is."""
        schools = list(forms.own_schools(self.request.actor)[:2])
        return {"school": schools[0].pk} if len(schools) == 1 else {}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Enter the child in the term in view."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "details": form.details(),  # type: ignore[attr-defined]  # a student form
            "term": self.request.term,
        }


class StudentEdit(StudentForm):
    """Change a child's record."""

    action = CHANGE
    title = gettext_lazy("修改学生")
    form_class = forms.StudentForm
    service = change_student
    version_field = "version"

    def form_arguments(self) -> dict[str, Any]:
        """Offer what lies in scope."""
        return {**super().form_arguments(), "actor": self.request.actor, "student": self.object}

    def initial(self) -> dict[str, Any]:
        """Show nothing protected."""
        hidden = {"id_number", "home_address", "guardian_id_number", "phone"}
        return {name: value for name, value in super().initial().items() if name not in hidden}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the record as it was shown."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "student": self.object,
            "details": form.details(),  # type: ignore[attr-defined]  # a student form
        }


class StudentConfirm(StudentForm):
    """Give a provisional child its number."""

    action = CONFIRM
    title = gettext_lazy("确认身份")
    form_class = forms.IdentityForm
    service = confirm_identity
    button = gettext_lazy("确认")
    success = gettext_lazy("身份已确认。")


def find_students(scope: Scope, query: SearchQuery) -> list[Hit]:
    """Find children by name, initials or full number for the top bar."""
    rows = reads.students(scope).filter(
        query.q(StudentList.search_fields, StudentList.search_numbers)
    )[:10]
    return [
        Hit(
            student.name,
            reverse("students:student-detail", args=[student.pk]),
            str(student.school or ""),
        )
        for student in rows
    ]
