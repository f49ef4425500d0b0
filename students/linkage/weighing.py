"""Weighing only what is new: a pair's weight follows from its two rows and the model alone."""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from students.rules.matching import Child, Listed, Scored, Scorer

_ANEW_FROM = 0.2  # of the rows changed: asking for them apart no longer saves anything

Marks = Mapping[int, int]  # a row's key -> 64 bits of the digest of all that it says


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a comparison weighed: the marks of the rows of both sides, and the pairs it saw."""

    children: Marks = field(default_factory=dict)
    entries: Marks = field(default_factory=dict)
    pairs: Sequence[Scored] = ()


def weigh_anew(
    children: Sequence[Child], entries: Sequence[Listed], known: Weighed, weigh: Scorer
) -> Weighed:
    """Return what ``weigh`` says of all pairs, asking it about rows that ``known`` lacks only.

    Pairs of which both rows are as they were stay as they were; a few rows that are other than
    they were, or new, are weighed against all of the other side.
    """
    left, right = marks_of(children), marks_of(entries)
    new_children = [one for one in children if known.children.get(one.pk) != left[one.pk]]
    new_entries = [one for one in entries if known.entries.get(one.pk) != right[one.pk]]
    if not new_children and not new_entries and (left, right) == (known.children, known.entries):
        return known
    if len(new_children) + len(new_entries) > _ANEW_FROM * (len(left) + len(right)):
        return Weighed(left, right, weigh(children, entries))
    fresh, others = {one.pk for one in new_children}, {one.pk for one in new_entries}
    staying = left.keys() - fresh, right.keys() - others
    pairs = [one for one in known.pairs if one.child in staying[0] and one.entry in staying[1]]
    if new_children:
        pairs += weigh(new_children, entries)
    if new_entries:
        pairs += weigh([one for one in children if one.pk not in fresh], new_entries)
    return Weighed(left, right, sorted(pairs))


def marks_of(rows: Sequence[Child] | Sequence[Listed]) -> dict[int, int]:
    """Return the mark of each row, by its key."""
    if not rows:
        return {}
    columns = [_words(column) for column in zip(*rows, strict=True)]
    said = map("\0".join, zip(*columns[1:], strict=True))
    digests = b"".join(
        [blake2b(one.encode(errors="surrogatepass"), digest_size=8).digest() for one in said]
    )
    return dict(zip([row.pk for row in rows], array("Q", digests), strict=True))


def _words(column: Sequence[Any]) -> Sequence[str]:
    """Return a column's values as text, which most are; the others repeat."""
    if {*map(type, column)} == {str}:
        return column
    known = {value: _word(value) for value in {*column}}
    return [known[value] for value in column]


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return "\1".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def packed(weighed: Weighed) -> dict[str, bytes]:
    """Return what was weighed as bytes, by field: keys, levels and bits, nothing of a person."""
    places = {said: at for at, said in enumerate({w: 0 for one in weighed.pairs for w in one[3]})}
    pairs = [[*one[:3], [places[said] for said in one.weights]] for one in weighed.pairs]
    return {
        "children": _marks_packed(weighed.children),
        "entries": _marks_packed(weighed.entries),
        "pairs": json.dumps([[*places], pairs], separators=(",", ":")).encode(),
    }


def unpacked(children: bytes, entries: bytes, pairs: bytes) -> Weighed:
    """Return what ``packed`` was given."""
    said, rows = json.loads(pairs)
    known = [(name, level, bits) for name, level, bits in said]
    return Weighed(
        _marks_unpacked(children),
        _marks_unpacked(entries),
        [
            Scored(child, entry, probability, tuple([known[at] for at in places]))
            for child, entry, probability, places in rows
        ],
    )


def _marks_packed(marks: Marks) -> bytes:
    return array("q", marks).tobytes() + array("Q", marks.values()).tobytes()


def _marks_unpacked(packed: bytes) -> Marks:
    half = len(packed) // 2
    return dict(zip(array("q", packed[:half]), array("Q", packed[half:]), strict=True))
