"""How aid is counted: persons, person-times, money; one place for lists, accounts and summary.

1. A person-time (人次) is one person × one term × one programme of which something settled; parts
   of a programme and months of a term never count apart. 2. Two programmes are two. 3. Every gift
   counts as one. 4. Persons (人) are distinct. 5. Money is split by source and never doubled: the
   parts of the sources sum to the whole. Planned places (quota), schools and projects are counted
   elsewhere and never mixed in.

Source: the county annual summaries that ``cases/an-2016`` of the tests is one of, where these are
the only readings under which every published line adds up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Settled(NamedTuple):
    """Money that arrived: whose, of what, by which sources; ``gift_id`` 0 where it is no gift."""

    student_id: int
    programme: str
    term: str
    sources: tuple[tuple[str, int], ...]
    gift_id: int = 0

    @property
    def amount_fen(self) -> int:
        """Return the whole in fen."""
        return sum(amount for _source, amount in self.sources)


class Counts(NamedTuple):
    """What was counted; money in fen."""

    persons: int
    person_times: int
    amount_fen: int
    by_source: Mapping[str, int]


def person_time(one: Settled) -> tuple[object, ...]:
    """Return what is the same for all that counts as one person-time."""
    if one.gift_id:
        return ("gift", one.gift_id)
    return (one.student_id, one.programme, one.term)


def count(settled: Iterable[Settled]) -> Counts:
    """Count money that arrived, by the rules above."""
    persons: set[int] = set()
    times: set[tuple[object, ...]] = set()
    sources: Counter[str] = Counter()
    for one in settled:
        persons.add(one.student_id)
        times.add(person_time(one))
        sources.update(dict(one.sources))
    return Counts(len(persons), len(times), sum(sources.values()), dict(sorted(sources.items())))
