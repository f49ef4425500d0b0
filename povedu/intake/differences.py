"""What a row would change of the record it is about: old and new, only where they differ."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext

from povedu.identity import mask_id
from povedu.intake.choices import RowChange
from povedu.intake.kinds import Column, IntakeKind
from povedu.intake.models import ImportRow
from povedu.intake.rowstore import CONTEXT
from povedu.protected import unseal
from povedu.writes import told

_SHOWN = (RowChange.CHANGED, RowChange.CONFLICT)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a row changes, as people read it; protected values masked."""

    label: str
    old: str
    new: str


def differences(
    kind: IntakeKind, rows: Iterable[tuple[ImportRow, Mapping[str, Any]]]
) -> dict[int, list[Difference]]:
    """Return by row key what rows change: now, or did change where they have been brought in.

    ``rows`` are (staged row, its cleaned values); one query for all of them.
    """
    chosen = [
        (row, values)
        for row, values in rows
        if row.target_id is not None and row.change in _SHOWN and kind.subject
    ]
    if not chosen:
        return {}
    model = apps.get_model(kind.subject)
    fields = _compared(kind, model)
    live = [row.target_id for row, _values in chosen if not row.before]
    records = model._base_manager.select_related(*_places(model)).in_bulk(live) if live else {}
    found = {}
    for row, values in chosen:
        if row.before:
            before = json.loads(unseal(bytes(row.before), context=CONTEXT))
            old = {name: before[name] for name in fields if name in before}
        else:
            old = _held(records.get(row.target_id), fields)
        found[row.pk] = _differing(old, values, fields)
    return found


def _places(model: type[models.Model]) -> list[str]:
    return ["school"] if any(one.name == "school" for one in model._meta.concrete_fields) else []


def _compared(kind: IntakeKind, model: type[models.Model]) -> dict[str, Column]:
    """Return the columns that stand for a field of the record; whom it is about is no change."""
    found = {}
    for name, column in kind.columns.items():
        if column.protected and column.key:
            continue
        try:
            one = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if one.concrete and not one.is_relation:
            found[name] = column
    if "school_code" in kind.columns and _places(model):
        found["school_code"] = kind.columns["school_code"]
    return found


def _held(record: models.Model | None, fields: Iterable[str]) -> dict[str, Any]:
    if record is None:
        return {}
    school = getattr(record, "school", None)
    held = {name: getattr(record, name) for name in fields if name != "school_code"}
    return {**held, "school_code": school.code} if school is not None else held


def _differing(
    old: Mapping[str, Any], values: Mapping[str, Any], fields: Mapping[str, Column]
) -> list[Difference]:
    found = []
    for name, before in old.items():
        column, after = fields[name], values.get(name)
        if after in ("", None) or told(before) == told(after):
            continue
        texts = [_text(column, value) for value in (before, after)]
        if texts[0] != texts[1]:
            found.append(Difference(column.label, *texts))
    return found


def _text(column: Column, value: Any) -> str:
    if value in ("", None):
        return "—"
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    plain = told(value)
    if column.protected:
        return mask_id(str(plain)) or "—"
    loaded = column.widget.load(plain) if isinstance(plain, str) else value
    return str(column.widget.dump(loaded))
