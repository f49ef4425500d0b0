"""Where a register and the rosters disagree on how somebody stands: hardship, stage, grade, age."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from students.choices import FindingKind, Hardship
from students.rules.records import Draft, Enrolled, Inputs, Register
from students.rules.schooling import (
    age_outside_grade,
    age_outside_stage,
    grade_in_stage,
    moved_up,
    state_differs,
)

_POOR = frozenset({Hardship.REGISTERED_POOR, Hardship.UNSTABLE, Hardship.EDGE, Hardship.SUDDEN})
_MONITORED = frozenset({Hardship.UNSTABLE, Hardship.EDGE, Hardship.SUDDEN})
_BACK = "返贫"


def status_changes(
    inputs: Inputs, register: Register, linked: Mapping[int, list[int]]
) -> list[Draft]:
    """Return students whose standing in a register is not what the snapshot before it said.

    ``linked`` maps a student to the rows of this snapshot that are theirs. A household that came
    out of poverty and is poor again, or whose removed risk is back, is told from other changes.
    """
    if register.before is None:
        return []
    drafts = []
    for child in inputs.children:
        before = register.before.get(child.id_index, frozenset()) if child.id_index else frozenset()
        if not before:
            continue
        entries = linked.get(child.pk, [])
        after = {register.rows[entry].category for entry in entries} - {""}
        returned = _returned(register, child.id_index, entries, before, after)
        if before == after and not returned:
            continue
        reason = returned or ("category-changed" if after else "gone-from-register")
        drafts.append(
            Draft(
                FindingKind.STATUS_CHANGED,
                (child.pk, register.kind),
                {"before": sorted(before), "after": sorted(after), "as_of": register.as_of},
                f"{reason},{register.kind}",
                student=child.pk,
                entry=min(entries) if entries else None,
            )
        )
    return drafts


def _returned(
    register: Register,
    number: str,
    entries: Iterable[int],
    before: Iterable[str],
    after: Iterable[str],
) -> str:
    """Return the code of a way back into poverty since the snapshot before, "" for none."""
    rows = [register.rows[entry] for entry in entries]
    if any(_BACK in row.stated for row in rows) and number not in register.back_before:
        return "returned-to-poverty"
    was, now = set(before), set(after)
    if Hardship.LIFTED in was and now & _POOR and not was & _POOR:
        return "returned-to-poverty"
    if number in register.removed_before and any(row.risk_removed is False for row in rows):
        return "risk-returned"
    return ""


def risks_removed(
    inputs: Inputs, register: Register, linked: Mapping[int, list[int]]
) -> list[Draft]:
    """Return this term's pupils of monitored households whose risk was removed before it began.

    Some aid ends with the risk, so somebody says for each that the register has it right. Who was
    without risk in the snapshot before was asked about then.
    """
    if register.as_of > inputs.term.starts_on:
        return []
    told = {
        row.pk for row in register.rows.values() if row.risk_removed and row.category in _MONITORED
    }
    if not told:
        return []
    drafts = []
    numbers = {child.pk: child.id_index for child in inputs.children}
    studying = {one.student: one.pk for one in inputs.enrolments if one.studying}
    for student, entries in linked.items():
        removed = [register.rows[entry] for entry in entries if entry in told]
        number = numbers.get(student, "")
        if not removed or student not in studying or number in register.removed_before:
            continue
        drafts.append(
            Draft(
                FindingKind.RISK_REMOVED,
                (student, register.kind),
                {"category": removed[0].category, "removed": True},
                f"risk-removed-before-term,{register.kind}",
                student=student,
                entry=removed[0].pk,
                enrolment=studying[student],
            )
        )
    return drafts


def school_states(
    inputs: Inputs, register: Register, linked: Mapping[int, list[int]]
) -> list[Draft]:
    """Return those of whom the register names another stage or grade than the roster.

    The term before is the third witness: whether the roster, or the register, goes on from it.
    """
    telling = {row.pk: row.school_state for row in register.rows.values() if row.school_state}
    if not telling:
        return []
    drafts = []
    for one in inputs.enrolments:
        entries = linked.get(one.student, []) if one.studying else []
        for entry in entries[:1]:
            state = telling.get(entry, "")
            if state and state_differs(state, register.as_of, one.stage, one.grade, inputs.term):
                grade = None if one.grade is None else grade_in_stage(one.stage, one.grade)
                seen = inputs.last.get(one.student)
                drafts.append(
                    Draft(
                        FindingKind.STATE_DIFFERS,
                        (one.student, one.school, register.kind),
                        {"state": state, "stage": one.stage, "grade": grade},
                        ",".join(("state-differs", *_witness(inputs, register, state, one, seen))),
                        student=one.student,
                        entry=entry,
                        enrolment=one.pk,
                        aside=_last_term(seen),
                    )
                )
    return drafts


def _last_term(seen: Enrolled | None) -> dict[str, object]:
    if seen is None:
        return {}
    return {"last": {"stage": seen.stage, "grade": seen.grade}}


def _witness(
    inputs: Inputs, register: Register, state: str, one: Enrolled, seen: Enrolled | None
) -> list[str]:
    """Say which of the two goes on from the term before."""
    if seen is None or seen.grade is None:
        return []
    stage, grade = moved_up(seen.stage, seen.grade, years=2 - inputs.term.half)
    roster = stage == one.stage and one.grade is not None
    if roster and grade_in_stage(stage, grade) == grade_in_stage(one.stage, one.grade or 0):
        return ["roster-goes-on"]
    if not state_differs(state, register.as_of, stage, grade, inputs.term):
        return ["register-goes-on"]
    return ["neither-goes-on"]


def ages(inputs: Inputs) -> list[Draft]:
    """Return those whose age does not fit their stage at all, else not their grade."""
    births = {child.pk: child.birth_on for child in inputs.children}
    drafts = []

    @cache  # children are many, birth dates and grades few
    def outside(birth_on: date | None, stage: str, grade: int | None) -> tuple[int, int]:
        beyond = age_outside_stage(birth_on, stage, inputs.term)
        return beyond, beyond or age_outside_grade(birth_on, stage, grade, inputs.term)

    for one in inputs.enrolments:
        if not one.studying:
            continue
        birth_on = births.get(one.student)
        beyond, years = outside(birth_on, one.stage, one.grade)
        if not years:
            continue
        side = "too-old" if years > 0 else "too-young"
        drafts.append(
            Draft(
                FindingKind.AGE_OUTSIDE_STAGE if beyond else FindingKind.GRADE_AGE,
                (one.student, one.school),
                {"birth_on": birth_on, "stage": one.stage, "grade": one.grade},
                f"stage-{side}" if beyond else side,
                student=one.student,
                enrolment=one.pk,
            )
        )
    return drafts
