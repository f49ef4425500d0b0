"""Origin-place student loans: contracts, a borrower's years, the caps."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.money import ZERO
from povedu.protected import IdNumber
from povedu.screens.actions import ActionScreen
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words
from povedu.screens.searching import SecretSearch
from subsidies import forms, tables
from subsidies.choices import LoanState
from subsidies.filters import LoanFilter
from subsidies.models import Loan
from subsidies.rules.loans import CAPS, next_states
from subsidies.rules.reliefs import OWED
from subsidies.selectors import loans as selectors
from subsidies.services import lending as services
from subsidies.views.office import NewForm, day_words

LOANS = gettext_lazy("生源地助学贷款")
LIST = ((LOANS, "subsidies:loan-list"),)
EDIT = "subsidies.loan.edit"


class LoanList(ListScreen):
    """The contracts of the county."""

    action = "subsidies.loan.view"
    title = LOANS
    hint = gettext_lazy("按合同登记；金额超过当年最高额的标为“超额”，请与经办银行核对。")
    template_name = "subsidies/loan_list.html"
    selector = selectors.loans
    table_class = tables.LoanTable
    filterset_class = LoanFilter
    search_fields = ("borrower_name", "contract_no", "college", "co_borrower_name")
    search_numbers = (SecretSearch(IdNumber, "borrower_index"),)
    search_hint = gettext_lazy("姓名、合同号、高校或完整证件号")
    export_kind = "loans"
    empty_reason = gettext_lazy("还没有贷款合同。")
    empty_action = gettext_lazy("可在导入中选择“生源地助学贷款”。")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sums of what is filtered."""
        return super().get_context_data(sums=selectors.loan_sums(self.filtered()), **kwargs)

    def buttons(self) -> list[Button]:
        """Offer a new contract, a list, the reliefs and the caps."""
        return [
            Button(_("登记合同"), reverse("subsidies:loan-add"), EDIT, "bi-plus-lg"),
            Button(
                _("导入"),
                reverse("intake:batch-add", args=["loans"]),
                "intake.loans.upload",
                "bi-upload",
            ),
            Button(_("代偿与救助"), reverse("subsidies:relief-list"), self.action),
            Button(_("最高额"), reverse("subsidies:cap-list"), self.action),
        ]


class LoanDetail(DetailScreen):
    """One contract, with its borrower's other years and reliefs."""

    action = "subsidies.loan.view"
    selector = selectors.loans
    parents = LIST
    tabs = (
        Tab(
            "years",
            gettext_lazy("历年合同"),
            table_class=tables.ContractTable,
            rows=lambda screen: selectors.contracts_of(screen.object),
        ),
        Tab(
            "reliefs",
            gettext_lazy("代偿与救助"),
            table_class=tables.ReliefTable,
            rows=lambda screen: selectors.reliefs_of(screen.object),
        ),
    )

    @cached_property
    def sums(self) -> selectors.BorrowerSums:
        """Return the borrower's debt over all contracts."""
        return selectors.borrower_sums(self.object)

    def facts(self) -> Sequence[Fact]:
        """Say who borrowed how much, where the contract stands, what is left of the debt."""
        one: Loan = self.object
        sums = self.sums
        pupil = one.student
        return (
            Fact(_("状态"), one.get_state_display(), status=tables.LOAN_TONES[one.state]),
            Fact(_("借款人"), one.borrower_name, url=pupil.get_absolute_url() if pupil else ""),
            Fact(_("借款人身份证号"), one, field="borrower_id_number"),
            Fact(_("共同借款人"), one.co_borrower_name),
            Fact(_("与借款人关系"), one.co_borrower_relation),
            Fact(_("联系电话"), one, field="phone"),
            Fact(_("学年（起始年）"), one.academic_year),
            Fact(_("就读高校"), one.college),
            Fact(_("学历层次"), one.get_level_display()),
            Fact(_("首贷或续贷"), _("续贷") if one.is_renewal else _("首贷")),
            Fact(_("贷款金额（元）"), one.amount, money=True),
            Fact(_("超额理由"), one.over_cap_reason),
            Fact(_("放款日期"), day_words(one.granted_on)),
            Fact(_("到期日期"), day_words(one.due_on)),
            Fact(_("经办银行"), one.bank),
            Fact(_("历年放款合计（元）"), sums.lent, money=True),
            Fact(_("已代偿与救助（元）"), sums.relieved or ZERO, money=True),
            Fact(_("登记人"), one.entered_by),
        )

    def buttons(self) -> list[Button]:
        """Offer what may follow."""
        one: Loan = self.object

        def to(name: str) -> str:
            return reverse(f"subsidies:{name}", args=[one.pk])

        offered = []
        if one.state == LoanState.SIGNED:
            offered.append(Button(_("登记放款"), to("loan-grant"), EDIT, "bi-cash"))
        if one.state != LoanState.CANCELLED:
            offered.append(Button(_("登记续贷"), to("loan-renew"), EDIT, "bi-arrow-repeat"))
        if one.state in OWED and self.sums.left > 0:
            offered.append(Button(_("申请代偿或救助"), to("relief-add"), EDIT))
        if next_states(one.state):
            offered.append(Button(_("更新状态"), to("loan-move"), EDIT))
        return offered


class LoanAdd(NewForm):
    """A first contract."""

    action = EDIT
    title = gettext_lazy("登记贷款合同")
    hint = gettext_lazy("同一借款人以后各学年的合同，请在原合同页面办理续贷。")
    parents = LIST
    form_class = forms.LoanForm
    service = services.enter_loan

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county, what the contract says, and its people."""
        acting = {"actor": self.request.actor, "now": self.request.now}
        about = {"terms": form.terms(), "borrower": form.borrower()}
        return {**acting, "county": self.county(), **about}


class _OnLoan(NewForm):
    """A form about one contract."""

    action = EDIT
    selector = selectors.loans
    parents = LIST
    object_argument = "loan"
    object: Loan


class LoanRenew(_OnLoan):
    """The contract of a later year."""

    title = gettext_lazy("登记续贷")
    hint = gettext_lazy("借款人和共同借款人沿用原合同。")
    form_class = forms.RenewalForm
    service = services.renew_loan

    def initial(self) -> dict[str, Any]:
        """Begin with the next year and what stays the same."""
        one = self.object
        kept = {name: getattr(one, name) for name in ("college", "level", "amount", "bank")}
        return {**kept, "academic_year": one.academic_year + 1}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Give the service what the contract says."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "loan": self.object,
            "terms": form.terms(),
        }


class LoanGrant(_OnLoan):
    """The bank has lent the money."""

    title = gettext_lazy("登记放款")
    form_class = forms.LoanGrantForm
    service = services.grant_loan


class LoanMove(_OnLoan, ActionScreen):
    """The contract stands elsewhere now."""

    title = gettext_lazy("更新合同状态")
    form_class = forms.LoanMoveForm
    service = services.move_loan

    def form_arguments(self) -> dict[str, Any]:
        """Name the contract."""
        return {**super().form_arguments(), "loan": self.object}

    def consequence(self) -> Words:
        """Say where it stands."""
        return _("合同 %(number)s 现为“%(state)s”。") % {
            "number": self.object.contract_no,
            "state": self.object.get_state_display(),
        }


class CapList(ListScreen):
    """The caps: the county's own, and below them the shipped ones."""

    action = "subsidies.loan.view"
    title = gettext_lazy("助学贷款最高额")
    hint = gettext_lazy("本县设定的优先于随系统提供的。")
    template_name = "subsidies/cap_list.html"
    parents = LIST
    selector = selectors.caps
    table_class = tables.CapTable
    empty_reason = gettext_lazy("本县没有另行设定，按下表执行。")

    def buttons(self) -> list[Button]:
        """Offer to set one."""
        return [Button(_("设定最高额"), reverse("subsidies:cap-add"), EDIT, "bi-plus-lg")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the shipped caps."""
        return super().get_context_data(shipped=[cap for cap in CAPS if cap.since], **kwargs)


class CapAdd(NewForm):
    """A cap of the county's own."""

    action = EDIT
    title = gettext_lazy("设定最高额")
    hint = gettext_lazy("同一起始学年再次设定即为修改；已登记的合同不变。")
    parents = (*LIST, (gettext_lazy("助学贷款最高额"), "subsidies:cap-list"))
    form_class = forms.CapForm
    service = services.set_cap
    success_url_name = "subsidies:cap-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}
