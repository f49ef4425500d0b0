"""The filter bar: dense controls, chips for what is active, and an allow-list of parameters."""

from collections.abc import Iterable
from datetime import MINYEAR
from typing import TYPE_CHECKING, Any, NamedTuple

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from povedu.screens.forms import native_input
from povedu.screens.screen import Words

if TYPE_CHECKING:
    from django.db.models import QuerySet

_RANGE = ("_min", "_max", "_after", "_before", "_lookup")


class Chip(NamedTuple):
    """An active filter: its words, and the address of the list without it."""

    label: Words
    value: str
    url: str


class ScreenFilterSet(django_filters.FilterSet):
    """A filter set whose controls fit the one-line bar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            _ends(field)
            native_input(field)
            _shrink(field)


class DaysFilter(django_filters.DateFromToRangeFilter):
    """The days, as the clock here has them, on which an instant may lie."""

    def filter(self, qs: Any, value: "slice[Any, Any, Any] | None") -> Any:
        """Keep the rows of these days; nothing is earlier than the first day there is."""
        if value is not None and value.start is not None and value.start.year == MINYEAR:
            # Its beginning here is yet a day before it in UTC.
            value = slice(None, value.stop) if value.stop is not None else None
        return super().filter(qs, value)


def _ends(field: forms.Field) -> None:
    """Give a range two native controls, each with a name that a screen reader can say."""
    widgets = getattr(field.widget, "widgets", None)
    parts = getattr(field, "fields", None)
    if not widgets or not parts:
        return
    for at, (part, name) in enumerate(zip(parts, (_("起"), _("止")), strict=False)):
        if isinstance(part, forms.DateField | forms.DateTimeField):
            widgets[at] = forms.DateInput()
        elif isinstance(part, forms.DecimalField | forms.IntegerField):
            widgets[at] = forms.NumberInput()
        widgets[at].attrs["aria-label"] = f"{field.label} {name}"


def _shrink(field: forms.Field) -> None:
    widgets = getattr(field.widget, "widgets", None) or [field.widget]
    for widget in widgets:
        style = "form-control form-control-sm"
        if isinstance(widget, forms.Select):
            style = "form-select form-select-sm"
        elif isinstance(widget, forms.CheckboxInput):
            style = "form-check-input"
        widget.attrs["class"] = style
        widget.attrs["autocomplete"] = "off"
    if isinstance(field, forms.NullBooleanField):
        field.widget.choices = [("", _("全部")), ("true", _("是")), ("false", _("否"))]


def parameter_names(filterset_class: type[django_filters.FilterSet] | None) -> set[str]:
    """Return every query parameter that a filter set understands."""
    if filterset_class is None:
        return set()
    names: set[str] = set()
    for name, one in filterset_class.base_filters.items():
        names.add(name)
        if isinstance(one, django_filters.RangeFilter | django_filters.DateFromToRangeFilter):
            names |= {f"{name}{ending}" for ending in _RANGE}
    return names


def chips_of(filterset: django_filters.FilterSet, query: QueryDict) -> list[Chip]:
    """Return a chip per active filter, in the order of the bar."""
    chips: list[Chip] = []
    if not filterset.form.is_bound or not filterset.form.is_valid():
        return chips
    for name, field in filterset.form.fields.items():
        value = filterset.form.cleaned_data.get(name)
        if value is None or value in ("", [], ()) or _is_empty_set(value):
            continue
        chips.append(Chip(field.label or name, _worded(field, value), without(query, name)))
    return chips


def _is_empty_set(value: Any) -> bool:
    return hasattr(value, "exists") and not list(value)


def without(query: QueryDict, *names: str) -> str:
    """Return the query string without some parameters and without the page number."""
    kept = query.copy()
    for name in names:
        for key in [name, *(f"{name}{ending}" for ending in _RANGE)]:
            kept.pop(key, None)
    kept.pop("page", None)
    return f"?{kept.urlencode()}"


def _worded(field: forms.Field, value: Any) -> str:
    if isinstance(value, slice):
        return "–".join("" if end is None else _plain(end) for end in (value.start, value.stop))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple) or hasattr(value, "iterator"):
        return _("、").join(_worded(field, one) for one in _each(value))
    choices = getattr(field, "choices", None)
    if choices is not None and not isinstance(field, forms.ModelChoiceField):
        flat = dict(_flat(choices))
        return str(flat.get(value, flat.get(str(value), value)))
    if isinstance(value, str) and value == getattr(field, "null_value", None):
        return str(getattr(field, "null_label", value))
    return _plain(value)


def _each(value: "Iterable[Any] | QuerySet[Any]") -> Iterable[Any]:
    return list(value)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


def _plain(value: Any) -> str:
    ends_of_day = {(0, 0), (23, 59)}  # a filter by days holds these
    if hasattr(value, "hour") and (value.hour, value.minute) not in ends_of_day:
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if hasattr(value, "year") and hasattr(value, "day") else str(value)
