"""Writing what a reconciliation found, in one transaction: links, places, hardships, findings."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, update_rows
from povedu.errors import Refusal
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.choices import FindingState, LinkStage, ReconciliationState
from students.models import (
    Finding,
    HardshipStatus,
    Link,
    PlacedChild,
    Reconciliation,
    RegisterSnapshot,
)
from students.rules import timeline
from students.rules.reconciling import Result, partition_of
from students.rules.reconciling import reconcile as compare
from students.rules.records import Draft, Inputs
from students.selectors import reconciling as reading

RUNS_KEPT = 2  # of a county's term, with their links and places; older ones keep their counts
_SHOWN = frozenset({"before", "after", "as_of", "state", "stage", "grade", "stated", "category"})
Progress = Callable[[int, int, object], None]


@dataclass(slots=True)
class Prepared:
    """A comparison that is done but not written."""

    county: Division
    term: Term
    snapshots: Sequence[RegisterSnapshot]
    inputs: Inputs
    result: Result
    drafts: Mapping[tuple[str, str], Draft] = field(default_factory=dict)


def county_named(code: str) -> Division:
    """Return the county of a six- or twelve-digit code, without one the only county there is."""
    if code:
        county = Division.objects.filter(pk=code[:6].ljust(12, "0")).first()
        if county is None:
            raise Refusal("county-unknown", _("没有代码为“%(code)s”的县。") % {"code": code})
        return county
    counties = reading.counties_with_children()
    if len(counties) != 1:
        raise Refusal("county-needed", _("请指明要比对的县：现有 %d 个县的数据。") % len(counties))
    return counties[0]


def prepare(
    *, county: Division, term: Term, snapshots: Sequence[RegisterSnapshot] | None = None
) -> Prepared:
    """Read and compare, writing nothing; no transaction is held meanwhile."""
    chosen = reading.default_snapshots(county, term) if snapshots is None else snapshots
    inputs = reading.inputs_of(county, term, chosen)
    result = compare(inputs)
    drafts = {(str(one.kind), one.subject_key): one for one in reversed(result.drafts)}
    return Prepared(county, term, chosen, inputs, result, drafts)


def reconcile(
    *,
    county: Division,
    term: Term,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[RegisterSnapshot] | None = None,
    job_id: UUID | None = None,
) -> Reconciliation:
    """Compare a county's term with its registers and write the outcome.

    Jobs call ``prepare`` and ``store`` themselves, so that only the writing is inside their
    transaction.
    """
    prepared = prepare(county=county, term=term, snapshots=snapshots)
    with transaction.atomic():
        return store(prepared=prepared, actor=actor, now=now, job_id=job_id)


def store(
    *, prepared: Prepared, actor: Actor, now: datetime, job_id: UUID | None = None
) -> Reconciliation:
    """Write a prepared comparison inside the caller's transaction.

    1. The run with its counts. 2. Links and places, set-wise. 3. Hardships that registers begin
    and end. 4. Findings: new ones enter the queue, known ones keep their state while the evidence
    is the same, and those that are no more are gone. 5. The detail of old runs goes.
    """
    run = _run(prepared, now, job_id)
    _write_links(run, prepared.result)
    _write_places(run, prepared.result)
    begun, ended = apply_hardships(prepared=prepared, actor=actor, now=now)
    _write_findings(run, prepared)
    _drop_detail_of_old_runs(run)
    record(
        actor=actor,
        now=now,
        verb="reconciliation.run",
        subject=run,
        changes={"hardships_begun": (None, begun), "hardships_ended": (None, ended)},
        count=len(prepared.drafts),
        job_id=job_id,
        place=(prepared.county.prefix, ""),
    )
    return run


def _run(prepared: Prepared, now: datetime, job_id: UUID | None) -> Reconciliation:
    stages = Counter(str(pair.stage) for pair in prepared.result.pairs)
    open_kinds = Counter(
        key[0] for key, draft in prepared.drafts.items() if _is_asked(prepared, key, draft)
    )
    run = Reconciliation.objects.create(
        county=prepared.county,
        term=prepared.term.code,
        state=ReconciliationState.DONE,
        job_id=job_id,
        started_at=now,
        finished_at=now,
        links_count={stage: stages[stage] for stage in LinkStage.values},
        findings_count=dict(sorted(open_kinds.items())),
        partition=partition_of(prepared.result.placed),
    )
    run.snapshots.set(prepared.snapshots)
    return run


def _is_asked(prepared: Prepared, key: tuple[str, str], draft: Draft) -> bool:
    memory = prepared.inputs.remembered.get(key)
    return memory is None or memory.digest != draft.digest


def _write_links(run: Reconciliation, result: Result) -> None:
    insert_rows(
        Link,
        ["reconciliation", "student", "entry", "stage", "automatic", "probability", "reason"],
        (
            (run.pk, p.child, p.entry, str(p.stage), p.automatic, p.probability, p.reason)
            for p in result.pairs
        ),
    )


def _write_places(run: Reconciliation, result: Result) -> None:
    insert_rows(
        PlacedChild,
        ["reconciliation", "student", "entry", "place", "division_code"],
        ((run.pk, p.student, p.entry, str(p.place), p.division) for p in result.placed),
    )


def apply_hardships(*, prepared: Prepared, actor: Actor, now: datetime) -> tuple[int, int]:
    """Bring hardships into line with what the run's registers confer; return begun and ended."""
    days = {register.kind: register.as_of for register in prepared.inputs.registers}
    held = reading.held_hardships(prepared.county, days)
    plan = timeline.plan(prepared.result.conferred, held, days)
    insert_rows(
        HardshipStatus,
        [
            "student",
            "category",
            "as_stated",
            "source",
            "entry",
            "evidence",
            "starts_on",
            "ends_on",
            "risk_removed_on",
            "confirmed_by",
            "confirmed_at",
        ],
        (
            (
                one.student,
                one.category,
                one.stated[:60],
                one.source,
                one.entry,
                "",
                one.as_of,
                until,
                one.as_of if one.risk_removed else None,
                actor.user_id,
                now,
            )
            for one, until in plan.begin
        ),
    )
    _set_dates("starts_on", plan.move_back)
    _set_dates("ends_on", plan.end)
    _set_dates("risk_removed_on", plan.risk_removed)
    return len(plan.begin), len(plan.end)


def _set_dates(name: str, changes: Sequence[tuple[int, Any]]) -> None:
    """Set a date field, one statement for each day and thousand rows."""
    by_day: dict[Any, list[int]] = {}
    for pk, day in changes:
        by_day.setdefault(day, []).append(pk)
    for day, pks in by_day.items():
        for start in range(0, len(pks), 1000):
            HardshipStatus.objects.filter(pk__in=pks[start : start + 1000]).update(**{name: day})


# --- findings -----------------------------------------------------------------------------------

_FIELDS = (
    "student",
    "entry",
    "enrolment",
    "division_code",
    "school_code",
    "reason",
    "probability",
    "evidence",
    "evidence_digest",
    "state",
    "last_run",
)


def _write_findings(run: Reconciliation, prepared: Prepared) -> None:
    known = {
        (kind, subject): (pk, (digest, entry, enrolment), state)
        for pk, kind, subject, digest, entry, enrolment, state in Finding.objects.filter(
            county=prepared.county, term=prepared.term.code
        )
        .order_by("pk")
        .values_list(
            "pk", "kind", "subject_key", "evidence_digest", "entry_id", "enrolment_id", "state"
        )
    }
    rewritten: dict[tuple[str, str], Draft] = {}
    same: list[int] = []
    for key, draft in prepared.drafts.items():
        found = known.get(key)
        unchanged = (draft.digest, draft.entry, draft.enrolment)
        if found is not None and found[1] == unchanged and found[2] != FindingState.GONE:
            same.append(found[0])
        else:
            rewritten[key] = draft
    _insert_or_update(run, prepared, rewritten, {key: found[0] for key, found in known.items()})
    for start in range(0, len(same), 1000):
        Finding.objects.filter(pk__in=same[start : start + 1000]).update(last_run=run)
    Finding.objects.filter(
        county=prepared.county, term=prepared.term.code, state=FindingState.OPEN
    ).exclude(last_run=run).update(state=FindingState.GONE)


def _insert_or_update(
    run: Reconciliation,
    prepared: Prepared,
    drafts: Mapping[tuple[str, str], Draft],
    known: Mapping[tuple[str, str], int],
) -> None:
    gather = _Evidence(drafts.values(), prepared)
    fresh, changed = [], []
    for key, draft in drafts.items():
        state = FindingState.OPEN if _is_asked(prepared, key, draft) else FindingState.SETTLED
        values = (*gather.values(draft), draft.digest, str(state), run.pk)
        if key in known:
            changed.append((known[key], values))
        else:
            fresh.append((prepared.county.pk, prepared.term.code, *key, run.pk, *values))
    insert_rows(Finding, ["county", "term", "kind", "subject_key", "first_run", *_FIELDS], fresh)
    update_rows(Finding, _FIELDS, [(pk, *values) for pk, values in changed])


class _Evidence:
    """The source rows of drafts, read in a few queries and put together per draft."""

    def __init__(self, drafts: Any, prepared: Prepared) -> None:
        drafts = list(drafts)
        self.term_rows: dict[int, int] = {}
        for one in prepared.inputs.enrolments:
            self.term_rows.setdefault(one.student, one.pk)
        enrolments = {self._enrolment(d, d.student, d.enrolment) for d in drafts}
        enrolments |= {d.other_enrolment for d in drafts}
        self.enrolments = reading.rows_of_enrolments(pk for pk in enrolments if pk)
        entries = {pk for d in drafts for pk in (d.entry, d.other_entry) if pk}
        self.entries = reading.rows_of_entries(entries)
        rest = {d.student for d in drafts if d.student and not self._left(d)}
        self.students = reading.rows_of_students(rest)
        self.county = prepared.county.pk

    def _enrolment(self, draft: Draft, student: int | None, enrolment: int | None) -> int | None:
        return enrolment or (self.term_rows.get(student) if student else None)

    def _left(self, draft: Draft) -> dict[str, Any] | None:
        return self.enrolments.get(self._enrolment(draft, draft.student, draft.enrolment) or 0)

    def values(self, draft: Draft) -> tuple[Any, ...]:
        """Return the finding's fields up to its evidence, in the order of ``_FIELDS``."""
        left = self._left(draft) or self.students.get(draft.student or 0)
        right = self.entries.get(draft.entry or 0)
        if draft.other_enrolment:
            right = self.enrolments.get(draft.other_enrolment)
        if draft.other_entry:
            left, right = right, self.entries.get(draft.other_entry)
        source = left or right or {}
        evidence = {
            "left": left,
            "right": right,
            "facts": {key: value for key, value in draft.facts.items() if key in _SHOWN},
            "other_enrolment": draft.other_enrolment,
            "other_student": draft.other_student,
        }
        return (
            draft.student,
            draft.entry,
            draft.enrolment,
            source.get("division") or (right or {}).get("division") or self.county,
            source.get("school_code") or "",
            draft.reason[:300],
            draft.probability,
            _plain(evidence),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _drop_detail_of_old_runs(run: Reconciliation) -> None:
    older = list(
        Reconciliation.objects.filter(county=run.county, term=run.term)
        .order_by("-pk")
        .values_list("pk", flat=True)[RUNS_KEPT:]
    )
    Link.objects.filter(reconciliation__in=older).delete()
    PlacedChild.objects.filter(reconciliation__in=older).delete()
