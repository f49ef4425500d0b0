"""Handing findings to the schools that must answer, their answers, and closing what is settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, reserve_ids
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from schools.models import School
from students.choices import (
    ASSIGNMENT_LIVE,
    ASSIGNMENT_WAITS,
    AssignmentState,
    FindingState,
)
from students.models import Assignment, AssignmentStep, Decision, Finding
from students.rules.assignments import LEAST, MOST, due_on
from students.services.rows import held, require

LIMIT = 2000  # findings handed out at once
ASSIGN = "students.finding.assign"
ANSWER = "students.finding.answer"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What was handed out together: how many, to how many schools, and how many were left out."""

    group: UUID
    count: int
    schools: int
    left_out: int


def require_cover(actor: Actor, finding: Finding) -> None:
    """Refuse a finding that lies outside the actor's scope."""
    if not actor.scope.covers(division_code=finding.division_code, school_code=finding.school_code):
        raise Refusal("out-of-scope", _("该差异不在您的管辖范围内。"))


def require_unasked(actor: Actor, finding: Finding) -> None:
    """Refuse a school's own settling of what the bureau has asked it to answer."""
    if actor.scope.school_code is None:
        return
    if Assignment.objects.filter(finding=finding, state__in=ASSIGNMENT_LIVE).exists():
        raise Refusal(
            "answer-instead", _("该差异已由上级交办，请提交答复和佐证材料，由上级作出结论。")
        )


def assign_finding(
    *,
    finding: Finding,
    days: int,
    words: str,
    actor: Actor,
    now: datetime,
    school: School | None = None,
) -> Assignment:
    """Hand one finding to its school, or to ``school`` where it has none: that one looks after it.

    ``days`` are working days from tomorrow on.
    """
    require(actor, ASSIGN)
    _check_days(days)
    with transaction.atomic():
        current = held(finding)
        require_cover(actor, current)
        if current.state != FindingState.OPEN:
            raise Conflict("finding-settled", _("该差异已由他人处理。"))
        answering = _school_of(current) or school
        if answering is None:
            raise Refusal(
                "school-needed", _("该差异没有对应的学校，请选择答复学校。"), field="school"
            )
        if not actor.scope.covers(
            division_code=answering.division_id, school_code=answering.code
        ) or not answering.division_id.startswith(current.county_id[:6]):
            raise Refusal("out-of-scope", _("所选学校不在您的管辖范围内。"), field="school")
        if Assignment.objects.filter(finding=current, state__in=ASSIGNMENT_LIVE).exists():
            raise Conflict("already-assigned", _("该差异已交办，尚未办结。"))
        if not current.school_code:
            Finding.objects.filter(pk=current.pk).update(school_code=answering.code)
            current.school_code = answering.code
        made = _hand_out([(current.pk, answering.pk)], days, words, None, actor, now)
        _audit("finding.assign", current, words, actor, now)
    return Assignment.objects.get(pk=made[0])


def assign_findings(
    *, shown: Mapping[int, str], days: int, words: str, actor: Actor, now: datetime
) -> HandedOut:
    """Hand every finding that was shown to its own school.

    ``shown`` maps findings to the evidence digests that were looked at. Those settled or changed
    meanwhile, handed out already, or without a school, are left out.
    """
    require(actor, ASSIGN)
    _check_days(days)
    if len(shown) > LIMIT:
        raise Refusal("too-many-assigned", _("一次最多交办 %(limit)d 条。") % {"limit": LIMIT})
    with transaction.atomic():
        rows = (
            Finding.objects.select_for_update(of=("self",))
            .filter(
                actor.scope.q(division="division_code", school="school_code"),
                pk__in=list(shown),
                state=FindingState.OPEN,
            )
            .exclude(school_code="")
            .order_by("pk")
        )
        found = [one for one in rows if one.evidence_digest == shown[one.pk]]
        live = Assignment.objects.filter(finding__in=found, state__in=ASSIGNMENT_LIVE)
        asked = set(live.values_list("finding_id", flat=True))  # now that nobody else can ask
        found = [one for one in found if one.pk not in asked]
        codes = {one.school_code for one in found}
        schools = {one.code: one for one in School.objects.filter(code__in=codes, closed_on=None)}
        pairs = [
            (one.pk, schools[one.school_code].pk) for one in found if one.school_code in schools
        ]
        if not pairs:
            raise Conflict(
                "nothing-to-assign", _("这些差异已处理、已交办，或没有可答复的学校。请刷新后核对。")
            )
        group = uuid4()
        _hand_out(pairs, days, words, group, actor, now)
        record(
            actor=actor,
            now=now,
            verb="finding.assign-many",
            reason=words,
            count=len(pairs),
            place=(found[0].county_id, ""),
        )
    answering = {school for _finding, school in pairs}
    return HandedOut(group, len(pairs), len(answering), len(shown) - len(pairs))


def answer_assignment(
    *, assignment: Assignment, words: str, actor: Actor, now: datetime
) -> Assignment:
    """Answer for the school: what was found out, in words; papers are put to the finding."""
    return _move(
        assignment,
        AssignmentState.ANSWERED,
        words,
        verb="finding.answer",
        action=ANSWER,
        actor=actor,
        now=now,
    )


def send_back_assignment(
    *, assignment: Assignment, words: str, days: int, actor: Actor, now: datetime
) -> Assignment:
    """Ask the school again, saying what is missing, by a new day."""
    _check_days(days)
    return _move(
        assignment,
        AssignmentState.RETURNED,
        words,
        verb="finding.send-back",
        action=ASSIGN,
        actor=actor,
        now=now,
        days=days,
    )


def withdraw_assignment(
    *, assignment: Assignment, words: str, actor: Actor, now: datetime
) -> Assignment:
    """Ask no longer; the finding stays open."""
    return _move(
        assignment,
        AssignmentState.WITHDRAWN,
        words,
        verb="finding.withdraw",
        action=ASSIGN,
        actor=actor,
        now=now,
    )


def close_assignments(*, decisions: Sequence[Decision], actor: Actor, now: datetime) -> None:
    """Close what asked about findings that are decided now, inside the caller's transaction."""
    by_finding = {one.finding_id: one for one in decisions}
    live = list(
        Assignment.objects.select_for_update(of=("self",)).filter(
            finding__in=list(by_finding), state__in=ASSIGNMENT_LIVE
        )
    )
    if not live:
        return
    standing = Decision.objects.filter(finding=OuterRef("finding"), undone_at=None)
    Assignment.objects.filter(pk__in=[one.pk for one in live]).update(
        state_before=F("state"),
        state=AssignmentState.CLOSED,
        closed_by=Subquery(standing.values("pk")[:1]),
    )
    _say(
        (
            (one.pk, AssignmentState.CLOSED, str(by_finding[one.finding_id].get_verdict_display()))
            for one in live
        ),
        actor,
        now,
    )


def reopen_assignments(*, decisions: Iterable[int], actor: Actor, now: datetime) -> None:
    """Reopen what decisions had closed, inside the caller's transaction that takes them back."""
    closed = list(
        Assignment.objects.select_for_update(of=("self",)).filter(
            closed_by__in=list(decisions), state=AssignmentState.CLOSED
        )
    )
    if not closed:
        return
    keys = [one.pk for one in closed]
    Assignment.objects.filter(pk__in=keys).update(
        state=F("state_before"), state_before="", closed_by=None
    )
    _say(
        ((one.pk, AssignmentState(one.state_before), _("结论已撤销，恢复交办")) for one in closed),
        actor,
        now,
    )


def _check_days(days: int) -> None:
    if not LEAST <= days <= MOST:
        raise Refusal(
            "days-unfit",
            _("答复期限须为 %(least)d 至 %(most)d 个工作日。") % {"least": LEAST, "most": MOST},
            field="days",
        )


def _school_of(finding: Finding) -> School | None:
    if not finding.school_code:
        return None
    return School.objects.filter(code=finding.school_code).first()


def _hand_out(
    pairs: Sequence[tuple[int, int]],
    days: int,
    words: str,
    group: UUID | None,
    actor: Actor,
    now: datetime,
) -> list[int]:
    keys = list(reserve_ids(Assignment, len(pairs)))
    last_day = due_on(timezone.localtime(now).date(), days)
    asked = str(AssignmentState.ASKED)
    insert_rows(
        Assignment,
        ["id", "finding", "school", "state", "state_before", "due_on", "asked_by", "asked_at"]
        + ["group", "closed_by"],
        [
            (key, finding, school, asked, "", last_day, actor.user_id, now, group, None)
            for key, (finding, school) in zip(keys, pairs, strict=True)
        ],
    )
    _say(((key, AssignmentState.ASKED, words) for key in keys), actor, now)
    return keys


def _say(steps: Iterable[tuple[int, AssignmentState, object]], actor: Actor, now: datetime) -> None:
    insert_rows(
        AssignmentStep,
        ["assignment", "state", "words", "said_by", "said_at"],
        [
            (key, str(state), str(words).strip()[:300], actor.user_id, now)
            for key, state, words in steps
        ],
    )


def _move(
    assignment: Assignment,
    state: AssignmentState,
    words: str,
    *,
    verb: str,
    action: str,
    actor: Actor,
    now: datetime,
    days: int = 0,
) -> Assignment:
    """Take an assignment to its next state, with what was said."""
    require(actor, action)
    if not words.strip():
        raise Refusal("words-missing", _("请写明情况。"), field="words")
    with transaction.atomic():
        finding = held(assignment.finding)  # before what asks about it, as settling has it
        current = held(assignment)
        require_cover(actor, finding)
        school = current.school
        if not actor.scope.covers(division_code=school.division_id, school_code=school.code):
            raise Refusal("out-of-scope", _("该差异不在您的管辖范围内。"))
        waits = current.state in ASSIGNMENT_WAITS
        fits = {
            AssignmentState.ANSWERED: waits,
            AssignmentState.RETURNED: current.state == AssignmentState.ANSWERED,
            AssignmentState.WITHDRAWN: current.state in ASSIGNMENT_LIVE,
        }[state]
        if not fits or current.state != assignment.state:
            raise Conflict("assignment-moved", _("该交办的状态刚有变化，请刷新后核对。"))
        current.state = state
        if days:
            current.due_on = due_on(timezone.localtime(now).date(), days)
        current.save(update_fields=["state", "due_on"])
        _say([(current.pk, state, words)], actor, now)
        _audit(verb, finding, words, actor, now)
    return current


def _audit(verb: str, finding: Finding, words: str, actor: Actor, now: datetime) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=finding,
        reason=words,
        place=(finding.division_code, finding.school_code),
    )
