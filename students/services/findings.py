"""Writing the findings of a run: new ones enter the queue, known ones keep what was answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

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


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run's drafts change: findings to write, those of them that exist, and those missed."""

    written: Mapping[tuple[str, str], Draft]
    keys: Mapping[tuple[str, str], int]
    missed: Sequence[int]


def known_findings(run: Reconciliation) -> QuerySet[Any]:
    """Return what ``difference_of_findings`` takes: a county's findings of the term as they are."""
    ours = Finding.objects.filter(county=run.county, term=run.term).order_by()
    return ours.values_list(
        *("kind", "subject_key", "evidence_digest", "entry_id", "enrolment_id", "probability"),
        *("state", "missed_by_id", "pk"),
    )


def difference_of_findings(
    known: Iterable[tuple[Any, ...]], drafts: Mapping[tuple[str, str], Draft]
) -> Difference:
    """Compare drafts with the known: what is found as before is most of most runs."""
    found = {
        (*key, one.digest, one.entry, one.enrolment, one.probability): key
        for key, one in drafts.items()
    }
    others: dict[tuple[str, str], tuple[Any, ...]] = {}
    for row in known:
        is_as_before = row[6] != FindingState.GONE and row[7] is None and found.pop(row[:6], None)
        if not is_as_before:
            others[row[:2]] = row[6:]
    written = {key: drafts[key] for key in found.values()}
    return Difference(
        written,
        {key: others[key][-1] for key in written if key in others},
        [
            pk
            for key, (state, missed_by, pk) in others.items()
            if key not in drafts and (state == FindingState.OPEN or missed_by is None)
        ],
    )


def write_findings(run: Reconciliation, inputs: Inputs, difference: Difference) -> None:
    """Bring a county's findings of the term into line with a run's drafts, in its transaction."""
    _insert_or_update(run, inputs, difference.written, difference.keys)
    for chunk in chunked(difference.missed, 1000):
        left = Finding.objects.filter(pk__in=chunk)
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
