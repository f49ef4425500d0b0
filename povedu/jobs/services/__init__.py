"""The one writer of job rows: asking for work, stopping it, ending it, and picking up orphans.

State moves are compare-and-set updates, so of two processes that try the same move one wins, on
either database, without a lock in memory or in the broker.
"""

from povedu.jobs.services.asking import enqueue
from povedu.jobs.services.attempts import (
    GENERIC_SENTENCE,
    Claim,
    Outcome,
    cancel,
    claim,
    end,
    lease_end,
    put_back,
)
from povedu.jobs.services.files import attach, take
from povedu.jobs.services.rounds import SWEEPER, sign, start_scheduled, sweep, tidy
from povedu.jobs.services.waking import WAKE, send_wake

__all__ = [
    "GENERIC_SENTENCE",
    "SWEEPER",
    "WAKE",
    "Claim",
    "Outcome",
    "attach",
    "cancel",
    "claim",
    "end",
    "enqueue",
    "lease_end",
    "put_back",
    "send_wake",
    "sign",
    "start_scheduled",
    "sweep",
    "take",
    "tidy",
]
