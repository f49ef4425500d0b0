"""Every form of the product, filled in, and what strangers might add to it.

``filled`` answers a form as somebody would who has read it: what it shows stays, what it asks for
gets the first choice or a plain value. ``strange`` names, for each field that chooses a row, the
rows of places and offices that are not the visitor's.
"""

import io
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from PIL import Image

from tests import factories as make
from tests.guards.recorder import LOOKING_TOUCHES
from tests.guards.world import Place

Answers = dict[str, Any]
Contents = dict[str, list[tuple[Any, ...]]]

# Text with a form of its own, by the field's name; every app adds its words here.
PLAIN: dict[str, str] = {
    "id_number": make.id_number(2190 * 300),
    "payee_id_number": make.id_number(2190 * 301),
    "phone": "19900004321",
    "account": "6217001100000004321",
    "username": "new.person",
    "code": "newcode1",
    "month": "2016-09",
}
# Fields that name a row by a text, and what a place's row is called there.
CODES: dict[str, Callable[[Place], Any]] = {
    "school_code": lambda place: place.school_code,
    "division_prefix": lambda place: place.township_code,
    "student": lambda place: place.student.pk,
    "programme": lambda place: place.programme.code,
}


def filled(form: forms.BaseForm) -> Answers:
    """Return answers to a form: what it shows, and something for what it asks."""
    answers: Answers = {}
    for name, field in form.fields.items():
        shown = form[name].value()
        if shown in (None, "", []) or (isinstance(shown, models.QuerySet) and not shown.exists()):
            if not field.required:
                continue
            shown = _something(name, field)
        if isinstance(field, forms.BooleanField):
            if shown:
                answers[form.add_prefix(name)] = "on"
            continue
        answers[form.add_prefix(name)] = _sent(field, shown)
    return answers


def _sent(field: forms.Field, value: Any) -> Any:
    if isinstance(value, list | tuple | models.QuerySet):
        return [_sent(field, one) for one in value]
    if isinstance(value, models.Model) and isinstance(field, forms.ModelChoiceField):
        return str(field.prepare_value(value))
    return value if isinstance(value, SimpleUploadedFile) else str(value)


def _something(name: str, field: forms.Field) -> Any:
    if isinstance(field, forms.ModelChoiceField):
        return [field.queryset.last()] if _many(field) else field.queryset.last()
    if isinstance(field, forms.ChoiceField):
        keys = [key for key, _label in field.choices if key not in ("", None)]
        return keys[0] if keys else ""
    if isinstance(field, forms.FileField):
        return SimpleUploadedFile("new.png", _photo(), "image/png")
    if name in PLAIN:
        return PLAIN[name]
    if isinstance(field, forms.DateField):
        return "2016-10-10"
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        return max(field.min_value or 0, 1)
    return "新内容"


def _photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (64, 64)).save(kept, "PNG")
    return kept.getvalue()


def _many(field: forms.Field) -> bool:
    return isinstance(field, forms.ModelMultipleChoiceField)


def rows_of(place: Place, model: type[models.Model]) -> Iterator[models.Model]:
    """Yield a place's rows of a model."""
    for name, value in vars(Place).items():
        if isinstance(value, cached_property):
            row = getattr(place, name)
            if isinstance(row, model):
                yield row


def strange_keys(
    name: str, field: forms.Field, places: list[Place], others: list[models.Model]
) -> list[tuple[str, bool]] | None:
    """Return the keys of strangers' rows for a field, each with whether the field offers it.

    None where the field chooses no row.
    """
    if isinstance(field, forms.ModelChoiceField):
        model = field.queryset.model
        rows = [row for place in places for row in rows_of(place, model)]
        rows += [row for row in others if isinstance(row, model)]
        return [
            (str(field.prepare_value(row)), field.queryset.filter(pk=row.pk).exists())
            for row in rows
        ]
    if name in CODES:
        offered = {str(key) for key, _label in getattr(field, "choices", ())}
        keys = [str(CODES[name](place)) for place in places]
        return [(key, key in offered) for key in keys]
    return None


def every_name(near: str, places: list[Place]) -> dict[str, Any]:
    """Return every column of every model with a value nobody asked for; ``near`` has first say."""
    found: dict[str, Any] = {"is_staff": "on", "is_superuser": "on"}
    every = sorted(apps.get_models(), key=lambda model: model._meta.app_label != near)
    for model in every:
        for column in model._meta.get_fields():
            if isinstance(column, models.Field):
                value = _hostile(column, places)
                found.setdefault(column.name, value)
                found.setdefault(column.attname, value)
    return found


def _hostile(column: "models.Field[Any, Any]", places: list[Place]) -> str:
    if column.remote_field is not None:
        rows = [row for place in places for row in rows_of(place, column.related_model)]
        return str(rows[-1].pk) if rows else "1"
    if column.choices:
        return str(list(column.flatchoices)[-1][0])
    if isinstance(column, models.DateTimeField):
        return "2001-02-03 04:05:06"
    if isinstance(column, models.DateField):
        return "2001-02-03"
    numbers = models.IntegerField | models.DecimalField | models.FloatField
    return "77" if isinstance(column, numbers) else "on"


def contents(before: Contents | None = None) -> Contents:
    """Return all rows of all tables that looking leaves alone, by key; new ones come last."""
    found: Contents = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in LOOKING_TOUCHES:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
            old = {row[0] for row in before[table]} if before else set()
            found[table] = sorted(rows, key=lambda row: row[0] not in old)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def differences(one: Contents, other: Contents) -> set[tuple[str, int, int]]:
    """Return where two contents differ: table, row, column; row -1 for the number of rows."""
    found = set()
    for table, rows in one.items():
        if len(rows) != len(other[table]):
            found.add((table, -1, -1))
        for at, (left, right) in enumerate(zip(rows, other[table], strict=False)):
            cells = enumerate(zip(left, right, strict=True))
            found |= {(table, at, column) for column, (a, b) in cells if a != b}
    return found
