"""A child's terms at school: enrolling, transferring and leaving, one child at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import School
from students.choices import EnrolmentState, StudentState
from students.models import Enrolment, Student
from students.services.pupil_counts import count_pupils
from students.services.rows import held, place_of, require, require_school, spoken, write


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a class of a school."""

    school: School
    stage: str
    grade: int | None = None
    class_name: str = ""
    major: str = ""
    is_boarder: bool = False


def enrol(*, student: Student, term: Term, place: Seat, actor: Actor, now: datetime) -> Enrolment:
    """Enrol a child at a school for a term; a second school in the term is a transfer instead."""
    require(actor, "students.enrolment.change")
    require_school(actor, place.school)
    with transaction.atomic():
        current = held(student)
        elsewhere = Enrolment.objects.filter(
            student=current, term=term.code, state=EnrolmentState.STUDYING
        ).exclude(school=place.school)
        if elsewhere.exists():
            raise Refusal(
                "enrolled-elsewhere",
                _("该生本学期已在另一所学校就读。请办理转学，不要重复登记。"),
                field="school",
            )
        return seat(student=current, term=term, place=place, actor=actor, now=now)


def seat(*, student: Student, term: Term, place: Seat, actor: Actor, now: datetime) -> Enrolment:
    """Write the term's row and the child's present place inside the caller's transaction."""
    enrolment, created = Enrolment.objects.get_or_create(
        student=student,
        term=term.code,
        school=place.school,
        defaults={"stage": place.stage, "grade": place.grade},
    )
    changes = write(
        enrolment,
        {
            "stage": place.stage,
            "grade": place.grade,
            "class_name": place.class_name,
            "major": place.major,
            "is_boarder": place.is_boarder,
            "state": EnrolmentState.STUDYING,
        },
    )
    write(
        student,
        {
            "school": place.school,
            "stage": place.stage,
            "grade": place.grade,
            "class_name": place.class_name,
            "is_boarder": place.is_boarder,
            "state": StudentState.STUDYING,
        },
    )
    if created or changes:
        count_pupils(school_ids={place.school.pk}, term=term.code, actor=actor, now=now)
        record(
            actor=actor,
            now=now,
            verb="enrolment.enrol" if created else "enrolment.change",
            subject=student,
            changes={"term": (None, term.code), "school": (None, place.school.name), **changes},
            place=place_of(student),
        )
    return enrolment


def transfer(
    *, student: Student, term: Term, place: Seat, reason: str, actor: Actor, now: datetime
) -> Enrolment:
    """Move a child to another school within a term: the old row ends, the new one begins."""
    require(actor, "students.enrolment.change")
    with transaction.atomic():
        current = held(student)
        require_school(actor, current.school)
        if current.school_id == place.school.pk:
            raise Refusal("same-school", _("转入学校与现就读学校相同。"), field="school")
        left = Enrolment.objects.filter(
            student=current, term=term.code, state=EnrolmentState.STUDYING
        )
        schools = set(left.values_list("school_id", flat=True))
        left.update(state=EnrolmentState.LEFT)
        old = place_of(current)
        count_pupils(school_ids=schools, term=term.code, actor=actor, now=now)
        enrolment = seat(student=current, term=term, place=place, actor=actor, now=now)
        record(
            actor=actor,
            now=now,
            verb="enrolment.transfer",
            subject=current,
            changes={"school": (student.school and student.school.name, place.school.name)},
            reason=reason,
            place=old,
        )
    return enrolment


def leave(
    *, student: Student, term: Term, state: str, reason: str, actor: Actor, now: datetime
) -> Student:
    """End or suspend a child's term: suspended, graduated, left or deceased."""
    require(actor, "students.enrolment.change")
    if state == StudentState.STUDYING or state not in StudentState.values:
        raise Refusal("state-unknown", _("请选择离校状态。"), field="state")
    with transaction.atomic():
        current = held(student)
        require_school(actor, current.school)
        of_term = Enrolment.objects.filter(student=current, term=term.code)
        schools = set(of_term.values_list("school_id", flat=True))
        suspended = state == StudentState.SUSPENDED
        of_term.filter(state=EnrolmentState.STUDYING).update(
            state=EnrolmentState.SUSPENDED if suspended else EnrolmentState.LEFT
        )
        changes = write(current, {"state": state})
        count_pupils(school_ids=schools, term=term.code, actor=actor, now=now)
        record(
            actor=actor,
            now=now,
            verb="enrolment.leave",
            subject=current,
            changes=spoken(changes),
            reason=reason,
            place=place_of(current),
        )
    return current
