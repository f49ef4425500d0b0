"""Writing what a reconciliation found, in one transaction: links, places, hardships, findings."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from povedu.audit.services import record
from povedu.bulk import insert_rows, uncollected
from povedu.errors import Conflict, Refusal
from povedu.fetching import fetched
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.choices import FindingKind, LinkStage, ReconciliationState
from students.linkage.model import known_model
from students.linkage.scoring import score
from students.linkage.weighing import Weighed, weigh_anew
from students.models import (
    HardshipStatus,
    Reconciliation,
    RegisterSnapshot,
)
from students.rules import timeline
from students.rules.matching import Child, Listed, Scored
from students.rules.reconciling import Result, partition_of
from students.rules.reconciling import reconcile as compare
from students.rules.records import Draft, Inputs
from students.selectors import reconciling as reading
from students.selectors.numbers import stated_numbers
from students.services.dropout_ledgers import hold_cases, keep_ledgers
from students.services.findings import (
    Difference,
    difference_of_findings,
    is_asked,
    known_findings,
    write_findings,
)
from students.services.held import (
    drop_detail_of_old_runs,
    hold,
    links_now,
    places_now,
    write_links,
    write_places,
)
from students.services.register_logic import logic_drafts
from students.services.sameness import (
    digest_of_lists,
    digest_with_outcome,
    same_run,
    version_of,
)
from students.services.weighing import keep_weighed, weighed_before

_T = TypeVar("_T")
_TRIES = 5  # of a run that people overtake
Look = Callable[[], None]  # called now and then; raises where somebody wants the work to stop


class Overtaken(Conflict):
    """Somebody answered or followed a case, or a later run ended, while a run was comparing."""


def until_not_overtaken(work: Callable[[], _T]) -> _T:
    """Read, compare and write anew where people overtook it, some times; else raise Overtaken."""
    for _again in range(_TRIES - 1):
        try:
            return work()
        except Overtaken:
            continue
    return work()


@dataclass(frozen=True, slots=True)
class Marks:
    """What people had done by when a run began to read: answers, and changes of cases."""

    answers: tuple[Any, ...]
    cases: tuple[Any, ...]


@dataclass(slots=True)
class Seen:
    """What a run is about to compare; ``same_as`` is the last run where it read the very same."""

    county: Division
    term: Term
    snapshots: Sequence[RegisterSnapshot]
    inputs: Inputs
    lists_digest: str
    marks: Marks
    same_as: Reconciliation | None


@dataclass(slots=True)
class Prepared:
    """A comparison that is done but not written."""

    county: Division
    term: Term
    snapshots: Sequence[RegisterSnapshot]
    inputs: Inputs
    result: Result
    lists_digest: str
    marks: Marks
    drafts: Mapping[tuple[str, str], Draft] = field(default_factory=dict)
    weighed: Weighed | None = None  # None: as the run before left it


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


@uncollected()
def read(
    *, county: Division, term: Term, snapshots: Sequence[RegisterSnapshot] | None = None
) -> Seen:
    """Read what a run compares, and say whether the last one read the same."""
    marks = Marks(reading.answers_mark(county), reading.cases_mark(county))
    chosen = reading.default_snapshots(county, term) if snapshots is None else snapshots
    inputs = reading.inputs_of(county, term, chosen)
    lists = digest_of_lists(inputs, known_model(settings.LINKAGE_MODEL))
    held = reading.held(reading.hardships_of(county, [one.kind for one in chosen]))
    outcome = digest_with_outcome(lists, county, chosen, held, list(inputs.cases))
    same = same_run(county, term, outcome)
    return Seen(county, term, chosen, inputs, lists, marks, same)


@uncollected()
def prepare(*, seen: Seen, look: Look = lambda: None) -> Prepared:
    """Compare; no transaction is held meanwhile. ``look`` is called between the steps.

    Nothing is written but what checking a register's own logic found, so that it is done once.
    """
    model = known_model(settings.LINKAGE_MODEL)

    before = weighed_before(seen.county, version_of(model))
    weighed = before

    def weigh(children: Sequence[Child], entries: Sequence[Listed]) -> Sequence[Scored]:
        look()
        return score(children, entries, model=model, digits=stated_numbers)

    def weigh_what_is_new(children: Sequence[Child], entries: Sequence[Listed]) -> Sequence[Scored]:
        nonlocal weighed
        weighed = weigh_anew(children, entries, before, weigh)
        look()
        return weighed.pairs

    result = compare(seen.inputs, weigh_what_is_new)
    result.drafts += logic_drafts(county=seen.county, snapshots=seen.snapshots)
    look()
    kinds = {kind: str(kind) for kind in FindingKind}
    drafts = {(kinds[one.kind], one.subject_key): one for one in reversed(result.drafts)}
    read = (seen.county, seen.term, seen.snapshots, seen.inputs)
    fresh = None if weighed is before else weighed
    return Prepared(*read, result, seen.lists_digest, seen.marks, drafts, fresh)


def reconcile(
    *,
    county: Division,
    term: Term,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[RegisterSnapshot] | None = None,
    again: bool = False,
) -> Reconciliation:
    """Compare a county's term with its registers and write the outcome.

    Where nothing has changed since the last run that one is returned, unless ``again``. Jobs call
    the steps themselves, so that only the writing is inside their transaction.
    """

    def work() -> Reconciliation:
        seen = read(county=county, term=term, snapshots=snapshots)
        if seen.same_as is not None and not again:
            return confirm(run=seen.same_as, actor=actor, now=now)
        prepared = prepare(seen=seen)
        with transaction.atomic():
            return store(prepared=prepared, actor=actor, now=now)

    return until_not_overtaken(work)


def confirm(
    *, run: Reconciliation, actor: Actor, now: datetime, job_id: UUID | None = None
) -> Reconciliation:
    """Note that a run still holds: everything that it read is as it was."""
    with transaction.atomic():
        run.confirmed_at = now
        run.save(update_fields=["confirmed_at"])
        record(
            actor=actor,
            now=now,
            verb="reconciliation.confirm",
            subject=run,
            job_id=job_id,
            place=(run.county.prefix, ""),
        )
    return run


@uncollected()
def store(
    *, prepared: Prepared, actor: Actor, now: datetime, job_id: UUID | None = None
) -> Reconciliation:
    """Write a prepared comparison inside the caller's transaction.

    1. The run with its counts. 2. Hardships that registers begin and end. 3. Findings: new ones
    enter the queue, known ones keep their state while the evidence is the same, and those that are
    no more are gone. 4. The dropout ledgers follow the places. 5. Links and places, where those of
    the last run do not hold for this one. 6. The detail of old runs goes.
    Raises Overtaken where people have answered or changed a case since the lists were read (what
    they found out would be written over, and their case put back to what it was), or where a later
    run has ended.
    """
    run, county = _run(prepared, now, job_id), prepared.county
    changes = _changes_of(run, prepared)
    write_hardships(plan=changes.plan, actor=actor, now=now)
    write_findings(run, prepared.inputs, changes.findings)
    hold_cases(county)
    _check_unchanged(prepared.marks.cases, reading.cases_mark(county))
    placed = keep_ledgers(
        run=run, inputs=prepared.inputs, placed=prepared.result.placed, actor=actor, now=now
    )
    _check_unchanged((run.pk,), (hold(run).pk,))
    _check_unchanged(prepared.marks.answers, reading.answers_mark(county))
    write_links(run, changes.links, prepared.result.pairs)
    write_places(run, changes.places, placed)
    if prepared.weighed is not None:
        version = version_of(known_model(settings.LINKAGE_MODEL))
        keep_weighed(county, version, prepared.weighed)
    run.inputs_digest = _digest_of_outcome(prepared, changes)
    run.save(update_fields=["inputs_digest", "links_count", "findings_count", "partition"])
    drop_detail_of_old_runs(run)
    record(
        actor=actor,
        now=now,
        verb="reconciliation.run",
        subject=run,
        changes={
            "hardships_begun": (None, len(changes.plan.begin)),
            "hardships_ended": (None, len(changes.plan.end)),
        },
        count=len(prepared.drafts),
        job_id=job_id,
        place=(county.prefix, ""),
    )
    return run


def _check_unchanged(seen: tuple[Any, ...], now: tuple[Any, ...]) -> None:
    if now != seen:
        raise Overtaken(
            "run-overtaken",
            _("比对期间一直有人在处理差异、劝返个案或另行比对，没有写入。请稍后重新比对。"),
        )


def _run(prepared: Prepared, now: datetime, job_id: UUID | None) -> Reconciliation:
    run = Reconciliation.objects.create(
        county=prepared.county,
        term=prepared.term.code,
        state=ReconciliationState.DONE,
        job_id=job_id,
        started_at=now,
        finished_at=now,
    )
    run.snapshots.set(prepared.snapshots)
    return run


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a run changes of what is on record, and the links and places on record."""

    held: list[timeline.Held]
    plan: timeline.Plan
    findings: Difference
    links: Sequence[tuple[Any, ...]]
    places: Sequence[tuple[Any, ...]]


def _hardships(prepared: Prepared) -> QuerySet[Any]:
    return reading.hardships_of(prepared.county, [one.kind for one in prepared.snapshots])


def _changes_of(run: Reconciliation, prepared: Prepared) -> _Changes:
    """Compare with the record, the next part of which is fetched meanwhile."""
    days = {one.kind: one.as_of for one in prepared.snapshots}
    record_now = [_hardships(prepared), known_findings(run), links_now(run), places_now(run)]
    with fetched(record_now) as answers:
        _count(run, prepared)
        held = reading.held(next(answers))
        plan = timeline.plan(prepared.result.conferred, held, days)
        findings = difference_of_findings(next(answers), prepared.drafts)
        return _Changes(held, plan, findings, next(answers), next(answers))


def _digest_of_outcome(prepared: Prepared, changes: _Changes) -> str:
    """Return the digest that the next run will have where nothing is changed until then."""
    held, cases = changes.held, list(prepared.inputs.cases)
    if changes.plan.changes:
        held = reading.held(_hardships(prepared))
    if reading.cases_mark(prepared.county) != prepared.marks.cases:
        cases = reading.open_cases(prepared.county)
    lists = prepared.lists_digest
    return digest_with_outcome(lists, prepared.county, prepared.snapshots, held, cases)


def _count(run: Reconciliation, prepared: Prepared) -> None:
    """Set a run's counts; they are saved with its digest."""
    stages = Counter(pair.stage for pair in prepared.result.pairs)
    drafts, inputs = prepared.drafts, prepared.inputs
    answered = inputs.remembered.keys() & drafts.keys()
    settled = [key[0] for key in answered if not is_asked(inputs, key, drafts[key])]
    open_kinds = Counter([kind for kind, _subject in drafts]) - Counter(settled)
    run.links_count = {str(stage): stages[stage] for stage in LinkStage}
    run.findings_count = dict(sorted(open_kinds.items()))
    run.partition = partition_of(prepared.result.placed)


def write_hardships(*, plan: timeline.Plan, actor: Actor, now: datetime) -> None:
    """Bring hardships into line with what a run's registers confer, in its transaction."""
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


def _set_dates(name: str, changes: Sequence[tuple[int, Any]]) -> None:
    """Set a date field, one statement for each day and thousand rows."""
    by_day: dict[Any, list[int]] = {}
    for pk, day in changes:
        by_day.setdefault(day, []).append(pk)
    for day, pks in by_day.items():
        for start in range(0, len(pks), 1000):
            HardshipStatus.objects.filter(pk__in=pks[start : start + 1000]).update(**{name: day})
