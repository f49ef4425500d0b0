"""Everything CI runs, on any machine: ``make test`` (and lint, nightly, messages, format).

Each step is named and timed. What a machine lacks is named; on a person's machine a missing server
or browser is skipped with that name, under ``CI=true`` it is a failure.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from environment import ROOT, prepare

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
POSTGRES = os.environ.get("POVEDU_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/povedu")
REDIS = os.environ.get("POVEDU_TEST_REDIS", "redis://127.0.0.1:6379/9")
PACKAGES = ("povedu", "schools", "teachers", "students", "subsidies", "reports")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_printing = threading.Lock()


class Failed(Exception):
    """A step failed; its name."""


def say(text: str) -> None:
    """Print a line at once and whole."""
    with _printing:
        print(text, flush=True)


class Checks:
    """The steps, one environment for all of them, and how long each took."""

    def __init__(self, python: Path, scratch: Path) -> None:
        self.python = str(python)
        self.bin = python.parent
        self.scratch = scratch
        self.times: list[tuple[str, float]] = []
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("POVEDU_")},
            "POVEDU_VAR": str(scratch / "var"),
            "POVEDU_LOG_LEVEL": "WARNING",
        }

    # --- running --------------------------------------------------------------------------------

    def step(self, name: str, *command: str, **environment: str) -> None:
        """Run one step; its output is shown whole when it fails, else only its time."""
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self._note(name, started, failed=done.returncode != 0, output=done.stdout)

    def stream(self, name: str, *command: str, **environment: str) -> None:
        """Run one step whose output is worth following."""
        started = time.monotonic()
        say(f"==> {name}")
        done = subprocess.run(
            command, cwd=ROOT, env={**self.environment, **environment}, check=False
        )
        self.times.append((name, time.monotonic() - started))
        if done.returncode:
            raise Failed(name)

    def _note(self, name: str, started: float, *, failed: bool, output: str) -> None:
        seconds = time.monotonic() - started
        self.times.append((name, seconds))
        say(f"==> {name}: {'FAILED' if failed else 'ok'} ({seconds:.1f} s)")
        if failed:
            say(output)
            raise Failed(name)

    def tool(self, name: str) -> str:
        """Return the path of a tool in the environment."""
        return str(self.bin / name)

    # --- steps ----------------------------------------------------------------------------------

    def lint(self) -> None:
        """Run every check that reads the code only; the type check runs beside the others."""
        failures: list[str] = []
        lanes = [self._types, self._layout]
        threads = [threading.Thread(target=_collect, args=(lane, failures)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise Failed(", ".join(failures))

    def _types(self) -> None:
        self.step("mypy", self.tool("mypy"), *PACKAGES)

    def _layout(self) -> None:
        self.step("ruff check", self.tool("ruff"), "check", ".")
        self.step("ruff format", self.tool("ruff"), "format", "--check", ".")
        self.step("import contracts", self.tool("lint-imports"), "--no-cache")
        self.step("templates", self.tool("djlint"), "templates", "--lint", "--quiet")
        self.step("migrations", self.python, "manage.py", "makemigrations", "--check", "--dry-run")
        self.step("message catalogue", self.python, "tools/messages.py", "--check")
        self._deploy_check()

    def _deploy_check(self) -> None:
        secrets = self.scratch / "secrets"
        self.step("make secrets", "sh", "tools/make_secrets.sh", str(secrets))
        self.step(
            "check --deploy",
            *(self.python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            POVEDU_MODE="production",
            POVEDU_SECRETS_DIR=str(secrets),
            POVEDU_DATABASE_URL=POSTGRES,
            POVEDU_BROKER_URL=REDIS,
            POVEDU_ALLOWED_HOSTS="povedu.example",
        )

    def tests(self, *, marks: str, postgres: bool) -> None:
        """Run the suite on one pair of database and broker."""
        place = "PostgreSQL + Redis" if postgres else "SQLite + filesystem broker"
        environment = {"POVEDU_VAR": str(self.scratch / ("pg" if postgres else "sqlite"))}
        if postgres:
            environment |= {"POVEDU_DATABASE_URL": POSTGRES, "POVEDU_BROKER_URL": REDIS}
            # Every address as everybody has been tried on the other database.
            environment["POVEDU_TEST_SAMPLE"] = "1"
        self.stream(
            f"tests on {place}",
            *(self.python, "-m", "pytest", "-q", "-n", os.environ.get("JOBS", "2")),
            *("--dist", "loadgroup", "-m", marks, "--durations", "10"),
            **environment,
        )

    def city(self) -> None:
        """Reconcile a city of a million children with as many register rows, in three sizes."""
        self.stream(
            "a city of a million against a million",
            *(self.python, "-m", "benchmarks.city", "--postgres", POSTGRES),
        )


def _collect(lane: Callable[[], None], failures: list[str]) -> None:
    try:
        lane()
    except Failed as failed:
        failures.append(str(failed))


# --- what the machine has -----------------------------------------------------------------------


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), 2):
            return True
    except OSError:
        return False


def _missing() -> dict[str, str]:
    """Return what is absent, with what to do about it."""
    missing = {}
    if not _answers(POSTGRES):
        missing["postgres"] = (
            f"PostgreSQL does not answer at {POSTGRES} (apt-get install postgresql, or set"
            " POVEDU_TEST_POSTGRES)"
        )
    if not _answers(REDIS):
        missing["redis"] = (
            f"Redis does not answer at {REDIS} (apt-get install redis-server, or set"
            " POVEDU_TEST_REDIS)"
        )
    if not any(shutil.which(name) for name in CHROMIUM):
        missing["browser"] = "no Chromium (apt-get install chromium fonts-noto-cjk)"
    if not shutil.which("xgettext"):
        missing["gettext"] = "no xgettext (apt-get install gettext)"
    return missing


def _everything(checks: Checks, *, nightly: bool) -> None:
    missing = _missing()
    for sentence in missing.values():
        say(f"!!! missing: {sentence}")
    if missing and CI:
        raise Failed("the machine lacks " + ", ".join(missing))
    marks = "nightly" if nightly else "not nightly"
    if "browser" in missing:
        marks += " and not browser"
    if not nightly:
        checks.lint()
    checks.tests(marks=f"({marks}) and not postgres", postgres=False)
    for name, seconds in checks.times:
        say(f"    {seconds:7.1f} s  {name}")
    if {"postgres", "redis"} & missing.keys():
        say("!!! not run: the second half, on PostgreSQL and Redis")
        return
    if nightly:
        checks.city()
    # The browser journeys have been walked once; last, so that pytest has the last word.
    checks.tests(marks=f"({marks}) and not browser and not embedded", postgres=True)


def main(arguments: list[str]) -> int:
    """Run what was asked for; return the exit code."""
    started = time.monotonic()
    python = prepare(dev=True)
    say(f"==> environment: ok ({time.monotonic() - started:.1f} s)")
    with tempfile.TemporaryDirectory(prefix="povedu-check-") as scratch:
        checks = Checks(python, Path(scratch))
        try:
            if "--format" in arguments:
                checks.step("format", checks.tool("ruff"), "format", ".")
                checks.step("fix", checks.tool("ruff"), "check", "--fix", ".")
            elif "--messages" in arguments:
                checks.stream("messages", checks.python, "tools/messages.py")
            elif "--lint" in arguments:
                checks.lint()
            else:
                _everything(checks, nightly="--nightly" in arguments)
        except Failed as failed:
            say(f"FAILED: {failed}  ({time.monotonic() - started:.0f} s)")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
