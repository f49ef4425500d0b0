"""How long a whole city's reconciliation takes, and whether the time follows the rows.

    python -m benchmarks.city [--postgres URL] [--rows 1000000] [--counties 14] [--workers 2]

A generated city (``benchmarks/county.py``) of so many enrolments and as many register rows, in
counties of one size, goes into a database made for this and gone afterwards. Every county is a job,
worked off by so many worker processes; every finding is new. A quarter and a half of the rows come
first, each in a database of its own. Printed are the clock, the processor seconds of the workers
and of their database connections, and the most memory that a worker held. The exit status is 1
where a run failed, or where a row of the whole took a quarter more processor time than a row of the
smallest city.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django

from benchmarks.intake import ROOT, fresh

PARTS = (4, 2, 1)  # a quarter, a half, the whole
LINEAR = 1.25
_FIRST_CODE = 530701
TERM = "2016-1"


def measure(url: str, rows: int, counties: int, workers: int, parts: Sequence[int]) -> bool:
    """Measure a city in its sizes; return whether everything ran and the time followed the rows."""
    each: dict[int, float] = {}
    for part in parts:
        size = rows // part // counties
        with (
            tempfile.TemporaryDirectory(prefix="povedu-city-") as folder,
            fresh(url, Path(folder)) as environment,
        ):
            began = time.perf_counter()
            codes = [str(_FIRST_CODE + n) for n in range(counties)]
            shares = [codes[n::workers] for n in range(workers)]
            _together(environment, [["load", str(size), *share] for share in shares if share])
            _together(environment, [["ask"]])
            loaded = time.perf_counter() - began
            began = time.perf_counter()
            done = _together(environment, [["work"]] * workers)
            seconds = time.perf_counter() - began
            ended = _together(environment, [["count"]])[0]
        busy = sum(one["own"] + one["database"] for one in done)
        total = 2 * size * counties
        each[part] = busy / total
        sys.stdout.write(
            f"{counties} counties x ({size:,} + {size:,}) = {total:>9,} rows, {workers} processes:"
            f" {seconds:7.1f} s {total / seconds:7,.0f} rows/s   cpu"
            f" {sum(one['own'] for one in done):7.1f} s + database"
            f" {sum(one['database'] for one in done):7.1f} s"
            f" = {1e6 * each[part]:5.0f} s per million"
            f"   peak {', '.join(format(one['peak'], ',.0f') for one in done)} MB"
            f"   (loading {loaded:,.0f} s)\n"
        )
        sys.stdout.flush()
        if ended["done"] != counties or ended["placed"] != ended["counted"]:
            sys.stdout.write(f"FAILED: {ended}\n")
            return False
    growth = each[min(each)] / each[max(each)]
    sys.stdout.write(
        f"a row of the largest takes {growth:.2f} times a row of the smallest"
        f" ({'linear' if growth <= LINEAR else 'NOT linear'}: at most {LINEAR})\n"
    )
    return growth <= LINEAR


def _together(environment: dict[str, str], parts: list[list[str]]) -> list[dict[str, Any]]:
    """Run parts at once, each in a process of its own; return what each printed."""
    hands = [
        subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", "benchmarks.city", "--part", *part],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part in parts
    ]
    said = [hand.communicate()[0] for hand in hands]
    if any(hand.returncode for hand in hands):
        raise SystemExit(f"failed: {parts}")
    return [json.loads(one.splitlines()[-1]) for one in said]


# --- what runs in the processes -------------------------------------------------------------------


def load(size: str, *codes: str) -> dict[str, Any]:
    """Write counties of so many enrolments and as many register rows."""
    from django.db import transaction

    from benchmarks.county import county as generated
    from benchmarks.county_rows import write_county

    for code in codes:
        made = generated(int(size), int(size), seed=int(code), code=code)
        with transaction.atomic():
            write_county(made)
    return {"counties": len(codes)}


def ask() -> dict[str, Any]:
    """Ask for a run of every county, with the tables' statistics fresh."""
    from django.db import connection

    from benchmarks.county_rows import NOW
    from povedu.accounts.selectors import operator
    from povedu.terms import Term
    from students.selectors.reconciling import counties_with_children
    from students.services.nightly import start_runs

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    counties = counties_with_children()
    start_runs(counties=counties, term=Term.parse(TERM), actor=operator(), now=NOW, wake=False)
    return {"counties": len(counties)}


def work() -> dict[str, Any]:
    """Work off queued runs until none is left, as a worker does; return what it took."""
    from benchmarks.parts import measured, peak
    from povedu.jobs.choices import JobState
    from povedu.jobs.models import Job
    from povedu.jobs.runner import run_now

    def until_none() -> None:
        while job := Job.objects.filter(kind="students.reconcile", state=JobState.QUEUED).first():
            run_now(job)

    return measured(until_none) | {"peak": peak()}


def count() -> dict[str, Any]:
    """Return how many runs are done, and the children placed, by their rows and by the runs."""
    from povedu.jobs.choices import JobState
    from povedu.jobs.models import Job
    from students.models import PlacedChild, Reconciliation

    jobs = Job.objects.filter(kind="students.reconcile")
    runs = Reconciliation.objects.values_list("partition", flat=True)
    return {
        "done": jobs.filter(state=JobState.DONE).count(),
        "failed": jobs.exclude(state=JobState.DONE).count(),
        "placed": PlacedChild.objects.count(),
        "counted": sum(sum(places.values()) for places in runs),
    }


def main() -> int:
    """Measure what the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--postgres", default="", metavar="URL", help="else SQLite")
    parser.add_argument("--rows", type=int, default=1_000_000, help="on either side")
    parser.add_argument("--counties", type=int, default=14)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--parts", type=int, nargs="+", default=PARTS, help="4: a quarter of it")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if not chosen.part:
        held = measure(
            *(chosen.postgres, chosen.rows, chosen.counties, chosen.workers, chosen.parts)
        )
        return 0 if held else 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    name, *arguments = chosen.part
    part = {"load": load, "ask": ask, "work": work, "count": count}[name]
    sys.stdout.write(json.dumps(part(*arguments)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
