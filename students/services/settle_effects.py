"""What follows from a verdict, written down with its old values, and taking exactly that back."""

from datetime import date, datetime
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from povedu.errors import Conflict, Refusal
from povedu.protected import IdNumber
from povedu.scope import Actor
from povedu.terms import Term
from students.choices import (
    ApprovalState,
    EnrolmentState,
    FindingKind,
    FindingState,
    LinkStage,
    Place,
    StudentState,
    Verdict,
)
from students.models import (
    Decision,
    Enrolment,
    Finding,
    HardshipProof,
    HardshipStatus,
    Link,
    Student,
)
from students.rules.identity import name_columns, read_identity
from students.selectors.partition import newest_run
from students.services.dropout_ledgers import follow_findings, follow_undone
from students.services.held import mark_decided
from students.services.pupil_counts import count_pupils
from students.services.rows import held, write
from students.services.student import take_identity

Effects = dict[str, Any]
STATES = {
    Place.DECEASED: StudentState.DECEASED,
    Place.GRADUATED: StudentState.GRADUATED,
    Place.SUSPENDED: StudentState.SUSPENDED,
}


def carry_out(
    finding: Finding, verdict: Verdict, place: str, note: str, actor: Actor, now: datetime
) -> Effects:
    """Bring about what a verdict on one finding entails; return what that changed."""
    if finding.kind == FindingKind.PROBABLE_MATCH and verdict == Verdict.SAME_PERSON:
        return _join(finding, actor, now)
    if finding.kind == FindingKind.IDENTITY_DIFFERS and verdict != Verdict.NOT_SAME:
        effects = _confer(finding, actor, now)
        if verdict == Verdict.REGISTER_RIGHT:
            effects["student"] = _take_particulars(finding)
        return effects
    if finding.kind == FindingKind.NOT_ON_REGISTER:
        return _judge_proof(finding, verdict, note, actor, now)
    if finding.kind == FindingKind.ENROLLED_TWICE and verdict != Verdict.NOT_SAME:
        return _keep_one(finding, verdict, actor, now)
    if verdict == Verdict.PLACED:
        follow_findings(findings=[finding], place=place, actor=actor, now=now)
    if verdict == Verdict.PLACED and finding.student is not None and place in STATES:
        return {"student": jsonable(write(held(finding.student), {"state": STATES[Place(place)]}))}
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
            "was": jsonable(take_identity(student, read_identity(number))),
        }
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
    newest = newest_run(finding.county_id, finding.term)
    effects["links"] = mark_decided(newest, student.pk, entry.pk) if newest is not None else []
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


def _judge_proof(
    finding: Finding, verdict: Verdict, note: str, actor: Actor, now: datetime
) -> Effects:
    """Accept or refuse the proof that waits; without one the note itself is the evidence."""
    proof = HardshipProof.objects.select_for_update(of=("self",)).filter(
        finding=finding, state=ApprovalState.PENDING
    )
    waiting = proof.first()
    judged = {Verdict.PROOF_ACCEPTED: ApprovalState.APPROVED} | {
        Verdict.PROOF_REFUSED: ApprovalState.REFUSED
    }
    if verdict not in judged:
        if waiting is not None:
            raise Refusal(
                "proof-waits", _("学校已登记证明材料，请对该证明作出“有效”或“不予采信”的结论。")
            )
        return _prove(finding, "paper", note, actor, now) if verdict == Verdict.CONFIRMED else {}
    if waiting is None:
        raise Refusal("proof-missing", _("还没有登记证明材料。请先由学校登记所见证明。"))
    if waiting.recorded_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("证明由您本人登记，须由他人审核。"))
    HardshipProof.objects.filter(pk=waiting.pk).update(
        state=judged[verdict], decided_by_id=actor.user_id, decided_at=now
    )
    effects: Effects = {"hardships": [], "proof": waiting.pk}
    if verdict == Verdict.PROOF_ACCEPTED:
        seen = f"{waiting.get_kind_display()} {waiting.issued_by} {waiting.note}".strip()
        effects |= _prove(finding, "proof", seen, actor, now)
    return effects


def _prove(finding: Finding, source: str, evidence: str, actor: Actor, now: datetime) -> Effects:
    """Begin a hardship on paper evidence, from the term's first day."""
    facts = finding.evidence.get("facts", {})
    if finding.student is None:
        return {}
    category, starts_on = str(facts.get("category", "")), Term.parse(finding.term).starts_on
    live = HardshipStatus.objects.filter(
        student=finding.student, category=category, source=source, ends_on=None
    )
    if live.exists():
        return {"hardships": []}
    status = HardshipStatus.objects.create(
        student=finding.student,
        category=category,
        as_stated=str(facts.get("stated", ""))[:60],
        source=source,
        evidence=evidence.strip()[:200],
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
    return jsonable(write(held(student), values))


def _keep_one(finding: Finding, verdict: Verdict, actor: Actor, now: datetime) -> Effects:
    """End the term at the other school; a double's record leaves with it."""
    first, second = int(finding.enrolment_id or 0), int(finding.evidence["other_enrolment"] or 0)
    kept, ended = (first, second) if verdict == Verdict.KEEP_FIRST else (second, first)
    chosen = Enrolment.objects.select_related("student", "school").get(pk=kept)
    other = Enrolment.objects.select_related("student").get(pk=ended)
    effects: Effects = {"enrolments": jsonable(write(other, {"state": EnrolmentState.LEFT}))}
    effects["enrolment"] = other.pk
    if other.student_id != chosen.student_id:
        left = write(held(other.student), {"state": StudentState.LEFT})
        effects["other"] = {"pk": other.student_id, "was": jsonable(left)}
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
        effects["student"] = jsonable(moved)
    schools = {chosen.school_id, other.school_id}
    count_pupils(school_ids=schools, term=finding.term, actor=actor, now=now)
    return effects


# --- undoing ------------------------------------------------------------------------------------


def reverse(decision: Decision, actor: Actor, now: datetime) -> None:
    """Take back what a decision brought about, where nothing has been built on it."""
    effects, finding = decision.effects, decision.finding
    if decision.verdict == Verdict.PLACED:
        follow_undone(findings=[finding], found=decision.place, actor=actor, now=now)
    _delete_hardships(effects.get("hardships", []))
    if effects.get("proof"):
        HardshipProof.objects.filter(pk=effects["proof"]).update(
            state=ApprovalState.PENDING, decided_by=None, decided_at=None
        )
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


def jsonable(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return changes as JSON values; a full number is never among them."""
    return {
        name: [None, None] if name == "id_number" else [_plain(one) for one in pair]
        for name, pair in changes.items()
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
