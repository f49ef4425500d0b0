"""Forms of money split to schools."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.choices import Factor
from subsidies.forms.acting import ActorForm, ProgrammeTermForm, money, text
from subsidies.models import FundReceipt
from subsidies.selectors.allocation import open_receipts
from subsidies.selectors.programmes import office_of

_USUAL = {Factor.POOR: 60, Factor.BOARDERS: 20, Factor.PUPILS: 10, Factor.REMOTE: 10}


class AllocationForm(ProgrammeTermForm):
    """Which money, to whom, by what."""

    receipt = forms.ModelChoiceField(FundReceipt.objects.none(), label=_("资金到账"))
    amount = money(_("分配金额（元，空为该笔尚未分配的全部）"), required=False)
    unit = forms.TypedChoiceField(
        label=_("取整到"),
        choices=[(100, _("元")), (1, _("分")), (10_000, _("百元"))],
        coerce=int,
    )
    document = text(_("文号"), 120)

    def bound_choices(self) -> None:
        """Offer the money that arrived, and a weight for each factor."""
        super().bound_choices()
        field = self.fields["receipt"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = open_receipts(self.actor.scope, office_of(self.actor))
        for name, label in Factor.choices:
            self.fields[name] = forms.IntegerField(
                label=_("权重：%(factor)s") % {"factor": label},
                min_value=0,
                max_value=100,
                initial=_USUAL[Factor(name)],
            )

    def weights(self) -> dict[str, int]:
        """Return the weight of each factor."""
        return {name: int(self.cleaned_data[name]) for name in Factor.values}


class ApproveAllocationForm(ActorForm):
    """What the approver says."""

    note = text(_("意见"), 200)
