"""Settling a finding: the decision is remembered on its evidence, its effects can be undone."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.protected import IdNumber
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import (
    EnrolmentState,
    FindingKind,
    FindingState,
    LinkStage,
    Place,
    StudentState,
    Verdict,
)
from students.models import Decision, Enrolment, Finding, HardshipStatus, Link, Student
from students.rules.identity import name_columns, read_identity
from students.rules.verdicts import answer_named
from students.services.pupil_counts import count_pupils
from students.services.rows import held, require, write
from students.services.student import take_identity

Effects = dict[str, Any]
_STATES = {
    Place.DECEASED: StudentState.DECEASED,
    Place.GRADUATED: StudentState.GRADUATED,
    Place.SUSPENDED: StudentState.SUSPENDED,
}


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
        _require_scope(actor, current)
        if current.state != FindingState.OPEN:
            raise Conflict("finding-settled", _("该差异已由他人处理。"))
        if current.evidence_digest != finding.evidence_digest:
            raise Conflict("evidence-changed", _("证据刚有变化，请核对后再处理。"))
        earlier = Decision.objects.filter(finding=current, undone_at=None).first()
        if earlier is not None:
            _reverse(earlier, actor, now)
            Decision.objects.filter(pk=earlier.pk).update(undone_at=now)
        effects = _carry_out(current, answer.verdict, place, note, actor, now)
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
        _note(current, "finding.settle", str(decision.get_verdict_display()), note, actor, now)
    return decision


def undo_decision(*, finding: Finding, actor: Actor, now: datetime) -> Finding:
    """Take the live decision on a finding back, with everything it brought about."""
    require(actor, "students.finding.settle")
    with transaction.atomic():
        current = held(finding)
        _require_scope(actor, current)
        decision = Decision.objects.filter(finding=current, undone_at=None).first()
        if decision is None or current.state != FindingState.SETTLED:
            raise Conflict("nothing-to-undo", _("该差异没有可撤销的处理结论。"))
        answer = answer_named(current.kind, decision.verdict, decision.place)
        require(actor, answer.action if answer else "students.finding.settle")
        _reverse(decision, actor, now)
        Decision.objects.filter(pk=decision.pk).update(undone_at=now)
        Finding.objects.filter(pk=current.pk).update(state=FindingState.OPEN)
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


def _require_scope(actor: Actor, finding: Finding) -> None:
    if not actor.scope.covers(division_code=finding.division_code, school_code=finding.school_code):
        raise Refusal("out-of-scope", _("该差异不在您的管辖范围内。"))


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


# --- what follows from a verdict ----------------------------------------------------------------


def _carry_out(
    finding: Finding, verdict: Verdict, place: str, note: str, actor: Actor, now: datetime
) -> Effects:
    if finding.kind == FindingKind.PROBABLE_MATCH and verdict == Verdict.SAME_PERSON:
        return _join(finding, actor, now)
    if finding.kind == FindingKind.IDENTITY_DIFFERS and verdict != Verdict.NOT_SAME:
        effects = _confer(finding, actor, now)
        if verdict == Verdict.REGISTER_RIGHT:
            effects["student"] = _take_particulars(finding)
        return effects
    if finding.kind == FindingKind.NOT_ON_REGISTER and verdict == Verdict.CONFIRMED:
        return _prove(finding, note, actor, now)
    if finding.kind == FindingKind.ENROLLED_TWICE and verdict != Verdict.NOT_SAME:
        return _keep_one(finding, verdict, actor, now)
    if verdict == Verdict.PLACED and finding.student is not None and place in _STATES:
        return {
            "student": _jsonable(write(held(finding.student), {"state": _STATES[Place(place)]}))
        }
    return {}


def _join(finding: Finding, actor: Actor, now: datetime) -> Effects:
    """Make a probable match one person: link, identity and hardship; other candidates leave."""
    student, entry = finding.student, finding.entry
    if student is None or entry is None:
        raise Refusal("finding-incomplete", _("该差异缺少一方记录，不能认定为同一人。"))
    student = held(student)
    effects = _confer(finding, actor, now)
    number = entry.id_number.reveal() if entry.id_index else ""
    if number and not student.identity_confirmed:
        taken = Student.objects.filter(id_index=entry.id_index).exclude(pk=student.pk)
        if taken.exists():
            raise Conflict(
                "id-taken", _("名册上的证号已登记在另一名学生名下，请先核对两条学生记录。")
            )
        effects["identity"] = {
            "was": _jsonable(take_identity(student, read_identity(number))),
        }
    links = Link.objects.filter(reconciliation=finding.last_run, student=student, entry=entry)
    effects["links"] = list(links.values_list("pk", flat=True))
    links.update(stage=LinkStage.DECIDED)
    rivals = Finding.objects.filter(
        county_id=finding.county_id,
        term=finding.term,
        kind=FindingKind.PROBABLE_MATCH,
        state=FindingState.OPEN,
    ).exclude(pk=finding.pk)
    rivals = rivals.filter(entry=entry) | rivals.filter(
        student=student, entry__snapshot__kind=entry.snapshot.kind
    )
    effects["closed"] = list(rivals.values_list("pk", flat=True))
    Finding.objects.filter(pk__in=effects["closed"]).update(state=FindingState.GONE)
    return effects


def _confer(finding: Finding, actor: Actor, now: datetime) -> Effects:
    """Begin the hardship that the register's row gives, unless it holds already."""
    entry, student = finding.entry, finding.student
    if entry is None or student is None or not entry.category:
        return {"hardships": []}
    source = entry.snapshot.kind
    live = HardshipStatus.objects.filter(
        student=student, category=entry.category, source=source, ends_on=None
    )
    if live.exists():
        return {"hardships": []}
    status = HardshipStatus.objects.create(
        student=student,
        category=entry.category,
        as_stated=(entry.category_as_stated or entry.monitored_kind_as_stated)[:60],
        source=source,
        entry=entry,
        starts_on=entry.snapshot.as_of,
        risk_removed_on=entry.snapshot.as_of if entry.risk_removed else None,
        confirmed_by_id=actor.user_id,
        confirmed_at=now,
    )
    return {"hardships": [status.pk]}


def _prove(finding: Finding, note: str, actor: Actor, now: datetime) -> Effects:
    """Begin a hardship on paper evidence, from the term's first day."""
    facts = finding.evidence.get("facts", {})
    if finding.student is None:
        return {}
    category, starts_on = str(facts.get("category", "")), Term.parse(finding.term).starts_on
    live = HardshipStatus.objects.filter(
        student=finding.student, category=category, source="paper", ends_on=None
    )
    if live.exists():
        return {"hardships": []}
    status = HardshipStatus.objects.create(
        student=finding.student,
        category=category,
        as_stated=str(facts.get("stated", ""))[:60],
        source="paper",
        evidence=note.strip()[:200],
        starts_on=starts_on,
        confirmed_by_id=actor.user_id,
        confirmed_at=now,
    )
    return {"hardships": [status.pk]}


def _take_particulars(finding: Finding) -> dict[str, list[Any]]:
    """Correct the child's name, sex and birth date after the register."""
    student, entry = finding.student, finding.entry
    if student is None or entry is None:
        return {}
    values: dict[str, Any] = {"name": entry.name, **name_columns(entry.name)}
    if entry.sex:
        values["sex"] = entry.sex
    if entry.birth_on:
        values["birth_on"] = entry.birth_on
    return _jsonable(write(held(student), values))


def _keep_one(finding: Finding, verdict: Verdict, actor: Actor, now: datetime) -> Effects:
    """End the term at the other school; a double's record leaves with it."""
    first, second = int(finding.enrolment_id or 0), int(finding.evidence["other_enrolment"] or 0)
    kept, ended = (first, second) if verdict == Verdict.KEEP_FIRST else (second, first)
    chosen = Enrolment.objects.select_related("student", "school").get(pk=kept)
    other = Enrolment.objects.select_related("student").get(pk=ended)
    effects: Effects = {"enrolments": _jsonable(write(other, {"state": EnrolmentState.LEFT}))}
    effects["enrolment"] = other.pk
    if other.student_id != chosen.student_id:
        left = write(held(other.student), {"state": StudentState.LEFT})
        effects["other"] = {"pk": other.student_id, "was": _jsonable(left)}
    else:
        moved = write(
            held(chosen.student),
            {
                "school_id": chosen.school_id,
                "stage": chosen.stage,
                "grade": chosen.grade,
                "class_name": chosen.class_name,
                "is_boarder": chosen.is_boarder,
            },
        )
        effects["student"] = _jsonable(moved)
    schools = {chosen.school_id, other.school_id}
    count_pupils(school_ids=schools, term=finding.term, actor=actor, now=now)
    return effects


# --- undoing ------------------------------------------------------------------------------------


def _reverse(decision: Decision, actor: Actor, now: datetime) -> None:
    effects, finding = decision.effects, decision.finding
    _delete_hardships(effects.get("hardships", []))
    if finding.student is not None:
        was = effects.get("identity", {}).get("was")
        if was:
            _restore(finding.student, was)
        _restore(finding.student, effects.get("student", {}))
    other = effects.get("other")
    if other:
        _restore(Student.objects.get(pk=other["pk"]), other["was"])
    if effects.get("enrolment"):
        other_term = Enrolment.objects.get(pk=effects["enrolment"])
        _restore(other_term, effects["enrolments"])
        schools = {other_term.school_id}
        count_pupils(school_ids=schools, term=finding.term, actor=actor, now=now)
    Link.objects.filter(pk__in=effects.get("links", [])).update(stage=LinkStage.PROBABLE)
    Finding.objects.filter(pk__in=effects.get("closed", []), state=FindingState.GONE).update(
        state=FindingState.OPEN
    )


def _delete_hardships(pks: list[int]) -> None:
    try:
        HardshipStatus.objects.filter(pk__in=pks).delete()
    except ProtectedError as error:
        raise Refusal(
            "hardship-used", _("已有资助决定以该困难身份为依据，不能撤销；请改为结束该困难身份。")
        ) from error


def _restore(row: Student | Enrolment, changes: dict[str, list[Any]]) -> None:
    """Put old values back where nobody has changed the new ones since."""
    current = held(row)
    values: dict[str, Any] = {}
    for name, (old, new) in changes.items():
        if name == "id_number":
            if _plain(getattr(current, "id_index", "")) == changes["id_index"][1]:
                values[name] = IdNumber("")  # it was provisional before
        elif _plain(getattr(current, name)) == new:
            values[name] = date.fromisoformat(old) if name == "birth_on" and old else old
    write(current, values)


def _jsonable(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return changes as JSON values; a full number is never among them."""
    return {
        name: [None, None] if name == "id_number" else [_plain(one) for one in pair]
        for name, pair in changes.items()
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
