"""Writing the findings of a run: new ones enter the queue, known ones keep what was answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from povedu.bulk import chunked, insert_rows, update_rows
from students.choices import FindingKind, FindingState
from students.models import Finding, Reconciliation
from students.rules.records import Draft, Inputs
from students.selectors.evidence import rows_of_enrolments, rows_of_entries, rows_of_students

_SHOWN = frozenset(
    {"before", "after", "as_of", "state", "stage", "grade", "stated", "category", "broken"}
)

_AT_ONCE = 10_000  # findings written at a time


def is_asked(inputs: Inputs, key: tuple[str, str], draft: Draft) -> bool:
    """Say whether nobody has answered on this very evidence."""
    memory = inputs.remembered.get(key)
    return memory is None or memory.digest != draft.digest


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
    "missed_by",
)


def write_findings(
    run: Reconciliation, inputs: Inputs, drafts: Mapping[tuple[str, str], Draft]
) -> None:
    """Bring a county's findings of the term into line with a run's drafts, in its transaction.

    What is found as before is left as it is: most findings of most runs.
    """
    ours = Finding.objects.filter(county=run.county, term=run.term)
    known: dict[tuple[str, str], tuple[Any, ...]] = {
        row[:2]: row[2:]
        for row in ours.order_by()
        .values_list(
            *("kind", "subject_key", "evidence_digest", "entry_id", "enrolment_id"),
            *("probability", "state", "missed_by_id", "pk"),
        )
        .iterator(chunk_size=20_000)
    }
    rewritten: dict[tuple[str, str], Draft] = {}
    for key, draft in drafts.items():
        found = known.get(key, ())
        unchanged = (draft.digest, draft.entry, draft.enrolment, draft.probability)
        if found[:4] != unchanged or found[4] == FindingState.GONE or found[5] is not None:
            rewritten[key] = draft
    keys = {key: known[key][-1] for key in rewritten if key in known}
    _insert_or_update(run, inputs, rewritten, keys)
    missed = [
        found[-1]
        for key, found in known.items()
        if key not in drafts and (found[4] == FindingState.OPEN or found[5] is None)
    ]
    for chunk in chunked(missed, 1000):
        left = ours.filter(pk__in=chunk)
        left.filter(state=FindingState.OPEN).update(state=FindingState.GONE)
        left.filter(missed_by=None).update(missed_by=run)


def _insert_or_update(
    run: Reconciliation,
    inputs: Inputs,
    drafts: Mapping[tuple[str, str], Draft],
    known: Mapping[tuple[str, str], int],
) -> None:
    """Write drafts some thousands at a time: the source rows of a whole county fill memory."""
    term_rows: dict[int, int] = {}
    for one in inputs.enrolments:
        term_rows.setdefault(one.student, one.pk)
    names = ["county", "term", "kind", "subject_key", "first_run", *_FIELDS]
    for chunk in chunked(drafts.items(), _AT_ONCE):
        gather = _Evidence([draft for _key, draft in chunk], run, term_rows)
        fresh, changed = [], []
        for key, draft in chunk:
            state = FindingState.OPEN if is_asked(inputs, key, draft) else FindingState.SETTLED
            values = (*gather.values(draft), draft.digest, str(state), None)
            if key in known:
                changed.append((known[key], *values))
            else:
                fresh.append((run.county_id, run.term, *key, run.pk, *values))
        insert_rows(Finding, names, fresh)
        update_rows(Finding, _FIELDS, changed)


class _Evidence:
    """The source rows of drafts, read in a few queries and put together per draft."""

    def __init__(
        self, drafts: Sequence[Draft], run: Reconciliation, term_rows: Mapping[int, int]
    ) -> None:
        self.term_rows = term_rows
        enrolments = {self._enrolment(d, d.student, d.enrolment) for d in drafts}
        enrolments |= {d.other_enrolment for d in drafts}
        self.enrolments = rows_of_enrolments(pk for pk in enrolments if pk)
        entries = {pk for d in drafts for pk in (d.entry, d.other_entry) if pk}
        self.entries = rows_of_entries(entries)
        rest = {d.student for d in drafts if d.student and not self._left(d)}
        self.students = rows_of_students(rest)
        self.county = run.county_id

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
        if draft.other_entry or draft.kind == FindingKind.REGISTER_LOGIC:
            left, right = right, self.entries.get(draft.other_entry or 0)
        source = left or right or {}
        evidence: dict[str, Any] = {
            "left": left,
            "right": right,
            "facts": {key: value for key, value in draft.facts.items() if key in _SHOWN}
            | dict(draft.aside),
            "other_enrolment": draft.other_enrolment,
            "other_student": draft.other_student,
        }
        if draft.weights:
            evidence["weights"] = list(draft.weights)
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
    return value if value is None or isinstance(value, (str, int, bool, float)) else str(value)
