"""Naming the process that runs a job, and telling whether it still lives."""

import os
import socket
from functools import cache
from pathlib import Path


def _started(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; "" where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


@cache
def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()}/{boot.read_text()[:8] if boot.exists() else '-'}"


def own_name() -> str:
    """Return the name of this process: host, boot, number and start, so that none repeats."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_started(pid)}"


def is_here(name: str) -> bool:
    """Say whether a named process would be on this machine, where we can see it."""
    return name.startswith(f"{_machine()}/")


def is_alive(name: str) -> bool:
    """Say whether a process of this machine still runs."""
    pid, started = name.rsplit("/", 2)[1:]
    return bool(started) and _started(int(pid)) == started
