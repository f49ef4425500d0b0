"""Estimating a model from a county's own lists; nothing is fitted to what the model itself said.

m comes from pairs that one full valid number and agreeing names join: they are true without the
model. Birth dates and numbers of such pairs agree because the number made them, so both keep the
given model's m and u. u comes from pairs of a fixed sample, of whom next to none are true.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from students.linkage.comparisons import LEVELS, settings_of
from students.linkage.frames import children_frame, entries_frame
from students.linkage.model import Model, NameShares
from students.linkage.scoring import confined, linker_over
from students.rules.matching import Child, Listed

_FROM_NUMBERS = frozenset({"birth", "number"})  # a joined pair's own number made these agree
_SAMPLE = 1000  # rows of each side: a million pairs
_OWN, _OTHER = 100, 10_000  # how many pairs the given model is worth beside those counted
_BORNE_BY = 5  # a name that fewer bear stays out of the file: it would name somebody
_FLOOR, _CEILING = 1e-6, 0.9999


@dataclass(frozen=True, slots=True)
class Estimate:
    """A new model's content, ready for a file, and what it was counted on."""

    content: Mapping[str, Any]
    joined: int
    sampled: int


def estimated(
    children: Sequence[Child], entries: Sequence[Listed], *, given: Model, name: str
) -> Estimate:
    """Return a model of these lists; ``given`` stands where they say too little.

    Deterministic: the same rows in any order give the same model.
    """
    children = sorted(children, key=lambda row: row.pk)
    entries = sorted(entries, key=lambda row: row.pk)
    true, joined = _levels(children, entries, given, "l.valid = r.valid AND l.pinyin = r.pinyin")
    left, right = _every(children, _SAMPLE), _every(_peers(children, entries), _SAMPLE)
    false, sampled = _levels(left, right, given, "l.row IS NOT NULL AND r.row IS NOT NULL")
    comparisons: dict[str, dict[str, list[float]]] = {}
    for comparison, levels in LEVELS.items():
        m, u = true.get(comparison, Counter()), false.get(comparison, Counter())
        comparisons[comparison] = {
            level: [given.m(comparison, level), given.u(comparison, level)]
            if comparison in _FROM_NUMBERS
            else [
                _share(m[level], m.total(), given.m(comparison, level), _OWN),
                _share(u[level], u.total(), given.u(comparison, level), _OTHER),
            ]
            for level in levels
        }
    names = [row.name for row in children] + [row.name for row in entries]
    content = {
        "name": name,
        "origin": [
            f"m of name, sex, township, village and guardian: counted on {joined} pairs that one"
            " full valid number and a name that is equal or sounds alike join.",
            f"u of the same: counted on {sampled} pairs of a fixed sample of both lists.",
            f"birth and number: as in {given.name}; the number of such pairs made them agree.",
            f"prior: joined pairs, by how many numbers are missing. Names borne by {_BORNE_BY} or"
            " more are counted, others built from surname and characters.",
            f"Beside what was counted {given.name} weighs as {_OWN} true and {_OTHER} other pairs.",
        ],
        "prior": _prior(children, entries, joined, given),
        "names": _names(names, given.names),
        "comparisons": comparisons,
    }
    return Estimate(content, joined, sampled)


def _levels(
    children: Sequence[Child], entries: Sequence[Listed], given: Model, rule: str
) -> tuple[dict[str, Counter[str]], int]:
    """Count the levels of every pair that a rule joins, and the pairs."""
    if not children or not entries:
        return {}, 0
    counts: dict[str, Counter[str]] = {}
    with confined() as connection:
        linker = linker_over(
            connection,
            children_frame(children, {}),
            entries_frame(entries, {}),
            given,
            settings=settings_of(given) | {"blocking_rules_to_generate_predictions": [rule]},
        )
        found = linker.inference.predict().as_duckdbpyrelation()
        pairs = found.shape[0]
        for comparison, levels in LEVELS.items():
            column = f"gamma_{comparison}"
            rows = found.aggregate(f"{column}, count(*)", column).fetchall()
            names = tuple(reversed(levels))
            counts[comparison] = Counter(
                {names[place]: count for place, count in rows if place >= 0}
            )
    return counts, pairs


def _every(rows: Sequence[Any], count: int) -> list[Any]:
    step = max(1, len(rows) // count)
    return list(rows[::step])[:count]


def _peers(children: Sequence[Child], entries: Sequence[Listed]) -> list[Listed]:
    """Return the entries as old as the children: elders would make every difference look usual."""
    born = [row.birth_on for row in children if row.birth_on]
    if not born:
        return list(entries)
    return [row for row in entries if row.birth_on and min(born) <= row.birth_on <= max(born)]


def _share(count: int, total: int, given: float, worth: int) -> float:
    share = (count + worth * given) / (total + worth)
    return float(f"{min(max(share, _FLOOR), _CEILING):.4g}")


def _prior(
    children: Sequence[Child], entries: Sequence[Listed], joined: int, given: Model
) -> float:
    """Return how often two rows of the remainder are one person, as far as joined pairs tell."""
    known = sum(1 for row in children if row.confirmed)
    if not joined or not known:
        return given.prior
    missing = max(1, len(children) - known)
    share = joined * missing / known / (len(children) * len(entries))
    return float(f"{min(max(share, 1e-8), 0.01):.3g}")


def _names(names: Sequence[str], given: NameShares) -> dict[str, Any]:
    names = [name for name in names if name]
    total = len(names) or 1
    surnames = Counter(name[:1] for name in names)
    givens = [name[1:] for name in names if len(name) > 1]
    characters = Counter(character for one in givens for character in one)
    return {
        "surnames": _often(surnames.items(), total) or dict(given.surnames),
        "other_surname": given.other_surname,
        "one_character": _share(
            sum(1 for one in givens if len(one) == 1), len(givens), given.one_character, _OWN
        ),
        "given_characters": [
            [share, character] for character, share in _often(characters.items(), total).items()
        ],
        "other_character": given.other_character,
        "whole": _often(Counter(names).items(), total),
    }


def _often(counts: Iterable[tuple[str, int]], total: int) -> dict[str, float]:
    found = sorted((-count, key) for key, count in counts if count >= _BORNE_BY)
    return {key: float(f"{min(-count / total, _CEILING):.3g}") for count, key in found}
