"""Measure on this machine what people wait for: ``make bench``. A fresh database, nothing kept."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from environment import ROOT, prepare

PAGES = """
import statistics, time
from django.test import Client
from povedu.accounts.models import User
from povedu.screens.menu import MenuItem, declared
from povedu.screens.screen import url_or_blank
settings_hosts = {"HTTP_HOST": "localhost"}
for username in ("aid", "leader", "clerk"):
    client = Client(**settings_hosts)
    client.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    for item in declared("MENU", MenuItem):
        address = url_or_blank(item.url_name)
        if not address or client.get(address).status_code != 200:
            continue
        times = []
        for _ in range(10):
            started = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - started) * 1000)
        times.sort()
        print(f"{times[-1]:8.0f} ms slowest of 10, median {statistics.median(times):6.0f} ms  "
              f"{username:7} {address}")
"""


def main() -> None:
    """Time the commands, then every page of the navigation for three people."""
    python = str(prepare(dev=False))
    with tempfile.TemporaryDirectory(prefix="povedu-bench-") as var:
        environment = {**os.environ, "POVEDU_VAR": var, "POVEDU_LOG_LEVEL": "ERROR"}
        for name in ("POVEDU_DATABASE_URL", "POVEDU_BROKER_URL"):
            bench = os.environ.get(f"BENCH_{name}")
            environment.pop(name, None)
            if bench:
                environment[name] = bench

        def timed(*arguments: str, **more: str) -> None:
            started = time.perf_counter()
            done = subprocess.run(
                [python, "manage.py", *arguments],
                cwd=ROOT,
                env={**environment, **more},
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = time.perf_counter() - started
            verdict = "" if done.returncode in (0, 1) else f"   FAILED: {done.stderr[-300:]}"
            print(f"{seconds:8.1f} s   manage.py {' '.join(arguments)}{verdict}", flush=True)

        timed("migrate", "-v0")
        timed("demo")
        timed("reconcile", "--term", "2016-1", "--json")
        timed("annual_summary", "2016", "--format", "json", "--output", str(Path(var) / "s.json"))
        timed("annual_summary", "2016", "--format", "pdf", "--output", str(Path(var) / "s.pdf"))
        timed(
            *("export_ledger", "--year", "2016", "--format", "xlsx"),
            *("--output", str(Path(var) / "ledger.xlsx")),
        )
        timed("verify", "--json")
        server = environment.get("POVEDU_DATABASE_URL", "")
        for module in ("intake", "reconcile", "city"):  # each makes databases of its own
            command = [python, "-m", f"benchmarks.{module}", "--postgres", server]
            subprocess.run(command, cwd=ROOT, check=False)
        subprocess.run(
            [python, "manage.py", "shell", "-v0", "-c", PAGES],
            cwd=ROOT,
            env=environment,
            check=False,
        )


def money() -> None:
    """Measure awards, then batches and the ledger, each in a database of its own."""
    python = str(prepare(dev=False))
    for module in ("awards", "money"):
        with tempfile.TemporaryDirectory(prefix="povedu-bench-") as var:
            environment = {**os.environ, "POVEDU_VAR": var, "POVEDU_LOG_LEVEL": "ERROR"}
            for name in ("POVEDU_DATABASE_URL", "POVEDU_BROKER_URL"):
                environment.pop(name, None)
            for command in (["manage.py", "migrate", "-v0"], ["-m", f"benchmarks.{module}"]):
                subprocess.run([python, *command], cwd=ROOT, env=environment, check=False)


if __name__ == "__main__":
    main()
    money()
