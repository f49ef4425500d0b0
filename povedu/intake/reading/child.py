"""The child process: limits itself, reads a file from standard input, writes columns as JSON lines.

Input: one line of JSON (the limits), then the file's bytes. Output, one JSON document per line:
``{"format", "encoding"}``, then for each sheet ``{"sheet", "hidden", "merges", "hidden_rows"}``
followed by ``{"columns": [[cell, …], …]}`` blocks, and ``{"end": true}``; or, at any point,
``{"fault": code, "detail": {…}}``.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from functools import partial
from math import isfinite
from typing import Any

import orjson

from povedu.intake.reading import beside, html, spreadsheetml, text, workbook
from povedu.intake.reading.biff import facts_of
from povedu.intake.reading.cells import Column
from povedu.intake.reading.faults import Unreadable
from povedu.intake.reading.limits import Limits
from povedu.intake.reading.sniff import kind_of

Hearing = Callable[[], beside.Verdict]
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000


def confine(limits: Limits) -> None:
    """Give up memory, processor time, files, processes and (where the kernel lets us) network."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_NEW_USER_AND_NETWORK)
    ceilings = {
        resource.RLIMIT_AS: limits.child_memory_bytes,
        resource.RLIMIT_CPU: limits.child_cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for which, ceiling in ceilings.items():
        resource.setrlimit(which, (ceiling, ceiling))


def _from_rows(name: str, rows: list[list[str]], merges: list[html.Merge]) -> workbook.Sheet:
    return workbook.Sheet(name, merges=merges, blocks=text.column_blocks(iter(rows)))


def _text_sheets(data: bytes, limits: Limits) -> tuple[str, Iterator[workbook.Sheet]]:
    content, encoding = text.decoded(data)
    text.refuse_binary(content)
    rows = text.rows_of(content, limits)
    return encoding, iter([workbook.Sheet("", blocks=text.column_blocks(rows))])


def _html_sheets(data: bytes, limits: Limits) -> tuple[str, Iterator[workbook.Sheet]]:
    content, encoding = text.decoded(data)
    tables = html.tables_of(content, limits)
    sheets = (_from_rows("", table.rows, table.merges) for table in tables)
    return encoding, sheets


def read(data: bytes, limits: Limits, verdict: Hearing) -> Iterator[dict[str, Any]]:
    """Yield the documents that describe a file; raise Unreadable.

    ``verdict`` waits for what the judge of a zipped workbook finds, and raises where it refuses.
    """
    kind = kind_of(data)
    encoding = ""
    if kind == "zip":
        kind, sheets = workbook.sheets_once_judged(data, verdict, limits)
    elif kind == "xls":
        sheets = workbook.sheets_of(data, facts_of(data), limits)
    elif kind == "html":
        encoding, sheets = _html_sheets(data, limits)
    elif kind == "xml-2003":
        sheets = iter(spreadsheetml.sheets_of(data, limits))
    else:
        encoding, sheets = _text_sheets(data, limits)
    del data  # the parser has a copy of its own
    yield {"format": kind, "encoding": encoding}
    for sheet in sheets:
        yield {
            "sheet": sheet.name,
            "hidden": sheet.hidden,
            "merges": sheet.merges,
            "hidden_rows": sheet.hidden_rows,
        }
        for block in sheet.blocks:
            yield {"columns": block}
    yield {"end": True}


def _line(document: dict[str, Any]) -> bytes:
    """Return a document's line; a number beyond all numbers is no spreadsheet's."""
    try:
        line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError as error:  # half of a character
        raise Unreadable("broken") from error
    if b"null" in line and not all(map(_is_finite, document.get("columns", ()))):
        raise Unreadable("broken")
    return line


def _is_finite(column: Column) -> bool:
    return all(isfinite(cell) for cell in column if isinstance(cell, float))


def main() -> None:
    """Run the child; every way it can end is a line that the parent understands, or silence."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    limits = Limits.of(json.loads(source.readline()))
    data = source.read(limits.file_bytes + 1)
    gc.disable()  # millions of cells and no cycles: collecting took half of the reading
    try:
        parser, pipe = beside.divide() if kind_of(data) == "zip" else (0, -1)
        confine(limits)
        if parser:
            beside.judge(parser, pipe, partial(workbook.judged, data, limits))
        else:
            for document in read(data, limits, partial(beside.verdict_from, pipe)):
                sink.write(_line(document))
    except Unreadable as fault:
        sink.write(json.dumps({"fault": fault.code, "detail": fault.detail}).encode() + b"\n")
    except MemoryError:
        sink.write(b'{"fault":"too-heavy","detail":{}}\n')
    sink.flush()
    os._exit(0)  # skip tearing down half a gigabyte of cells


if __name__ == "__main__":
    main()
