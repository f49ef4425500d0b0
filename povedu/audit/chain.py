"""The keyed hashes that chain the audit trail: pure functions over entries and bytes.

An entry's mark is the first 16 bytes of HMAC-SHA-256 over its canonical JSON; a seal's hash is the
HMAC over the previous seal's hash and the marks. The key lies outside the database, so whoever owns
the database can neither change an entry nor make the chain anew without being found out.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from povedu.audit.models import AuditEntry

GENESIS = "0" * 64
_NUMBER, _MARK = 8, 16
_STEP = _NUMBER + _MARK


@cache
def _key() -> bytes:
    return base64.b64decode((Path(settings.SECRETS_DIR) / "chain_key").read_text())


def _mac(purpose: bytes, message: bytes) -> bytes:
    return hmac.new(_key(), purpose + b"\0" + message, hashlib.sha256).digest()


def canonical(entry: AuditEntry) -> bytes:
    """Return an entry as one JSON list: no separator that a value could contain or imitate."""
    values: list[Any] = [
        entry.pk,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.role,
        entry.ip,
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        entry.subject_label,
        entry.division_code,
        entry.school_code,
        entry.changes,
        hashlib.sha256(bytes(entry.sealed)).hexdigest(),
        entry.reason,
        entry.count,
        str(entry.job_id or ""),
    ]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def mark(entry: AuditEntry) -> bytes:
    """Return an entry's 16-byte mark."""
    return _mac(b"audit-entry", canonical(entry))[:_MARK]


def packed(entries: Iterable[AuditEntry]) -> bytes:
    """Return entry numbers and marks, 24 bytes for each entry."""
    return b"".join(entry.pk.to_bytes(_NUMBER, "big") + mark(entry) for entry in entries)


def unpacked(marks: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each entry's number and mark."""
    for start in range(0, len(marks), _STEP):
        number = int.from_bytes(marks[start : start + _NUMBER], "big")
        yield number, marks[start + _NUMBER : start + _STEP]


def link(previous: str, marks: bytes) -> str:
    """Return the hash of a seal as 64 hex characters."""
    return _mac(b"audit-seal", bytes.fromhex(previous) + marks).hex()
