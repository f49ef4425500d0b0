"""Judging a workbook beside parsing it, in two processes: a large file takes two cores.

The parser may begin at once, for it holds itself to the same limits of memory and time, but it
hands nothing on before it has the verdict. Where the judge refuses, it ends the parser first and
speaks itself, so that a file which breaks the parser is still refused for its true reason.
"""

import json
import os
import signal
from collections.abc import Callable

from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.sheetxml import SheetFacts

Verdict = tuple[str, list[SheetFacts]]


def divide() -> tuple[int, int]:
    """Return the parser's process and where to tell it; in the parser 0 and where it hears."""
    heard, told = os.pipe()
    parser = os.fork()
    os.close(heard if parser else told)
    return (parser, told) if parser else (0, heard)


def judge(parser: int, told: int, verdict: Callable[[], Verdict]) -> None:
    """Judge, tell the parser and outlive it; raise Unreadable or MemoryError with it ended."""
    try:
        kind, sheets = verdict()
    except BaseException:
        os.kill(parser, signal.SIGKILL)
        raise
    else:
        with os.fdopen(told, "wb") as pipe:
            pipe.write(json.dumps([kind, [_packed(one) for one in sheets]]).encode())
    finally:
        os.waitpid(parser, 0)


def _packed(facts: SheetFacts) -> list[object]:
    special = [[*place, mark] for place, mark in facts.special.items()]
    return [special, facts.hidden_rows, facts.merges]


def verdict_from(heard: int) -> Verdict:
    """Wait for the verdict; raise Unreadable where the judge has died over it."""
    with os.fdopen(heard, "rb") as pipe:
        said = pipe.read()
    if not said:
        raise Unreadable("too-heavy")
    kind, sheets = json.loads(said)
    return kind, [
        SheetFacts({(row, column): mark for row, column, mark in special}, hidden_rows, merges)
        for special, hidden_rows, merges in sheets
    ]
