"""Anchors: how far a county's chain reached, written where the database's owner cannot follow.

A chain that was cut at its end or dropped as a whole is still a valid chain; only what was written
down outside the database tells. One line of JSON per posting, appended to a file per county in
``ANCHOR_DIR`` (on a second disk in production); the last is also on payment sheets and exports.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of a chain at some instant: how many entries, and the last one's hash."""

    county_code: str
    seq: int
    hash: str
    at: str


def path_of(county_code: str) -> Path:
    """Return the file that a county's anchors are kept in."""
    return Path(settings.ANCHOR_DIR) / f"ledger-{county_code}.jsonl"


def write(anchor: Anchor) -> None:
    """Append an anchor."""
    path = path_of(anchor.county_code)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(anchor)) + "\n")


def read(path: Path) -> list[Anchor]:
    """Return the anchors of a file, oldest first; a line torn by a crash is passed over."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(_parsed(file))


def _parsed(lines: Iterable[str]) -> Iterator[Anchor]:
    for line in lines:
        try:
            values = json.loads(line)
            anchor = Anchor(
                str(values["county_code"]),
                int(values["seq"]),
                str(values["hash"]),
                str(values.get("at", "")),
            )
        except (ValueError, KeyError, TypeError):
            continue
        yield anchor


def counties() -> set[str]:
    """Return the counties that have an anchor file."""
    folder = Path(settings.ANCHOR_DIR)
    return {path.stem.removeprefix("ledger-") for path in folder.glob("ledger-*.jsonl")}
