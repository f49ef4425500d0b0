"""Forms of donors, gifts and sponsorships."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.choices import DonorKind, ProgrammeKind
from subsidies.forms.acting import ActorForm, money, text
from subsidies.forms.awards import StudentForm
from subsidies.models import Donor, Programme
from subsidies.selectors.payments import donors


class DonorForm(ActorForm):
    """Who gives."""

    name = text(_("捐助方"), 80, required=True)
    kind = forms.ChoiceField(label=_("类别"), choices=DonorKind.choices)
    phone = text(_("联系电话"), 20)
    is_anonymous = forms.BooleanField(label=_("不公开姓名"), required=False)


def _day(label: object, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput())  # type: ignore[arg-type]  # a lazy text


class GiftForm(StudentForm):
    """A gift to a student."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("资助项目"))
    donor = forms.ModelChoiceField(Donor.objects.none(), label=_("捐助方"))
    given_on = _day(_("捐助日期"))
    amount = money(_("金额或折价（元）"))
    item = text(_("实物名称（现金不填）"), 60)
    received_on = _day(_("收到日期（尚未收到不填）"), required=False)

    def bound_choices(self) -> None:
        """Offer the programmes for gifts and the county's donors."""
        field, donor = self.fields["programme"], self.fields["donor"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        assert isinstance(donor, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes().filter(kind=ProgrammeKind.GIFT)
        donor.queryset = donors(self.actor.scope)


class GiftReceiveForm(ActorForm):
    """When the office had it."""

    received_on = _day(_("收到日期"))


class GiftDeliverForm(ActorForm):
    """When the student had it."""

    settled_on = _day(_("交付日期"))


class SponsorForm(StudentForm):
    """Whom a donor stands by."""

    starts_on = _day(_("开始日期"))
    note = text(_("说明"), 200)


class ConsentForm(ActorForm):
    """Who agreed, when, on which paper."""

    consented_on = _day(_("同意公开日期"))
    consent_guardian = text(_("同意的监护人"), 40, required=True)
    consent_evidence = text(_("同意书编号"), 80, required=True)


class ConsentEndForm(ActorForm):
    """When the consent was taken back."""

    withdrawn_on = _day(_("撤回同意日期"))


class SponsorEndForm(ActorForm):
    """When the pairing ends."""

    ends_on = _day(_("结束日期"))
