"""Intake by its command: what it answered, and what it said of every row."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tests.intake.makers import workbook

Truth = dict[int, tuple[str, set[str]]]


def bring_in(folder: Path, kind: str, content: Any, *options: str, name: str = "表.xlsx") -> Any:
    """Run the command on a file (bytes, or rows of a workbook); return answer, truth and values.

    The truth is each Excel row's outcome and codes, repairs left out.
    """
    file, dump = folder / name, folder / "rows.jsonl"
    file.write_bytes(content if isinstance(content, bytes) else workbook(content))
    out = StringIO()
    try:
        call_command("intake", kind, str(file), "--dump", str(dump), "--json", *options, stdout=out)
    except SystemExit as ended:
        answer = json.loads(out.getvalue())
        raise AssertionError(f"{ended.code}: {answer['error']}") from ended
    rows = [json.loads(line) for line in dump.read_text().splitlines()]
    truth: Truth = {
        row["row"]: (
            row["outcome"],
            {one["code"] for one in row["problems"] if not one["code"].startswith("fixed-")},
        )
        for row in rows
    }
    return json.loads(out.getvalue()), truth, {row["row"]: row["values"] for row in rows}
