"""Forms of reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.scope import Scope
from povedu.sheets import FORMATS
from reports.choices import LedgerContent
from reports.selectors.lines import FIRST_YEAR, LAST_YEAR, programme_choices

_FORMAT_NAMES = {"xlsx": _("Excel 工作簿（.xlsx）"), "csv": _("文本表格（.csv）")}


def year_field() -> forms.IntegerField:
    """Return a field for a calendar year."""
    return forms.IntegerField(label=_("年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR)


class FormatField(forms.ChoiceField):
    """Which kind of file."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(name, _FORMAT_NAMES[name]) for name in FORMATS]
        super().__init__(label=_("文件格式"), choices=choices, **kwargs)


class LedgerForm(forms.Form):
    """Which entries of the ledger to export, and as what."""

    content = forms.ChoiceField(label=_("内容"), choices=LedgerContent.choices)
    year = year_field()
    source = forms.ChoiceField(
        label=_("资金来源"), choices=[("", _("全部")), *FundSource.choices], required=False
    )
    programme = forms.ChoiceField(label=_("资助项目"), required=False)
    format = FormatField()

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["programme"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("全部")), *programme_choices(scope)]


class RowsForm(forms.Form):
    """As what to export the rows behind a figure."""

    format = FormatField()


class IssueForm(forms.Form):
    """Whether issuing closes the year's figures."""

    locks_period = forms.BooleanField(
        label=_("同时锁定本年度数据"),
        required=False,
        help_text=_(
            "锁定后不再登记日期在本年度的资金；数据再有变化，会在本页逐项列出与印发数的差异。"
        ),
    )


class TemplateForm(forms.Form):
    """A county's wording of the summary."""

    title = forms.CharField(label=_("标题"), max_length=120)
    issuer = forms.CharField(label=_("发文机关标志"), max_length=60, required=False)
    number = forms.CharField(label=_("发文字号"), max_length=40, required=False)
    signer = forms.CharField(
        label=_("签发人"), max_length=20, required=False, help_text=_("仅上行文填写。")
    )
    recipients = forms.CharField(label=_("主送机关"), max_length=120, required=False)
    body = forms.CharField(
        label=_("正文"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"data-rows": "24"}),
        help_text=_("每行一段；“# ”开头为一级标题，“## ”开头为二级标题。占位符见下方说明。"),
    )
    signature = forms.CharField(label=_("署名"), max_length=60, required=False)
    sealed = forms.BooleanField(label=_("加盖印章"), required=False)
    note = forms.CharField(label=_("附注"), max_length=80, required=False)
    copies_to = forms.CharField(label=_("抄送"), max_length=300, required=False)
    printed_by = forms.CharField(label=_("印发机关"), max_length=60, required=False)
    word_file = forms.FileField(
        label=_("Word 模板"),
        required=False,
        help_text=_("下载现用模板，在 WPS 中改好样式后上传；不上传则沿用现用模板。"),
    )
    drop_word = forms.BooleanField(label=_("改回系统自带的 Word 模板"), required=False)


class CheckForm(forms.Form):
    """Text whose figures are to be checked."""

    text = forms.CharField(
        label=_("待核对的文字"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": "12", "data-wide": "1"}),
    )
    year = forms.IntegerField(
        label=_("对照年度"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        help_text=_("填写后，人次与每人标准相乘的算式会对照该年度的项目核对。"),
    )
