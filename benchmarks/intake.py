"""How fast a roster comes in: plain django-import-export, this intake, and the floor.

    python -m benchmarks.intake [--rows 50000] [--long 200000] [--postgres URL] [--only sqlite]

On SQLite in a temporary folder and, where the URL of a PostgreSQL server is given (or
``POVEDU_DATABASE_URL`` is one), on a database made there and dropped again; both in one run, on the
same generated roster of 22 columns. Every part runs in a process of its own, so that each peak of
memory is its own.

(a) plain: openpyxl read, ``ModelResource.import_data`` with ``use_bulk`` into one table of text
    columns keyed by the identity number, everything else as the library has it; it cleans nothing,
    checks nothing, seals nothing and keeps no answer for the clerk;
(t) the same with all that the library's documentation offers for speed: no comparison with what is
    there (``force_init_instance``: then it can only ever add) and no differences (``skip_diff``);
(b) this intake: read, understood, cleaned, checked, classified and staged, then applied: children,
    enrolments and cards, personal data sealed, all of it noted for taking back;
(c) floor: calamine read and COPY (or executemany) of the same cells into one table, no index;
(s) the floor with the same cells sealed and indexed blind as (b) has to: what no way of doing this
    job can be faster than.

Ratios are given by the clock and by processor seconds (of worker, reading child and the database's
own process together): the clock of a machine that others use says little.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.roster import HEADINGS, made

ROOT = Path(__file__).resolve().parent.parent
_PARTS = (
    ("plain", "(a) plain django-import-export"),
    ("tuned", "(t) the same, tuned, adds only"),
    ("floor", "(c) floor"),
    ("sealed-floor", "(s) floor, the same cells sealed"),
)


@contextmanager
def fresh(url: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a database made for this and migrated; it is gone afterwards."""
    name = f"povedu_bench_{os.getpid()}"
    if url:
        own = urlsplit(url)._replace(path=f"/{name}").geturl()
        _on_server(url, f'CREATE DATABASE "{name}"')
    else:
        own = f"sqlite:///{folder / 'bench.sqlite3'}"
    environment = {**os.environ, "POVEDU_DATABASE_URL": own, "POVEDU_VAR": str(folder / "var")}
    environment |= {"POVEDU_LOG_LEVEL": "ERROR"}
    environment.pop("POVEDU_BROKER_URL", None)
    try:
        _run(environment, "manage.py", "migrate", "-v0")
        yield environment
    finally:
        if url:
            _on_server(url, f'DROP DATABASE "{name}"')
        else:
            for file in folder.glob("bench.sqlite3*"):
                file.unlink()


def _on_server(url: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own interpreter and modules
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _part(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    lines = _run(environment, "-m", "benchmarks.parts", *arguments).splitlines()
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def _busy(took: dict[str, Any]) -> float:
    return float(took["own"] + took["database"])


def _say(label: str, rows: int, took: dict[str, Any], memory: str = "") -> None:
    sys.stdout.write(
        f"{label:<36}{took['seconds']:8.2f} s {rows / took['seconds']:9,.0f} rows/s"
        f"   cpu {took['own']:7.2f} s + database {took['database']:6.2f} s{memory}\n"
    )
    sys.stdout.flush()


def _intake(environment: dict[str, str], roster: Path, rows: int) -> dict[str, Any]:
    web = _part(environment, "upload", str(roster))
    done = _part(environment, "worker", str(roster), str(web["batch"]))
    whole = {name: done["staged"][name] + done["applied"][name] for name in done["staged"]}
    _say(f"(b) this intake, {rows:,} rows: staged", rows, done["staged"])
    _say("    and applied", rows, done["applied"])
    _say("    end to end", rows, whole)
    ready, warned, refused = done["outcomes"]
    sys.stdout.write(
        f"    peak memory: web {web['peak']:.0f} MB, worker {done['peak']:.0f} MB, reading child "
        f"{done['child']:.0f} MB; {ready:,} ready, {warned:,} warned, {refused:,} refused; "
        f"{done['counts']}\n"
    )
    return whole


def compare(url: str, rosters: dict[int, Path]) -> None:
    """Measure and print everything for one database."""
    short, *longer = sorted(rosters)
    sys.stdout.write(
        f"\n{'PostgreSQL' if url else 'SQLite'}, {short:,} rows × {len(HEADINGS)} columns\n"
    )
    with tempfile.TemporaryDirectory(prefix="povedu-bench-") as folder:
        with fresh(url, Path(folder)) as environment:
            ours = _intake(environment, rosters[short], short)
            for part, label in _PARTS:
                took = _part(environment, part, str(rosters[short]))
                _say(label, short, took, f"   peak {took['peak']:.0f} MB")
                quicker, less = took["seconds"] / ours["seconds"], _busy(took) / _busy(ours)
                sys.stdout.write(
                    f"    (b) is {quicker:.2f} × as fast by the clock, {less:.2f} × by processor\n"
                )
        for rows in longer:
            with fresh(url, Path(folder)) as environment:
                took = _intake(environment, rosters[rows], rows)
                grown = took["seconds"] / rows / (ours["seconds"] / short)
                busier = _busy(took) / rows / (_busy(ours) / short)
                sys.stdout.write(
                    f"    a row takes {grown:.2f} × the time it takes at {short:,}, {busier:.2f} × "
                    "by processor\n"
                )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--long", type=int, default=200_000, help="0 to leave it out")
    url = os.environ.get("POVEDU_DATABASE_URL", "")
    parser.add_argument("--postgres", default=url if url.startswith("postgres") else "")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="povedu-bench-") as folder:
        sizes = [options.rows, *([options.long] if options.long else [])]
        rosters = {rows: made(Path(folder), rows, int(time.time())) for rows in sizes}
        if options.postgres and options.only != "sqlite":
            compare(options.postgres, rosters)
        elif options.only != "sqlite":
            sys.stdout.write("PostgreSQL is left out: no --postgres URL\n")
        if options.only != "postgres":
            compare("", rosters)


if __name__ == "__main__":
    main()
