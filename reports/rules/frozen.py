"""Papers and figures as canonical JSON: what an issued summary is frozen as."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from povedu.figures import flat
from povedu.paper.document import Annex, Block, Heading, Paper, Paragraph, Table

_TEXTS = (
    "title",
    "issuer",
    "number",
    "signer",
    "recipients",
    "signature",
    "note",
    "copies_to",
    "printed_by",
)


def digest(*parts: Any) -> str:
    """Return SHA-256 over values written as canonical JSON."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def pack(paper: Paper) -> dict[str, Any]:
    """Return a paper as plain JSON."""
    return {
        **{name: getattr(paper, name) for name in _TEXTS},
        "sealed": paper.sealed,
        "dated_on": paper.dated_on.isoformat() if paper.dated_on else None,
        "printed_on": paper.printed_on.isoformat() if paper.printed_on else None,
        "body": [_pack_block(block) for block in paper.body],
        "annexes": [
            {"title": annex.title, "body": [_pack_block(block) for block in annex.body]}
            for annex in paper.annexes
        ],
    }


def unpack(packed: Mapping[str, Any]) -> Paper:
    """Return the paper that ``pack`` was given."""
    return Paper(
        **{name: packed[name] for name in _TEXTS},
        sealed=packed["sealed"],
        dated_on=_day(packed["dated_on"]),
        printed_on=_day(packed["printed_on"]),
        body=[_unpack_block(block) for block in packed["body"]],
        annexes=[
            Annex(annex["title"], [_unpack_block(block) for block in annex["body"]])
            for annex in packed["annexes"]
        ],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _pack_block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    return {
        "kind": "table",
        "title": block.title,
        "columns": list(block.columns),
        "rows": [list(row) for row in block.rows],
        "figures": sorted(block.figures),
        "widths": list(block.widths),
        "note": block.note,
    }


def _unpack_block(packed: Mapping[str, Any]) -> Block:
    if packed["kind"] == "heading":
        return Heading(packed["level"], packed["text"])
    if packed["kind"] == "paragraph":
        return Paragraph(packed["text"])
    return Table(
        packed["title"],
        packed["columns"],
        packed["rows"],
        figures=frozenset(packed["figures"]),
        widths=packed["widths"],
        note=packed["note"],
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what it was: whose, which, then and now."""

    line_id: str
    title: str
    figure: str
    then: Any
    now: Any


def differences(
    then: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]
) -> list[Difference]:
    """Return every figure that two summaries of one year give differently, line by line."""
    found: list[Difference] = []
    for line_id in [*then, *(one for one in now if one not in then)]:
        old, new = then.get(line_id), now.get(line_id)
        title = str((new or old or {}).get("title", line_id))
        if old is None or new is None:
            found.append(Difference(line_id, title, "rows", *_pair(old, new, "rows")))
            continue
        before, after = _figures(old), _figures(new)
        paths = [*before, *(path for path in after if path not in before)]
        found += [
            Difference(line_id, title, path, before.get(path), after.get(path))
            for path in paths
            if before.get(path) != after.get(path)
        ]
    return found


def _pair(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, name: str) -> Sequence[Any]:
    return (old[name] if old else None, new[name] if new else None)


def _figures(line: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {"id", "title", "last_year", "trace"}
    return flat({name: value for name, value in line.items() if name not in left_out})
