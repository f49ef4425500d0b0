"""Donors, gifts and sponsorships; a donor's report; public totals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from povedu.protected import Phone
from povedu.screens.actions import ActionScreen
from povedu.screens.base import Button, Screen, Words, row_or_404
from povedu.screens.details import DetailScreen, Fact, Tab
from povedu.screens.lists import BulkAction, ListScreen
from subsidies import forms, tables
from subsidies.choices import GiftState
from subsidies.filters import GiftFilter
from subsidies.models import Donor, Gift, Sponsorship
from subsidies.selectors import giving
from subsidies.selectors import payments as selectors
from subsidies.services import gifts as services
from subsidies.views.office import NewForm, OfficeDetail, OfficeForm, OfficeList, day_words

if TYPE_CHECKING:
    from django.db.models import QuerySet

DONORS = gettext_lazy("捐助方")
GIFTS = gettext_lazy("社会捐助")
GIFT_LIST = ((GIFTS, "subsidies:gift-list"),)
DONOR_LIST = (*GIFT_LIST, (DONORS, "subsidies:donor-list"))
VIEW, EDIT, DELIVER = "subsidies.gift.view", "subsidies.gift.edit", "subsidies.gift.deliver"


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


class GiftList(OfficeList):
    """Gifts."""

    action = VIEW
    title = GIFTS
    own_selector = selectors.gifts
    table_class = tables.GiftTable
    filterset_class = GiftFilter
    search_fields = ("student__name", "student__initials__startswith", "donor__name")
    search_hint = gettext_lazy("学生姓名、拼音首字母或捐助方")
    export_kind = "gifts"
    empty_reason = gettext_lazy("还没有捐助记录。")
    bulk_actions = (
        BulkAction(
            "deliver",
            gettext_lazy("登记今日交付"),
            DELIVER,
            gettext_lazy("将 %(count)d 笔捐助登记为今日交付，并记入资金台账；不能撤销。"),
        ),
    )

    def bulk_deliver(self, chosen: "QuerySet[Gift]") -> Words:
        """Deliver the ticked ones today."""
        count = services.deliver_gifts(
            gifts=list(chosen),
            settled_on=timezone.localtime(self.request.now).date(),
            actor=self.request.actor,
            now=self.request.now,
        )
        return ngettext("已登记 %(count)d 笔交付。", "已登记 %(count)d 笔交付。", count) % {
            "count": count
        }

    def buttons(self) -> list[Button]:
        """Offer to enter one, the donors, the totals and a list."""
        return [
            Button(_("登记捐助"), reverse("subsidies:gift-add"), EDIT, "bi-plus-lg"),
            Button(_("捐助方"), reverse("subsidies:donor-list"), VIEW),
            Button(_("公开数据"), reverse("subsidies:gift-totals"), VIEW),
        ]


class GiftDetail(OfficeDetail):
    """One gift and where it stands."""

    action = VIEW
    own_selector = selectors.gifts
    parents = GIFT_LIST

    def facts(self) -> Sequence[Fact]:
        """Say who gave whom what, and who entered and delivered it."""
        one: Gift = self.object
        return (
            Fact(_("状态"), one.state.label, status=tables.GIFT_TONES[one.state]),
            Fact(_("捐助方"), one.donor, url=one.donor.get_absolute_url()),
            Fact(_("学生"), one.student, url=one.student.get_absolute_url()),
            Fact(_("学校"), one.school),
            Fact(_("资助项目"), one.programme),
            Fact(_("捐助日期"), day_words(one.given_on)),
            Fact(_("金额或折价（元）"), one.amount, money=True),
            Fact(_("实物名称"), one.item),
            Fact(_("收到日期"), day_words(one.received_on)),
            Fact(_("交付日期"), day_words(one.settled_on)),
            Fact(_("登记人"), one.entered_by),
            Fact(_("交付人"), one.delivered_by or ""),
            Fact(_("撤销原因"), one.cancel_reason),
        )

    def buttons(self) -> list[Button]:
        """Offer the next step."""
        one: Gift = self.object

        def to(name: str) -> str:
            return reverse(f"subsidies:{name}", args=[one.pk])

        offered = []
        if one.state in (GiftState.PROMISED, GiftState.RECEIVED):
            if one.entered_by_id != self.request.actor.user_id:
                offered.append(Button(_("登记交付"), to("gift-deliver"), DELIVER, "bi-check2"))
            if one.state == GiftState.PROMISED:
                offered.append(Button(_("登记收到"), to("gift-receive"), EDIT))
                offered.append(Button(_("撤销"), to("gift-cancel"), EDIT))
        return offered


class GiftAdd(NewForm):
    """Enter a gift."""

    action = EDIT
    title = gettext_lazy("登记捐助")
    hint = gettext_lazy("交付由另一人登记，登记后记入资金台账。")
    parents = GIFT_LIST
    form_class = forms.GiftForm
    service = services.enter_gift
    success_url_name = "subsidies:gift-list"


class _OnGift(OfficeForm):
    """A form about one gift."""

    own_selector = selectors.gifts
    parents = GIFT_LIST
    object_argument = "gift"


class GiftReceive(_OnGift):
    """The office has it."""

    action = EDIT
    title = gettext_lazy("登记收到")
    form_class = forms.GiftReceiveForm
    service = services.receive_gift


class GiftDeliver(_OnGift):
    """The student has it; not entered by the same person."""

    action = DELIVER
    title = gettext_lazy("登记交付")
    hint = gettext_lazy("登记后记入资金台账，不能修改；如有差错，以更正分录处理。")
    form_class = forms.GiftDeliverForm
    service = services.deliver_gift


class GiftCancel(_OnGift, ActionScreen):
    """It came to nothing."""

    action = EDIT
    title = gettext_lazy("撤销捐助")
    sentence = gettext_lazy("这笔认捐没有收到，将标为已撤销，不再计入任何合计。")
    form_class = forms.ReasonForm
    service = services.cancel_gift
    danger = True


class SponsorshipList(ListScreen):
    """Whom donors stand by."""

    action = VIEW
    title = gettext_lazy("助学结对")
    parents = GIFT_LIST
    selector = giving.sponsorships
    table_class = tables.SponsorshipTable
    search_fields = ("donor__name", "student__name", "student__initials__startswith")
    search_hint = gettext_lazy("捐助方、学生姓名或拼音首字母")
    export_kind = "sponsorships"
    empty_reason = gettext_lazy("还没有结对。")
    empty_action = gettext_lazy("在捐助方页面登记结对。")


class SponsorshipDetail(DetailScreen):
    """One pairing, and the guardian's consent."""

    action = VIEW
    selector = giving.sponsorships
    parents = DONOR_LIST

    def heading(self) -> Words:
        """Name the two."""
        return _("助学结对")

    def facts(self) -> Sequence[Fact]:
        """Say who, since when, and what the guardian agreed to."""
        one: Sponsorship = self.object
        return (
            Fact(_("捐助方"), one.donor, url=one.donor.get_absolute_url()),
            Fact(_("学生"), one.student, url=one.student.get_absolute_url()),
            Fact(_("学生代码"), giving.code_of(one.donor_id, one.student_id)),
            Fact(_("开始日期"), day_words(one.starts_on)),
            Fact(_("结束日期"), day_words(one.ends_on)),
            Fact(_("同意公开日期"), day_words(one.consented_on)),
            Fact(_("同意的监护人"), one.consent_guardian),
            Fact(_("同意书编号"), one.consent_evidence),
            Fact(_("撤回同意日期"), day_words(one.withdrawn_on)),
            Fact(_("说明"), one.note),
        )

    def buttons(self) -> list[Button]:
        """Offer to record consent, its withdrawal, or the end."""
        one: Sponsorship = self.object

        def to(name: str) -> str:
            return reverse(f"subsidies:{name}", args=[one.pk])

        agreed = one.consented_on and not one.withdrawn_on
        if one.ends_on:
            return [Button(_("撤回同意"), to("consent-end"), EDIT)] if agreed else []
        first = (
            Button(_("撤回同意"), to("consent-end"), EDIT)
            if agreed
            else Button(_("登记同意公开"), to("consent-add"), EDIT)
        )
        return [first, Button(_("结束结对"), to("sponsorship-end"), EDIT)]


class SponsorshipAdd(NewForm):
    """Pair a donor with a student."""

    action = EDIT
    title = gettext_lazy("登记助学结对")
    hint = gettext_lazy("监护人同意以前，捐助方只能看到学生代码和学段。")
    selector = selectors.donors
    parents = DONOR_LIST
    form_class = forms.SponsorForm
    service = services.sponsor
    object_argument = "donor"


class _OnSponsorship(NewForm):
    """A form about one pairing."""

    action = EDIT
    selector = giving.sponsorships
    parents = DONOR_LIST
    object_argument = "sponsorship"


class ConsentAdd(_OnSponsorship):
    """A guardian agrees."""

    title = gettext_lazy("登记同意公开")
    hint = gettext_lazy("须有监护人签字的同意书；登记后捐助方可看到学生姓名和学校。")
    form_class = forms.ConsentForm
    service = services.consent_to_name


class ConsentEnd(_OnSponsorship):
    """A guardian takes it back."""

    title = gettext_lazy("撤回同意")
    form_class = forms.ConsentEndForm
    service = services.withdraw_consent


class SponsorshipEnd(_OnSponsorship):
    """The pairing ends."""

    title = gettext_lazy("结束结对")
    form_class = forms.SponsorEndForm
    service = services.end_sponsorship


class GiftTotals(Screen):
    """A year's gifts for the public: sums only, small groups hidden; made to be printed."""

    action = VIEW
    template_name = "subsidies/gift_totals.html"
    parents = GIFT_LIST
    hint = gettext_lazy("只有合计；不足 5 人的分组不显示，可打印张贴。")

    @property
    def year(self) -> int:
        """Return the year of the address, else this one."""
        return int(self.kwargs.get("year") or timezone.localtime(self.request.now).year)

    def heading(self) -> Words:
        """Name the year."""
        return _("%(year)s年社会捐资助学情况") % {"year": self.year}

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the page."""
        labels = {
            "programme": _("按项目"),
            "stage": _("按学段"),
            "donor": _("按捐助方类别"),
            "whole": _("合计"),
        }
        context = self.get_context_data(
            totals=giving.public_totals(self.scope, self.year, labels),
            year=self.year,
            years=[self.year - 1, self.year + 1],
        )
        return self.render_to_response(context)
