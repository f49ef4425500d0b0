"""Forms of the dropout ledgers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from students.choices import VisitWay
from students.services.dropouts import ReturnDetails, VisitDetails


class VisitForm(forms.Form):
    """One attempt to bring a child back."""

    visited_on = forms.DateField(label=_("劝返日期"))
    people = forms.CharField(
        label=_("劝返人员"), max_length=80, help_text=_("如帮扶教师、村干部、家长姓名。")
    )
    way = forms.ChoiceField(label=_("方式"), choices=VisitWay.choices)
    result = forms.CharField(
        label=_("结果"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def details(self) -> VisitDetails:
        """Return the attempt."""
        return VisitDetails(**self.cleaned_data)


class ReturnForm(forms.Form):
    """A child's return."""

    returned_on = forms.DateField(label=_("复学时间"))
    returned_school = forms.CharField(label=_("复学学校"), max_length=60)
    placement = forms.CharField(
        label=_("安置方式"),
        max_length=40,
        required=False,
        help_text=_("如返校就读、职业学校、送教上门、短期补习后考试。"),
    )

    def details(self) -> ReturnDetails:
        """Return what was entered."""
        return ReturnDetails(**self.cleaned_data)


class CloseForm(forms.Form):
    """The closing of a case, on evidence."""

    closed_on = forms.DateField(label=_("销号时间"))
    closed_evidence = forms.CharField(
        label=_("销号依据"), max_length=120, help_text=_("如复学证明、学籍截图、死亡证明。")
    )
