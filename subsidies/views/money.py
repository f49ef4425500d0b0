"""Money that arrives, and a student's own account of aid."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.ledger.choices import FundSource
from povedu.money import yuan as to_yuan
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words
from students.tables import grade_words
from subsidies import forms, tables
from subsidies.filters import ReceiptFilter
from subsidies.selectors import accounts
from subsidies.selectors import payments as selectors
from subsidies.services import receipts as services
from subsidies.tables.matrix import CELL_TONES
from subsidies.views.office import NewForm

RECEIPTS = gettext_lazy("资金到账")


class ReceiptList(ListScreen):
    """Money that arrived."""

    action = "subsidies.receipt.view"
    title = RECEIPTS
    selector = selectors.receipts
    table_class = tables.ReceiptTable
    filterset_class = ReceiptFilter
    export_kind = "receipts"
    empty_reason = gettext_lazy("还没有到账记录。")

    def buttons(self) -> list[Button]:
        """Offer to enter some."""
        url = reverse("subsidies:receipt-add")
        return [Button(_("登记到账"), url, "subsidies.receipt.add", "bi-plus-lg")]


class ReceiptAdd(NewForm):
    """Enter money that arrived; it goes into the ledger."""

    action = "subsidies.receipt.add"
    title = gettext_lazy("登记资金到账")
    hint = gettext_lazy("登记后记入资金台账，不能修改；如有差错，以更正分录处理。")
    parents = ((RECEIPTS, "subsidies:receipt-list"),)
    form_class = forms.ReceiptForm
    service = services.enter_receipt
    success_url_name = "subsidies:receipt-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}


def account_context(screen: Any) -> dict[str, Any]:
    """Return a student's account for a tab or a page."""
    student = screen.object
    lines = accounts.account_lines(student)
    recoveries = list(accounts.recoveries_of(student))
    counts = accounts.counted(lines)
    total, back = accounts.received_total(lines), accounts.recovered_total(recoveries)
    loans = accounts.loans_of(screen.scope, student) if screen.may("subsidies.loan.view") else ()
    labels = dict(FundSource.choices)
    return {
        "account_table": tables.AccountLineTable(lines, request=screen.request),
        "account_total": total,
        "account_recovered": back,
        "account_net": total - back,
        "account_times": counts.person_times,
        "account_sources": [
            (labels.get(source, source), to_yuan(amount))
            for source, amount in counts.by_source.items()
        ],
        "account_years": accounts.by_year(lines),
        "account_recoveries": recoveries,
        "account_waiting": [
            (one, CELL_TONES[one.state]) for one in accounts.waiting_cells(student)
        ],
        "account_loans": loans,
    }


class AidAccount(DetailScreen):
    """Everything that one student ever received."""

    action = "subsidies.award.view"
    selector = accounts.students
    parents = ((gettext_lazy("资助决定"), "subsidies:award-list"),)
    tabs = (
        Tab(
            "account",
            gettext_lazy("资助账户"),
            template="subsidies/aid_account.html",
            context=account_context,
        ),
    )

    def heading(self) -> Words:
        """Name the student."""
        found = getattr(self, "object", None)
        return _("%(student)s的资助账户") % {"student": found} if found else _("资助账户")

    def facts(self) -> Sequence[Fact]:
        """Say who it is."""
        one = self.object
        return (
            Fact(_("姓名"), one.name),
            Fact(_("身份证号"), one, field="id_number"),
            Fact(_("学校"), one.school or ""),
            Fact(_("学段"), one.get_stage_display()),
            Fact(_("年级"), grade_words(one.stage, one.grade)),
        )

    def buttons(self) -> list[Button]:
        """Offer to say why, and to enter an application for the student."""
        pk = self.object.pk
        why = reverse("subsidies:student-reasons", args=[pk])
        new = f"{reverse('subsidies:determination-add')}?student={pk}"
        return [
            Button(_("资助情况说明"), why, "subsidies.award.view"),
            Button(_("录入困难认定"), new, "subsidies.determination.enter", "bi-plus-lg"),
        ]
