"""Forms of what a county sets for itself: scoring of families, working days."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.forms.acting import ActorForm, text


class ScoringForm(ActorForm):
    """Circumstances with points, and levels with their bounds, one a line."""

    items = forms.CharField(
        label=_("家庭情况和分值（每行一项，如“单亲家庭 15”）"), widget=forms.Textarea
    )
    bands = forms.CharField(
        label=_("困难等级（每行一级：高于几分 等级 档次，如“60 一般困难 二档”；档次可不填）"),
        widget=forms.Textarea,
    )

    def clean_items(self) -> list[tuple[str, int]]:
        """Read the circumstances."""
        return _lines(self.cleaned_data["items"], r"(\S.*?)\s+(\d{1,3})", _item)

    def clean_bands(self) -> list[tuple[int, str, str]]:
        """Read the levels."""
        return _lines(self.cleaned_data["bands"], r"(\d{1,3})\s+(\S+)(?:\s+(\S+))?", _band)


def _item(match: re.Match[str]) -> tuple[str, int] | None:
    points = int(match[2])
    return (match[1][:60], points) if 0 < points <= 100 else None


def _band(match: re.Match[str]) -> tuple[int, str, str]:
    return int(match[1]), match[2][:20], (match[3] or "")[:10]


def _lines(given: str, pattern: str, read: Any) -> list[Any]:
    """Read lines; raise ValidationError naming the first that does not fit or comes twice."""
    found: list[Any] = []
    for number, line in enumerate(given.splitlines(), start=1):
        if not line.strip():
            continue
        match = re.fullmatch(pattern, line.strip())
        told = read(match) if match else None
        if told is None or told[0] in {one[0] for one in found}:
            raise forms.ValidationError(
                _("第 %(number)d 行不合格式，或与前面重复。"), params={"number": number}
            )
        found.append(told)
    return found


class CalendarDayForm(ActorForm):
    """A day that is worked, or not, whatever the published calendar says."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput())
    is_working = forms.TypedChoiceField(
        label=_("安排"),
        choices=[("0", _("放假")), ("1", _("上班"))],
        coerce=lambda value: value == "1",
    )
    note = text(_("说明"), 60)
