"""Settling identical cases together: one answer, one note, and one way back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, update_rows
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from students.choices import ASSIGNMENT_LIVE, FindingState, Place, StudentState, Verdict
from students.models import Decision, Finding, Student
from students.rules.verdicts import Answer, answer_named
from students.selectors.alike import alike
from students.services.dropout_ledgers import follow_findings, follow_undone
from students.services.rows import require
from students.services.settle_assign import close_assignments, reopen_assignments
from students.services.settle_effects import STATES, Effects

LIMIT = 2000  # findings answered at once: what a person can say to have looked through


@dataclass(frozen=True, slots=True)
class Together:
    """What was settled: the decisions' group, how many, and how many shown ones were left out."""

    group: UUID
    settled: int
    left_out: int


def settle_alike(
    *,
    finding: Finding,
    shown: Mapping[int, str],
    verdict: str,
    note: str,
    actor: Actor,
    now: datetime,
    place: str = "",
) -> Together:
    """Give every finding that was shown, and is of ``finding``'s case, the same answer.

    ``shown`` maps findings to the evidence digests that were looked at. 1. The actor's own open
    findings of the case are held. 2. Those whose evidence is another by now are left out, like
    those that somebody else has settled. 3. One decision each, under one group.
    """
    answer = answer_named(finding.kind, verdict, place)
    if answer is None or not answer.alike:
        raise Refusal("verdict-not-alike", _("这一结论须逐条认定，不能一并处理。"), field="answer")
    require(actor, answer.action)
    if not note.strip():
        raise Refusal("note-missing", _("一并处理须写明依据。"), field="note")
    if len(shown) > LIMIT:
        raise Refusal("too-many-alike", _("一次最多一并处理 %(limit)d 条。") % {"limit": LIMIT})
    with transaction.atomic():
        mine = Finding.objects.filter(
            actor.scope.q(division="division_code", school="school_code"), pk__in=shown
        )
        if actor.scope.school_code is not None:  # what the bureau asked is answered, not settled
            mine = mine.exclude(assignments__state__in=ASSIGNMENT_LIVE)
        rows = alike(mine, finding).select_for_update(of=("self",)).order_by("pk")
        held = [one for one in rows if one.evidence_digest == shown[one.pk]]
        if not held:
            raise Conflict("nothing-alike", _("这些差异已由他人处理，或证据刚有变化。"))
        group, keys = uuid4(), [one.pk for one in held]
        Decision.objects.filter(finding__in=keys, undone_at=None).update(undone_at=now)
        _decide(held, answer, note.strip()[:200], group, actor, now)
        Finding.objects.filter(pk__in=keys).update(state=FindingState.SETTLED)
        made = list(Decision.objects.filter(group=group))
        close_assignments(decisions=made, actor=actor, now=now)
        label = Place(place).label if place else Verdict(verdict).label
        _note(held, "finding.settle-alike", (None, str(label)), note, actor, now)
    return Together(group, len(held), len(shown) - len(held))


def undo_alike(*, group: UUID, actor: Actor, now: datetime) -> int:
    """Take back the decisions of a group that still stand; return how many."""
    require(actor, "students.finding.settle")
    with transaction.atomic():
        held = list(
            Finding.objects.select_for_update(of=("self",))
            .filter(
                decisions__group=group,
                decisions__undone_at=None,
                state=FindingState.SETTLED,
            )
            .order_by("pk")
        )
        if not held:
            raise Conflict("nothing-to-undo", _("该差异没有可撤销的处理结论。"))
        for one in held:
            if not actor.scope.covers(division_code=one.division_code, school_code=one.school_code):
                raise Refusal("out-of-scope", _("该差异不在您的管辖范围内。"))
        keys = [one.pk for one in held]
        decisions = Decision.objects.filter(finding__in=keys, undone_at=None, group=group)
        made = list(decisions.values_list("finding__student", "effects", "verdict", "place", "pk"))
        _student, _effects, verdict, place, _pk = made[0]
        answer = answer_named(held[0].kind, verdict, place)
        require(actor, answer.action if answer else "students.finding.settle")
        _restore({one: effects for one, effects, *_rest in made if one and "student" in effects})
        reopen_assignments(decisions=[one[4] for one in made], actor=actor, now=now)
        decisions.update(undone_at=now)
        Finding.objects.filter(pk__in=keys).update(state=FindingState.OPEN)
        if place:
            follow_undone(findings=held, found=place, actor=actor, now=now)
        label = Place(place).label if place else Verdict(verdict).label
        _note(held, "finding.undo-alike", (str(label), None), "", actor, now)
    return len(held)


def _decide(
    held: list[Finding], answer: Answer, note: str, group: UUID, actor: Actor, now: datetime
) -> None:
    effects = _bring_about(held, answer, actor, now)
    insert_rows(
        Decision,
        [
            "finding",
            "evidence_digest",
            "verdict",
            "place",
            "note",
            "effects",
            "group",
            "decided_by",
            "decided_at",
        ],
        [
            (
                one.pk,
                one.evidence_digest,
                str(answer.verdict),
                answer.place,
                note,
                effects.get(one.pk, {}),
                group,
                actor.user_id,
                now,
            )
            for one in held
        ],
    )


def _bring_about(
    held: list[Finding], answer: Answer, actor: Actor, now: datetime
) -> dict[int, Effects]:
    """Do what the answer entails for every finding; return what that changed, by finding."""
    if not answer.place:
        return {}
    follow_findings(findings=held, place=answer.place, actor=actor, now=now)
    state = STATES.get(Place(answer.place))
    if state is None:
        return {}
    moved = _move({one.student_id for one in held if one.student_id}, state)
    return {one.pk: moved[one.student_id] for one in held if one.student_id in moved}


def _move(students: Iterable[int], state: StudentState) -> dict[int, Effects]:
    """Set the state of children's records; return what that changed, by student."""
    rows = _states_of(students)
    moved = [(pk, str(state), version + 1) for pk, old, version in rows if old != state]
    update_rows(Student, ["state", "version"], moved)
    return {
        pk: {"student": {"state": [old, str(state)]}} for pk, old, _version in rows if old != state
    }


def _restore(effects: Mapping[int, Effects]) -> None:
    """Put the states back where nobody has changed them since."""
    back = []
    for pk, state, version in _states_of(effects):
        old, new = effects[pk]["student"]["state"]
        if state == new:
            back.append((pk, old, version + 1))
    update_rows(Student, ["state", "version"], back)


def _states_of(students: Iterable[int]) -> list[tuple[int, str, int]]:
    held = Student.objects.select_for_update().filter(pk__in=list(students)).order_by("pk")
    return list(held.values_list("pk", "state", "version"))


def _note(
    held: list[Finding],
    verb: str,
    verdict: tuple[str | None, str | None],
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write one entry for all, filed at the smallest place that has them all."""
    first = held[0]
    record(
        actor=actor,
        now=now,
        verb=verb,
        changes={
            "kind": (None, str(first.get_kind_display())),
            "reason": (None, first.reason),
            "verdict": verdict,
        },
        reason=note,
        count=len(held),
        place=(
            _only({one.division_code for one in held}) or first.county_id,
            _only({one.school_code for one in held}),
        ),
    )


def _only(codes: Collection[str]) -> str:
    return next(iter(codes)) if len(codes) == 1 else ""
