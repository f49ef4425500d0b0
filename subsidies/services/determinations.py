"""Determinations on paper: entered by one person, decided by another."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from students.choices import ApprovalState
from students.models import Student
from subsidies.models import Determination, Programme


def enter_determination(
    *,
    student: Student,
    academic_year: int,
    evidence: str,
    actor: Actor,
    now: datetime,
    programme: Programme | None = None,
    tier: str = "",
) -> Determination:
    """Enter an application with its evidence, for one programme or for hardship in general."""
    try:
        with transaction.atomic():
            entered = Determination.objects.create(
                student=student,
                academic_year=academic_year,
                programme=programme,
                tier=tier,
                evidence=evidence,
                entered_by_id=actor.user_id,
                entered_at=now,
            )
            _recorded("determination.enter", entered, actor, now)
    except IntegrityError as clash:
        raise Conflict("determination-known", _("该学生本学年已有同一申请。")) from clash
    return entered


def decide_determination(
    *, determination: Determination, approved: bool, note: str, actor: Actor, now: datetime
) -> Determination:
    """Approve or refuse an application; whoever entered it may not decide."""
    if determination.entered_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("录入人不能审核自己录入的认定，请由他人审核。"))
    if not approved and not note.strip():
        raise Refusal("note-missing", _("退回时请写明原因。"), field="note")
    new = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
    with transaction.atomic():
        moved = Determination.objects.filter(
            pk=determination.pk, state=ApprovalState.PENDING
        ).update(state=new, approved_by=actor.user_id, approved_at=now, note=note[:200])
        if not moved:
            raise Conflict("determination-moved", _("这条认定刚被他人审核，请刷新后核对。"))
        _recorded("determination.decide", determination, actor, now, reason=note, new=new)
    determination.refresh_from_db()
    return determination


def _recorded(
    verb: str,
    determination: Determination,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    new: str = "",
) -> None:
    school = determination.student.school
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=determination,
        changes={"state": (determination.state, new)} if new else None,
        reason=reason,
        place=(school.division_id, school.code) if school else ("", ""),
    )
