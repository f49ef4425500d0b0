"""Pages of the dropout ledgers."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import IdNumber
from povedu.screens import Button, DetailScreen, Fact, FormScreen, ListScreen, SecretSearch, Tab
from povedu.screens.screen import Words
from students import filters, tables
from students.choices import DropoutState
from students.forms.dropouts import CloseForm, ReturnForm, VisitForm
from students.models import DropoutCase
from students.selectors import dropouts as reads
from students.services.dropouts import close_case, record_return, record_visit
from students.tables.dropouts import DROPOUT_TONES

VIEW, VISIT = "students.dropout.view", "students.dropout.visit"
SETTLE = "students.dropout.settle"
_LIST: tuple[Words, str] = (gettext_lazy("控辍保学台账"), "students:dropout-list")


class DropoutList(ListScreen):
    """The ledgers of suspected and of actual dropouts."""

    action = VIEW
    title = gettext_lazy("控辍保学台账")
    hint = gettext_lazy("疑似辍学和辍学学生，一人一案，劝返逐次记录，销号留依据。")
    selector = reads.case_ledger
    table_class = tables.DropoutTable
    filterset_class = filters.DropoutFilter
    main_filters = 3
    search_fields = ("name", "initials__startswith", "teacher_name", "cadre_name")
    search_numbers = (SecretSearch(IdNumber, "id_index"),)
    search_hint = gettext_lazy("姓名、拼音首字母、帮扶人姓名或完整身份证号")
    export_kind = "dropouts"
    export_action = "students.dropout.export"
    empty_reason = gettext_lazy("没有疑似辍学或辍学学生。")
    empty_action = gettext_lazy("可以在“导入”中上传控辍保学台账。")


def _day(day: Any) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _lines(screen: Any) -> dict[str, Any]:
    case: DropoutCase = screen.object
    return {
        "lines": [
            Fact(_("户籍地"), case.division or case.home_as_stated),
            Fact(_("家庭住址"), field="home_address"),
            Fact(_("辍学时间"), _day(case.left_on)),
            Fact(_("辍学原因（原文）"), case.reason_as_stated),
            Fact(_("去向"), case.whereabouts),
            Fact(_("复学学校"), case.returned_school),
            Fact(_("复学时间"), _day(case.returned_on)),
            Fact(_("安置方式"), case.placement),
            Fact(_("销号时间"), _day(case.closed_on)),
            Fact(_("销号依据"), case.closed_evidence),
        ]
    }


def _visit_links(screen: Any) -> dict[str, Any]:
    button = Button(
        _("记录劝返"), reverse("students:visit-add", args=[screen.object.pk]), VISIT, "bi-plus-lg"
    )
    return {"actions": [button] if screen.may(VISIT) and not screen.object.closed_on else []}


class DropoutDetail(DetailScreen):
    """One child's case: who answers for the child, what was tried, how it ended."""

    action = VIEW
    selector = reads.cases
    parents = (_LIST,)
    tabs = (
        Tab(
            "visits",
            gettext_lazy("劝返记录"),
            template="schools/tab_actions.html",
            context=_visit_links,
            table_class=tables.VisitTable,
            rows=lambda screen: reads.visits_of(screen.scope, screen.object),
            empty=gettext_lazy("还没有劝返记录。"),
        ),
        Tab("about", gettext_lazy("情况"), template="schools/tab_facts.html", context=_lines),
    )

    def facts(self) -> Sequence[Fact]:
        """Say who, where, in which ledger, and who answers for the child."""
        case: DropoutCase = self.object
        student = case.student
        return [
            Fact(_("状态"), case.get_state_display(), status=DROPOUT_TONES[case.state]),
            Fact(_("列入台账日期"), _day(case.found_on)),
            Fact(_("原学校"), case.school or case.school_as_stated),
            Fact(_("年级"), case.grade_as_stated),
            Fact(_("辍学原因"), case.get_reason_display()),
            Fact(_("帮扶教师"), case.teacher_name),
            Fact(_("村干部"), case.cadre_name),
            Fact(_("家长"), case.guardian_name),
            Fact(_("身份证号"), field="id_number"),
            Fact(_("联系电话"), field="phone"),
            *([Fact(_("学生台账"), student, student.get_absolute_url())] if student else []),
        ]

    def buttons(self) -> list[Button]:
        """Offer what may be done with an open case."""
        pk, state = self.object.pk, self.object.state
        if state == DropoutState.CLOSED:
            return []
        close = Button(_("销号"), reverse("students:dropout-close", args=[pk]), SETTLE)
        back = Button(_("登记返校"), reverse("students:dropout-return", args=[pk]), SETTLE)
        return [close] if state == DropoutState.RETURNED else [back, close]


class _CaseForm(FormScreen):
    """A form about one case; afterwards the reader is back at the case."""

    parents = (_LIST,)
    selector = reads.cases
    object_argument = "case"

    def initial(self) -> dict[str, Any]:
        """Begin with an empty form: what was entered before is on the case's page."""
        return {}

    def today(self) -> date:
        """Return the local day."""
        return timezone.localtime(self.request.now).date()

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the case and what was entered."""
        given = {"actor": self.request.actor, "now": self.request.now, "case": self.object}
        details = getattr(form, "details", None)
        return given | ({"details": details()} if details else form.cleaned_data)

    def heading(self) -> Words:
        """Name the child."""
        found = getattr(self, "object", None)
        return f"{self.title}：{found}" if found else self.title

    def success_url(self, result: object) -> str:
        """Lead back to the case."""
        address: str = self.object.get_absolute_url()
        return address


class VisitAdd(_CaseForm):
    """Record an attempt to bring a child back."""

    action = VISIT
    title = gettext_lazy("记录劝返")
    form_class = VisitForm
    service = record_visit
    success = gettext_lazy("已记录。")

    def initial(self) -> dict[str, Any]:
        """Begin with today and the people who answer for the child."""
        case: DropoutCase = self.object
        people = [one for one in (case.teacher_name, case.cadre_name) if one]
        return {"visited_on": self.today(), "people": "、".join(people)}


class DropoutReturn(_CaseForm):
    """Say that a child is back."""

    action = SETTLE
    title = gettext_lazy("登记返校")
    form_class: ClassVar[type[BaseForm]] = ReturnForm
    service: ClassVar[Callable[..., Any]] = record_return
    version_field = "version"

    def initial(self) -> dict[str, Any]:
        """Begin with today and the school the child left."""
        school = self.object.school or self.object.school_as_stated
        return {"returned_on": self.today(), "returned_school": str(school)}


class DropoutClose(_CaseForm):
    """Close a case on evidence."""

    action = SETTLE
    title = gettext_lazy("销号")
    form_class: ClassVar[type[BaseForm]] = CloseForm
    service: ClassVar[Callable[..., Any]] = close_case
    version_field = "version"
    success = gettext_lazy("已销号。")

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"closed_on": self.today()}
