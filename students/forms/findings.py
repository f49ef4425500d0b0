"""Forms about findings."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_PAIR = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


def packed(shown: Iterable[tuple[int, str]]) -> str:
    """Return findings and their evidence digests as the text that ``Shown`` reads back."""
    return " ".join(f"{pk}:{digest}" for pk, digest in shown)


class Shown(forms.Form):
    """The findings that a page shows, each on the evidence that was looked at."""

    shown = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read which findings were shown, and on what evidence."""
        cleaned = super().clean() or {}
        pairs = [_PAIR.fullmatch(one) for one in cleaned.get("shown", "").split()]
        if not pairs or None in pairs:
            raise forms.ValidationError(_("本页内容不完整，请返回后重新打开。"))
        cleaned["shown"] = {int(one[1]): one[2] for one in pairs if one}
        return cleaned


class AlikeForm(Shown):
    """One answer and one note for the findings that the page shows."""

    answer = forms.ChoiceField(label=_("处理结论"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("写明一并处理的依据，记入每一条差异。")
    )

    def __init__(self, *args: Any, answers: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = list(answers)  # type: ignore[attr-defined]  # a choice field
