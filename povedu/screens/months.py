"""A month as one control, in forms and filter bars."""

from datetime import date, datetime
from typing import Any

from django import forms


class MonthInput(forms.TextInput):
    """The browser's own month control; where it has none, text as 2016-09."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": "2016-09", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Write a date as year and month."""
        return f"{value:%Y-%m}" if isinstance(value, date | datetime) else value


class MonthField(forms.DateField):
    """A month, kept as its first day."""

    widget = MonthInput
    input_formats = ("%Y-%m", "%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        """Read a month."""
        day = super().to_python(value)
        return day.replace(day=1) if day else None
