"""Forms of handing findings out, answering them, and putting papers to them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from schools.models import School
from students.choices import ProofKind
from students.forms.findings import Shown
from students.rules.assignments import DAYS, LEAST, MOST
from students.rules.evidence import MAX_BYTES
from students.services.settle_papers import ProofDetails

ACCEPTED = "image/jpeg,image/png,application/pdf"
PAPER_HINT = format_lazy(
    _("JPEG、PNG 图片或 PDF，不超过 {limit} MB；加密保存，查看留痕。"),
    limit=MAX_BYTES // 1024 // 1024,
)


class DeadlineForm(forms.Form):
    """Working days for an answer, and what is to be found out."""

    days = forms.IntegerField(
        label=_("答复期限（工作日）"), min_value=LEAST, max_value=MOST, initial=DAYS
    )
    words = forms.CharField(
        label=_("要求"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("写明要学校核实什么、提供什么材料。"),
    )


class AssignForm(DeadlineForm):
    """One finding for one school; chosen only where the finding has none."""

    school = forms.ModelChoiceField(
        label=_("答复学校"), queryset=School.objects.none(), required=False
    )
    field_order = ("school", "days", "words")

    def __init__(self, *args: Any, schools: QuerySet[School] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if schools is None:
            del self.fields["school"]
        else:
            self.fields["school"].queryset = schools  # type: ignore[attr-defined]  # a model choice
            self.fields["school"].required = True


class AssignManyForm(Shown, DeadlineForm):
    """One deadline and one request for the findings that the page shows."""


class WordsForm(forms.Form):
    """What somebody says of an assignment."""

    words = forms.CharField(label=_("情况说明"), max_length=300, widget=forms.Textarea)


class AnswerForm(WordsForm):
    """The school's answer, with a paper where there is one."""

    file = forms.FileField(
        label=_("佐证材料"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=format_lazy(
            _("JPEG、PNG 图片或 PDF，不超过 {limit} MB；还可在差异页面继续添加。"),
            limit=MAX_BYTES // 1024 // 1024,
        ),
    )
    caption = forms.CharField(
        label=_("材料名称"),
        max_length=60,
        required=False,
        help_text=_("如：在读证明、户口簿第 3 页。"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a paper that is put in."""
        cleaned = super().clean() or {}
        if cleaned.get("file") and not cleaned.get("caption"):
            self.add_error("caption", _("请写明这份材料是什么。"))
        return cleaned


def paper_field() -> forms.FileField:
    """Return a field for a photograph or a PDF."""
    return forms.FileField(
        label=_("文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=PAPER_HINT,
    )


class EvidenceForm(forms.Form):
    """A paper and what it is."""

    caption = forms.CharField(
        label=_("材料名称"), max_length=60, help_text=_("如：在读证明、户口簿第 3 页。")
    )
    file = paper_field()


class ProofForm(forms.Form):
    """Which paper the school saw."""

    kind = forms.ChoiceField(label=_("证明种类"), choices=ProofKind.choices)
    number = forms.CharField(label=_("证件编号"), max_length=60, required=False)
    issued_by = forms.CharField(label=_("出具单位"), max_length=60)
    issued_on = forms.DateField(label=_("出具日期"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    caption = forms.CharField(label=_("材料名称"), max_length=60, initial=_("证明原件照片"))
    file = forms.FileField(
        label=_("证明照片或扫描件"), widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED})
    )

    def details(self) -> ProofDetails:
        """Return the cleaned form as the service wants it."""
        names = ("kind", "number", "issued_by", "issued_on", "note")
        return ProofDetails(**{name: self.cleaned_data[name] for name in names})


class UndoForm(forms.Form):
    """Whether one decision or its whole group is taken back."""

    whole = forms.BooleanField(label=_("整批撤销"), required=False)

    def __init__(self, *args: Any, together: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if together < 2:
            del self.fields["whole"]
        else:
            self.fields["whole"].help_text = _(
                "这一结论与另外 %(count)d 条一并作出；勾选则整批撤销。"
            ) % {"count": together - 1}
