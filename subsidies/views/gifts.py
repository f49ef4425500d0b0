"""Gifts and the public totals of a year."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from povedu.screens.actions import ActionScreen
from povedu.screens.details import Fact
from povedu.screens.lists import BulkAction
from povedu.screens.screen import Button, Screen, Words
from subsidies import forms, tables
from subsidies.choices import GiftState
from subsidies.filters import GiftFilter
from subsidies.models import Gift
from subsidies.selectors import giving
from subsidies.selectors import payments as selectors
from subsidies.services import gifts as services
from subsidies.views.office import NewForm, OfficeDetail, OfficeForm, OfficeList, day_words

if TYPE_CHECKING:
    from django.db.models import QuerySet

GIFTS = gettext_lazy("社会捐助")
GIFT_LIST = ((GIFTS, "subsidies:gift-list"),)
VIEW, EDIT, DELIVER = "subsidies.gift.view", "subsidies.gift.edit", "subsidies.gift.deliver"


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
