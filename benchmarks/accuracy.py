"""What linkage finds and what it takes for something else, on a county whose truth is known.

Counted per true pair (a child of the roster and a row of a register that are one person): found
automatically, found in the queue, missed; and per pair found: whether it is true.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.county import as_inputs
from benchmarks.people import County, Known
from students.linkage.model import Model, known_model
from students.linkage.scoring import score
from students.rules.matching import Child, Listed
from students.rules.reconciling import reconcile

NO_FAULT = "none"


@dataclass(slots=True)
class Tally:
    """True pairs by what became of them, and pairs found that are none, by kind of fault."""

    automatic: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong_automatic: Counter[str] = field(default_factory=Counter)
    wrong_asked: Counter[str] = field(default_factory=Counter)

    @property
    def found_share(self) -> float:
        """Return the share of true pairs found automatically or asked about."""
        found = self.automatic.total() + self.asked.total()
        return found / max(1, found + self.missed.total())

    @property
    def wrong_in_queue(self) -> float:
        """Return the share of asked pairs that are none."""
        return self.wrong_asked.total() / max(1, self.wrong_asked.total() + self.asked.total())

    def line(self, fault: str) -> tuple[str, int, float, float, int]:
        """Return fault, true pairs, recall, precision, and pairs that are none."""
        found = self.automatic[fault] + self.asked[fault]
        wrong = self.wrong_automatic[fault] + self.wrong_asked[fault]
        true = found + self.missed[fault]
        return fault, true, found / max(1, true), found / max(1, found + wrong), wrong


def fault_of(child: Known, entry: Known | None = None) -> str:
    """Return the kind under which a pair is counted: the child's, a twin's, the register's."""
    own = child.fault or (entry.fault if entry is not None else "")
    if child.person.twin and (not child.valid() or own):
        return "twin, number not usable" if not child.valid() else "twin"
    return own or ("twin" if child.person.twin else NO_FAULT)


def truth_of(children: dict[int, Known], entries: dict[int, Known]) -> dict[tuple[int, int], str]:
    """Return every true pair with the kind it is counted under."""
    of_person = defaultdict(list)
    for pk, row in entries.items():
        of_person[row.person.pk].append(pk)
    return {
        (pk, entry): fault_of(row, entries[entry])
        for pk, row in children.items()
        for entry in of_person.get(row.person.pk, ())
    }


def tally(
    children: dict[int, Known],
    entries: dict[int, Known],
    automatic: Iterable[tuple[int, int]],
    asked: Iterable[tuple[int, int]],
) -> Tally:
    """Hold found pairs against the truth."""
    truth, counts = truth_of(children, entries), Tally()
    sure, open_ones = set(automatic), set(asked)
    for pair, fault in truth.items():
        into = counts.missed
        if pair in sure:
            into = counts.automatic
        elif pair in open_ones:
            into = counts.asked
        into[fault] += 1
    for found, into in ((sure, counts.wrong_automatic), (open_ones, counts.wrong_asked)):
        for child, entry in found - set(truth):
            stranger = entries[entry].person.stranger
            into["same-name stranger" if stranger else fault_of(children[child])] += 1
    return counts


def digits_of(
    children: dict[int, Known], entries: dict[int, Known]
) -> Callable[[Sequence[Child], Sequence[Listed]], tuple[dict[int, str], dict[int, str]]]:
    """Return how linkage gets at the stated numbers of a generated county."""

    def digits(
        left: Sequence[Child], right: Sequence[Listed]
    ) -> tuple[dict[int, str], dict[int, str]]:
        return (
            {one.pk: children[one.pk].number for one in left if children[one.pk].number},
            {one.pk: entries[one.pk].number for one in right if entries[one.pk].number},
        )

    return digits


def ours(made: County, model: Model | None = None) -> Tally:
    """Return how this product fares."""
    inputs, children, entries = as_inputs(made)
    scorer = partial(score, model=model or known_model(), digits=digits_of(children, entries))
    pairs = reconcile(inputs, scorer).pairs
    return tally(
        children,
        entries,
        ((one.child, one.entry) for one in pairs if one.automatic),
        ((one.child, one.entry) for one in pairs if not one.automatic),
    )


def id_only(made: County) -> Tally:
    """Return how a join on the full valid number fares, whatever the names say."""
    _inputs, children, entries = as_inputs(made)
    by_number = {row.valid(): pk for pk, row in children.items() if row.valid()}
    pairs = [
        (by_number[row.valid()], entry)
        for entry, row in entries.items()
        if row.valid() in by_number
    ]
    return tally(children, entries, pairs, ())


def table(tallies: dict[str, Tally]) -> list[str]:
    """Return a table: a line per fault, recall / precision per way."""
    faults: dict[str, Any] = {}
    for one in tallies.values():
        for counter in (one.automatic, one.asked, one.missed, one.wrong_automatic, one.wrong_asked):
            faults |= dict.fromkeys(counter)
    lines = [f"{'fault':<34}{'true pairs':>11}" + "".join(f"{way:>30}" for way in tallies)]
    lines.append(" " * 45 + f"{'recall / precision (wrong)':>30}" * len(tallies))
    for fault in sorted(faults, key=lambda name: (name != NO_FAULT, name)):
        cells, true = "", 0
        for one in tallies.values():
            _fault, true, recall, precision, wrong = one.line(fault)
            cells += f"{recall:>15.4f} /{precision:>7.4f} ({wrong:>4})"
        lines.append(f"{fault:<34}{true:>11}{cells}")
    return lines
