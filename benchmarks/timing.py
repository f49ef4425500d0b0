"""Lines of a measurement: rows, seconds of the clock and of the processors, memory."""

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.parts import database_seconds, own_seconds


def spent() -> float:
    """Return processor seconds so far: of this process and of the database's that serves it."""
    return own_seconds() + database_seconds()


def timed(label: str, rows: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Run and print; return (rows per second of processor time, result).

    Ratios are of processor time: a busy machine bends it less than the clock.
    """
    started, busy = time.perf_counter(), spent()
    result = work()
    seconds, busy = time.perf_counter() - started, spent() - busy
    say(f"{label:<34}{seconds:8.2f} s {rows / seconds:10,.0f} rows/s   cpu {busy:7.2f} s")
    return rows / max(busy, 1e-6), result


def peak() -> str:
    """Return the peak of this process's memory so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
