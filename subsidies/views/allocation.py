"""Money that arrived, split to schools; and what schools still lack."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.money import ZERO, in_words
from povedu.screens.details import Fact, Tab
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words
from povedu.terms import Term
from subsidies import forms, tables
from subsidies.choices import AllocationState, Factor
from subsidies.filters import AllocationFilter
from subsidies.models import Allocation, Programme
from subsidies.selectors import allocation as selectors
from subsidies.selectors.programmes import office_of
from subsidies.services import allocation as services
from subsidies.views.office import (
    NewForm,
    OfficeAction,
    OfficeDetail,
    OfficeList,
    OfficeRows,
    moment,
)
from subsidies.views.planning import OfProgramme

PLANS = gettext_lazy("资金分配")
LIST = ((PLANS, "subsidies:allocation-list"),)
VIEW, MAKE = "subsidies.allocation.view", "subsidies.allocation.make"
GAPS = gettext_lazy("资金缺口")


class AllocationList(OfficeList):
    """Plans of one's office."""

    action = VIEW
    title = PLANS
    own_selector = selectors.allocations
    table_class = tables.AllocationTable
    filterset_class = AllocationFilter
    export_kind = "allocations"
    empty_reason = gettext_lazy("还没有资金分配方案。")
    empty_action = gettext_lazy("上级资金到账登记后，可在此分配到学校。")

    def buttons(self) -> list[Button]:
        """Offer a new plan, and what is lacking."""
        return [
            Button(_("编制方案"), reverse("subsidies:allocation-add"), MAKE, "bi-diagram-3"),
            Button(GAPS, reverse("subsidies:gap-list"), VIEW),
        ]


def _weights(one: Allocation) -> str:
    labels = dict(Factor.choices)
    return _("；").join(
        f"{labels[name]} {weight}" for name, weight in one.weights.items() if weight
    )


class AllocationDetail(OfficeDetail):
    """One plan: what, by what, and each school's part."""

    action = VIEW
    own_selector = selectors.allocations
    parents = LIST
    tab_rows = 1000
    tabs = (
        Tab(
            "lines",
            gettext_lazy("各校分配"),
            table_class=tables.AllocationLineTable,
            rows=lambda screen: selectors.lines_of(screen.object),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say where it stands and what is lacking in all."""
        one: Allocation = self.object
        lines = list(one.lines.values_list("need", "first_amount", "factor_amount", "gap"))
        need, first, factor, gap = (
            [sum(column, ZERO) for column in zip(*lines, strict=True)] if lines else [ZERO] * 4
        )
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.ALLOCATION_TONES[one.state]),
            Fact(_("资助项目"), one.programme),
            Fact(_("学期"), Term.parse(one.term).label),
            Fact(_("资金来源"), one.get_source_display()),
            Fact(_("文号"), one.document),
            Fact(_("资金需求（元）"), need, money=True),
            Fact(_("金额（元）"), one.amount, money=True),
            Fact(_("其中：建档立卡部分（元）"), first, money=True),
            Fact(_("其中：因素法部分（元）"), factor, money=True),
            Fact(_("缺口合计（元）"), gap, money=True),
            Fact(_("因素权重"), _weights(one)),
            Fact(_("编制人"), one.made_by),
            Fact(_("编制时间"), moment(one.made_at)),
            Fact(_("批准人"), one.approved_by or ""),
            Fact(_("批准时间"), moment(one.approved_at)),
            Fact(_("意见"), one.note),
        )

    def buttons(self) -> list[Button]:
        """Offer the next step and the document."""
        one: Allocation = self.object
        pk = [one.pk]
        show = Button(_("打印"), reverse("subsidies:allocation-print", args=pk), VIEW, "bi-printer")
        if one.state != AllocationState.PROPOSED:
            return [show]
        return [
            Button(
                _("批准"),
                reverse("subsidies:allocation-approve", args=pk),
                "subsidies.allocation.approve",
            ),
            Button(_("撤回"), reverse("subsidies:allocation-withdraw", args=pk), MAKE),
            show,
        ]


def _propose(*, programme: Programme, term: str, **rest: Any) -> Allocation:
    return services.propose_allocation(programme=programme, term=Term.parse(term), **rest)


class AllocationAdd(NewForm):
    """Draw a plan up."""

    action = MAKE
    title = gettext_lazy("编制资金分配方案")
    hint = gettext_lazy(
        "先按各校建档立卡学生和最高标准保障，余下按因素权重分配，不超过各校需求；合计与分配金额分毫不差。"
    )
    parents = LIST
    form_class = forms.AllocationForm
    service = _propose
    button = gettext_lazy("编制")
    success = gettext_lazy("方案已编制，待他人批准。")

    def arguments(self, form: Any) -> dict[str, Any]:
        """Gather the weights."""
        given = super().arguments(form)
        weights = form.weights()
        for name in Factor.values:
            given.pop(name)
        return {**given, "weights": weights}


class AllocationApprove(OfficeAction):
    """Approve a plan that somebody else drew up."""

    action = "subsidies.allocation.approve"
    title = gettext_lazy("批准资金分配方案")
    own_selector = selectors.allocations
    parents = LIST
    form_class = forms.ApproveAllocationForm
    service = services.approve_allocation
    object_argument = "allocation"
    button = gettext_lazy("批准")

    def consequence(self) -> Words:
        """Say what approving does."""
        return _("批准后方案生效，可打印下达；各校金额不再改动。")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show what is split, among how many."""
        one: Allocation = self.object
        return (
            (_("金额（元）"), one.amount),
            (_("学校数"), one.lines.count()),
            (_("编制人"), str(one.made_by)),
        )

    def initial(self) -> dict[str, Any]:
        """Start empty."""
        return {}


class AllocationWithdraw(OfficeAction):
    """Take a proposed plan back."""

    action = MAKE
    title = gettext_lazy("撤回资金分配方案")
    sentence = gettext_lazy("撤回后，这笔资金可重新编制方案。")
    own_selector = selectors.allocations
    parents = LIST
    form_class = forms.ReasonForm
    service = services.withdraw_allocation
    object_argument = "allocation"


class AllocationPrint(OfficeRows):
    """The document that goes to the schools."""

    action = VIEW
    own_selector = selectors.allocations
    template_name = "subsidies/allocation_print.html"
    parents = LIST

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the sheet."""
        self.object = self.load()
        assert isinstance(self.object, Allocation)  # noqa: S101  # the selector's model
        lines = list(selectors.lines_of(self.object))
        context = self.get_context_data(
            lines=lines,
            weights=_weights(self.object),
            words=in_words(self.object.amount),
            term=Term.parse(self.object.term).label,
            gap=sum((one.gap for one in lines), ZERO),
            need=sum((one.need for one in lines), ZERO),
        )
        return self.render_to_response(context)


class GapList(ListScreen):
    """What each programme needs in the term in view, and lacks."""

    action = VIEW
    title = GAPS
    parents = LIST
    table_class = tables.GapTable
    export_kind = "gaps"
    empty_reason = gettext_lazy("该学期没有符合条件的学生。")

    def rows(self) -> Any:
        """Return a row for each programme that somebody is eligible for."""
        today = timezone.localtime(self.request.now).date()
        office = office_of(self.request.actor)
        return selectors.gap_rows(self.scope, office, self.request.term, today=today)

    def heading(self) -> Words:
        """Name the term."""
        return _("%(term)s资金缺口") % {"term": self.request.term.label}


class GapSchoolList(OfProgramme):
    """What each school needs of a programme, and lacks."""

    action = VIEW
    title = gettext_lazy("各校资金缺口")
    parents = ((GAPS, "subsidies:gap-list"),)
    table_class = tables.GapSchoolTable
    export_kind = "gap-schools"
    empty_reason = gettext_lazy("该学期没有符合条件的学生。")

    def rows(self) -> Any:
        """Return a row for each school."""
        today = timezone.localtime(self.request.now).date()
        return selectors.gap_rows_of(self.programme, self.request.term, today=today)

    def heading(self) -> Words:
        """Name programme and term."""
        return _("%(programme)s：%(term)s各校资金缺口") % {
            "programme": self.programme,
            "term": self.request.term.label,
        }
