"""How every service changes one row: lock it, compare, write what differs, count the version."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from schools.models import Division, School

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """Return a row as it is now, held until the transaction ends."""
    model = type(row)
    found = model._default_manager.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise Conflict("row-gone", _("该记录已被他人删除。请返回列表核对。"))
    return found


def check_version(shown: models.Model, current: models.Model) -> None:
    """Refuse where somebody else has changed the row since it was shown."""
    if getattr(shown, "version", None) != getattr(current, "version", None):
        raise Conflict("changed-meanwhile", _("这条记录刚被他人修改。请刷新后核对再保存。"))


def write_row(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set and save what differs; return ``{field: [old, new]}``, empty when nothing does."""
    changes: dict[str, list[Any]] = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            changes[name] = [old, new]
            setattr(row, name, new)
    if changes:
        names = list(changes)
        version = getattr(row, "version", None)
        if version is not None:
            row.version = version + 1  # type: ignore[attr-defined]  # rows that have one
            names.append("version")
        row.save(update_fields=names)
    return changes


def require_place(actor: Actor, *, division: Division, school: School | None = None) -> None:
    """Refuse a place that the actor does not answer for."""
    code = school.code if school is not None else None
    if not actor.scope.covers(division_code=division.code, school_code=code):
        raise Refusal("out-of-scope", _("所选区划或学校不在您的管辖范围内。请重新选择。"))


def require_school(actor: Actor, school: School) -> None:
    """Refuse a school that the actor does not answer for."""
    if not actor.scope.covers(division_code=school.division_id, school_code=school.code):
        raise Refusal("out-of-scope", _("所选学校不在您的管辖范围内。请重新选择。"), field="school")


def place_of(school: School) -> tuple[str, str]:
    """Return where an audit entry about a school is filed."""
    return school.division_id, school.code
