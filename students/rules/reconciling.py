"""The whole comparison as one pure function of its inputs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from students.choices import FindingKind, Hardship, LinkStage, Place, Verdict
from students.rules import findings, standing
from students.rules.matching import (
    ASKED_FROM,
    SAME_NUMBER,
    Child,
    Pair,
    Scored,
    Scorer,
    identity_pairs,
    question,
    shortlist,
    worth_asking,
)
from students.rules.placing import Placed, place_all, told_places, unlinked_children
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
    """One register's pairs: sure, and asked about; ``taken`` are those a number speaks for."""

    register: Register
    sure: list[Pair] = field(default_factory=list)
    asked: list[Pair] = field(default_factory=list)
    taken_children: set[int] = field(default_factory=set)
    taken_entries: set[int] = field(default_factory=set)

    def by_student(self) -> dict[int, list[int]]:
        linked: dict[int, list[int]] = defaultdict(list)
        for pair in sorted(self.sure):
            linked[pair.child].append(pair.entry)
        return linked


def reconcile(inputs: Inputs, score: Scorer) -> Result:
    """Compare a term's children with the registers and the term before.

    1. Per register: join by number, recalling decisions. 2. Weigh what is left of all registers at
    once, and ask. 3. Draft every other difference. 4. Place every child of school age. 5. List what
    registers confer.
    """
    children = {child.pk: child for child in inputs.children}
    result = Result()
    joined = [_join(inputs, register, children, result) for register in inputs.registers]
    scored = _weigh(inputs, joined, score)
    for one in joined:
        _ask(inputs, one, scored[one.register.kind], children, result)
        result.pairs += sorted(one.sure + one.asked)
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
    differing = findings.differing(by_number)
    drafts = findings.pair_drafts(FindingKind.IDENTITY_DIFFERS, register, children, differing)
    verdicts = _verdicts(inputs, drafts)
    held_apart = {(d.student, d.entry) for d in drafts if verdicts.get(d) == Verdict.NOT_SAME}
    told = {(d.student, d.entry) for d in drafts if verdicts.get(d) in _SAME}
    joined.sure = [pair for pair in by_number if pair.reason == SAME_NUMBER]
    for pair in differing:
        key = (pair.child, pair.entry)
        if key in held_apart:
            continue
        sure = pair.automatic or key in told
        (joined.sure if sure else joined.asked).append(pair)
    result.drafts += drafts
    spoken_for = joined.sure + joined.asked
    joined.taken_children = {pair.child for pair in spoken_for}
    joined.taken_entries = {pair.entry for pair in spoken_for}
    joined.sure += _household_pairs(inputs, register, joined.sure)
    return joined


def _weigh(
    inputs: Inputs, joined: Sequence[_Joined], score: Scorer
) -> Mapping[str, Sequence[Scored]]:
    """Return the candidate pairs among the rows that no number has joined, by register kind."""
    of_entry: dict[int, _Joined] = {}
    for one in joined:
        heads = {pk for pk, row in one.register.rows.items() if row.is_household}
        of_entry |= dict.fromkeys(one.register.rows.keys() - one.taken_entries - heads, one)
    found: dict[str, list[Scored]] = {one.register.kind: [] for one in joined}
    everywhere = set.intersection(*(one.taken_children for one in joined)) if joined else set()
    children = [child for child in inputs.children if child.pk not in everywhere]
    entries = [listed for one in joined for listed in one.register.listed if listed.pk in of_entry]
    left, right = shortlist(children, entries)
    for pair in score(left, right) if left and right else ():
        one = of_entry[pair.entry]
        if pair.child not in one.taken_children:
            found[one.register.kind].append(pair)
    return found


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


def _ask(
    inputs: Inputs,
    joined: _Joined,
    scored: Sequence[Scored],
    children: Mapping[int, Child],
    result: Result,
) -> None:
    """Ask about the likely; decided pairs are sure however likely, refused ones left alone.

    What was refused stands in nobody's way: the next best candidate is asked about then.
    """
    pairs = {(one.child, one.entry): one for one in _worth_a_draft(inputs, scored)}
    kind, register = FindingKind.PROBABLE_MATCH, joined.register
    asking = {key: question(one) for key, one in pairs.items()}
    drafts = findings.pair_drafts(kind, register, children, asking.values())
    verdicts = _verdicts(inputs, drafts)
    told = {_pair_of(draft): verdicts[draft] for draft in drafts if draft in verdicts}
    same = {pair for pair, verdict in told.items() if verdict == Verdict.SAME_PERSON}
    # One person, one row: nobody is asked about twice.
    taken_children, taken_entries = {child for child, _ in same}, {entry for _, entry in same}
    free = {_pair_of(draft) for draft in drafts} - set(told)
    asked = {
        (one.child, one.entry)
        for one in worth_asking(pairs[key] for key in free)
        if one.child not in taken_children and one.entry not in taken_entries
    }
    for draft in drafts:
        key = _pair_of(draft)
        if key in same:
            joined.sure.append(asking[key]._replace(stage=LinkStage.DECIDED))
        elif key in asked:
            joined.asked.append(asking[key])
        elif key not in told or key[0] in taken_children or key[1] in taken_entries:
            continue
        elif told[key] != Verdict.NOT_SAME:
            joined.asked.append(asking[key])
        result.drafts.append(draft)


def _worth_a_draft(inputs: Inputs, scored: Iterable[Scored]) -> list[Scored]:
    """Return the likely pairs, and every pair of a child about whom somebody answered before."""
    answered = {
        memory.student
        for (kind, _subject), memory in inputs.remembered.items()
        if kind == FindingKind.PROBABLE_MATCH
    }
    return sorted(
        one
        for one in scored
        if one.probability >= ASKED_FROM or one.child in answered or None in answered
    )


def _pair_of(draft: Draft) -> tuple[int, int]:
    return draft.student or 0, draft.entry or 0


def _compare(inputs: Inputs, joined: Sequence[_Joined], result: Result) -> None:
    known: dict[int, set[str]] = defaultdict(set)
    asked: set[tuple[int, str]] = set()
    for one in joined:
        for pair in one.sure:
            known[pair.child].add(one.register.kind)
        asked |= {(pair.child, one.register.kind) for pair in one.asked}
    result.drafts += findings.enrolled_twice(inputs)
    result.drafts += findings.claimed_but_unknown(inputs, known, asked)
    result.drafts += standing.ages(inputs)
    result.drafts += findings.unconfirmed(inputs, {student for student, _kind in asked})
    for one in joined:
        linked = one.by_student()
        result.drafts += findings.register_duplicates(one.register)
        result.drafts += standing.status_changes(inputs, one.register, linked)
        result.drafts += standing.risks_removed(inputs, one.register, linked)
        result.drafts += standing.school_states(inputs, one.register, linked)


def _place(inputs: Inputs, joined: Sequence[_Joined], result: Result) -> None:
    spoken_for = {pair.entry for one in joined for pair in one.sure + one.asked}
    outsiders = unlinked_children(inputs, spoken_for)
    linked = {
        pair.child: pair.entry
        for one in reversed(joined)
        for pair in one.sure
        if pair.reason != "household-head"
    }
    told = told_places(inputs)
    sure = [(one.register, pair) for one in joined for pair in one.sure]
    siblings = findings.siblings_of(inputs, sure, outsiders)
    drafts = [
        draft
        for draft in findings.not_on_roster(inputs, outsiders, siblings)
        if draft.subject[0] not in told or (draft.kind, draft.subject_key) in inputs.remembered
    ]
    drafts += findings.missing_from_roster(inputs, linked)
    result.drafts += drafts
    students, persons = _decided_places(inputs, drafts)
    result.placed = place_all(
        inputs,
        outsiders,
        decided_students=_told_students(joined) | students,
        decided_persons=told | persons,
    )


def _told_students(joined: Sequence[_Joined]) -> dict[int, str]:
    """Return where registers say that students they are surely joined with have gone."""
    return {
        pair.child: place
        for one in joined
        for pair in one.sure
        if pair.reason != "household-head" and (place := one.register.rows[pair.entry].place)
    }


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
