"""Writing the teacher register."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.identity import birth_of, initials, read_id, sex_of
from povedu.protected import IdNumber, Phone
from povedu.scope import Actor
from schools.models import School
from schools.rules.life import check_not_future, check_open
from schools.rules.stages import teaches
from schools.services.rows import check_version, locked, place_of, require_school, write_row
from teachers.choices import EmploymentKind, Post, Title
from teachers.models import Posting, Teacher


@dataclass(frozen=True, slots=True)
class TeacherDetails:
    """What the register holds of a teacher.

    ``id_number`` and ``phone`` are None where they stay as they are: forms show them masked.
    """

    number: str
    name: str
    sex: str
    school: School
    birth_on: date | None = None
    id_number: str | None = None
    phone: str | None = None
    post: str = Post.TEACHER
    stage: str = ""
    subject: str = ""
    title: str = Title.NONE
    employment_kind: str = EmploymentKind.PERMANENT
    education: str = ""
    hired_on: date | None = None
    school_since_on: date | None = None


def create_teacher(*, details: TeacherDetails, actor: Actor, now: datetime) -> Teacher:
    """Enter a teacher."""
    with transaction.atomic():
        require_school(actor, details.school)
        check_open(details.school.closed_on)
        values = _values(details, today=timezone.localtime(now).date())
        _check_unique(values)
        try:
            with transaction.atomic():
                teacher = Teacher.objects.create(**values)
        except IntegrityError as clash:
            raise _taken() from clash
        _audit("teacher.create", teacher, actor, now, {"number": ["", teacher.number]})
    return teacher


def edit_teacher(
    *, teacher: Teacher, details: TeacherDetails, actor: Actor, now: datetime
) -> Teacher:
    """Change what the register holds; another school as home post must be the actor's too."""
    with transaction.atomic():
        row = _writable(teacher, actor)
        require_school(actor, details.school)
        values = _values(details, today=timezone.localtime(now).date())
        _check_unique(values, except_for=row)
        if details.school != row.school:
            _check_home(row, details.school)
        try:
            with transaction.atomic():
                changes = write_row(row, values)
        except IntegrityError as clash:
            raise _taken() from clash
        changes.pop("id_index", None)
        if changes:
            _audit("teacher.edit", row, actor, now, changes)
    return row


def record_leaving(
    *, teacher: Teacher, left_on: date, leave_reason: str, actor: Actor, now: datetime
) -> Teacher:
    """Let a teacher leave; postings that run on end on the same day."""
    with transaction.atomic():
        row = _writable(teacher, actor)
        check_not_future(left_on, timezone.localtime(now).date(), field="left_on")
        if row.left_on is not None:
            raise Refusal("left-already", _("该教师已登记离开。请刷新后核对。"))
        if row.hired_on is not None and left_on < row.hired_on:
            raise Refusal(
                "left-before-hired", _("离开日期早于参加工作日期。请核对。"), field="left_on"
            )
        if row.postings.filter(starts_on__gte=left_on).exists():
            raise Refusal(
                "posting-after-leaving",
                _("该教师有离开日期之后才开始的任职。请先处理任职。"),
                field="left_on",
            )
        for posting in row.postings.filter(ends_on=None) | row.postings.filter(ends_on__gt=left_on):
            write_row(posting, {"ends_on": left_on})
        changes = write_row(row, {"left_on": left_on, "leave_reason": leave_reason})
        _audit("teacher.leave", row, actor, now, changes, reason=leave_reason)
    return row


def record_return(*, teacher: Teacher, actor: Actor, now: datetime) -> Teacher:
    """Take a leaving back."""
    with transaction.atomic():
        row = _writable(teacher, actor)
        if row.left_on is None:
            raise Refusal("not-left", _("该教师在岗，无需恢复。"))
        check_open(row.school.closed_on)
        changes = write_row(row, {"left_on": None, "leave_reason": ""})
        _audit("teacher.return", row, actor, now, changes)
    return row


def _values(details: TeacherDetails, *, today: date) -> dict[str, Any]:
    """Return the fields to write, read from the details and checked.

    1. The identity number must be valid and agree with sex and birth date, which it supplies.
    2. The stage must be one that the school teaches.
    3. The dates must follow each other.
    """
    names = set(details.__dataclass_fields__) - {"id_number", "phone"}
    values = {name: getattr(details, name) for name in names}
    values["initials"] = initials(details.name)
    if details.id_number is not None:
        values |= _identity(details)
    if details.phone is not None:
        values["phone"] = Phone(details.phone)
    if details.stage and not teaches(details.school.kind, details.stage):
        raise Refusal("stage-not-taught", _("该校没有这一学段。请核对任教学段。"), field="stage")
    for field in ("birth_on", "hired_on", "school_since_on"):
        if values[field] is not None:
            check_not_future(values[field], today, field=field)
    since, hired = details.school_since_on, details.hired_on
    if since and hired and since < hired:
        raise Refusal(
            "school-before-hired",
            _("到校日期早于参加工作日期。请核对。"),
            field="school_since_on",
        )
    return values


def _identity(details: TeacherDetails) -> dict[str, Any]:
    """Return the number, its index and the birth date in it; empty takes the number away."""
    if not details.id_number:
        return {"id_number": IdNumber(""), "id_index": ""}
    reading = read_id(details.id_number)
    if reading.id_number is None:
        raise Refusal("id-checksum", _("身份证号有误。请对照身份证改正。"), field="id_number")
    born = birth_of(reading.id_number)
    if sex_of(reading.id_number) != details.sex:
        raise Refusal("id-sex-mismatch", _("性别与身份证号不符。请核对。"), field="sex")
    if details.birth_on is not None and born != details.birth_on:
        raise Refusal("id-birth-mismatch", _("出生日期与身份证号不符。请核对。"), field="birth_on")
    secret = IdNumber(reading.id_number)
    return {"id_number": secret, "id_index": secret.index, "birth_on": born}


def _check_unique(values: dict[str, Any], *, except_for: Teacher | None = None) -> None:
    others = Teacher.objects.all()
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    if others.filter(number=values["number"]).exists():
        raise Refusal("number-taken", _("教师编号已被使用。请核对。"), field="number")
    index = values.get("id_index", "")
    if index and others.filter(id_index=index).exists():
        raise Refusal(
            "id-taken", _("该身份证号已登记在另一位教师名下。请核对。"), field="id_number"
        )


def _taken() -> Refusal:
    return Refusal("teacher-taken", _("教师编号或身份证号刚被他人登记。请刷新后核对。"))


def _check_home(teacher: Teacher, school: School) -> None:
    """Refuse a home post at a school where the teacher serves away from home just now."""
    if Posting.objects.filter(teacher=teacher, school=school, ends_on=None).exists():
        raise Refusal(
            "posted-there",
            _("该教师正在此校任职（交流、支教等）。请先结束该任职，再调入。"),
            field="school",
        )


def _writable(teacher: Teacher, actor: Actor) -> Teacher:
    row = locked(teacher)
    require_school(actor, row.school)
    check_version(teacher, row)
    return row


def _audit(
    verb: str,
    teacher: Teacher,
    actor: Actor,
    now: datetime,
    changes: dict[str, list[Any]],
    *,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=teacher,
        changes=changes,
        reason=reason,
        place=place_of(teacher.school),
    )
