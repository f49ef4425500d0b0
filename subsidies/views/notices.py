"""Public notices and objections."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.details import Fact, Tab
from povedu.screens.screen import Button, Words
from povedu.terms import Term
from subsidies import forms, tables
from subsidies.choices import NoticeState
from subsidies.filters import NoticeFilter, ObjectionFilter
from subsidies.models import Programme, PublicNotice
from subsidies.selectors import payments as selectors
from subsidies.services import notices as services
from subsidies.views.office import (
    NewForm,
    OfficeAction,
    OfficeDetail,
    OfficeList,
    OfficeRows,
    moment,
)

NOTICES = gettext_lazy("公示")
LIST = ((NOTICES, "subsidies:notice-list"),)
OBJECTIONS = gettext_lazy("公示异议")
EDIT = "subsidies.notice.edit"


class NoticeList(OfficeList):
    """Notices of one's office, or naming one's pupils."""

    action = "subsidies.notice.view"
    title = NOTICES
    own_selector = selectors.notices
    table_class = tables.NoticeTable
    filterset_class = NoticeFilter
    empty_reason = gettext_lazy("还没有公示。")

    def buttons(self) -> list[Button]:
        """Offer a new notice."""
        return [Button(_("拟定公示"), reverse("subsidies:notice-add"), EDIT, "bi-plus-lg")]


def _lines(screen: Any) -> Any:
    return selectors.notice_lines(screen.scope).filter(notice=screen.object)


def _objections(screen: Any) -> Any:
    return selectors.objections(screen.scope).filter(notice=screen.object)


class NoticeDetail(OfficeDetail):
    """One notice: its lines and what was objected."""

    action = "subsidies.notice.view"
    own_selector = selectors.notices
    parents = LIST
    tab_rows = 1000
    tabs = (
        Tab("lines", gettext_lazy("公示名单"), table_class=tables.NoticeLineTable, rows=_lines),
        Tab(
            "objections",
            OBJECTIONS,
            table_class=tables.ObjectionTable,
            rows=_objections,
            action="subsidies.programme.view",
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say where it stands."""
        one: PublicNotice = self.object
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.NOTICE_TONES[one.state]),
            Fact(_("编号"), one.number),
            Fact(_("资助项目"), one.programme),
            Fact(_("学期"), Term.parse(one.term).label),
            Fact(_("公示开始"), one.starts_on.isoformat()),
            Fact(_("公示截止"), one.last_day.isoformat()),
            Fact(_("拟稿人"), one.made_by),
            Fact(_("撤下时间"), moment(one.taken_down_at)),
        )

    def buttons(self) -> list[Button]:
        """Offer the next step, the print view and an objection."""
        one: PublicNotice = self.object
        pk = [one.pk]
        show = Button(_("打印"), reverse("subsidies:notice-print", args=pk), icon="bi-printer")
        if one.state == NoticeState.DRAFT:
            publish = Button(_("发布公示"), reverse("subsidies:notice-publish", args=pk), EDIT)
            return [publish, show]
        enter = Button(
            _("登记异议"), reverse("subsidies:objection-add", args=pk), "subsidies.objection.enter"
        )
        if one.state == NoticeState.PUBLISHED:
            down = Button(_("撤下公示"), reverse("subsidies:notice-take-down", args=pk), EDIT)
            return [show, enter, down]
        return [enter]


class NoticePrint(OfficeRows):
    """The sheet for the wall: heading, dates, allowed columns; only while it may be shown."""

    action = "subsidies.notice.view"
    own_selector = selectors.notices
    template_name = "subsidies/notice_print.html"
    parents = LIST

    def rows(self) -> Any:
        """Return the notices that may be printed: not those taken down."""
        return super().rows().exclude(state=NoticeState.TAKEN_DOWN)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the sheet."""
        self.object = self.load()
        return self.render_to_response(self.get_context_data(lines=_lines(self)))


def _draft(*, programme: Programme, term: str, **rest: Any) -> PublicNotice:
    return services.draft_notice(programme=programme, term=Term.parse(term), **rest)


class NoticeAdd(NewForm):
    """Draw a notice up."""

    action = EDIT
    title = gettext_lazy("拟定公示")
    hint = gettext_lazy("公示只含姓名、学校、年级、班级、专业；标题不得出现困难类别。")
    parents = LIST
    form_class = forms.NoticeForm
    service = _draft


class _NoticeMove(OfficeAction):
    """What is done to one notice."""

    action = EDIT
    own_selector = selectors.notices
    parents = LIST
    object_argument = "notice"


class NoticePublish(_NoticeMove):
    """Put it on show."""

    title = gettext_lazy("发布公示")
    form_class = forms.PublishForm
    service = services.publish_notice
    button = gettext_lazy("发布")

    def consequence(self) -> Words:
        """Say what happens."""
        return _("自今日起公示，期满自动撤下；有未答复的异议时不能批准。")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Count the names."""
        return ((_("名单人数"), self.object.lines.count()),)

    def initial(self) -> dict[str, Any]:
        """Offer the usual days."""
        return {}


class NoticeTakeDown(_NoticeMove):
    """Take it off show."""

    title = gettext_lazy("撤下公示")
    service = services.take_down
    sentence = gettext_lazy("撤下后不再显示名单的打印页。")


class ObjectionList(OfficeList):
    """Objections."""

    action = "subsidies.programme.view"
    title = OBJECTIONS
    own_selector = selectors.objections
    table_class = tables.ObjectionTable
    filterset_class = ObjectionFilter
    empty_reason = gettext_lazy("没有异议。")


class ObjectionAdd(OfficeAction):
    """Record an objection."""

    action = "subsidies.objection.enter"
    title = gettext_lazy("登记异议")
    sentence = gettext_lazy("登记后，该公示的资助须答复异议才能批准。")
    own_selector = selectors.notices
    parents = LIST
    form_class = forms.ObjectionForm
    service = services.enter_objection
    object_argument = "notice"
    button = gettext_lazy("登记")

    def form_arguments(self) -> dict[str, Any]:
        """Name the notice."""
        return {**super().form_arguments(), "notice": self.object}

    def initial(self) -> dict[str, Any]:
        """Offer today."""
        return {"received_on": timezone.localtime(self.request.now).date()}

    def success_url(self, result: Any) -> str:
        """Go back to the notice."""
        return reverse("subsidies:notice-detail", args=[self.object.pk])


class ObjectionAnswer(OfficeAction):
    """Answer an objection."""

    action = "subsidies.programme.view"
    write_action = "subsidies.objection.answer"
    title = gettext_lazy("答复异议")
    own_selector = selectors.objections
    parents = ((OBJECTIONS, "subsidies:objection-list"),)
    form_class = forms.AnswerForm
    service = services.answer_objection
    object_argument = "objection"
    button = gettext_lazy("提交答复")
    success_url_name = "subsidies:objection-list"

    def consequence(self) -> Words:
        """Repeat the objection."""
        return str(self.object.content)

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show what it is about."""
        one = self.object
        return (
            (_("公示"), str(one.notice)),
            (_("涉及名单"), str(one.line or "—")),
            (_("状态"), one.get_state_display()),
        )

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}
