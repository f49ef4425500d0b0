"""Donors, and what each may be told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.protected import Phone
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words, row_or_404
from subsidies import forms, tables
from subsidies.models import Donor
from subsidies.selectors import giving
from subsidies.selectors import payments as selectors
from subsidies.services import gifts as services
from subsidies.views.gifts import EDIT, GIFT_LIST, GIFTS, VIEW
from subsidies.views.office import NewForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

DONORS = gettext_lazy("捐助方")
DONOR_LIST = (*GIFT_LIST, (DONORS, "subsidies:donor-list"))


class DonorList(ListScreen):
    """Donors."""

    action = VIEW
    title = DONORS
    parents = GIFT_LIST
    selector = selectors.donors
    table_class = tables.DonorTable
    search_fields = ("name",)
    search_hint = gettext_lazy("捐助方名称")
    empty_reason = gettext_lazy("还没有捐助方。")

    def buttons(self) -> list[Button]:
        """Offer a new one."""
        url = reverse("subsidies:donor-add")
        return [Button(_("新增捐助方"), url, EDIT, "bi-plus-lg")]


class DonorDetail(DetailScreen):
    """One donor: what they gave and whom they stand by."""

    action = VIEW
    selector = selectors.donors
    parents = DONOR_LIST
    tabs = (
        Tab(
            "gifts",
            GIFTS,
            table_class=tables.GiftTable,
            rows=lambda screen: selectors.gifts(screen.scope).filter(donor=screen.object),
        ),
        Tab(
            "sponsorships",
            gettext_lazy("助学结对"),
            table_class=tables.SponsorshipTable,
            rows=lambda screen: giving.sponsorships(screen.scope).filter(donor=screen.object),
        ),
    )

    def facts(self) -> Sequence[Fact]:
        """Say who it is."""
        one: Donor = self.object
        return (
            Fact(_("捐助方"), one.name),
            Fact(_("类别"), one.get_kind_display()),
            Fact(_("联系电话"), one, field="phone"),
            Fact(_("不公开姓名"), _("是") if one.is_anonymous else _("否")),
        )

    def buttons(self) -> list[Button]:
        """Offer the donor's own report, a pairing and changes."""

        def to(name: str) -> str:
            return reverse(f"subsidies:{name}", args=[self.object.pk])

        return [
            Button(_("捐助反馈"), to("donor-report"), VIEW, "bi-file-earmark-person"),
            Button(_("助学结对"), to("sponsorship-add"), EDIT),
            Button(_("修改"), to("donor-edit"), EDIT),
        ]


class DonorAdd(NewForm):
    """A new donor."""

    action = EDIT
    title = gettext_lazy("新增捐助方")
    parents = DONOR_LIST
    form_class = forms.DonorForm
    service = services.save_donor
    success_url_name = "subsidies:donor-list"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county and protect the telephone number."""
        given = {**super().arguments(form), "county": self.county()}
        return {**given, "phone": Phone(given["phone"])}


class DonorEdit(NewForm):
    """Change a donor; an empty telephone number leaves the old one."""

    action = EDIT
    title = gettext_lazy("修改捐助方")
    hint = gettext_lazy("电话不填则不改。")
    selector = selectors.donors
    parents = DONOR_LIST
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


class DonorReport(ListScreen):
    """What one donor may be told: codes and stages, names only where a guardian agreed."""

    action = VIEW
    parents = DONOR_LIST
    hint = gettext_lazy(
        "可交给捐助方的内容只有本页这些栏目；姓名和学校仅在监护人书面同意且未撤回时显示。"
    )
    table_class = tables.DonorReportTable
    export_kind = "donor-report"
    empty_reason = gettext_lazy("该捐助方还没有捐助记录。")

    @cached_property
    def donor(self) -> Any:
        """Return the donor of the address, 404 for one of another county."""
        return row_or_404(selectors.donors(self.scope), pk=self.kwargs["pk"])

    def rows(self) -> "QuerySet[Any]":
        """Return the donor's gifts."""
        return giving.report_to(self.donor)

    def heading(self) -> Words:
        """Name the donor."""
        return _("%(donor)s 捐助反馈") % {"donor": self.donor}
