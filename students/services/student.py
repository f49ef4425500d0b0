"""Entering and changing a child's record by hand, under the same identity rules as rosters."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.identity import birth_of, sex_of
from povedu.protected import Address, IdNumber, Phone
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division, School
from students.choices import StudentState
from students.models import Student
from students.rules.identity import Identity, name_columns, read_identity, student_no_index
from students.services.enrolment import Seat, seat
from students.services.rows import (
    held,
    place_of,
    require,
    require_school,
    require_version,
    spoken,
    write,
)

_SEALED = {"home_address": Address, "guardian_id_number": IdNumber, "phone": Phone}


@dataclass(frozen=True, slots=True)
class StudentDetails:
    """What a person enters about a child; ``id_number`` is as stated, whole and unmasked."""

    name: str
    school: School | None
    id_number: str = ""
    student_no: str = ""
    sex: str = ""
    birth_on: date | None = None
    ethnicity: str = ""
    state: str = StudentState.STUDYING
    stage: str = ""
    grade: int | None = None
    class_name: str = ""
    is_boarder: bool = False
    home_division: Division | None = None
    home_address: str = ""
    guardian_name: str = ""
    guardian_relation: str = ""
    guardian_id_number: str = ""
    phone: str = ""

    def columns(self) -> dict[str, Any]:
        """Return the model's fields but for identity, protected ones wrapped."""
        values = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in {"id_number", *_SEALED}
        }
        values |= {name: kind(getattr(self, name)) for name, kind in _SEALED.items()}
        values["student_no_index"] = student_no_index(self.student_no)
        return values | name_columns(self.name)


def enter_student(
    *, details: StudentDetails, term: Term | None, actor: Actor, now: datetime
) -> Student:
    """Enter a child, and the term at the school where both are given.

    1. The number is read with the certain repairs. 2. A valid one that somebody already has is
    refused; one that contradicts the birth date or sex too. 3. Without a valid number the child
    enters provisional: never paid until confirmed.
    """
    require(actor, "students.student.add")
    require_school(actor, details.school)
    if actor.scope.school_code is not None and details.school is None:
        raise Refusal("school-missing", _("请选择就读学校。"), field="school")
    identity = read_identity(details.id_number, student_no=details.student_no)
    columns = details.columns() | _checked(identity, details)
    with transaction.atomic():
        _refuse_taken(identity, None)
        student = Student(county=_county_of(details, actor), entered_at=now, **columns)
        _save_new(student)
        if term is not None and details.school is not None and details.stage:
            seat(student=student, term=term, place=_seat_of(details), actor=actor, now=now)
        record(
            actor=actor,
            now=now,
            verb="student.enter",
            subject=student,
            changes={name: (None, columns[name]) for name in ("name", "stated_id_number")},
            place=place_of(student),
        )
    return student


def change_student(
    *, student: Student, details: StudentDetails, actor: Actor, now: datetime
) -> Student:
    """Change a child's record; a confirmed number is changed only by those who may confirm."""
    require(actor, "students.student.change")
    require_school(actor, details.school)
    with transaction.atomic():
        current = held(student)
        require_version(student, current)
        values = details.columns()
        for name in _SEALED:
            if not getattr(details, name):
                del values[name]  # an empty protected field of the form means "as it was"
        if details.id_number:
            identity = read_identity(details.id_number, student_no=details.student_no)
            if current.identity_confirmed and identity.id_index != current.id_index:
                require(actor, "students.student.confirm")
                if not identity.number:
                    raise _unreadable(identity)
            _refuse_taken(identity, current)
            values |= _checked(identity, details)
        changes = write(current, values)
        if changes:
            record(
                actor=actor,
                now=now,
                verb="student.change",
                subject=current,
                changes=spoken(changes),
                place=place_of(current),
            )
    return current


def confirm_identity(
    *, student: Student, id_number: str, reason: str, actor: Actor, now: datetime
) -> Student:
    """Give a provisional child the number that papers or a register prove."""
    require(actor, "students.student.confirm")
    identity = read_identity(id_number)
    if not identity.number:
        raise _unreadable(identity)
    with transaction.atomic():
        current = held(student)
        _refuse_taken(identity, current)
        changes = take_identity(current, identity)
        record(
            actor=actor,
            now=now,
            verb="student.confirm-identity",
            subject=current,
            changes=spoken(changes),
            reason=reason,
            place=place_of(current),
        )
    return current


def take_identity(student: Student, identity: Identity) -> dict[str, list[Any]]:
    """Set a confirmed number and what it tells; return the changes."""
    return write(
        student,
        {
            "id_number": IdNumber(identity.number),
            "id_index": identity.id_index,
            "first_15_index": identity.first_15_index,
            "id_was_recovered": identity.recovered,
            "identity_confirmed": True,
            "birth_on": identity.birth_on,
            "sex": identity.sex,
        },
    )


def _checked(identity: Identity, details: StudentDetails) -> dict[str, Any]:
    """Return the identity columns; refuse a number that contradicts what stands beside it."""
    columns: dict[str, Any] = {
        "id_number": IdNumber(identity.number),
        "id_index": identity.id_index,
        "stated_id_number": IdNumber(identity.stated),
        "stated_index": identity.stated_index,
        "first_15_index": identity.first_15_index,
        "id_was_recovered": identity.recovered,
        "identity_confirmed": bool(identity.number),
    }
    if identity.number:
        born, sex = birth_of(identity.number), sex_of(identity.number)
        if details.birth_on and details.birth_on != born:
            raise Refusal(
                "id-birth-mismatch",
                _("出生日期与身份证号不符。请对照户口簿改正其中一项。"),
                field="birth_on",
            )
        if details.sex and details.sex != sex:
            raise Refusal(
                "id-sex-mismatch",
                _("性别与身份证号不符。请对照户口簿改正其中一项。"),
                field="sex",
            )
        columns |= {"birth_on": born, "sex": sex}
    return columns


def _unreadable(identity: Identity) -> Refusal:
    sentences = {
        "id-checksum": _("身份证号校验位不符。请对照户口簿改正。"),
        "id-digits-lost": _("身份证号末几位已丢失（表格软件只保留 15 位）。请对照户口簿补全。"),
        "id-missing": _("请填写身份证号。"),
    }
    code = identity.problems[0] if identity.problems else "id-length"
    default = _("身份证号应为 18 位（或 15 位旧号）。请对照户口簿改正。")
    return Refusal(code, sentences.get(code, default), field="id_number")


def _refuse_taken(identity: Identity, own: Student | None) -> None:
    if not identity.id_index:
        return
    others = Student.objects.filter(id_index=identity.id_index)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if others.exists():
        raise Conflict(
            "id-taken",
            _("该身份证号已登记在另一名学生名下。请先检索该号码核对是否同一人。"),
            field="id_number",
        )


def _save_new(student: Student) -> None:
    try:
        with transaction.atomic():
            student.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "id-taken", _("该身份证号刚被他人登记。请检索后核对。"), field="id_number"
        ) from error


def _county_of(details: StudentDetails, actor: Actor) -> Division:
    code = actor.scope.county_code
    if len(code) < 6 and details.school is not None:
        code = details.school.division_id[:6]
    county = Division.objects.filter(pk=code.ljust(12, "0")).first()
    if county is None:
        raise Refusal("school-missing", _("请选择就读学校。"), field="school")
    return county


def _seat_of(details: StudentDetails) -> Seat:
    if details.school is None:
        raise ValueError("a seat needs a school")
    return Seat(
        school=details.school,
        stage=details.stage,
        grade=details.grade,
        class_name=details.class_name,
        is_boarder=details.is_boarder,
    )
