"""The ledger of children and what may be done about one child."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
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
    ActionScreen,
    Button,
    DetailScreen,
    Fact,
    FormScreen,
    Hit,
    ListScreen,
    SecretSearch,
    Tab,
)
from povedu.screens.base import Words
from povedu.screens.menu import declared
from povedu.screens.searching import SearchQuery
from students import filters, tables
from students.choices import StudentState
from students.forms import children as forms
from students.models import HardshipStatus, PayeeAccount, Student
from students.selectors import children as reads
from students.services.enrolment import enrol, leave, transfer
from students.services.hardship import confirm_hardship, end_hardship
from students.services.payee import approve_payee, enter_payee, refuse_payee
from students.services.student import change_student, confirm_identity, enter_student

VIEW = "students.student.view"
CHANGE, CONFIRM = "students.student.change", "students.student.confirm"
HARDSHIP = "students.hardship.change"
ENTER_PAYEE, APPROVE_PAYEE = "students.payee.enter", "students.payee.approve"
ENROLMENT = "students.enrolment.change"
_LIST: tuple[Words, str] = (gettext_lazy("学生台账"), "students:student-list")


class StudentList(ListScreen):
    """The ledger of children."""

    action = VIEW
    title = gettext_lazy("学生台账")
    selector = reads.student_ledger
    table_class = tables.StudentTable
    filterset_class = filters.StudentFilter
    main_filters = 4
    search_fields = ("name", "initials__startswith", "pinyin__startswith")
    search_numbers = (SecretSearch(IdNumber, "id_index"), SecretSearch(IdNumber, "stated_index"))
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
    parents = (_LIST,)

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


class _StudentForm(FormScreen):
    """A form about one child in scope."""

    selector = reads.students
    parents = (_LIST,)
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


class StudentAdd(_StudentForm):
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


class StudentEdit(_StudentForm):
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


class StudentConfirm(_StudentForm):
    """Give a provisional child its number."""

    action = CONFIRM
    title = gettext_lazy("确认身份")
    form_class = forms.IdentityForm
    service = confirm_identity
    button = gettext_lazy("确认")
    success = gettext_lazy("身份已确认。")


class HardshipAdd(_StudentForm):
    """Confirm a hardship on evidence."""

    action = HARDSHIP
    title = gettext_lazy("认定困难身份")
    form_class: ClassVar[type[BaseForm]] = forms.HardshipForm
    service: ClassVar[Callable[..., Any]] = confirm_hardship
    tab = "hardship"

    def initial(self) -> dict[str, Any]:
        """Begin with the term in view."""
        return {"starts_on": self.request.term.starts_on}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the details."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "student": self.object,
            "details": form.details(),  # type: ignore[attr-defined]  # a hardship form
        }


class PayeeAdd(HardshipAdd):
    """Enter a card."""

    action = ENTER_PAYEE
    title = gettext_lazy("登记收款账户")
    form_class: ClassVar[type[BaseForm]] = forms.PayeeForm
    service: ClassVar[Callable[..., Any]] = enter_payee
    success = gettext_lazy("已登记，待他人审核。")
    tab = "payee"

    def initial(self) -> dict[str, Any]:
        """Suppose the child's own card."""
        return {"payee_name": str(self.object)}


class EnrolmentAdd(_StudentForm):
    """Enrol a child for the term in view."""

    action = ENROLMENT
    title = gettext_lazy("登记就读")
    form_class: ClassVar[type[BaseForm]] = forms.SeatForm
    service: ClassVar[Callable[..., Any]] = enrol
    tab = "schooling"

    def form_arguments(self) -> dict[str, Any]:
        """Offer what lies in scope."""
        return {**super().form_arguments(), "actor": self.request.actor}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the seat in the term in view."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "student": self.object,
            "term": self.request.term,
            "place": form.seat(),  # type: ignore[attr-defined]  # a seat form
        }

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"


class EnrolmentTransfer(EnrolmentAdd):
    """Move a child to another school."""

    title = gettext_lazy("转学")
    form_class: ClassVar[type[BaseForm]] = forms.TransferForm
    service: ClassVar[Callable[..., Any]] = transfer
    success = gettext_lazy("已办理转学。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer every school of the county."""
        return {**super().form_arguments(), "everywhere": True}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Add the reason."""
        reason = form.cleaned_data["reason"]
        return {**super().arguments(form), "reason": reason}

    def success_url(self, result: Any) -> str:
        """Stay with the child where it is still in scope, else go to the list."""
        still = self.rows().filter(pk=self.object.pk).exists()
        return super().success_url(result) if still else reverse("students:student-list")


class EnrolmentLeave(_StudentForm):
    """Suspend, graduate or let a child go."""

    action = ENROLMENT
    title = gettext_lazy("休学、毕业、离校")
    form_class = forms.LeaveForm
    service = leave
    danger = True
    button = gettext_lazy("办理")
    tab = "schooling"

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the term in view."""
        return {**super().arguments(form), "term": self.request.term}


class HardshipEnd(ActionScreen):
    """End a hardship."""

    action = HARDSHIP
    title = gettext_lazy("结束困难身份")
    selector = reads.hardships
    parents = (_LIST,)
    form_class = forms.EndForm
    service = end_hardship
    object_argument = "hardship"
    danger = True
    button = gettext_lazy("结束")

    def consequence(self) -> Words:
        """Name the child and the category."""
        held: HardshipStatus = self.object
        return _("将结束%(name)s的“%(category)s”。此前的资助不受影响，此后不再据此资助。") % {
            "name": held.student.name,
            "category": held.get_category_display(),
        }

    def success_url(self, result: Any) -> str:
        """Return to the child's hardships."""
        return f"{reverse('students:student-detail', args=[self.object.student_id])}?tab=hardship"

    def back_url(self) -> str:
        """Lead back to the child's hardships."""
        return self.success_url(None)


class PayeeList(ListScreen):
    """Cards, those that wait first."""

    action = VIEW
    title = gettext_lazy("收款账户")
    hint = gettext_lazy("录入与审核须为两人。")
    selector = reads.payee_accounts
    table_class = tables.PayeeTable
    filterset_class = filters.PayeeFilter
    search_fields = ("payee_name", "student__name", "student__initials__startswith")
    export_kind = "payees"
    export_action = "students.student.export"

    def rows(self) -> QuerySet[PayeeAccount]:
        """Return the newest first."""
        return super().rows().order_by("-entered_at", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether the person decides, and who it is."""
        return super().get_context_data(
            can_decide=self.may(APPROVE_PAYEE), own_id=self.request.actor.user_id, **kwargs
        )


class PayeeApprove(ActionScreen):
    """Put a card into use."""

    action = APPROVE_PAYEE
    title = gettext_lazy("审核收款账户")
    selector = reads.payee_accounts
    parents = (_LIST, (gettext_lazy("收款账户"), "students:payee-list"))
    service: ClassVar[Callable[..., Any]] = approve_payee
    object_argument = "account"
    button = gettext_lazy("通过")
    success = gettext_lazy("已通过。")
    success_url_name = "students:payee-list"

    def consequence(self) -> Words:
        """Name whose money goes where."""
        card: PayeeAccount = self.object
        return _("通过后，%(student)s的资助将发到%(payee)s（%(relation)s）的账户，原账户停用。") % {
            "student": card.student.name,
            "payee": card.payee_name,
            "relation": card.get_relation_display(),
        }

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show the card masked."""
        card: PayeeAccount = self.object
        return [(_("银行账号"), str(card.account)), (_("开户行"), card.bank_name or "—")]

    def back_url(self) -> str:
        """Lead back to the cards."""
        return reverse("students:payee-list")


class PayeeRefuse(PayeeApprove):
    """Send a card back."""

    title = gettext_lazy("退回收款账户")
    form_class: ClassVar[type[BaseForm]] = forms.ReasonForm
    service: ClassVar[Callable[..., Any]] = refuse_payee
    button = gettext_lazy("退回")
    danger = True
    success = gettext_lazy("已退回。")

    def consequence(self) -> Words:
        """Name the card that goes back."""
        return _("退回后，%(payee)s的账户不会启用，录入人须重新登记。") % {
            "payee": self.object.payee_name
        }


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
