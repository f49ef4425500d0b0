"""The partition of a county's school-age children: by township and place, against the run before.

Every child is one row of ``PlacedChild``; every figure here is a count of those rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from povedu.scope import Scope
from povedu.terms import Term
from schools.models import Division
from students.choices import DropoutState, Outcome, Place, ReconciliationState
from students.models import PlacedChild, Reconciliation
from students.rules.placing import LEDGERS, outcome_of, places_of
from students.rules.schooling import birth_range
from students.selectors.dropouts import cases
from students.selectors.held import held_places
from students.selectors.runs import places


def newest_run(county: str, term: str) -> Reconciliation | None:
    """Return a county's newest finished run of a term."""
    done = Reconciliation.objects.filter(county=county, term=term, state=ReconciliationState.DONE)
    return done.order_by("-pk").first()


def runs_of_newest_term(county: str) -> QuerySet[Reconciliation]:
    """Return the finished runs of the latest term that a county has any of, newest first."""
    done = Reconciliation.objects.filter(county=county, state=ReconciliationState.DONE)
    latest = done.order_by("-term").values("term")[:1]
    return done.filter(term=Subquery(latest)).order_by("-pk")


def is_newest(run: Reconciliation) -> bool:
    """Say whether no later run of the county covers the same or a later term."""
    later = Reconciliation.objects.filter(county=run.county_id, state=ReconciliationState.DONE)
    same = Q(term=run.term, pk__gt=run.pk)
    return not later.filter(same | Q(term__gt=run.term)).exists()


def partitioned(scope: Scope) -> QuerySet[Reconciliation]:
    """Return the finished runs of the county in scope, newest first; a school reads them too."""
    done = Reconciliation.objects.filter(
        county__code__startswith=scope.county_code, state=ReconciliationState.DONE
    )
    return done.select_related("county").order_by("-pk")


def latest_run(scope: Scope, term: Term) -> Reconciliation | None:
    """Return the newest finished run of a term in scope; a school reads its county's too."""
    return partitioned(scope).filter(term=term.code).first()


def run_before(scope: Scope, run: Reconciliation) -> Reconciliation | None:
    """Return the run before: of the same term, else the last one of an earlier term."""
    older = partitioned(scope).filter(county=run.county_id)
    same = older.filter(term=run.term, pk__lt=run.pk).order_by("-pk").first()
    return same or older.filter(term__lt=run.term).order_by("-term", "-pk").first()


def count_places(run: Reconciliation) -> dict[str, int]:
    """Count a run's children by place, every place named."""
    counted = held_places(run).order_by().values_list("place").annotate(n=Count("pk"))
    return dict.fromkeys(Place.values, 0) | dict(counted)


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, and how it differs from the run before; None where that run keeps no detail."""

    count: int
    change: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A township's children by place, or by outcome, and their sum."""

    code: str
    name: str
    cells: Sequence[Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class Partition:
    """The whole table: a line for each township, and the sums."""

    columns: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    total: Line
    before: Reconciliation | None
    detailed: bool  # whether the rows behind the figures are still kept


Counts = Mapping[tuple[str, str], int]


def partition(scope: Scope, run: Reconciliation, *, by_outcome: bool = False) -> Partition:
    """Return a run's children in scope by township and place, in a fixed number of queries."""
    before = run_before(scope, run)
    now = _counted(scope, run, by_outcome=by_outcome)
    then = _counted(scope, before, by_outcome=by_outcome) if before else None
    if not then:
        then = None
    kind: Any = Outcome if by_outcome else Place
    columns = [(str(value), str(label)) for value, label in kind.choices]
    codes = sorted({code for code, _key in (*now, *(then or {}))})
    names = dict(
        Division.objects.filter(pk__in=[_whole(code) for code in codes]).values_list("pk", "name")
    )
    lines = [_line(code, names.get(_whole(code), ""), columns, now, then) for code in codes]
    return Partition(
        columns=columns,
        lines=lines,
        total=_line("", "", columns, _summed(now), _summed(then) if then else None),
        before=before,
        detailed=bool(now),
    )


def _counted(scope: Scope, run: Reconciliation, *, by_outcome: bool) -> dict[tuple[str, str], int]:
    rows = (
        places(scope, run)
        .select_related(None)
        .order_by()
        .annotate(at=Substr("division_code", 1, 9))
        .values_list("at", "place", "returned")
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[str, str], int] = {}
    for code, place, returned, number in rows:
        key = str(outcome_of(place, returned=returned)) if by_outcome else place
        found[code, key] = found.get((code, key), 0) + number
    return found


def _summed(counts: Counts) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for (_code, key), number in counts.items():
        found["", key] = found.get(("", key), 0) + number
    return found


def _line(
    code: str,
    name: str,
    columns: Sequence[tuple[str, str]],
    now: Counts,
    then: Counts | None,
) -> Line:
    cells = []
    for key, _label in columns:
        count = now.get((code, key), 0)
        cells.append(Cell(count, None if then is None else count - then.get((code, key), 0)))
    total = sum(cell.count for cell in cells)
    change = None if then is None else sum(cell.change or 0 for cell in cells)
    return Line(code, name, cells, Cell(total, change))


def _whole(code: str) -> str:
    return code.ljust(12, "0")


def placed_children(scope: Scope, run: Reconciliation) -> QuerySet[PlacedChild]:
    """Return a run's children in scope with everything that their ledger shows."""
    return (
        places(scope, run)
        .select_related(
            *("student__school", "student__home_division", "entry__snapshot", "entry__division"),
            *("case__school", "reconciliation"),
        )
        .order_by("division_code", "pk")
    )


def all_placed(scope: Scope) -> QuerySet[PlacedChild]:
    """Return the children in scope of every run that still keeps them."""
    return PlacedChild.objects.filter(
        scope.q(division="division_code", school="student__school__code"),
        reconciliation__in=partitioned(scope).select_related(None).order_by(),
    )


def with_outcome(rows: QuerySet[PlacedChild], outcome: str) -> QuerySet[PlacedChild]:
    """Keep the children of a visit outcome."""
    kept = rows.filter(place__in=[str(place) for place in places_of(outcome)])
    if outcome == Outcome.BROUGHT_BACK:
        return kept.filter(returned=True)
    return kept.exclude(returned=True) if outcome == Outcome.AT_SCHOOL else kept


@dataclass(frozen=True, slots=True)
class Ledger:
    """One of the three ledgers: what the partition has, what the cases say, and the difference."""

    place: str
    placed: int
    open: int
    closed_since: int = 0
    beyond: int = 0

    @property
    def agrees(self) -> bool:
        """Say whether cases and partition tell of the same children."""
        return self.placed == self.open - self.beyond + self.closed_since


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The three ledgers of a term: children of school age, suspected, dropped out."""

    run: Reconciliation | None
    children: int = 0
    lines: Sequence[Ledger] = field(default_factory=tuple)
    born: tuple[date, date] | None = None


def ledgers(scope: Scope, term: Term, ages: tuple[int, int]) -> Ledgers:
    """Count the three ledgers in scope, and say where cases and partition tell of others.

    ``beyond`` are open cases of children whom the run does not place, mostly beyond school age;
    ``closed_since`` are children whose case was closed after the run without being at school.
    """
    run = latest_run(scope, term)
    if run is None:
        return Ledgers(None)
    rows = places(scope, run).select_related(None).order_by()
    placed = dict(rows.values_list("place").annotate(n=Count("pk")))
    shut = dict(
        rows.filter(place__in=[*LEDGERS], case__state=DropoutState.CLOSED)
        .values_list("place")
        .annotate(n=Count("pk"))
    )
    held = held_places(run).filter(case=OuterRef("pk"))
    open_now = cases(scope).filter(state__in=[*LEDGERS]).select_related(None).order_by()
    counted = dict(open_now.values_list("state").annotate(n=Count("pk")))
    beyond = dict(open_now.filter(~Exists(held)).values_list("state").annotate(n=Count("pk")))
    return Ledgers(
        run,
        sum(placed.values()),
        [
            Ledger(
                str(place),
                placed.get(place, 0),
                counted.get(place, 0),
                shut.get(place, 0),
                beyond.get(place, 0),
            )
            for place in (Place.SUSPECTED, Place.DROPPED_OUT)
        ],
        birth_range(term, ages),
    )
