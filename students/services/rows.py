"""What every service on children does first: hold the row, compare versions, check the place."""

from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from schools.models import School
from students.models import Student

Row = TypeVar("Row", bound=models.Model)


def held(row: Row) -> Row:
    """Return a row as it is now, held until the transaction ends."""
    model = type(row)
    found = model._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise Conflict("row-gone", _("该记录已不存在。请返回列表核对。"))
    return found


def require_version(shown: Student, current: Student) -> None:
    """Refuse where somebody else has changed the child's record since it was shown."""
    if shown.version != current.version:
        raise Conflict("changed-meanwhile", _("这条记录刚被他人修改。请刷新后核对再保存。"))


def require_school(actor: Actor, school: School | None) -> None:
    """Refuse a school that the actor does not answer for."""
    if school is None:
        return
    if not actor.scope.covers(division_code=school.division_id, school_code=school.code):
        raise Refusal("out-of-scope", _("所选学校不在您的管辖范围内。"), field="school")


def require(actor: Actor, action: str) -> None:
    """Refuse what the policy does not allow."""
    if not actor.may(action):
        raise Refusal("not-allowed", _("您没有执行此操作的权限。"))


def place_of(student: Student) -> tuple[str, str]:
    """Return where an audit entry about a child is filed."""
    if student.school is None:
        return student.home_division_id or student.county_id, ""
    return student.school.division_id, student.school.code


def write(row: models.Model, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Set and save what differs; return ``{field: [old, new]}``, empty when nothing does."""
    changes: dict[str, list[Any]] = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            changes[name] = [old, new]
            setattr(row, name, new)
    if changes:
        names = list(changes)
        if isinstance(row, Student):
            row.version += 1
            names.append("version")
        row.save(update_fields=names)
    return changes


def spoken(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave derived columns out of an audit entry: they say nothing a person entered."""
    derived = ("normal_name", "pinyin", "initials")
    return {
        name: pair
        for name, pair in changes.items()
        if name not in derived and not name.endswith("_index")
    }
