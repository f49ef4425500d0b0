"""The whole comparison as one pure function of its inputs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from students.choices import FindingKind, Hardship, LinkStage, Place, Verdict
from students.rules import findings
from students.rules.matching import (
    Child,
    Pair,
    candidate_pairs,
    identity_pairs,
)
from students.rules.placing import Placed, place_all, unlinked_children
from students.rules.records import Draft, Inputs, Register, digest_of
from students.rules.timeline import Conferred

# Minimum living allowance is granted to households; other categories to the person named.
HOUSEHOLD_WIDE = frozenset({Hardship.RURAL_LOW, Hardship.URBAN_LOW, Hardship.LOW_MARGIN})
_SAME = frozenset({Verdict.SAME_PERSON, Verdict.ROSTER_RIGHT, Verdict.REGISTER_RIGHT})


@dataclass(slots=True)
class Result:
    """What a run found; ``sure`` are the pairs that count as one person."""

    pairs: list[Pair] = field(default_factory=list)
    sure: list[tuple[Register, Pair]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    conferred: list[Conferred] = field(default_factory=list)


@dataclass(slots=True)
class _Joined:
    """One register's pairs: sure, and asked about."""

    register: Register
    sure: list[Pair] = field(default_factory=list)
    asked: list[Pair] = field(default_factory=list)

    def by_student(self) -> dict[int, list[int]]:
        linked: dict[int, list[int]] = defaultdict(list)
        for pair in sorted(self.sure):
            linked[pair.child].append(pair.entry)
        return linked


def reconcile(inputs: Inputs) -> Result:
    """Compare a term's children with the registers and the term before.

    1. Per register: join by number, recall decisions, ask about the rest.
    2. Draft every difference. 3. Place every child of school age. 4. List what registers confer.
    """
    children = {child.pk: child for child in inputs.children}
    result = Result()
    joined = [_join(inputs, register, children, result) for register in inputs.registers]
    _compare(inputs, joined, result)
    _place(inputs, joined, result)
    for one in joined:
        result.sure += [(one.register, pair) for pair in one.sure]
        result.conferred += _conferred(one)
    return result


def _join(
    inputs: Inputs, register: Register, children: Mapping[int, Child], result: Result
) -> _Joined:
    joined = _Joined(register)
    by_number = identity_pairs(inputs.children, register.listed)
    differing = findings.differing(children, register, by_number)
    drafts = findings.pair_drafts(FindingKind.IDENTITY_DIFFERS, register, children, differing)
    verdicts = _verdicts(inputs, drafts)
    held_apart = {(d.student, d.entry) for d in drafts if verdicts.get(d) == Verdict.NOT_SAME}
    told = {(d.student, d.entry) for d in drafts if verdicts.get(d) in _SAME}
    for pair in by_number:
        key = (pair.child, pair.entry)
        if key in held_apart:
            continue
        sure = pair.automatic or key in told
        (joined.sure if sure else joined.asked).append(pair)
    result.drafts += drafts
    joined.sure += _household_pairs(inputs, register, joined.sure)
    _ask(inputs, joined, children, result)
    result.pairs += sorted(joined.sure + joined.asked)
    return joined


def _verdicts(inputs: Inputs, drafts: Iterable[Draft]) -> dict[Draft, str]:
    """Return the remembered verdict of each draft whose evidence is still what it was."""
    found = {}
    for draft in drafts:
        memory = inputs.remembered.get((draft.kind, draft.subject_key))
        if memory is not None and memory.digest == draft.digest:
            found[draft] = memory.verdict
    return found


def _household_pairs(inputs: Inputs, register: Register, sure: Sequence[Pair]) -> list[Pair]:
    """Return the members of households whose head is listed for all of them."""
    by_number = {child.id_index: child for child in inputs.children if child.id_index}
    joined = {(pair.child, pair.entry) for pair in sure}
    pairs = []
    for listed in register.listed:
        row = register.rows[listed.pk]
        if not (row.is_household and listed.id_index and row.category in HOUSEHOLD_WIDE):
            continue
        for member in inputs.members.get(listed.id_index, ()):
            child = by_number.get(member)
            if child is not None and (child.pk, listed.pk) not in joined:
                joined.add((child.pk, listed.pk))
                pairs.append(Pair(child.pk, listed.pk, LinkStage.ID, True, None, "household-head"))
    return pairs


def _ask(inputs: Inputs, joined: _Joined, children: Mapping[int, Child], result: Result) -> None:
    """Ask about the rest, take decided pairs as sure and leave refused ones alone."""
    own = [pair for pair in joined.sure + joined.asked if pair.reason != "household-head"]
    taken_children = {pair.child for pair in own}
    taken_entries = {pair.entry for pair in own}
    pairs = candidate_pairs(
        [child for child in inputs.children if child.pk not in taken_children],
        [
            one
            for one in joined.register.listed
            if one.pk not in taken_entries and not joined.register.rows[one.pk].is_household
        ],
    )
    drafts = findings.pair_drafts(FindingKind.PROBABLE_MATCH, joined.register, children, pairs)
    verdicts = _verdicts(inputs, drafts)
    same = {d for d in drafts if verdicts.get(d) == Verdict.SAME_PERSON}
    # One person, one row: nobody is asked about twice.
    taken_children = {d.student for d in same if d.student}
    taken_entries = {d.entry for d in same if d.entry}
    by_key = {(pair.child, pair.entry): pair for pair in pairs}
    for draft in drafts:
        pair = by_key[draft.student, draft.entry]  # type: ignore[index]  # pair drafts name both
        if draft in same:
            joined.sure.append(pair._replace(stage=LinkStage.DECIDED))
            result.drafts.append(draft)
        elif draft.student not in taken_children and draft.entry not in taken_entries:
            result.drafts.append(draft)
            if verdicts.get(draft) != Verdict.NOT_SAME:
                joined.asked.append(pair)


def _compare(inputs: Inputs, joined: Sequence[_Joined], result: Result) -> None:
    known: dict[int, set[str]] = defaultdict(set)
    asked: set[tuple[int, str]] = set()
    for one in joined:
        for pair in one.sure:
            known[pair.child].add(one.register.kind)
        asked |= {(pair.child, one.register.kind) for pair in one.asked}
    result.drafts += findings.enrolled_twice(inputs)
    result.drafts += findings.claimed_but_unknown(inputs, known, asked)
    result.drafts += findings.ages(inputs)
    result.drafts += findings.unconfirmed(inputs, {student for student, _kind in asked})
    for one in joined:
        linked = one.by_student()
        result.drafts += findings.register_duplicates(one.register)
        result.drafts += findings.status_changes(inputs, one.register, linked)
        result.drafts += findings.school_states(inputs, one.register, linked)


def _place(inputs: Inputs, joined: Sequence[_Joined], result: Result) -> None:
    spoken_for = {pair.entry for one in joined for pair in one.sure + one.asked}
    outsiders = unlinked_children(inputs, spoken_for)
    linked = {
        pair.child: pair.entry
        for one in reversed(joined)
        for pair in one.sure
        if pair.reason != "household-head"
    }
    drafts = findings.not_on_roster(outsiders) + findings.missing_from_roster(inputs, linked)
    result.drafts += drafts
    students, persons = _decided_places(inputs, drafts)
    result.placed = place_all(inputs, outsiders, decided_students=students, decided_persons=persons)


def _decided_places(
    inputs: Inputs, drafts: Iterable[Draft]
) -> tuple[dict[int, str], dict[str, str]]:
    """Return the places that people found out, by student and by register person."""
    students: dict[int, str] = {}
    persons: dict[str, str] = {}
    for draft in drafts:
        memory = inputs.remembered.get((draft.kind, draft.subject_key))
        if memory is None or memory.digest != draft.digest or not memory.place:
            continue
        if draft.student is not None:
            students[draft.student] = memory.place
        else:
            persons[str(draft.subject[0])] = memory.place
    return students, persons


def _conferred(joined: _Joined) -> list[Conferred]:
    register = joined.register
    found = []
    for pair in joined.sure:
        row = register.rows[pair.entry]
        if row.category:
            found.append(
                Conferred(
                    pair.child,
                    row.category,
                    register.kind,
                    pair.entry,
                    row.stated,
                    register.as_of,
                    bool(row.risk_removed),
                )
            )
    return found


def partition_of(placed: Iterable[Placed]) -> dict[str, int]:
    """Count the placed by place, every place named."""
    counts = dict.fromkeys(Place.values, 0)
    for one in placed:
        counts[one.place] += 1
    return counts


def content_of(result: Result) -> str:
    """Return a digest of a result, equal for equal inputs: what "repeatable" means."""
    drafts = sorted((d.kind, d.subject_key, d.digest) for d in result.drafts)
    return digest_of([sorted(result.pairs), drafts, sorted(map(str, result.placed))])
