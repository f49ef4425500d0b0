"""Forms of the ledger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource


class OpeningForm(forms.Form):
    """What a source had in the account when the ledger was begun."""

    source = forms.ChoiceField(label=_("资金来源"), choices=FundSource.choices)
    amount = forms.DecimalField(label=_("期初余额（元）"), max_digits=12, decimal_places=2)
    effective_on = forms.DateField(label=_("日期"), widget=forms.DateInput())
    programme_code = forms.CharField(label=_("项目代码（可不填）"), max_length=40, required=False)
