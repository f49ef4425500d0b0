"""Public notices: drawing them up, showing and taking down, objections and their answers."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from povedu.terms import Term
from povedu.working_days import after_working_days
from schools.rules.grades import grade_label
from subsidies.choices import AwardState, NoticeState, ObjectionState
from subsidies.models import Award, NoticeLine, Objection, Programme, PublicNotice
from subsidies.rules import notices as rules
from subsidies.selectors.calendar import changed_days
from subsidies.services.awards import cancel_award
from subsidies.services.holding import hold_programme
from subsidies.services.numbers import next_number


def draft_notice(
    *,
    programme: Programme,
    term: Term,
    actor: Actor,
    now: datetime,
    heading: str = "",
    working_days: int = rules.WORKING_DAYS,
) -> PublicNotice:
    """Draw up a notice of the proposed awards that are on none yet.

    Its lines hold the allowed columns and nothing else. Raises Refusal where there is no such
    award, or the heading tells of hardship.
    """
    starts_on = timezone.localtime(now).date()
    changed = changed_days(programme.county_id)
    with transaction.atomic():
        hold_programme(programme.pk)
        lines = _lines(programme, term)
        if not lines:
            raise Refusal("nothing-to-publish", _("没有待公示的资助，请先拟定。"))
        number = next_number(PublicNotice, "GS", programme.county_id, starts_on)
        notice = PublicNotice.objects.create(
            programme=programme,
            term=term.code,
            number=number,
            heading=_heading(heading, term, number),
            starts_on=starts_on,
            ends_on=after_working_days(starts_on, working_days, changed),
            made_by_id=actor.user_id,
        )
        insert_rows(
            NoticeLine, ("notice", "award", *rules.COLUMNS), [(notice.pk, *one) for one in lines]
        )
        _recorded("notice.draft", notice, actor, now, count=len(lines))
    return notice


def _heading(given: str, term: Term, number: str) -> str:
    """Return a notice's heading; refuse one that tells of hardship."""
    heading = given.strip() or _("%(term)s学生资助拟发放名单公示（%(number)s）") % {
        "term": term.label,
        "number": number,
    }
    told = rules.telling_words(heading)
    if told:
        raise Refusal(
            "heading-tells",
            _("公示标题不得出现困难类别：%(words)s。请改写。") % {"words": _("、").join(told)},
            field="heading",
        )
    return heading[:80]


def _lines(programme: Programme, term: Term) -> list[tuple[Any, ...]]:
    """Return the proposed awards that are on no notice yet: their keys and the allowed columns."""
    awards = Award.objects.filter(
        programme=programme,
        term=term.code,
        state=AwardState.PROPOSED,
        notice_line__isnull=True,
    )
    rows = awards.order_by("school__code", "grade", "class_name", "pk").values_list(
        "pk", "student__name", "school__name", "stage", "grade", "class_name", "major"
    )
    return [
        (pk, name, school, grade_label(stage, grade), class_name, major)
        for pk, name, school, stage, grade, class_name, major in rows
    ]


def publish_notice(
    *,
    notice: PublicNotice,
    actor: Actor,
    now: datetime,
    working_days: int = rules.WORKING_DAYS,
) -> PublicNotice:
    """Put a drafted notice on show from today for some working days; its awards move along."""
    starts_on = timezone.localtime(now).date()
    changed = changed_days(notice.programme.county_id)
    with transaction.atomic():
        hold_programme(notice.programme_id)
        moved = PublicNotice.objects.filter(pk=notice.pk, state=NoticeState.DRAFT).update(
            state=NoticeState.PUBLISHED,
            starts_on=starts_on,
            ends_on=after_working_days(starts_on, working_days, changed),
            published_at=now,
        )
        if not moved:
            raise Conflict("notice-moved", _("这份公示刚被他人办理，请刷新后核对。"))
        # Awards cancelled since the draft leave the list before anybody sees it.
        NoticeLine.objects.filter(notice=notice).exclude(award__state=AwardState.PROPOSED).delete()
        count = Award.objects.filter(
            state=AwardState.PROPOSED, pk__in=notice.lines.values("award_id")
        ).update(state=AwardState.PUBLICISED, notice=notice)
        notice.refresh_from_db()
        _recorded("notice.publish", notice, actor, now, count=count)
    return notice


def take_down(*, notice: PublicNotice, actor: Actor, now: datetime) -> PublicNotice:
    """Take a notice off show, whether its time is over or not."""
    with transaction.atomic():
        moved = PublicNotice.objects.filter(pk=notice.pk, state=NoticeState.PUBLISHED).update(
            state=NoticeState.TAKEN_DOWN, taken_down_at=now
        )
        if not moved:
            raise Conflict("notice-moved", _("这份公示刚被他人办理，请刷新后核对。"))
        _recorded("notice.take-down", notice, actor, now)
    notice.refresh_from_db()
    return notice


def take_down_due(*, actor: Actor, now: datetime) -> int:
    """Take every notice off show whose last day is over; return how many."""
    today = timezone.localtime(now).date()
    due = PublicNotice.objects.filter(state=NoticeState.PUBLISHED, ends_on__lte=today)
    taken = 0
    for notice in due.select_related("programme"):
        take_down(notice=notice, actor=actor, now=now)
        taken += 1
    return taken


def enter_objection(
    *,
    notice: PublicNotice,
    content: str,
    received_on: date,
    actor: Actor,
    now: datetime,
    line: NoticeLine | None = None,
) -> Objection:
    """Record an objection to a notice or one of its lines; it holds the approval up."""
    if line is not None and line.notice_id != notice.pk:
        raise Refusal("line-elsewhere", _("该名单不属于这份公示。"), field="line")
    if notice.state == NoticeState.DRAFT:
        raise Refusal("notice-draft", _("公示尚未发布。"))
    with transaction.atomic():
        hold_programme(notice.programme_id)  # an approval under way has seen no objection yet
        objection = Objection.objects.create(
            notice=notice,
            line=line,
            content=content,
            received_on=received_on,
            entered_by_id=actor.user_id,
        )
        _recorded("objection.enter", notice, actor, now)
    return objection


def answer_objection(
    *, objection: Objection, upheld: bool, answer: str, actor: Actor, now: datetime
) -> Objection:
    """Answer an objection; upheld, the award of its line is cancelled."""
    if not answer.strip():
        raise Refusal("answer-missing", _("请写明答复内容。"), field="answer")
    new = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    with transaction.atomic():
        moved = Objection.objects.filter(pk=objection.pk, state=ObjectionState.OPEN).update(
            state=new, answer=answer[:300], answered_by=actor.user_id, answered_at=now
        )
        if not moved:
            raise Conflict("objection-moved", _("这条异议刚被他人答复，请刷新后核对。"))
        if upheld and objection.line is not None:
            reason = _("公示异议成立：%(answer)s") % {"answer": answer}
            cancel_award(award=objection.line.award, reason=reason, actor=actor, now=now)
        _recorded("objection.answer", objection.notice, actor, now, reason=answer)
    objection.refresh_from_db()
    return objection


def _recorded(
    verb: str,
    notice: PublicNotice,
    actor: Actor,
    now: datetime,
    *,
    count: int = 1,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=notice,
        count=count,
        reason=reason,
        place=(notice.programme.county_id, ""),
    )
