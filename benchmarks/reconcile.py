"""How fast and how exact a reconciliation is, beside the floor and two other ways.

    python -m benchmarks.reconcile [--children 50000] [--persons 80000] [--decisions 20000]
    python -m benchmarks.reconcile --accuracy-only
    python -m benchmarks.reconcile --postgres URL

Makes a database of its own on that server ("" is SQLite) and drops it; without ``--postgres`` it
uses the one of ``POVEDU_DATABASE_URL``, and what is measured stays in it. The
county is generated (``benchmarks/people.py`` states every fault and its rate). Printed are:

(s) the stages of a run: reading, rules, weighing (Splink with all that goes round it), writing,
    each with the clock, processor time (own, and of the database's process) and the memory at its
    peak so far; for the first run (every finding new), a later one with its earlier decisions, one
    where a hundredth of the children are other than they were, and one where nothing has changed;
(f) the floor: one hash join on the number in the database, rows fetched, and Splink's bare predict
    over the whole lists with the same model, columns ready in memory; each the best of three;
(p) the plain way: pandas merge on the number plus rapidfuzz over names;
(a) accuracy on the same county: recall and precision per fault, Splink's defaults and the number
    alone beside it.

A whole city is measured by ``benchmarks/city.py``.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.db import connection

from benchmarks.intake import ROOT, fresh
from benchmarks.parts import database_seconds, own_seconds, peak

TERM = "2016-1"


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of the clock, and of the processors: this process's and its database connection's."""

    clock: float = 0
    busy: float = 0

    def __add__(self, other: "Took") -> "Took":
        return Took(self.clock + other.clock, self.busy + other.busy)


@contextmanager
def stage(label: str, into: dict[str, Took] | None = None) -> Iterator[None]:
    """Time a stage and print it."""
    clock, own, database = time.perf_counter(), own_seconds(), database_seconds()
    yield
    clock, own = time.perf_counter() - clock, own_seconds() - own
    database = database_seconds() - database
    if into is not None:
        into[label] = Took(clock, own + database)
    say(
        f"  {label:<44}{clock:8.2f} s   cpu {own:6.2f} s + database {database:6.2f} s"
        f"   peak {peak():6.0f} MB"
    )


def one_run(county: Any, *, again: bool) -> tuple[Any, Took]:
    """Run in stages, the collector paused as a job has it; return the run and what it took."""
    from povedu.bulk import uncollected

    with uncollected():
        return _staged_run(county, again=again)


def _staged_run(county: Any, *, again: bool) -> tuple[Any, Took]:
    from django.db import transaction

    from benchmarks.county_rows import NOW
    from povedu.accounts.selectors import operator
    from povedu.terms import Term
    from students.services import reconcile as service

    spent: dict[str, Took] = {}
    weigh = service.score

    def weighed(*rows: Any, **more: Any) -> Any:
        with stage(f"weighing {len(rows[0]):,} x {len(rows[1]):,} of the rest"):
            return weigh(*rows, **more)

    service.score = weighed  # type: ignore[assignment]  # timed, otherwise the same
    try:
        with stage("reading, and the digest of it", spent):
            seen = service.read(county=county, term=Term.parse(TERM))
        if seen.same_as is not None and not again:
            with stage("noting that it still holds", spent):
                run = service.confirm(run=seen.same_as, actor=operator(), now=NOW)
        else:
            with stage("rules and weighing", spent):
                prepared = service.prepare(seen=seen)
            with stage("writing", spent), transaction.atomic():
                run = service.store(prepared=prepared, actor=operator(), now=NOW)
    finally:
        service.score = weigh
    return run, sum(spent.values(), Took())


def floor(county: Any) -> Took:
    """Return what one hash join and Splink's bare predict take."""
    from povedu.terms import Term
    from students.linkage.frames import children_frame, entries_frame
    from students.linkage.model import known_model
    from students.linkage.scoring import SEEN_FROM, confined, linker_over
    from students.selectors import reconciling as reading

    def join() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.id, e.id FROM students_student s JOIN students_registerentry e"
                " ON s.id_index = e.id_index WHERE s.id_index <> '' AND s.county_id = %s",
                [county.pk],
            )
            return len(cursor.fetchall())

    joined, joining = best_of_three("hash join on the number, in the database", lambda: join)
    term = Term.parse(TERM)
    inputs = reading.inputs_of(county, term, reading.default_snapshots(county, term))
    listed = [one for register in inputs.registers for one in register.listed]
    left, right = children_frame(inputs.children, {}), entries_frame(listed, {})
    with ExitStack() as open_ones:

        def ready() -> Callable[[], Any]:
            database = open_ones.enter_context(confined())  # anew: Splink keeps what it has made
            linker = linker_over(database, left, right, known_model())
            return lambda: linker.inference.predict(threshold_match_probability=SEEN_FROM)

        found, predicting = best_of_three("Splink's bare predict over the whole lists", ready)
        pairs = found.as_duckdbpyrelation().shape[0]
    say(f"  (joined {joined:,} pairs by number; predict returned {pairs:,})")
    return joining + predicting


def best_of_three(label: str, ready: Callable[[], Callable[[], Any]]) -> tuple[Any, Took]:
    """Do a piece of the floor three times; return its result and the least it took.

    ``ready`` prepares a time, which does not count, and returns what does.
    """
    clocks, busy = [], []
    for again in range(3):
        work, spent = ready(), dict[str, Took]()
        with stage(f"{label} ({again + 1})", spent):
            result = work()
        for took in spent.values():
            clocks.append(took.clock)
            busy.append(took.busy)
    return result, Took(min(clocks), min(busy))


def measure_county(children: int, persons: int, decisions: int, *, plain: bool) -> None:
    """Load a county and print everything about it."""
    from benchmarks.county import county as generated
    from benchmarks.county_rows import change_children, write_county, write_decisions
    from benchmarks.plain import pandas_and_rapidfuzz

    say(f"County: {children:,} enrolments, {persons:,} register persons, {connection.vendor}")
    with stage("(generating and loading it)"):
        made = generated(children, persons)
        county = write_county(made)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    say("First run: every finding is new")
    run, first = one_run(county, again=True)
    known = write_decisions(run, decisions)
    say(f"A later run with {known:,} earlier decisions")
    run, later = one_run(county, again=True)
    changed = change_children(county, 100)
    say(f"A later run, {changed:,} children changed")
    run, fresh = one_run(county, again=True)
    say("Once more, nothing changed")
    _run, none = one_run(county, again=False)
    say("Floor")
    bare = floor(county)
    named = {"first": first, "later": later, "children changed": fresh, "nothing changed": none}
    for label, took in named.items():
        say(
            f"{label + ' run end to end':<46}{took.clock:8.2f} s = {took.clock / bare.clock:4.1f} x"
            f" the floor   cpu {took.busy:6.2f} s = {took.busy / bare.busy:4.1f} x"
        )
    if plain:
        say("The plain way")
        with stage("pandas merge and rapidfuzz over names"):
            pandas_and_rapidfuzz(made)


def measure_accuracy(children: int, persons: int) -> None:
    """Print recall and precision per fault, ours beside three other ways."""
    from benchmarks.accuracy import id_only, ours, table
    from benchmarks.county import county as generated
    from benchmarks.plain import pandas_and_rapidfuzz, splink_defaults

    made = generated(children, persons)
    ways: dict[str, Callable[[Any], Any]] = {
        "this product": ours,
        "number only": id_only,
        "Splink's defaults": splink_defaults,
        "pandas + rapidfuzz": pandas_and_rapidfuzz,
    }
    tallies = {name: way(made) for name, way in ways.items()}
    for line in table(tallies):
        say(line)
    for name, one in tallies.items():
        say(
            f"{name:<20} found {one.found_share:8.4%}   wrong joins"
            f" {one.wrong_automatic.total():>6}   wrong in the queue {one.wrong_in_queue:7.3%}"
            f" of {one.asked.total() + one.wrong_asked.total():,}"
        )


def _in_a_fresh_database(url: str) -> int:
    """Measure the same in a process of its own; return its exit status."""
    at = sys.argv.index("--postgres")
    rest = sys.argv[1:at] + sys.argv[at + 2 :]
    command = [sys.executable, "-m", "benchmarks.reconcile", *rest]
    with tempfile.TemporaryDirectory() as folder, fresh(url, Path(folder)) as environment:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603  # our own module


def main() -> None:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--children", type=int, default=50_000)
    parser.add_argument("--persons", type=int, default=80_000)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--postgres", metavar="URL", help="measure in a database of its own")
    parser.add_argument("--accuracy-only", action="store_true")
    parser.add_argument("--no-accuracy", action="store_true")
    parser.add_argument("--no-plain", action="store_true")
    chosen = parser.parse_args()
    if chosen.postgres is not None:
        sys.exit(_in_a_fresh_database(chosen.postgres))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    if not chosen.accuracy_only:
        measure_county(chosen.children, chosen.persons, chosen.decisions, plain=not chosen.no_plain)
    if not chosen.no_accuracy:
        measure_accuracy(chosen.children, chosen.persons)


if __name__ == "__main__":
    main()
