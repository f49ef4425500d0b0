"""Confirming and ending a child's hardship by hand, with evidence and dates."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from students.choices import Hardship
from students.models import HardshipStatus, Student
from students.services.rows import held, place_of, require, require_school


@dataclass(frozen=True, slots=True)
class HardshipDetails:
    """A hardship as papers prove it; ``as_stated`` keeps the paper's own word."""

    category: str
    source: str
    starts_on: date
    evidence: str
    as_stated: str = ""
    ends_on: date | None = None


def confirm_hardship(
    *, student: Student, details: HardshipDetails, actor: Actor, now: datetime
) -> HardshipStatus:
    """Record a hardship that somebody has checked."""
    require(actor, "students.hardship.change")
    if not details.evidence.strip():
        raise Refusal("evidence-missing", _("请写明证明材料。"), field="evidence")
    if details.ends_on is not None and details.ends_on <= details.starts_on:
        raise Refusal("dates-crossed", _("结束日期应晚于开始日期。"), field="ends_on")
    with transaction.atomic():
        current = held(student)
        require_school(actor, current.school)
        status = HardshipStatus(
            student=current,
            category=details.category,
            as_stated=details.as_stated,
            source=details.source,
            evidence=details.evidence,
            starts_on=details.starts_on,
            ends_on=details.ends_on,
            confirmed_by_id=actor.user_id,
            confirmed_at=now,
        )
        try:
            with transaction.atomic():
                status.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict(
                "hardship-held",
                _("该生已有同一类别、同一来源的困难身份，尚未结束。"),
                field="category",
            ) from error
        record(
            actor=actor,
            now=now,
            verb="hardship.confirm",
            subject=current,
            changes={
                "category": (None, str(Hardship(details.category).label)),
                "starts_on": (None, details.starts_on.isoformat()),
                "evidence": (None, details.evidence),
            },
            place=place_of(current),
        )
    return status


def end_hardship(
    *, hardship: HardshipStatus, ends_on: date, reason: str, actor: Actor, now: datetime
) -> HardshipStatus:
    """End a hardship on a day; what was paid before stays as it was."""
    require(actor, "students.hardship.change")
    with transaction.atomic():
        current = held(hardship)
        require_school(actor, current.student.school)
        if current.ends_on is not None:
            raise Conflict("hardship-ended", _("该困难身份已经结束。"))
        if ends_on <= current.starts_on:
            raise Refusal("dates-crossed", _("结束日期应晚于开始日期。"), field="ends_on")
        current.ends_on = ends_on
        current.save(update_fields=["ends_on"])
        record(
            actor=actor,
            now=now,
            verb="hardship.end",
            subject=current.student,
            changes={
                "category": (str(current.get_category_display()), None),
                "ends_on": (None, ends_on.isoformat()),
            },
            reason=reason,
            place=place_of(current.student),
        )
    return current
