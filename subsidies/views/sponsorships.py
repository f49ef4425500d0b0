"""Whom donors stand by, and what guardians agreed to."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens.details import DetailScreen, Fact
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Words
from subsidies import forms, tables
from subsidies.models import Sponsorship
from subsidies.selectors import giving
from subsidies.selectors import payments as selectors
from subsidies.services import gifts as services
from subsidies.views.donors import DONOR_LIST
from subsidies.views.gifts import EDIT, GIFT_LIST, VIEW
from subsidies.views.office import NewForm, day_words


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
