"""Forms of recoveries and samples."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.choices import RecoveryCause, SampleMethod, SampleResult, Stratum
from subsidies.forms.acting import ActorForm, money, text
from subsidies.models import Programme

_RESULTS = [one for one in SampleResult.choices if one[0] != SampleResult.OPEN]


class RecoveryForm(ActorForm):
    """What is asked back of a payment, and why."""

    cause = forms.ChoiceField(label=_("追回原因"), choices=RecoveryCause.choices)
    amount = money(_("应追回（元）"))
    payer_name = forms.CharField(
        label=_("退款人"), max_length=80, required=False, help_text=_("不填则为收款户名。")
    )
    reason = text(_("事由和依据"), 200, required=True)


class RecoveryNoteForm(ActorForm):
    """What an approver says."""

    note = forms.CharField(label=_("审批意见"), max_length=200, required=False)


class RecoveryReceiptForm(ActorForm):
    """Money that came back."""

    received_on = forms.DateField(label=_("收回日期"))
    amount = money(_("收回金额（元）"))
    document = forms.CharField(label=_("凭证号"), max_length=60)


class SampleForm(ActorForm):
    """What may be drawn, and how many."""

    title = forms.CharField(label=_("名称"), max_length=80)
    starts_on = forms.DateField(label=_("到账日期起"))
    ends_on = forms.DateField(label=_("到账日期止（不含）"))
    programme = forms.ModelChoiceField(
        label=_("资助项目"), queryset=Programme.objects.none(), required=False
    )
    stratum = forms.ChoiceField(label=_("分层"), choices=Stratum.choices)
    size = forms.IntegerField(label=_("抽取笔数"), min_value=1, max_value=5000)

    def bound_choices(self) -> None:
        """Offer the office's programmes, or all of them at once."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset, field.empty_label = self.own_programmes(), _("全部项目")


class SeedForm(ActorForm):
    """The seed, and where everybody can look it up."""

    seed = forms.CharField(
        label=_("种子"),
        max_length=80,
        help_text=_("如固定总体之后开出的公开摇奖号码，或现场众人报出的数字。"),
    )
    seed_origin = forms.CharField(label=_("种子来源"), max_length=120)


class SampleResultForm(ActorForm):
    """What looking into a drawn payment gave."""

    result = forms.ChoiceField(label=_("结果"), choices=_RESULTS)
    method = forms.ChoiceField(label=_("核查方式"), choices=SampleMethod.choices)
    checked_on = forms.DateField(label=_("核查日期"))
    found_amount = money(_("核实金额（元）"), required=False)
    document = forms.CharField(label=_("照片或凭证编号"), max_length=80, required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class ConclusionForm(ActorForm):
    """What the sample says."""

    conclusion = forms.CharField(
        label=_("结论"), max_length=300, widget=forms.Textarea(attrs={"data-wide": "1"})
    )
