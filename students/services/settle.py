"""Settling a finding: the decision is remembered on its evidence, its effects can be undone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from students.choices import FindingState
from students.models import Decision, Finding
from students.rules.verdicts import answer_named
from students.services.rows import held, require
from students.services.settle_assign import (
    close_assignments,
    reopen_assignments,
    require_cover,
    require_unasked,
)
from students.services.settle_effects import carry_out, reverse


def settle_finding(
    *,
    finding: Finding,
    verdict: str,
    actor: Actor,
    now: datetime,
    place: str = "",
    note: str = "",
) -> Decision:
    """Decide a finding on the evidence it shows, and bring about what follows from that.

    1. The finding is held and must still be open with the evidence that was looked at. 2. A live
    decision on older evidence is undone first. 3. Effects are written down with their old values.
    """
    answer = answer_named(finding.kind, verdict, place)
    if answer is None:
        raise Refusal("verdict-unfit", _("这一结论不适用于该类差异。"))
    require(actor, answer.action)
    if answer.needs_note and not note.strip():
        raise Refusal("evidence-missing", _("请写明核实所依据的证明材料。"), field="note")
    with transaction.atomic():
        current = held(finding)
        require_cover(actor, current)
        require_unasked(actor, current)
        if current.state != FindingState.OPEN:
            raise Conflict("finding-settled", _("该差异已由他人处理。"))
        if current.evidence_digest != finding.evidence_digest:
            raise Conflict("evidence-changed", _("证据刚有变化，请核对后再处理。"))
        earlier = Decision.objects.filter(finding=current, undone_at=None).first()
        if earlier is not None:
            reverse(earlier, actor, now)
            Decision.objects.filter(pk=earlier.pk).update(undone_at=now)
        effects = carry_out(current, answer.verdict, place, note, actor, now)
        decision = Decision.objects.create(
            finding=current,
            evidence_digest=current.evidence_digest,
            verdict=answer.verdict,
            place=place,
            note=note.strip()[:200],
            effects=effects,
            decided_by_id=actor.user_id,
            decided_at=now,
        )
        Finding.objects.filter(pk=current.pk).update(state=FindingState.SETTLED)
        close_assignments(decisions=[decision], actor=actor, now=now)
        _note(current, "finding.settle", str(decision.get_verdict_display()), note, actor, now)
    return decision


def undo_decision(*, finding: Finding, actor: Actor, now: datetime) -> Finding:
    """Take the live decision on a finding back, with everything it brought about."""
    require(actor, "students.finding.settle")
    with transaction.atomic():
        current = held(finding)
        require_cover(actor, current)
        decision = Decision.objects.filter(finding=current, undone_at=None).first()
        if decision is None or current.state != FindingState.SETTLED:
            raise Conflict("nothing-to-undo", _("该差异没有可撤销的处理结论。"))
        answer = answer_named(current.kind, decision.verdict, decision.place)
        require(actor, answer.action if answer else "students.finding.settle")
        reverse(decision, actor, now)
        Decision.objects.filter(pk=decision.pk).update(undone_at=now)
        Finding.objects.filter(pk=current.pk).update(state=FindingState.OPEN)
        reopen_assignments(decisions=[decision.pk], actor=actor, now=now)
        current.state = FindingState.OPEN
        label = str(decision.get_verdict_display())
        record(
            actor=actor,
            now=now,
            verb="finding.undo",
            subject=current,
            changes={"verdict": (label, None)},
            place=(current.division_code, current.school_code),
        )
    return current


def _note(
    finding: Finding, verb: str, verdict: str, note: str, actor: Actor, now: datetime
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=finding,
        changes={"verdict": (None, verdict)},
        reason=note,
        place=(finding.division_code, finding.school_code),
    )
