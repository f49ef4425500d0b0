"""Forms about the proofs of study."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.scope import Scope
from schools import selectors as places
from schools.models import Division
from students.forms.settling import ACCEPTED, PAPER_HINT
from students.services.proofs import Paper, Received


class ReceiveForm(forms.Form):
    """What came back."""

    received_on = forms.DateField(label=_("收到日期"))
    school_name = forms.CharField(label=_("就读学校"), max_length=60)
    document_no = forms.CharField(
        label=_("证明编号"),
        max_length=60,
        required=False,
        help_text=_("证明上的文号；没有照片也没有文号的写存放处，如“村委会2016年第3卷”。"),
    )
    file = forms.FileField(
        label=_("证明照片或扫描件"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=PAPER_HINT,
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def details(self) -> Received:
        """Return what was entered."""
        names = ("received_on", "school_name", "document_no", "note")
        return Received(**{name: self.cleaned_data[name] for name in names})

    def paper(self) -> Paper | None:
        """Return the paper, where one was put in."""
        file = self.cleaned_data["file"]
        return Paper(file.read(), str(_("在读证明"))) if file else None


class ReturnProofForm(forms.Form):
    """Why another proof is needed, and by when."""

    due_on = forms.DateField(label=_("应交日期"))
    note = forms.CharField(label=_("退回原因"), max_length=200)


class NoticesForm(forms.Form):
    """Whose notices to print."""

    township = forms.ModelChoiceField(
        label=_("乡镇"),
        queryset=Division.objects.none(),
        required=False,
        empty_label=_("全部乡镇"),
        help_text=_("只打印待收证明学生的告知书，按村排列。"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"].queryset = places.townships(scope)  # type: ignore[attr-defined]  # a model choice
