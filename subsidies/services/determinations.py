"""Determinations on paper: entered by one, reviewed by the school, decided by the bureau."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from schools.models import Division
from students.choices import ApprovalState
from students.models import Student
from subsidies.choices import PaperStep
from subsidies.models import (
    Determination,
    DeterminationStep,
    Programme,
    ScoreBand,
    ScoreItem,
)
from subsidies.rules.scoring import Band, band_of, score_of


@dataclass(frozen=True, slots=True)
class Signature:
    """What somebody said to an application on paper, and when."""

    name: str
    signed_on: date
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What an application rests on: circumstances to score, papers seen, the class's word."""

    items: Sequence[ScoreItem] = ()
    documents: Sequence[str] = ()
    class_appraisal: Signature | None = None


NO_CASE = Case()


def enter_determination(
    *,
    student: Student,
    academic_year: int,
    evidence: str,
    actor: Actor,
    now: datetime,
    programme: Programme | None = None,
    tier: str = "",
    case: Case = NO_CASE,
) -> Determination:
    """Enter an application with its evidence, for one programme or for hardship in general.

    1. The family's circumstances are scored; the score's level is frozen, and its tier counts where
    none is given. 2. A school's own goes on to the school's review; what the bureau enters was
    reviewed on its paper and goes straight to the bureau. 3. What the class said is the first step.
    Raises Refusal where a school enters it without the class's appraisal.
    """
    from_school = actor.scope.school_code is not None
    if from_school and case.class_appraisal is None:
        raise Refusal("class-first", _("请先填写班级评议的班主任、日期和意见。"), field="teacher")
    points = [[one.name, one.points] for one in case.items]
    score = score_of(one.points for one in case.items) if points else None
    bands = [Band(*row) for row in _bands(student)]
    band = band_of(score, bands) if score is not None else None
    try:
        with transaction.atomic():
            entered = Determination.objects.create(
                student=student,
                academic_year=academic_year,
                programme=programme,
                tier=tier or (band.tier if band else ""),
                evidence=evidence,
                documents=list(case.documents),
                points=points,
                score=score,
                level=band.level if band else "",
                step=PaperStep.SCHOOL if from_school else PaperStep.BUREAU,
                entered_by_id=actor.user_id,
                entered_at=now,
            )
            if case.class_appraisal is not None:
                _sign(entered, PaperStep.CLASS, case.class_appraisal, actor, now, agreed=True)
            _recorded("determination.enter", entered, actor, now)
    except IntegrityError as clash:
        raise Conflict("determination-known", _("该学生本学年已有同一申请。")) from clash
    return entered


def _bands(student: Student) -> Iterable[tuple[int, str, str]]:
    rows = ScoreBand.objects.filter(county=student.county_id)
    return list(rows.values_list("above", "level", "tier"))


def review_determination(
    *,
    determination: Determination,
    agreed: bool,
    opinion: str,
    signed_name: str,
    signed_on: date,
    actor: Actor,
    now: datetime,
) -> Determination:
    """Record the school's review of an application; whoever entered it may not review it."""
    if determination.entered_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("录入人不能复核自己录入的申请，请由他人复核。"))
    if not agreed and not opinion.strip():
        raise Refusal("note-missing", _("退回时请写明原因。"), field="opinion")
    with transaction.atomic():
        waiting = Determination.objects.filter(
            pk=determination.pk, state=ApprovalState.PENDING, step=PaperStep.SCHOOL
        )
        moved = waiting.update(
            step=PaperStep.BUREAU,
            state=ApprovalState.PENDING if agreed else ApprovalState.REFUSED,
            note="" if agreed else opinion[:200],
        )
        if not moved:
            raise Conflict("determination-moved", _("这条认定刚被他人审核，请刷新后核对。"))
        said = Signature(signed_name, signed_on, opinion)
        _sign(determination, PaperStep.SCHOOL, said, actor, now, agreed=agreed)
        _recorded("determination.review", determination, actor, now, reason=opinion)
    determination.refresh_from_db()
    return determination


def decide_determination(
    *, determination: Determination, approved: bool, note: str, actor: Actor, now: datetime
) -> Determination:
    """Approve or refuse an application, as the bureau; not by who entered or reviewed it."""
    if determination.entered_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("录入人不能审核自己录入的认定，请由他人审核。"))
    if determination.steps.filter(step=PaperStep.SCHOOL, entered_by=actor.user_id).exists():
        raise Refusal("reviewer-is-checker", _("学校复核人不能再作教育局审核，请由他人审核。"))
    if determination.step != PaperStep.BUREAU:
        raise Refusal("school-first", _("该申请还待学校复核，复核后再审核。"))
    if not approved and not note.strip():
        raise Refusal("note-missing", _("退回时请写明原因。"), field="note")
    new = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
    with transaction.atomic():
        moved = Determination.objects.filter(
            pk=determination.pk, state=ApprovalState.PENDING, step=PaperStep.BUREAU
        ).update(state=new, approved_by=actor.user_id, approved_at=now, note=note[:200])
        if not moved:
            raise Conflict("determination-moved", _("这条认定刚被他人审核，请刷新后核对。"))
        said = Signature(actor.name, timezone.localtime(now).date(), note)
        _sign(determination, PaperStep.BUREAU, said, actor, now, agreed=approved)
        _recorded("determination.decide", determination, actor, now, reason=note, new=new)
    determination.refresh_from_db()
    return determination


def _sign(
    determination: Determination,
    step: PaperStep,
    said: Signature,
    actor: Actor,
    now: datetime,
    *,
    agreed: bool,
) -> None:
    DeterminationStep.objects.create(
        determination=determination,
        step=step,
        agreed=agreed,
        opinion=said.opinion[:200],
        signed_name=said.name[:40],
        signed_on=said.signed_on,
        entered_by_id=actor.user_id,
        entered_at=now,
    )


def set_scoring(
    *,
    county: Division,
    items: Sequence[tuple[str, int]],
    bands: Sequence[tuple[int, str, str]],
    actor: Actor,
    now: datetime,
) -> Division:
    """Set which circumstances of a family count how much, and which score has which level.

    What was scored before stays as it was.
    """
    with transaction.atomic():
        ScoreItem.objects.filter(county=county).delete()
        ScoreBand.objects.filter(county=county).delete()
        ScoreItem.objects.bulk_create(
            ScoreItem(county=county, name=name, points=points, position=position)
            for position, (name, points) in enumerate(items, start=1)
        )
        ScoreBand.objects.bulk_create(
            ScoreBand(county=county, above=above, level=level, tier=tier)
            for above, level, tier in bands
        )
        record(
            actor=actor,
            now=now,
            verb="scoring.set",
            subject=county,
            count=len(items) + len(bands),
            place=(county.pk, ""),
        )
    return county


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
