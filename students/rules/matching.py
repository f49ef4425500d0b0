"""Who on a roster is whom on a register: pure functions over columns of values.

The guarantee: two rows are joined without a person only where one full, valid identity number
stands for both and the names agree or sound alike. Everything else is a question. See
docs/algorithms/matching.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from students.choices import LinkStage

_CROWD = 30  # candidates of one key beyond which a name tells nothing


class Child(NamedTuple):
    """A student as matching sees one; indexes are blind, "" where unknown."""

    pk: int
    name: str
    pinyin: str
    sex: str
    birth_on: date | None
    id_index: str
    stated_index: str
    first_15_index: str
    recovered: bool
    confirmed: bool
    township: str


class Listed(NamedTuple):
    """A register's row as matching sees one."""

    pk: int
    name: str
    pinyin: str
    sex: str
    birth_on: date | None
    id_index: str
    stated_index: str
    first_15_index: str
    recovered: bool
    township: str


class Pair(NamedTuple):
    """Two rows that are, or may be, one person; ``reason`` holds stable codes with commas."""

    child: int
    entry: int
    stage: LinkStage
    automatic: bool
    probability: float | None
    reason: str


def differences(child: Child, entry: Listed) -> tuple[str, ...]:
    """Return the codes of what two rows of one number disagree about."""
    codes = []
    if child.name != entry.name:
        alike = bool(child.pinyin) and child.pinyin == entry.pinyin
        codes.append("name-homophone" if alike else "name-differs")
    if child.sex and entry.sex and child.sex != entry.sex:
        codes.append("sex-differs")
    if child.birth_on and entry.birth_on and child.birth_on != entry.birth_on:
        codes.append("birth-differs")
    return tuple(codes)


def _groups(
    rows: Iterable[Listed], key: Callable[[Listed], Hashable]
) -> dict[Hashable, list[Listed]]:
    grouped: dict[Hashable, list[Listed]] = defaultdict(list)
    for row in rows:
        value = key(row)
        if value:
            grouped[value].append(row)
    return grouped


def identity_pairs(children: Sequence[Child], entries: Sequence[Listed]) -> list[Pair]:
    """Return stage 1 and 2: pairs with one full valid number.

    A number that either side only has because it was derived (15 digits, G-number, certificate) is
    ``recovered``. A pair whose names neither agree nor sound alike is not automatic: a clerk may
    have typed the number of a brother or sister.
    """
    by_id = _groups(entries, lambda row: row.id_index)
    pairs = []
    for child in children:
        for entry in by_id.get(child.id_index, ()) if child.id_index else ():
            recovered = entry.recovered or child.recovered
            stage = LinkStage.RECOVERED if recovered else LinkStage.ID
            codes = ("id-equal", *differences(child, entry))
            automatic = "name-differs" not in codes
            pairs.append(Pair(child.pk, entry.pk, stage, automatic, None, ",".join(codes)))
    return pairs


def name_weight(count: int) -> float:
    """Return how much an agreeing name proves when ``count`` people in the lists bear it.

    Two strangers of one common name share a birth date about once in 4,000 pairs of school age,
    so the share of true pairs falls with the number of bearers; half is never undercut.
    """
    return max(0.5, 1 - count / 400)


def _contradicted(child: Child, entry: Listed) -> bool:
    """Say whether two full valid numbers that differ before the last three places forbid a pair."""
    if not (child.confirmed and child.id_index and entry.id_index):
        return False
    return child.first_15_index != entry.first_15_index


class _Way(NamedTuple):
    """One way to find candidates: its code, equal keys on both sides, and the base probability."""

    code: str
    child: Callable[[Child], Hashable]
    entry: Callable[[Listed], Hashable]
    probability: float


def _birth_unknown(row: Child | Listed) -> Hashable:
    return (row.name, row.township) if row.name and row.township else None


_WAYS = (
    _Way(
        "stated-equal",
        lambda c: not c.confirmed and c.stated_index and (c.name, c.stated_index),
        lambda e: not e.id_index and e.stated_index and (e.name, e.stated_index),
        0.99,
    ),
    _Way(
        "first-15-and-name",
        lambda c: c.first_15_index and (c.name, c.first_15_index),
        lambda e: e.first_15_index and (e.name, e.first_15_index),
        0.98,
    ),
    _Way(
        "name-and-birth",
        lambda c: c.birth_on and (c.name, c.birth_on),
        lambda e: e.birth_on and (e.name, e.birth_on),
        0.95,
    ),
    _Way(
        "homophone-and-birth",
        lambda c: c.birth_on and c.pinyin and (c.pinyin, c.birth_on),
        lambda e: e.birth_on and e.pinyin and (e.pinyin, e.birth_on),
        0.85,
    ),
    _Way(
        "name-and-township",
        lambda c: None if c.confirmed else _birth_unknown(c),
        _birth_unknown,
        0.6,
    ),
)


def candidate_pairs(
    children: Sequence[Child],
    entries: Sequence[Listed],
    *,
    name_counts: Mapping[str, int] | None = None,
) -> list[Pair]:
    """Return stage 3: pairs worth a person's look among rows that nothing has joined yet.

    Ways are tried in order of strength and a pair counts once, by its strongest way. The last way
    (same name, same township, birth unknown on a side) needs the name to be unique on both sides.
    Where sexes differ, or two full valid numbers contradict each other, there is no question.
    """
    counts = name_counts or Counter(row.name for rows in (children, entries) for row in rows)
    found: dict[tuple[int, int], Pair] = {}
    for way in _WAYS:
        by_key = _groups(entries, way.entry)
        only_unique = way.code == "name-and-township"
        sharing = Counter(key for child in children if (key := way.child(child)))
        for child in children:
            key = way.child(child)
            others = by_key.get(key, []) if key else []
            if len(others) > _CROWD or (only_unique and (len(others) > 1 or sharing[key] > 1)):
                continue
            for entry in others:
                if (child.pk, entry.pk) not in found and _plausible(child, entry, way.code):
                    found[child.pk, entry.pk] = _question(child, entry, way, counts)
    return sorted(found.values())


def _plausible(child: Child, entry: Listed, code: str) -> bool:
    if child.sex and entry.sex and child.sex != entry.sex:
        return False
    if code == "name-and-township" and child.birth_on and entry.birth_on:
        return False
    return not _contradicted(child, entry)


def _question(child: Child, entry: Listed, way: _Way, counts: Mapping[str, int]) -> Pair:
    probability = round(way.probability * name_weight(counts.get(child.name, 1)), 3)
    return Pair(child.pk, entry.pk, LinkStage.PROBABLE, False, probability, way.code)
