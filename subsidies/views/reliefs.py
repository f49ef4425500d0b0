"""Compensation and rescue of student loans: claimed by one person, decided by another."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.details import DetailScreen, Fact
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button
from subsidies import forms, tables
from subsidies.choices import ReliefState
from subsidies.filters import ReliefFilter
from subsidies.models import LoanRelief
from subsidies.selectors import loans as selectors
from subsidies.services import reliefs as services
from subsidies.views.loans import EDIT, LIST
from subsidies.views.office import NewForm, day_words, moment

RELIEFS = gettext_lazy("代偿与救助")
RELIEF_LIST = (*LIST, (RELIEFS, "subsidies:relief-list"))
APPROVE = "subsidies.loan.approve"


class ReliefList(ListScreen):
    """Claims to relief of the county."""

    action = "subsidies.loan.view"
    title = RELIEFS
    hint = gettext_lazy("由上级财政或贷款机构直接拨付，不经本县专户，不计入资金台账。")
    parents = LIST
    selector = selectors.reliefs
    table_class = tables.ReliefTable
    filterset_class = ReliefFilter
    search_fields = ("loan__borrower_name", "loan__contract_no")
    search_hint = gettext_lazy("姓名或合同号")
    export_kind = "loan-reliefs"
    empty_reason = gettext_lazy("还没有代偿或救助申请。")
    empty_action = gettext_lazy("在贷款合同页面登记申请。")


class ReliefDetail(DetailScreen):
    """One claim."""

    action = "subsidies.loan.view"
    selector = selectors.reliefs
    parents = RELIEF_LIST

    def facts(self) -> Sequence[Fact]:
        """Say what is claimed, why, and what became of it."""
        one: LoanRelief = self.object
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.RELIEF_TONES[one.state]),
            Fact(_("贷款合同"), one.loan, url=one.loan.get_absolute_url()),
            Fact(_("类别"), one.get_kind_display()),
            Fact(_("事由"), one.get_cause_display()),
            Fact(_("年度"), one.year),
            Fact(_("第几次"), one.number),
            Fact(_("服务起始日期"), day_words(one.served_from)),
            Fact(_("金额（元）"), one.amount, money=True),
            Fact(_("证明材料"), one.evidence),
            Fact(_("登记人"), one.entered_by),
            Fact(_("审核人"), one.decided_by or ""),
            Fact(_("审核时间"), moment(one.decided_at)),
            Fact(_("审核意见"), one.note),
            Fact(_("拨付日期"), day_words(one.paid_on)),
        )

    def buttons(self) -> list[Button]:
        """Offer the next step."""
        one: LoanRelief = self.object
        own = one.entered_by_id == self.request.actor.user_id
        if one.state == ReliefState.PENDING and not own:
            return [Button(_("审核"), reverse("subsidies:relief-decide", args=[one.pk]), APPROVE)]
        if one.state == ReliefState.APPROVED:
            return [Button(_("登记拨付"), reverse("subsidies:relief-pay", args=[one.pk]), EDIT)]
        return []


class ReliefAdd(NewForm):
    """A claim about one contract."""

    action = EDIT
    title = gettext_lazy("申请代偿或救助")
    hint = gettext_lazy("登记后由他人审核；金额不超过可代偿额和未还款额。")
    selector = selectors.loans
    parents = LIST
    form_class = forms.ReliefForm
    service = services.apply_relief
    object_argument = "loan"

    def initial(self) -> dict[str, Any]:
        """Begin with this year."""
        return {"year": self.request.now.year}


class ReliefDecide(NewForm):
    """Agree or refuse, never one's own."""

    action = APPROVE
    title = gettext_lazy("审核代偿或救助")
    selector = selectors.reliefs
    parents = RELIEF_LIST
    form_class = forms.DecideForm
    service = services.decide_relief
    object_argument = "relief"
    button = gettext_lazy("提交审核")


class ReliefPay(NewForm):
    """The lender has the money."""

    action = EDIT
    title = gettext_lazy("登记拨付")
    selector = selectors.reliefs
    parents = RELIEF_LIST
    form_class = forms.ReliefPayForm
    service = services.pay_relief
    object_argument = "relief"
