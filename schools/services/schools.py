"""Writing the school register; a school is never deleted and no name it ever had is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.identity import initials
from povedu.scope import Actor
from schools.choices import Ownership, SchoolEventKind, Setting
from schools.models import Division, School, SchoolAlias, SchoolEvent
from schools.rules import life
from schools.rules.stages import normal_school_name
from schools.services.rows import (
    check_version,
    locked,
    place_of,
    require_place,
    require_school,
    write_row,
)


@dataclass(frozen=True, slots=True)
class SchoolDetails:
    """What may be changed of a school without an event of its own."""

    kind: str
    short_name: str = ""
    ownership: str = Ownership.PUBLIC
    setting: str = Setting.RURAL
    central_school: School | None = None
    has_boarding: bool = False
    has_canteen: bool = False
    has_meals: bool = False
    principal_name: str = ""
    opened_on: date | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields by name; relations stay objects."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Event:
    """When something happened to a school, and by which document."""

    on: date
    document: str = ""


def create_school(
    *,
    code: str,
    name: str,
    division: Division,
    details: SchoolDetails,
    actor: Actor,
    now: datetime,
    document: str = "",
) -> School:
    """Enter a school with its opening."""
    with transaction.atomic():
        require_place(actor, division=division)
        if School.objects.filter(code=code).exists():
            raise Refusal(
                "school-code-taken",
                _("学校标识码 %(code)s 已被使用。请核对。") % {"code": code},
                field="code",
            )
        _check_name(name, division.code[:6])
        school = School.objects.create(
            code=code,
            name=name,
            division=division,
            initials=initials(name),
            **details.values(),
        )
        opened_on = details.opened_on or timezone.localtime(now).date()
        _note(school, SchoolEventKind.OPENED, Event(opened_on, document), new=name)
        _audit("school.create", school, actor, now, {"name": ["", name]})
    return school


def edit_school(*, school: School, details: SchoolDetails, actor: Actor, now: datetime) -> School:
    """Change what needs no event; name, division and closing have services of their own."""
    with transaction.atomic():
        row = _writable(school, actor)
        changes = write_row(row, details.values())
        if changes:
            _audit("school.edit", row, actor, now, changes)
    return row


def rename_school(
    *, school: School, name: str, event: Event, actor: Actor, now: datetime
) -> School:
    """Give a school a new name; the old one stays as an alias, so old rosters still find it."""
    with transaction.atomic():
        row = _writable(school, actor)
        life.check_open(row.closed_on)
        life.check_not_future(event.on, timezone.localtime(now).date())
        old = row.name
        if normal_school_name(old) == normal_school_name(name):
            raise Refusal("same-name", _("新校名与现校名相同。"), field="name")
        _check_name(name, row.division_id[:6], except_for=row)
        SchoolAlias.objects.filter(
            school=row, county_code=row.division_id[:6], name=normal_school_name(name)
        ).delete()
        changes = write_row(row, {"name": name, "initials": initials(name)})
        _keep_alias(row, old)
        _note(row, SchoolEventKind.RENAMED, event, old=old, new=name)
        _audit("school.rename", row, actor, now, changes)
    return row


def move_school(
    *, school: School, division: Division, event: Event, actor: Actor, now: datetime
) -> School:
    """Put a school under another division; both places must be the actor's."""
    with transaction.atomic():
        row = _writable(school, actor)
        require_place(actor, division=division, school=row)
        life.check_not_future(event.on, timezone.localtime(now).date())
        if row.division_id == division.code:
            raise Refusal("same-division", _("学校已在该区划。"), field="division")
        old = row.division
        changes = write_row(row, {"division": division})
        _note(row, SchoolEventKind.MOVED, event, old=old.name, new=division.name)
        _audit("school.move", row, actor, now, changes)
    return row


def close_school(*, school: School, event: Event, actor: Actor, now: datetime) -> School:
    """Close a school from a day on."""
    return _end(school=school, into=None, event=event, actor=actor, now=now)


def merge_school(
    *, school: School, into: School, event: Event, actor: Actor, now: datetime
) -> School:
    """Close a school by merging it into another, which keeps the closed one's names as aliases."""
    return _end(school=school, into=into, event=event, actor=actor, now=now)


def _end(
    *, school: School, into: School | None, event: Event, actor: Actor, now: datetime
) -> School:
    with transaction.atomic():
        row = _writable(school, actor)
        life.check_closing(
            opened_on=row.opened_on,
            closed_on=row.closed_on,
            on=event.on,
            today=timezone.localtime(now).date(),
        )
        values: dict[str, Any] = {"closed_on": event.on}
        if into is not None:
            target = locked(into)
            require_school(actor, target)
            life.check_merge(code=row.code, into_code=target.code, into_closed_on=target.closed_on)
            values["merged_into"] = target
        changes = write_row(row, values)
        kind = SchoolEventKind.CLOSED if into is None else SchoolEventKind.MERGED
        _note(row, kind, event, old=row.name, new=into.name if into else "")
        verb = "school.close" if into is None else "school.merge"
        _audit(verb, row, actor, now, changes, reason=event.document)
    return row


def reopen_school(*, school: School, event: Event, actor: Actor, now: datetime) -> School:
    """Open a closed school again."""
    with transaction.atomic():
        row = _writable(school, actor)
        if row.closed_on is None:
            raise Refusal("school-open", _("该校没有停办，无需恢复。"))
        life.check_not_future(event.on, timezone.localtime(now).date())
        changes = write_row(row, {"closed_on": None, "merged_into": None})
        _note(row, SchoolEventKind.OPENED, event, old=row.name, new=row.name)
        _audit("school.reopen", row, actor, now, changes)
    return row


def add_alias(*, school: School, name: str, actor: Actor, now: datetime) -> SchoolAlias:
    """Let one more name mean a school; a name means one school in a county."""
    with transaction.atomic():
        row = _writable(school, actor)
        spelled = normal_school_name(name)
        if spelled == normal_school_name(row.name):
            raise Refusal("alias-is-name", _("该别名就是校名，无需添加。"), field="name")
        _check_name(spelled, row.division_id[:6])
        alias = SchoolAlias.objects.create(
            school=row, county_code=row.division_id[:6], name=spelled
        )
        _audit("alias.add", row, actor, now, {"alias": ["", spelled]})
    return alias


def remove_alias(*, alias: SchoolAlias, actor: Actor, now: datetime) -> None:
    """Let a name mean nothing again."""
    with transaction.atomic():
        row = locked(alias)
        require_school(actor, row.school)
        _audit("alias.remove", row.school, actor, now, {"alias": [row.name, ""]})
        row.delete()


def _writable(school: School, actor: Actor) -> School:
    """Return the school locked; refuse another's, and one that has changed since it was shown."""
    row = locked(school)
    require_school(actor, row)
    check_version(school, row)
    return row


def _check_name(name: str, county_code: str, *, except_for: School | None = None) -> None:
    """Refuse a name that already means a school of the county, by name or alias."""
    spelled = normal_school_name(name)
    schools = School.objects.filter(
        division__code__startswith=county_code, name__in=[name, spelled]
    )
    aliases = SchoolAlias.objects.filter(county_code=county_code, name=spelled)
    if except_for is not None:
        schools, aliases = schools.exclude(pk=except_for.pk), aliases.exclude(school=except_for)
    holder = schools.first() or next((one.school for one in aliases[:1]), None)
    if holder is not None:
        raise Refusal(
            "school-name-taken",
            _("“%(name)s”已指 %(code)s %(holder)s。请换一个名称。")
            % {"name": name, "code": holder.code, "holder": holder.name},
            field="name",
        )


def _keep_alias(school: School, name: str) -> None:
    SchoolAlias.objects.get_or_create(
        county_code=school.division_id[:6],
        name=normal_school_name(name),
        defaults={"school": school},
    )


def _note(
    school: School, kind: SchoolEventKind, event: Event, *, old: str = "", new: str = ""
) -> None:
    SchoolEvent.objects.create(
        school=school,
        kind=kind,
        happened_on=event.on,
        old_value=old,
        new_value=new,
        document=event.document,
    )


def _audit(
    verb: str,
    school: School,
    actor: Actor,
    now: datetime,
    changes: Mapping[str, Sequence[Any]],
    *,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=school,
        changes={name: list(pair) for name, pair in changes.items()},
        reason=reason,
        place=place_of(school),
    )
