"""Forms of the upload and of the review."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.intake import places
from povedu.intake.kinds import IntakeKind
from povedu.scope import ActingRequest
from povedu.terms import Term

ACCEPTED = ".xlsx,.xlsm,.xls,.ods,.csv,.txt,.et"


def limits_sentence() -> str:
    """Return the limits as a person should know them before choosing a file."""
    bounds = settings.INTAKE_LIMITS
    return gettext(
        "支持 .xlsx .xlsm .xls .ods .csv .txt；不超过 %(mb)d MB、%(rows)s 行、%(columns)d 列、"
        "%(sheets)d 张工作表。"
    ) % {
        "mb": bounds["file_bytes"] // 2**20,
        "rows": f"{bounds['rows']:,}",
        "columns": bounds["columns"],
        "sheets": bounds["sheets"],
    }


class UploadForm(forms.Form):
    """What a file is for; only what the kind needs is asked."""

    file = forms.FileField(label=_("文件"))
    school = forms.ChoiceField(label=_("学校"), required=False)
    term = forms.ChoiceField(label=_("学期"))
    as_of = forms.DateField(label=_("数据日期"))
    is_supplement = forms.BooleanField(
        label=_("补充名单"),
        required=False,
        help_text=_("勾选后，表中没有的学生不作为缺失处理"),
    )

    def __init__(self, *args: Any, kind: IntakeKind, request: ActingRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ACCEPTED
        self.fields["file"].help_text = limits_sentence()
        self._school(request, kind)
        self._term(request.term, kind)
        self.fields["as_of"].required = "as_of" in kind.needs
        if "as_of" not in kind.needs | kind.asks:
            del self.fields["as_of"]
        if kind.code != "roster":
            del self.fields["is_supplement"]

    def _school(self, request: ActingRequest, kind: IntakeKind) -> None:
        own = request.actor.scope.school_code
        if own is not None or "term" not in kind.needs:
            del self.fields["school"]
            return
        field = self.fields["school"]
        field.choices = [("", gettext("按表中的学校一栏")), *places.schools(request.actor.scope)]  # type: ignore[attr-defined]  # a choice field

    def _term(self, term: Term, kind: IntakeKind) -> None:
        if "term" not in kind.needs | kind.asks:
            del self.fields["term"]
            return
        around = [term.next, term, term.previous, term.previous.previous]
        choices = [(one.code, one.label) for one in around]
        field = self.fields["term"]
        if "term" in kind.needs:
            field.initial = term.code
        else:
            field.required = False
            choices.insert(0, ("", gettext("以表中所写为准")))
        field.choices = choices  # type: ignore[attr-defined]  # a choice field


class SendBackForm(forms.Form):
    """Why a batch goes back."""

    comment = forms.CharField(
        label=_("意见"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why somebody answers for a sweeping change, or takes a batch back."""

    reason = forms.CharField(
        label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class CellsForm(forms.Form):
    """The cells of one staged row, by field; those with problems first."""

    def __init__(self, *args: Any, cells: "list[Cell]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for cell in cells:
            self.fields[cell.name] = forms.CharField(
                label=cell.label,
                initial=cell.text,
                required=False,
                strip=False,
                max_length=500,
                help_text="；".join(cell.said),
            )
            if cell.said:
                self.fields[cell.name].widget.attrs["class"] = "is-warned"

    @property
    def cells(self) -> dict[str, str]:
        """Return the submitted cells; one that was not sent stays as it is."""
        return {name: text for name, text in self.cleaned_data.items() if name in self.data}


class Cell:
    """A cell as the correction form shows it."""

    def __init__(self, name: str, label: str, text: str, said: list[str]) -> None:
        self.name, self.label, self.text, self.said = name, label, text, said


class HeadingsForm(forms.Form):
    """What each heading of a batch means; fields are named by the column's letters and sheet."""

    def __init__(
        self, *args: Any, kind: IntakeKind, sheets: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("不导入（保留备查）"))]
        choices += [
            (name, column.label) for name, column in kind.columns.items() if column.in_template
        ]
        self.headings: dict[str, tuple[str, str]] = {}
        for at, sheet in enumerate(sheets):
            for one in sheet["mapping"]:
                key = f"s{at}-{one['column']}"
                if not one["header"]:
                    continue
                self.headings[key] = (one["header"], one["field"] or "")
                self.fields[key] = forms.ChoiceField(
                    label=gettext("%(column)s 列：%(header)s")
                    % {"column": one["column"], "header": one["header"]},
                    choices=choices,
                    initial=one["field"] or "",
                    required=False,
                    help_text="" if one["field"] else gettext("没有认出，请指定"),
                )
        unknown = [key for key, (_header, name) in self.headings.items() if not name]
        self.order_fields([*unknown, *(key for key in self.headings if key not in unknown)])

    def clean(self) -> dict[str, Any]:
        """Return the headings whose meaning was changed."""
        cleaned = super().clean() or {}
        changed = {
            self.headings[key][0]: value
            for key, value in cleaned.items()
            if value != self.headings[key][1]
        }
        return {"headings": changed}


class MappingForm(forms.Form):
    """What a taught heading means."""

    field = forms.ChoiceField(label=_("字段"), required=False)

    def __init__(self, *args: Any, kind: IntakeKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("不导入（保留备查）"))]
        choices += [
            (name, column.label) for name, column in kind.columns.items() if column.in_template
        ]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]  # a choice field
