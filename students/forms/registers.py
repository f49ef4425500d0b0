"""Forms about registers and runs."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.terms import Term
from students.models import RegisterSnapshot


class RunForm(forms.Form):
    """Which term, and against which snapshots."""

    term = forms.ChoiceField(label=_("学期"))
    snapshots = forms.ModelMultipleChoiceField(
        label=_("名册快照"),
        queryset=RegisterSnapshot.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选时，每种名册取学期首日及以前最新的一份。"),
    )

    def __init__(
        self, *args: Any, term: Term, snapshots: QuerySet[RegisterSnapshot], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        near = [term.next, term, term.previous, term.previous.previous]
        self.fields["term"].choices = [(one.code, one.label) for one in near]  # type: ignore[attr-defined]  # a choice field
        self.fields["term"].initial = term.code
        self.fields["snapshots"].queryset = snapshots  # type: ignore[attr-defined]  # a model choice


class ComparisonForm(forms.Form):
    """Two snapshots of one register."""

    before = forms.ModelChoiceField(
        label=_("前一快照"), queryset=RegisterSnapshot.objects.none(), empty_label=_("请选择")
    )
    after = forms.ModelChoiceField(
        label=_("后一快照"), queryset=RegisterSnapshot.objects.none(), empty_label=_("请选择")
    )

    def __init__(self, *args: Any, snapshots: QuerySet[RegisterSnapshot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            self.fields[name].queryset = snapshots  # type: ignore[attr-defined]  # a model choice

    def clean(self) -> dict[str, Any]:
        """Refuse snapshots of two registers."""
        cleaned = super().clean() or {}
        before, after = cleaned.get("before"), cleaned.get("after")
        if before and after and before.kind != after.kind:
            raise forms.ValidationError(_("两份快照应属于同一种名册。"))
        return cleaned
