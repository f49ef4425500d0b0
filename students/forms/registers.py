"""Forms about registers and runs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.terms import Term
from schools.models import Division
from students.models import Reconciliation, RegisterSnapshot


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

    again = forms.BooleanField(
        label=_("名单没有变化也重新比对"), required=False, help_text=_("一般不需要。")
    )

    def __init__(
        self, *args: Any, term: Term, snapshots: QuerySet[RegisterSnapshot], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        near = [term.next, term, term.previous, term.previous.previous]
        self.fields["term"].choices = [(one.code, one.label) for one in near]  # type: ignore[attr-defined]  # a choice field
        self.fields["term"].initial = term.code
        self.fields["snapshots"].queryset = snapshots  # type: ignore[attr-defined]  # a model choice


class NightlyForm(forms.Form):
    """Which counties are compared every night."""

    counties = forms.ModelMultipleChoiceField(
        label=_("每夜比对的县"),
        queryset=Division.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不勾选的县只在有人开始时比对。"),
    )

    def __init__(
        self, *args: Any, among: Sequence[Division], on: Sequence[Division], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        codes = [one.pk for one in among]
        self.fields["counties"].queryset = Division.objects.filter(pk__in=codes)  # type: ignore[attr-defined]  # a model choice
        self.fields["counties"].initial = [one.pk for one in on]


class _SidesForm(forms.Form):
    """Two states of one list; which is the earlier is found out, not asked."""

    before = forms.ModelChoiceField(
        label=_("前一期"), queryset=RegisterSnapshot.objects.none(), empty_label=_("请选择")
    )
    after = forms.ModelChoiceField(
        label=_("后一期"), queryset=RegisterSnapshot.objects.none(), empty_label=_("请选择")
    )

    def __init__(self, *args: Any, sides: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            self.fields[name].queryset = sides  # type: ignore[attr-defined]  # a model choice

    def keys(self) -> tuple[str, str]:
        """Return the keys of the two."""
        return str(self.cleaned_data["before"].pk), str(self.cleaned_data["after"].pk)

    def clean(self) -> dict[str, Any]:
        """Refuse one side twice."""
        cleaned = super().clean() or {}
        before, after = cleaned.get("before"), cleaned.get("after")
        if before and before == after:
            raise forms.ValidationError(_("所选两期是同一份，请另选一期。"))
        return cleaned


class SnapshotsForm(_SidesForm):
    """Two snapshots of one register."""

    def clean(self) -> dict[str, Any]:
        """Refuse snapshots of two registers."""
        cleaned = super().clean() or {}
        before, after = cleaned.get("before"), cleaned.get("after")
        if before and after and before.kind != after.kind:
            raise forms.ValidationError(_("两份快照应属于同一种名册。"))
        if before and after and before.county_id != after.county_id:
            raise forms.ValidationError(_("两份快照应属于同一个县。"))
        return cleaned


class RunsForm(_SidesForm):
    """Two runs whose children are still kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            field: Any = self.fields[name]
            field.label_from_instance = _run_label


def _run_label(run: Reconciliation) -> str:
    at = timezone.localtime(run.finished_at or run.started_at)
    return f"{run.county} {Term.parse(run.term).label} {at:%Y-%m-%d %H:%M}"


class TermsForm(forms.Form):
    """Two terms."""

    before = forms.ChoiceField(label=_("前一学期"))
    after = forms.ChoiceField(label=_("后一学期"))

    def __init__(self, *args: Any, sides: list[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            self.fields[name].choices = [(one.code, one.label) for one in sides]  # type: ignore[attr-defined]  # a choice field

    def keys(self) -> tuple[str, str]:
        """Return the codes of the two."""
        return self.cleaned_data["before"], self.cleaned_data["after"]

    def clean(self) -> dict[str, Any]:
        """Refuse one term twice."""
        cleaned = super().clean() or {}
        if cleaned.get("before") and cleaned.get("before") == cleaned.get("after"):
            raise forms.ValidationError(_("所选两期是同一份，请另选一期。"))
        return cleaned
