"""Figures of reports: what a line says, and the rows behind it that say the same.

A figure has a path: ``persons``, ``person_times``, ``amount``, ``rows``, ``by_source.county``,
``measures.schools``. A ``RowList`` names, for every figure of its line, the column that sums to it
or the columns whose distinct combinations it counts, so that any list can be checked against its
line by ``resum``, in tests and on screen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from povedu.money import ZERO
from povedu.scope import Scope
from povedu.sheets import Column

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a summary; ``kind`` says how its sentence is worded.

    ``persons`` are distinct people (人), ``person_times`` settled person × programme × term (人次);
    None where the line does not count people. ``amount`` is yuan. Measures are counts, sums, or a
    mapping of name to count.
    """

    id: str
    title: str
    section: str
    kind: str
    persons: int | None = None
    person_times: int | None = None
    amount: Decimal | None = None
    by_source: Mapping[str, Decimal] = field(default_factory=dict)
    quota: int | None = None
    measures: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0

    def figures(self) -> dict[str, Any]:
        """Return the figures as plain JSON: money as numbers of yuan."""
        return {
            "persons": self.persons,
            "person_times": self.person_times,
            "amount": plain(self.amount),
            "by_source": {source: plain(amount) for source, amount in self.by_source.items()},
            "quota": self.quota,
            "measures": {name: plain(value) for name, value in self.measures.items()},
            "rows": self.rows,
        }


@dataclass(frozen=True, slots=True)
class Distinct:
    """A figure that counts distinct combinations of columns, among rows where a column is so.

    Rows where one of the columns is empty do not count.
    """

    keys: Sequence[str]
    where: tuple[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RowList:
    """The rows behind a line, in a fixed order, and how its figures come from them.

    ``rows`` yields one tuple per row in the order of ``columns``. ``personal`` lists name people
    and are for those who may see them. ``links`` maps a column's key to the URL name of what it
    shows and the key of the column that holds its identity.
    """

    columns: Sequence[Column]
    rows: "QuerySet[Any, tuple[Any, ...]]"
    sums: Mapping[str, str] = field(default_factory=dict)
    distinct: Mapping[str, Distinct] = field(default_factory=dict)
    personal: bool = False
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


class LineSource(Protocol):
    """What an app offers to the annual summary."""

    key: str

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return the lines that have figures in a calendar year."""
        ...

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the rows behind a line, by school unless ``personal``; None for no such line."""
        ...


def plain(value: Any) -> Any:
    """Return a figure as JSON holds it: whole numbers as int, money with its cents as float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def resum(found: RowList, rows: Iterable[Sequence[Any]] | None = None) -> dict[str, Any]:
    """Return figure path → value, worked out again from the rows alone."""
    at = {column.key: place for place, column in enumerate(found.columns)}
    sums: dict[str, Any] = dict.fromkeys(found.sums, ZERO)
    seen: dict[str, set[tuple[Any, ...]]] = {path: set() for path in found.distinct}
    count = 0
    for row in found.rows.iterator() if rows is None else rows:
        count += 1
        for path, key in found.sums.items():
            sums[path] += row[at[key]] or 0
        for path, wanted in found.distinct.items():
            if wanted.where is None or row[at[wanted.where[0]]] == wanted.where[1]:
                found_key = tuple(row[at[key]] for key in wanted.keys)
                if None not in found_key:
                    seen[path].add(found_key)
    return {
        "rows": count,
        **{path: plain(value) for path, value in sums.items()},
        **{path: len(values) for path, values in seen.items()},
    }


def flat(figures: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return figures by path, nested mappings unfolded."""
    out: dict[str, Any] = {}
    for name, value in figures.items():
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            out |= flat(value, f"{path}.")
        else:
            out[path] = value
    return out
