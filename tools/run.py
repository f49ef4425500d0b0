"""Run the whole product on this machine: ``make run``.

1. Make the virtual environment and install what is required.
2. Migrate the embedded SQLite database and load the demo county.
3. Start web server, Celery worker and scheduler; restart one that dies.
4. Print address and sign-ins; stop everything at Ctrl-C.

Standard library only, since it starts before anything is installed.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from environment import ROOT, Missing, prepare

PORT = int(os.environ.get("PORT") or 8000)
VAR = Path(os.environ.get("POVEDU_VAR") or ROOT / "var").resolve()
GRACE_SECONDS = 15
# Here no proxy stands in front: a server that takes a request in whole before a thread sees it, so
# that slow clients hold none. Deployments have Caddy for that, and gunicorn's processes behind it.
WEB_OPTIONS = (
    "--threads=8",
    "--connection-limit=300",
    "--channel-timeout=60",
    f"--max-request-body-size={32 * 1024 * 1024}",
    "--ident=",
)
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def _die_with_parent() -> None:
    """Have the kernel end a child whose supervisor was killed (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)


@dataclass
class Child:
    """One process of the product, its log, and how often it has died."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only us."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def revive(self) -> None:
        """Start a dead process again; give up on one that dies five times in a minute."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        self.deaths = [death for death in self.deaths if now - death < 60] + [now]
        if len(self.deaths) >= 5:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise Missing(f"The {self.name} process does not stay up. Its log ends:\n{tail}")
        print(f"The {self.name} process ended; starting it again (log: {self.log}).", flush=True)
        time.sleep(len(self.deaths))
        self.start()

    def end(self, how: signal.Signals) -> None:
        """Signal the process with all of its children."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)


def _environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {
        **clean,
        "POVEDU_MODE": "embedded",
        "POVEDU_VAR": str(VAR),
        "DJANGO_SETTINGS_MODULE": "povedu.settings",
        "PYTHONUNBUFFERED": "1",
    }


def _check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            raise Missing(
                f"Port {PORT} is in use. Stop what uses it, or: make run PORT={PORT + 1}"
            ) from None


def _lock() -> IO[str]:
    """Keep a second copy away from the same database."""
    VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Missing(f"It is running already on {VAR}. Stop that one first.") from None
    return handle


def _manage(python: Path, *arguments: str) -> str:
    """Run a management command; return what it prints, stop with its message if it fails."""
    done = subprocess.run(
        [str(python), "manage.py", *arguments],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout)
        raise Missing(f"manage.py {' '.join(arguments)} failed; its message is above.")
    return done.stdout


def _say_what_is_missing_for_pdf() -> None:
    """Name the system libraries that only PDF needs; everything else works without."""
    from ctypes.util import find_library

    if not find_library("pango-1.0") or not find_library("pangoft2-1.0"):
        print(
            "Note: PDF files need Pango and a Chinese font; the rest works without.\n"
            "      Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk",
            flush=True,
        )


def _children(python: Path) -> list[Child]:
    logs = VAR / "log"
    logs.mkdir(exist_ok=True, mode=0o700)
    environment = _environment()
    celery = [str(python), "-m", "celery", "-A", "povedu"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    commands = {
        "web": [
            *(str(python), "-m", "waitress", *WEB_OPTIONS),
            *(f"--listen=127.0.0.1:{PORT}", "povedu.wsgi:application"),
        ],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", *quiet],
        "scheduler": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }
    return [
        Child(name, command, logs / f"{name}.log", environment)
        for name, command in commands.items()
    ]


def _wait_for_web(children: list[Child]) -> None:
    address = f"http://127.0.0.1:{PORT}/health/live"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in children:
            child.revive()
        with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise Missing(f"The web server does not answer; its log is {VAR / 'log' / 'web.log'}.")


def _stop(children: list[Child]) -> None:
    for child in children:
        child.end(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            # A job in the middle: its row says so, and the next start takes it on.
            child.end(signal.SIGKILL)
            child.process.wait()
        child.end(signal.SIGKILL)


def _raise_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Bring everything up, keep it up, take it down."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_interrupt)
    started = time.monotonic()
    python = prepare(dev=False)
    lock = _lock()
    _check_port()
    _say_what_is_missing_for_pdf()
    print("Preparing the database …", flush=True)
    _manage(python, "migrate", "--verbosity", "0")
    print("Loading the demo county …", flush=True)
    sign_ins = _manage(python, "demo")
    children = _children(python)
    try:
        for child in children:
            child.start()
        _wait_for_web(children)
        seconds = time.monotonic() - started
        print(f"\n{sign_ins.strip()}\n")
        print(f"Ready after {seconds:.0f} s:  http://127.0.0.1:{PORT}/   (Ctrl-C stops it)")
        print(f"Logs: {VAR / 'log'}", flush=True)
        while True:
            time.sleep(1)
            for child in children:
                child.revive()
    finally:
        print("\nStopping …", flush=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _stop(children)
        lock.close()
        print("Stopped.", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
