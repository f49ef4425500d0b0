"""What was paid before this system or by others, and records that are not believed."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import IdNumber
from povedu.screens.screen import Button, Words
from povedu.screens.searching import SecretSearch
from subsidies import forms, tables
from subsidies.filters import PastPaymentFilter
from subsidies.selectors import history as selectors
from subsidies.services import history as services
from subsidies.views.office import OfficeAction, OfficeList

HISTORY = gettext_lazy("既往发放")


class PastPaymentList(OfficeList):
    """Past payments about the pupils in scope."""

    action = "subsidies.history.view"
    title = HISTORY
    hint = gettext_lazy("其他系统或启用前的发放记录，是防止重复发放的依据，不计入资金台账和报表。")
    own_selector = selectors.past_payments
    table_class = tables.PastPaymentTable
    filterset_class = PastPaymentFilter
    search_fields = ("name", "programme_as_stated", "school_as_stated")
    search_numbers = (SecretSearch(IdNumber, "id_index"),)
    search_hint = gettext_lazy("姓名、项目、学校或完整证件号")
    export_kind = "past-payments"
    empty_reason = gettext_lazy("还没有既往发放记录。")
    empty_action = gettext_lazy("可在导入中选择“既往发放记录”。")

    def buttons(self) -> list[Button]:
        """Offer to bring a list in."""
        url = reverse("intake:batch-add", args=["payment-history"])
        return [Button(_("导入"), url, "intake.history.upload", "bi-upload")]


class PastPaymentWithdraw(OfficeAction):
    """Say that a record is not to be believed."""

    action = "subsidies.history.withdraw"
    title = gettext_lazy("不予采信")
    sentence = gettext_lazy("记录本身保留，不再作为防止重复发放的依据；不能撤销。")
    own_selector = selectors.past_payments
    parents = ((HISTORY, "subsidies:history-list"),)
    form_class = forms.ReasonForm
    service = services.withdraw_past_payment
    object_argument = "past_payment"
    danger = True
    success_url_name = "subsidies:history-list"

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Show what the record says."""
        one = self.object
        return (
            (_("姓名"), one.name),
            (_("资助项目"), one.programme_label),
            (_("所属期"), one.period),
            (_("金额（元）"), one.amount or ""),
        )
