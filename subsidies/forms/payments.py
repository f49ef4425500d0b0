"""Forms of batches and the bank's answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.choices import BankEncoding, BankLayout
from subsidies.forms.acting import ActorForm, ProgrammeTermForm, money


def _days(label: object) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=250)  # type: ignore[arg-type]  # a lazy text


class BatchForm(ProgrammeTermForm):
    """What to put into a batch."""


class BankReturnForm(ActorForm):
    """The bank's answer."""

    file = forms.FileField(
        label=_("银行回盘文件"),
        help_text=_("表格须有“序号”“金额”“结果”三列，到账的还须有“到账日期”。"),
    )


class FileForm(ActorForm):
    """In which layout, form and encoding."""

    layout = forms.ChoiceField(label=_("格式"), choices=BankLayout.choices)
    form = forms.ChoiceField(
        label=_("文件类型"), choices=[("xlsx", _("表格 .xlsx")), ("txt", _("文本 .txt"))]
    )
    encoding = forms.ChoiceField(
        label=_("文本编码"),
        choices=BankEncoding.choices,
        required=False,
        help_text=_("仅用于文本；不选时用本县发放规则中的编码。"),
    )


class PaymentRulesForm(ActorForm):
    """Approval levels, deadlines, cash and the bank's encoding."""

    second_from = money(
        _("二级审批起点（元）"),
        required=False,
        help_text=_("批次金额达到此数须再由一人审批；不填则不设。"),
    )
    third_from = money(_("三级审批起点（元）"), required=False)
    checks_cash = forms.BooleanField(
        label=_("冻结和送出时核对账面资金"),
        required=False,
        help_text=_("资金由国库集中支付、台账不记存款的县可不核对。"),
    )
    encoding = forms.ChoiceField(label=_("银行文件编码"), choices=BankEncoding.choices)
    freeze_days = _days(_("编制期限（工作日）"))
    approve_days = _days(_("审批期限（工作日）"))
    release_days = _days(_("送出期限（工作日）"))
    return_days = _days(_("回盘期限（工作日）"))
    close_days = _days(_("关闭期限（工作日）"))
