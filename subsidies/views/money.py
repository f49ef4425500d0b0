"""Money that arrives, donors, gifts, and a student's own account of aid."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import Phone
from povedu.screens.base import Button, Words
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.lists import ListScreen
from students.tables import grade_words
from subsidies import forms, tables
from subsidies.filters import GiftFilter, ReceiptFilter
from subsidies.selectors import accounts
from subsidies.selectors import payments as selectors
from subsidies.services import receipts as services
from subsidies.views.office import NewForm, OfficeList

RECEIPTS = gettext_lazy("资金到账")
DONORS = gettext_lazy("捐助方")
GIFTS = gettext_lazy("社会捐助")


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


class DonorList(ListScreen):
    """Donors."""

    action = "subsidies.gift.view"
    title = DONORS
    selector = selectors.donors
    table_class = tables.DonorTable
    search_fields = ("name",)
    search_hint = gettext_lazy("捐助方名称")
    empty_reason = gettext_lazy("还没有捐助方。")

    def buttons(self) -> list[Button]:
        """Offer a new one."""
        url = reverse("subsidies:donor-add")
        return [Button(_("新增捐助方"), url, "subsidies.gift.edit", "bi-plus-lg")]


class DonorAdd(NewForm):
    """A new donor."""

    action = "subsidies.gift.edit"
    title = gettext_lazy("新增捐助方")
    parents = ((DONORS, "subsidies:donor-list"),)
    form_class = forms.DonorForm
    service = services.save_donor
    success_url_name = "subsidies:donor-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county and protect the telephone number."""
        given = {**super().arguments(form), "county": self.county()}
        return {**given, "phone": Phone(given["phone"])}


class DonorEdit(NewForm):
    """Change a donor; an empty telephone number leaves the old one."""

    action = "subsidies.gift.edit"
    title = gettext_lazy("修改捐助方")
    hint = gettext_lazy("电话不填则不改。")
    selector = selectors.donors
    parents = ((DONORS, "subsidies:donor-list"),)
    form_class = forms.DonorForm
    service = services.save_donor
    object_argument = "donor"
    success_url_name = "subsidies:donor-list"

    def initial(self) -> dict[str, Any]:
        """Leave the protected number out."""
        return {**super().initial(), "phone": ""}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Keep the number where none was typed."""
        given = super().arguments(form)
        typed = given.pop("phone")
        return {**given, "phone": Phone(typed)} if typed else given


class GiftList(OfficeList):
    """Gifts."""

    action = "subsidies.gift.view"
    title = GIFTS
    own_selector = selectors.gifts
    table_class = tables.GiftTable
    filterset_class = GiftFilter
    export_kind = "gifts"
    empty_reason = gettext_lazy("还没有捐助记录。")

    def buttons(self) -> list[Button]:
        """Offer to enter one."""
        url = reverse("subsidies:gift-add")
        donors = Button(_("捐助方"), reverse("subsidies:donor-list"), "subsidies.gift.view")
        return [Button(_("登记捐助"), url, "subsidies.gift.edit", "bi-plus-lg"), donors]


class GiftAdd(NewForm):
    """Enter a gift."""

    action = "subsidies.gift.edit"
    title = gettext_lazy("登记捐助")
    parents = ((GIFTS, "subsidies:gift-list"),)
    form_class = forms.GiftForm
    service = services.enter_gift
    success_url_name = "subsidies:gift-list"


def account_context(screen: Any) -> dict[str, Any]:
    """Return a student's account for a tab or a page."""
    lines = accounts.account_lines(screen.object)
    return {
        "account_table": tables.AccountLineTable(lines, request=screen.request),
        "account_total": accounts.received_total(lines),
        "account_years": accounts.by_year(lines),
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
