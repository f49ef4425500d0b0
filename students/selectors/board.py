"""Who has how many findings to settle: the queue counted by township or school, and by kind.

Every open finding of the queue is in one line and one column, and either asked of no school, or
waiting for a school's answer, or answered.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import BooleanField, Case, Count, FilteredRelation, Q, Value, When
from django.db.models.functions import Coalesce, Substr

from povedu.scope import Scope
from schools.models import Division, School
from students.choices import ASSIGNMENT_LIVE, ASSIGNMENT_WAITS, FindingKind
from students.selectors.children import open_findings

NOWHERE = "000"  # the township's digits of what lies in the county as a whole


class Part(NamedTuple):
    """Open findings of one township, school and kind that stand alike."""

    township: str
    school: str
    kind: str
    asked: str  # the live assignment's state, "" where no school was asked
    is_overdue: bool
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """The open findings of a township, of a school, or of all: by kind and by how far they are.

    ``key`` is the township's or school's code, "" for what lies in none. ``overdue`` is part of
    ``waiting``; ``unasked``, ``waiting`` and ``answered`` add up to ``total``, like ``kinds``.
    """

    key: str
    name: str
    kinds: Counter[str] = field(default_factory=Counter)
    unasked: int = 0
    waiting: int = 0
    overdue: int = 0
    answered: int = 0
    can_open: bool = True  # whether the queue offers the place as a filter

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.kinds.total()


@dataclass(frozen=True, slots=True)
class Board:
    """The lines, their sum, and the kinds that occur, in the order of the queue."""

    kinds: Sequence[FindingKind]
    lines: Sequence[Line]
    whole: Line
    by_school: bool


def board(
    scope: Scope, today: date, township: Division | None = None, *, by_school: bool = False
) -> Board:
    """Count the open findings in scope by township, or by school; three queries.

    ``township`` keeps those of one township. What is due before ``today`` is overdue.
    """
    found = parts(scope, today, township)
    keyed: dict[str, list[Part]] = {}
    for one in found:
        key = one.school if by_school else one.township
        keyed.setdefault("" if key.endswith(NOWHERE) and not by_school else key, []).append(one)
    names, known = _schools(scope, keyed) if by_school else _townships(keyed)
    lines = [
        _line(key, names.get(key, key), keyed[key], can_open=not key or key in known)
        for key in sorted(keyed, key=lambda key: (not key, key))
    ]
    met = {one.kind for one in found}
    return Board(
        [kind for kind in FindingKind if kind in met], lines, _line("", "", found), by_school
    )


def parts(scope: Scope, today: date, township: Division | None = None) -> list[Part]:
    """Count the open findings in scope as they stand, in one query."""
    rows = open_findings(scope)
    if township is not None:
        rows = rows.filter(division_code__startswith=township.prefix)
    late = When(live__state__in=ASSIGNMENT_WAITS, live__due_on__lt=today, then=Value(True))
    counted = (
        rows.select_related(None)
        .order_by()
        .annotate(
            live=FilteredRelation(
                "assignments", condition=Q(assignments__state__in=ASSIGNMENT_LIVE)
            ),
            at=Substr("division_code", 1, 9),
            asked=Coalesce("live__state", Value("")),
            late=Case(late, default=Value(False), output_field=BooleanField()),
        )
        .values_list("at", "school_code", "kind", "asked", "late")
        .annotate(n=Count("pk"))
    )
    return [Part(*one) for one in counted]


def _line(key: str, name: str, parts: Iterable[Part], *, can_open: bool = True) -> Line:
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    overdue = 0
    for one in parts:
        kinds[one.kind] += one.number
        states[one.asked] += one.number
        overdue += one.number if one.is_overdue else 0
    waiting = sum(states[state] for state in ASSIGNMENT_WAITS)
    unasked = states[""]
    answered = states.total() - waiting - unasked
    return Line(key, name, kinds, unasked, waiting, overdue, answered, can_open)


def _townships(keys: Iterable[str]) -> tuple[dict[str, str], set[str]]:
    codes = [key.ljust(12, "0") for key in keys if key]
    found = dict(Division.objects.filter(pk__in=codes).values_list("pk", "name"))
    names = {code[:9]: name for code, name in found.items()}
    return names, set(names)


def _schools(scope: Scope, keys: Iterable[str]) -> tuple[dict[str, str], set[str]]:
    rows = School.objects.filter(code__in=[key for key in keys if key])
    own = rows.filter(scope.q(division="division_id", school="code"))
    return dict(rows.values_list("code", "name")), set(own.values_list("code", flat=True))
