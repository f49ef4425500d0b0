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
    document = forms.CharField(
        label=_("依据"),
        max_length=120,
        help_text=_("例如：2015 年专户对账单、原手工账页码。"),
    )


class CorrectionForm(forms.Form):
    """Which voucher is to be taken back, and why."""

    transaction_no = forms.IntegerField(label=_("凭证号"), min_value=1)
    effective_on = forms.DateField(label=_("冲回日期"), widget=forms.DateInput())
    reason = forms.CharField(label=_("更正理由"), max_length=120)
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)


class DecideForm(forms.Form):
    """Agree or not."""

    approved = forms.TypedChoiceField(
        label=_("审批结果"),
        choices=[("1", _("同意冲回")), ("0", _("不同意"))],
        coerce=lambda value: value == "1",
    )
    note = forms.CharField(label=_("审批意见"), max_length=120, required=False)
