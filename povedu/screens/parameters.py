"""What a filter takes in an address: one reading for the API's description and for its check.

A description is a JSON schema. What it allows, ``refused`` lets through, and nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import django_filters
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from povedu.screens.screen import Words

Schema = dict[str, Any]

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_LARGEST = 2**63 - 1
_LONGEST = 200  # no column that is filtered by its text is longer
# Text neither begins nor ends with space, which a form would cut off, and holds no NUL.
TEXT = r"^[^\x00\s]([^\x00]*[^\x00\s])?$"

MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"


@cache
def described(filterset_class: Any) -> dict[str, tuple[Schema, Words]]:
    """Return, for each parameter of a filter set, its schema and its label."""
    found: dict[str, tuple[Schema, Words]] = {}
    for name, one in (filterset_class.base_filters if filterset_class else {}).items():
        schema = _schema(one, filterset_class._meta.model)
        for parameter in _names(name, one):
            found[parameter] = (schema, one.label or name)
    return found


def refused(schema: Schema, value: str) -> str:
    """Return what is wrong with a value, "" where the schema allows it."""
    if "enum" in schema:
        return "" if value in schema["enum"] else "not one of the choices"
    if schema["type"] == "boolean":
        return "" if value in {"true", "false"} else "true or false"
    if schema["type"] == "integer":
        whole = _WHOLE.fullmatch(value) is not None
        fits = whole and schema["minimum"] <= int(value) <= schema["maximum"]
        return "" if fits else f"a whole number, {schema['minimum']} to {schema['maximum']}"
    if schema.get("format") == "date":
        return "" if _is_day(value) else "a day as YYYY-MM-DD"
    if len(value) > schema["maxLength"] or re.search(schema["pattern"], value) is None:
        month = schema["pattern"] == MONTH
        text = f"1 to {schema['maxLength']} characters, no space at either end"
        return "a month as YYYY-MM" if month else text
    return ""


def check(query: Mapping[str, str], filterset_class: Any) -> dict[str, list[str]]:
    """Return what is wrong with the parameters of a request, by name."""
    known = described(filterset_class)
    faults = {
        name: refused(known[name][0], value) for name, value in query.items() if name in known
    }
    return {name: [fault] for name, fault in faults.items() if fault}


def _names(name: str, one: Any) -> Iterator[str]:
    """Yield the parameters of a filter: a range has one for either end."""
    suffixes = getattr(getattr(one.field_class, "widget", None), "suffixes", None)
    if suffixes:
        yield from (f"{name}_{suffix}" for suffix in suffixes)
    else:
        yield name


def _schema(one: Any, model: type[models.Model]) -> Schema:
    if isinstance(one, django_filters.ModelChoiceFilter):
        return _key(one)
    if isinstance(one, django_filters.ChoiceFilter):
        return {"type": "string", "enum": sorted(_choices(one.extra["choices"]))}
    if isinstance(one, django_filters.BooleanFilter):
        return {"type": "boolean"}
    if isinstance(one, django_filters.NumberFilter):
        return _whole(one.extra.get("min_value"), one.extra.get("max_value"))
    if "%Y-%m" in one.extra.get("input_formats", ()):
        return {"type": "string", "pattern": MONTH, "minLength": 7, "maxLength": 7}
    if isinstance(one, django_filters.DateFilter | django_filters.DateFromToRangeFilter):
        return {"type": "string", "format": "date"}
    if isinstance(one, django_filters.CharFilter):
        return _text(one.extra.get("max_length") or _length(model, one.field_name))
    raise TypeError(f"{type(one).__name__} of {model.__name__}: say here what it takes")


def _key(one: django_filters.ModelChoiceFilter) -> Schema:
    """Describe the key by which a row is chosen; one that is not there finds nothing."""
    offered = one.get_queryset(None)
    named = one.extra.get("to_field_name")
    column = offered.model._meta.get_field(named) if named else offered.model._meta.pk
    if isinstance(column, models.CharField):
        return _text(column.max_length)
    return _whole(1, None)


def _choices(choices: Any) -> Iterator[str]:
    """Yield the values of choices, those of groups included, without the empty one."""
    for value, label in choices() if callable(choices) else choices:
        if isinstance(label, list | tuple):
            yield from _choices(label)
        elif str(value):
            yield str(value)


def _whole(least: int | None, most: int | None) -> Schema:
    return {
        "type": "integer",
        "minimum": -_LARGEST if least is None else least,
        "maximum": _LARGEST if most is None else most,
    }


def _text(longest: int | None) -> Schema:
    return {
        "type": "string",
        "pattern": TEXT,
        "minLength": 1,
        "maxLength": longest or _LONGEST,
    }


def _length(model: type[models.Model], path: str) -> int | None:
    """Return how long the column at the end of a path is, None where the path is not one."""
    at: Any = model
    for part in path.split("__"):
        try:
            column = at._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        at = column.related_model
    return getattr(column, "max_length", None)


def _is_day(value: str) -> bool:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
