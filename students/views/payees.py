"""Pages of the cards that money goes to: one person enters, another approves."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import (
    ActionScreen,
    ListScreen,
)
from povedu.screens.screen import Words
from students import filters, tables
from students.forms import children as forms
from students.models import PayeeAccount
from students.selectors import children as reads
from students.services.payee import approve_payee, enter_payee, refuse_payee
from students.views.children import (
    APPROVE_PAYEE,
    ENTER_PAYEE,
    STUDENTS,
    VIEW,
)
from students.views.standing import HardshipAdd


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
    parents = (STUDENTS, (gettext_lazy("收款账户"), "students:payee-list"))
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
