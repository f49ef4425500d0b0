"""Who on a roster is whom on a register: pure functions over columns of values.

The guarantee: two rows are joined without a person only where one full, valid identity number
stands for both and the names agree or sound alike. Everything else is a question, weighed by
``students.linkage``. See docs/algorithms/matching.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from students.choices import LinkStage

SAME_NUMBER = "id-equal"  # a pair's whole reason where nothing else differs
ASKED_FROM = 0.5  # below an even chance a question would waste a person's time
_CLEARLY = 3.0  # bits by which a better candidate on either side makes another no question


class Child(NamedTuple):
    """A student as matching sees one; indexes are blind, "" where unknown.

    ``village`` is a whole division code, ``township`` its first nine characters, or the school's
    where the home is unknown.
    """

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
    village: str = ""
    guardian: str = ""


class Listed(NamedTuple):
    """A register's row as matching sees one; ``family`` names the others of its household."""

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
    village: str = ""
    head: str = ""
    family: tuple[str, ...] = ()


class Pair(NamedTuple):
    """Two rows that are, or may be, one person; ``reason`` holds stable codes with commas.

    ``weights`` says of a probable pair which evidence weighed how much: (comparison, level, bits).
    """

    child: int
    entry: int
    stage: LinkStage
    automatic: bool
    probability: float | None
    reason: str
    weights: tuple[tuple[str, str, float], ...] = ()


class Scored(NamedTuple):
    """A candidate pair as the model sees it: what each comparison found, and its weight in bits.

    ``weights`` begins with the prior and sums to the odds' logarithm; probability is rounded, so
    that it is the same on every machine.
    """

    child: int
    entry: int
    probability: float
    weights: tuple[tuple[str, str, float], ...]

    @property
    def bits(self) -> float:
        """Return the logarithm of the odds to base 2."""
        return sum(weight for _comparison, _level, weight in self.weights)

    def level(self, comparison: str) -> str:
        """Return what a comparison found, "" where a side does not say."""
        return next((level for name, level, _bits in self.weights if name == comparison), "")


Scorer = Callable[[Sequence[Child], Sequence[Listed]], Sequence[Scored]]


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


def identity_pairs(children: Sequence[Child], entries: Sequence[Listed]) -> list[Pair]:
    """Return stage 1 and 2: pairs with one full valid number.

    A number that either side only has because it was derived (15 digits, G-number, certificate) is
    ``recovered``. A pair whose names neither agree nor sound alike is not automatic: a clerk may
    have typed the number of a brother or sister.
    """
    by_id: dict[str, list[Listed]] = defaultdict(list)
    for entry in entries:
        if entry.id_index:
            by_id[entry.id_index].append(entry)
    pairs = []
    stages = {False: LinkStage.ID, True: LinkStage.RECOVERED}
    for child in children:
        if child.id_index not in by_id:
            continue
        for entry in by_id[child.id_index]:
            stage = stages[entry.recovered or child.recovered]
            if child[1] == entry[1] and child[3:5] == entry[3:5]:  # name, sex and birth date
                pairs.append(Pair(child[0], entry[0], stage, True, None, SAME_NUMBER))
                continue
            codes = differences(child, entry)
            automatic = "name-differs" not in codes
            reason = ",".join((SAME_NUMBER, *codes))
            pairs.append(Pair(child.pk, entry.pk, stage, automatic, None, reason))
    return pairs


def shortlist(
    children: Sequence[Child], entries: Sequence[Listed]
) -> tuple[list[Child], list[Listed]]:
    """Return the rows that may be part of a probable pair at all, by key.

    Two full valid numbers are two people, unless names and first fifteen digits agree; so a row
    that has one only pairs with a row that has none, or under that agreement. No pair that
    ``students.linkage`` would look at is lost, and most rows need not go there.
    """
    agreeing = _named_numbers(children) & _named_numbers(entries)
    near = _sharing([one for one in entries if not one.id_index])
    left = [
        one
        for one in children
        if not one.confirmed or near(one) or (one.name, one.first_15_index) in agreeing
    ]
    near = _sharing([one for one in children if not one.confirmed])
    right = [
        one
        for one in entries
        if not one.id_index or near(one) or (one.name, one.first_15_index) in agreeing
    ]
    return sorted(left, key=_pk), sorted(right, key=_pk)


def _named_numbers(rows: Iterable[Child | Listed]) -> set[tuple[str, str]]:
    return {(one.name, one.first_15_index) for one in rows if one.first_15_index}


def _sharing(rows: Sequence[Child] | Sequence[Listed]) -> Callable[[Child | Listed], bool]:
    """Return what says whether a row has one of the values that every pair looked at shares."""
    births = {one.birth_on for one in rows} - {None}
    names = {one.name for one in rows} - {""}
    sounds = {one.pinyin for one in rows} - {""}
    first_15 = {one.first_15_index for one in rows} - {""}
    stated = {one.stated_index for one in rows} - {""}

    def shares(row: Child | Listed) -> bool:
        return (
            row.birth_on in births
            or row.name in names
            or row.pinyin in sounds
            or row.first_15_index in first_15
            or row.stated_index in stated
        )

    return shares


def _pk(row: Child | Listed) -> int:
    return row.pk


def reason_of(scored: Scored) -> str:
    """Return the codes of why a pair is asked about: what agrees first, then what does not."""
    levels = {name: level for name, level, _bits in reversed(scored.weights)}
    name, birth, number = (levels.get(one, "") for one in ("name", "birth", "number"))
    codes = []
    if number in {"equal", "first-15"} and name == "equal":
        codes.append("stated-equal" if number == "equal" else "first-15-and-name")
    elif number and number != "differs":
        codes.append(f"number-{number}")
    if name == "equal" and birth == "equal":
        codes += [] if codes and not codes[0].startswith("number") else ["name-and-birth"]
    elif name == "homophone" and birth == "equal":
        codes.append("homophone-and-birth")
    elif name == "equal" and not birth and levels.get("township") == "equal":
        codes.append("name-and-township")
    else:
        codes += [f"name-{name}"] if name else []
        codes += [f"birth-{birth}"] if birth else []
    return ",".join(codes)


def questions(scored: Iterable[Scored]) -> list[Pair]:
    """Return the pairs worth a person's look as questions, in order."""
    return sorted(map(question, worth_asking(scored)))


def worth_asking(scored: Iterable[Scored]) -> list[Scored]:
    """Return the pairs worth a person's look, of pairs between children and one register.

    1. At least an even chance. 2. Names that differ altogether only where the number all but
    agrees: brothers and sisters share everything else. 3. Where either side has a candidate that is
    clearly better (eight times the odds), only that one.
    """
    likely = [
        (one, one.bits) for one in scored if one.probability >= ASKED_FROM and not _is_relative(one)
    ]
    of_child: dict[int, float] = {}
    of_entry: dict[int, float] = {}
    for one, bits in likely:
        of_child[one.child] = max(of_child.get(one.child, bits), bits)
        of_entry[one.entry] = max(of_entry.get(one.entry, bits), bits)
    return [
        one
        for one, bits in likely
        if bits + _CLEARLY >= max(of_child[one.child], of_entry[one.entry])
    ]


def question(one: Scored) -> Pair:
    """Return a candidate as a pair that only a person can join."""
    ids = (one.child, one.entry)
    return Pair(*ids, LinkStage.PROBABLE, False, one.probability, reason_of(one), one.weights)


def _is_relative(one: Scored) -> bool:
    """Say whether a pair looks like another child of the same family."""
    close = {"equal", "one-digit", "transposed"}
    return one.level("name") == "differs" and one.level("number") not in close
