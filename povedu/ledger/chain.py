"""The canonical text of an entry, its public hash and its keyed seal: pure functions.

An entry's text is the JSON array of its columns as an export shows them (``COLUMNS``, all strings,
``ensure_ascii=False``, separators ``,`` and ``:``), the previous entry's hash last. ``hash`` is
SHA-256 over that text, so that anybody who holds an export can walk the chain; ``seal`` is
HMAC-SHA-256 over the hash under a key kept outside the database, so that whoever owns the database
cannot make the chain anew. Times are those of China (UTC+8), to the second; amounts are yuan with
two decimals. See docs/adr/ on why there are two.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import orjson
from django.conf import settings

GENESIS = "0" * 64
CHINA = timezone(timedelta(hours=8))
COLUMNS = (
    "county_code",
    "seq",
    "transaction_no",
    "posted_at",
    "effective_on",
    "account",
    "amount",
    "source",
    "programme_code",
    "school_code",
    "term",
    "subject",
    "memo",
    "posted_by_id",
    "previous_hash",
)


_ESCAPED = bytes(range(32)) + b"\\"  # what JSON writes otherwise, besides a quotation mark
_QUOTES = 2 * len(COLUMNS)


@cache
def _keyed() -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Return the inner and the outer half of the HMAC (RFC 2104), the purpose taken in already."""
    key = base64.b64decode((Path(settings.SECRETS_DIR) / "chain_key").read_text())
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + b"ledger-entry\0")
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


def hash_of(texts: Sequence[str]) -> str:
    """Return the public hash of an entry given as the texts of ``COLUMNS``."""
    return hashlib.sha256(orjson.dumps(texts)).hexdigest()


def hashes_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the public hashes of entries given as the texts of ``COLUMNS`` between quotes.

    That is their canonical text unless a column holds what JSON writes otherwise: then none is
    returned, and ``hash_of`` is to be asked of each.
    """
    joined = "".join(texts).encode()
    plain = joined.translate(None, _ESCAPED)
    if len(plain) != len(joined) or joined.count(b'"') != _QUOTES * len(texts):
        return ()
    digest = hashlib.sha256
    return tuple([digest(text.encode()).hexdigest() for text in texts])


def seal_of(entry_hash: str) -> str:
    """Return the keyed seal of an entry's hash."""
    return seals_of([entry_hash])[0]


def seals_of(hashes: Sequence[str]) -> list[str]:
    """Return the keyed seals of many entries' hashes."""
    inner, outer = _keyed()
    seals = []
    for one in hashes:
        half, whole = inner.copy(), outer.copy()
        half.update(one.encode())
        whole.update(half.digest())
        seals.append(whole.hexdigest())
    return seals


def amount_text(amount_fen: int) -> str:
    """Return fen as yuan with two decimals, as an export writes it."""
    whole, part = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{whole}.{part:02d}"


def instant_text(moment: datetime) -> str:
    """Return an instant as ``YYYY-MM-DD HH:MM:SS`` in China."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
