"""How fast and how exact a reconciliation is, beside the floor and two other ways.

    python -m benchmarks.reconcile [--children 50000] [--persons 80000] [--decisions 20000]
    python -m benchmarks.reconcile --accuracy-only
    python -m benchmarks.reconcile --city 14 --children 10000 --persons 16000 --workers 2

Uses the database of ``POVEDU_DATABASE_URL`` (make a fresh one: what is measured stays in it). The
county is generated (``benchmarks/people.py`` states every fault and its rate). Printed are:

(s) the stages of a run: reading, rules, weighing (Splink with all that goes round it), writing,
    each with wall and processor time and the process's memory at its peak so far; for the first run
    (every finding new), a later one with its earlier decisions, and one where nothing has changed;
(f) the floor: one hash join on the number in the database, rows fetched, and Splink's bare predict
    over the whole lists with the same model, columns ready in memory;
(p) the plain way: pandas merge on the number plus rapidfuzz over names;
(a) accuracy on the same county: recall and precision per fault, Splink's defaults and the number
    alone beside it.

A city is so many counties of that size, each a job, worked off by so many processes; three sizes
show whether time follows rows.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.db import connection

TERM = "2016-1"


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def stage(label: str, into: dict[str, float] | None = None) -> Iterator[None]:
    """Time a stage and print it."""
    began, busy = time.perf_counter(), _cpu()
    yield
    wall, busy = time.perf_counter() - began, _cpu() - busy
    if into is not None:
        into[label] = wall
    say(f"  {label:<44}{wall:8.2f} s   cpu {busy:7.2f} s   peak {_peak():6.0f} MB")


def one_run(county: Any, *, again: bool) -> tuple[Any, float]:
    """Run in stages as a job does; return the run and its seconds."""
    from django.db import transaction

    from benchmarks.county_rows import NOW
    from povedu.accounts.selectors import operator
    from povedu.terms import Term
    from students.services import reconcile as service

    spent: dict[str, float] = {}
    weigh, began = service.score, time.perf_counter()

    def weighed(*rows: Any, **more: Any) -> Any:
        with stage(f"weighing {len(rows[0]):,} x {len(rows[1]):,} of the rest", spent):
            return weigh(*rows, **more)

    service.score = weighed  # type: ignore[assignment]  # timed, otherwise the same
    try:
        with stage("reading, and the digest of it", spent):
            seen = service.read(county=county, term=Term.parse(TERM))
        if seen.same_as is not None and not again:
            run = service.confirm(run=seen.same_as, actor=operator(), now=NOW)
        else:
            with stage("rules and weighing", spent):
                prepared = service.prepare(seen=seen)
            with stage("writing", spent), transaction.atomic():
                run = service.store(prepared=prepared, actor=operator(), now=NOW)
    finally:
        service.score = weigh
    return run, time.perf_counter() - began


def floor(county: Any) -> float:
    """Return the seconds of one hash join and of Splink's bare predict."""
    from povedu.terms import Term
    from students.linkage.frames import children_frame, entries_frame
    from students.linkage.model import known_model
    from students.linkage.scoring import SEEN_FROM, confined, linker_over
    from students.selectors import reconciling as reading

    spent: dict[str, float] = {}
    with stage("hash join on the number, in the database", spent), connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, e.id FROM students_student s JOIN students_registerentry e"
            " ON s.id_index = e.id_index WHERE s.id_index <> '' AND s.county_id = %s",
            [county.pk],
        )
        joined = len(cursor.fetchall())
    term = Term.parse(TERM)
    inputs = reading.inputs_of(county, term, reading.default_snapshots(county, term))
    listed = [one for register in inputs.registers for one in register.listed]
    left, right = children_frame(inputs.children, {}), entries_frame(listed, {})
    with confined() as database:
        linker = linker_over(database, left, right, known_model())
        with stage("Splink's bare predict over the whole lists", spent):
            found = linker.inference.predict(threshold_match_probability=SEEN_FROM)
        pairs = found.as_duckdbpyrelation().shape[0]
    say(f"  (joined {joined:,} pairs by number; predict returned {pairs:,})")
    return sum(spent.values())


def measure_county(children: int, persons: int, decisions: int, *, plain: bool) -> None:
    """Load a county and print everything about it."""
    from benchmarks.county_rows import write_county, write_decisions
    from benchmarks.people import county as generated
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
    say("Once more, nothing changed")
    _run, none = one_run(county, again=False)
    say("Floor")
    bare = floor(county)
    for label, seconds in (("first", first), ("later", later), ("nothing changed", none)):
        say(f"{label + ' run end to end':<46}{seconds:8.2f} s = {seconds / bare:4.1f} x the floor")
    if plain:
        say("The plain way")
        with stage("pandas merge and rapidfuzz over names"):
            pandas_and_rapidfuzz(made)


def measure_accuracy(children: int, persons: int) -> None:
    """Print recall and precision per fault, ours beside three other ways."""
    from benchmarks.accuracy import id_only, ours, table
    from benchmarks.people import county as generated
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


def measure_city(counties: int, children: int, persons: int, workers: int) -> None:
    """Print the time of a city at a quarter, half and whole of its size."""
    from benchmarks.county_rows import NOW, write_county
    from benchmarks.people import county as generated
    from povedu.accounts.selectors import operator
    from povedu.terms import Term
    from students.services.nightly import start_runs

    code = 530700
    for part in (4, 2, 1):
        made = []
        for _ in range(counties):
            code += 1
            size = (children // part, persons // part)
            made.append(write_county(generated(*size, seed=code, code=str(code))))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        start_runs(counties=made, term=Term.parse(TERM), actor=operator(), now=NOW, wake=False)
        began = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.reconcile", "--work"]
        hands = [subprocess.Popen(command) for _ in range(workers)]  # noqa: S603  # our own module
        failed = [hand.wait() for hand in hands]
        seconds = time.perf_counter() - began
        rows = counties * (children + persons) // part
        say(
            f"{counties} counties x ({children // part:,} + {persons // part:,}) = {rows:>9,} rows,"
            f" {workers} processes: {seconds:7.1f} s {rows / seconds:8,.0f} rows/s"
            + (f"   FAILED {failed}" if any(failed) else "")
        )


def work() -> None:
    """Work off queued runs until none is left, as a worker does."""
    from povedu.jobs.choices import JobState
    from povedu.jobs.models import Job
    from povedu.jobs.runner import run_now

    while job := Job.objects.filter(kind="students.reconcile", state=JobState.QUEUED).first():
        run_now(job)


def main() -> None:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--children", type=int, default=50_000)
    parser.add_argument("--persons", type=int, default=80_000)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--accuracy-only", action="store_true")
    parser.add_argument("--no-accuracy", action="store_true")
    parser.add_argument("--no-plain", action="store_true")
    parser.add_argument("--city", type=int, default=0, help="so many counties of that size")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    if chosen.work:
        work()
    elif chosen.city:
        measure_city(chosen.city, chosen.children, chosen.persons, chosen.workers)
    else:
        if not chosen.accuracy_only:
            measure_county(
                chosen.children, chosen.persons, chosen.decisions, plain=not chosen.no_plain
            )
        if not chosen.no_accuracy:
            measure_accuracy(chosen.children, chosen.persons)


if __name__ == "__main__":
    main()
